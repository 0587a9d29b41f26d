"""The complete state of a run that trains, as named tensors and plain JSON data, and back."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from layerlab.errors import LayerlabError
from layerlab.graph.network import Network

#: Counters of PyTorch's optimizers, which lie on the CPU but for fused kernels.
_COUNTS = ("step", "mu_product")
#: Room that L-BFGS fills anew at each step before it reads it.
_SCRATCH = ("al",)
#: Marks a list of tensors in the facts; its entries are tensors named ``….key:0``, ``….key:1`` …
_LENGTH = "tensors"


class StateMismatch(LayerlabError):
    """A state that belongs to another network or optimizer."""

    code = "state_mismatch"


@dataclass(frozen=True, kw_only=True)
class State:
    """A copy: training may go on while it is written.

    Attributes:
        step: Updates done.
        tensors: On the CPU and contiguous; named ``network.…``, ``optimizer.…``, ``generator.…``, ``best.…``.
        facts: Everything else, as JSON can hold it.
    """

    step: int
    tensors: dict[str, Tensor] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors named ``name.…``, without that prefix."""
        prefix = name + "."
        return {key.removeprefix(prefix): value for key, value in self.tensors.items() if key.startswith(prefix)}


def weights_digest(network: nn.Module) -> str:
    """SHA-256 over names and bytes of all parameters and buffers: equal only when every bit is."""
    digest = sha256()
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(copied(value).numpy().tobytes())
    return digest.hexdigest()


def copied(tensor: Tensor) -> Tensor:
    """A contiguous copy on the CPU."""
    return tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)


def network_tensors(network: Network) -> dict[str, Tensor]:
    """Parameters, buffers and the states of the nodes' random generators."""
    tensors = {f"network.{name}": copied(value) for name, value in network.state_dict().items()}
    return tensors | {f"generator.{node}": one.get_state() for node, one in network.generators().items()}


def load_network(network: Network, state: State) -> None:
    """Puts the values in place; strides and memory stay those of the network."""
    values = state.part("network")
    if values.keys() != network.state_dict().keys():
        raise StateMismatch("The checkpoint belongs to another network: its weights have other names.")
    network.load_state_dict(values)
    states = state.part("generator")
    for node, one in network.generators().items():
        if node in states:  # a node that the fork of a run has added begins with a generator of its own
            one.set_state(states[node])


def optimizer_state(optimizer: Optimizer, network: Network) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The optimizer's tensors by parameter and name, and what it holds that is no tensor."""
    tensors: dict[str, Tensor] = {}
    facts: dict[str, Any] = {}
    for name, parameter in network.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            if isinstance(value, Tensor):
                tensors[f"optimizer.{name}.{key}"] = copied(value)
            elif key in _SCRATCH:
                continue
            elif isinstance(value, list):
                tensors |= {f"optimizer.{name}.{key}:{place}": copied(entry) for place, entry in enumerate(value)}
                facts.setdefault(name, {})[key] = {_LENGTH: len(value)}
            else:
                facts.setdefault(name, {})[key] = value
    return tensors, facts


def load_optimizer(optimizer: Optimizer, network: Network, state: State) -> None:
    """Fills the state of a fresh optimizer of the same kind and fields."""
    tensors, facts = state.part("optimizer"), state.facts["optimizer"]["state"]
    for name, parameter in network.named_parameters():
        mine = {key.rsplit(".", 1)[1]: tensors[key] for key in tensors if key.rsplit(".", 1)[0] == name}
        counts_on = parameter.device if optimizer.defaults.get("fused") else "cpu"
        values: dict[str, Any] = {
            key: value.to(counts_on, copy=True) if key in _COUNTS else _laid_out(value, parameter)
            for key, value in mine.items()
        }
        for key, fact in facts.get(name, {}).items():
            is_list = isinstance(fact, dict) and _LENGTH in fact
            values[key] = [values.pop(f"{key}:{place}") for place in range(fact[_LENGTH])] if is_list else fact
        if values:
            optimizer.state[parameter] = values


def _laid_out(value: Tensor, parameter: Tensor) -> Tensor:
    """In the memory layout of the parameter, because another layout could change the last bits of the next step."""
    if value.shape != parameter.shape:
        return value.to(parameter.device, copy=True)
    return torch.empty_like(parameter).copy_(value).detach()
