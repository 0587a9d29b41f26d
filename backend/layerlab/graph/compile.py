"""From a plan to a network with weights: modules without values first, then every number filled by name."""

from typing import Any

import torch
from layerlab_schemas.graph import InitSpec
from torch import Tensor, nn

from layerlab import inits
from layerlab.graph.blank import Blank
from layerlab.graph.inside import NORMS
from layerlab.graph.network import Network
from layerlab.graph.norm_scales import fill_norm_scales
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.inits.base import Follows, InitKind
from layerlab.params import Params
from layerlab.registry import read_params
from layerlab.seeding import generator

#: Slope of ``nn.LeakyReLU`` where a block has one inside.
_SLOPE = 0.01


def compile_network(plan: Plan, *, init: InitSpec, seed: int, device: str | torch.device = "cpu") -> Network:
    """The network of a plan, initialised and in train mode.

    Weight matrices and kernels are filled by the node's own scheme, else by ``init``; each parameter draws from a
    generator of its own, made from seed, node and parameter name, always on the CPU, so that the start is the same on
    every device. All biases start at 0, the scale γ of norms at 1. A recurrent matrix is filled gate by gate, and for
    an "auto" gain counts as linear, since it is used again at every step. An embedding starts at N(0, 1) unless its
    node has a scheme of its own or the run's scheme does not scale by fans. Only ``dcgan`` spreads the scales of norms.

    Raises:
        SpecError: A scheme's fields are wrong.
        UnknownKind: There is no such scheme.
    """
    with torch.no_grad():
        modules = {node.id: _module(plan, node, init, seed, torch.device(device)) for node in plan.nodes}
    schemes = {node.id: _scheme(node.init or init, "init") for node in plan.nodes}
    fill_norm_scales(modules, schemes, seed=seed)
    return Network(plan, modules).to(device)


def _module(plan: Plan, node: PlannedNode, init: InitSpec, seed: int, device: torch.device) -> nn.Module:
    draws = generator(seed, f"layer.{node.id}", device)
    with Blank():
        module = node.layer.build(node.params, node.read_shapes, generator=draws)
    settled = _settle(module)
    scheme, fields = _scheme(node.init or init, f"{node.id}.init" if node.init else "init")
    found = Follows("linear") if node.layer.is_recurrent else following(plan, node)
    for name, parameter in module.named_parameters():
        owner, _, own_name = name.rpartition(".")
        if owner in settled:
            continue
        draws = generator(seed, f"init.{node.id}.{name}")
        if "bias" in own_name:
            nn.init.zeros_(parameter)
        elif node.layer.is_lookup and scheme.uses_fans and node.init is None:
            nn.init.normal_(parameter, generator=draws)
        else:
            inner = node.layer.activation_after(node.params, name)
            follows = Follows(inner, _SLOPE if inner == "leaky_relu" else 0.0) if inner else found
            _fill(node, name, parameter, scheme, fields, follows, draws)
    return module


def _settle(module: nn.Module) -> set[str]:
    """Gives norms γ = 1, β = 0, running mean 0 and variance 1; nothing is drawn.

    Returns:
        The names of these parts of the module.
    """
    settled = set()
    for name, part in module.named_modules():
        if isinstance(part, NORMS):
            part.reset_parameters()
            settled.add(name)
        else:
            buffers = list(part.buffers(recurse=False))
            assert not buffers, f"a buffer of {type(part).__name__} would start with what the memory held"
    return settled


def _fill(
    node: PlannedNode,
    name: str,
    weight: Tensor,
    scheme: InitKind[Any],
    fields: Params,
    follows: Follows,
    draws: torch.Generator,
) -> None:
    for block in node.layer.blocks(node.params, name, weight):
        # Some schemes want the numbers in a row; the block of a transposed kernel is a view across it.
        filled = block if block.is_contiguous() else torch.empty(block.shape)
        scheme.fill(fields, filled, follows=follows, generator=draws)
        if filled is not block:
            block.copy_(filled)


def _scheme(spec: InitSpec, path: str) -> tuple[InitKind[Any], Params]:
    kind = inits.REGISTRY.get(spec.scheme)
    return kind, read_params(kind, spec.fields_of_kind(), path=path)


def following(plan: Plan, node: PlannedNode) -> Follows:
    """The activation that the outputs of ``node`` come to first, past norms, dropout, pools, flattens and joins.

    ReLU when none comes before the next weights or the end.
    """
    waiting, seen = [node.id], set[str]()
    while waiting:
        name = waiting.pop(0)
        for reader in plan.readers(name):
            if reader.layer.gain_name is not None:
                return Follows(reader.layer.gain_name, float(getattr(reader.params, "negative_slope", 0.0)))
            if not reader.layer.has_weights and reader.id not in seen:
                seen.add(reader.id)
                waiting.append(reader.id)
    return Follows()
