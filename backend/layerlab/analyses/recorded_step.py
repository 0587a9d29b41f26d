"""One optimizer step of a copy of the run, with all that went through it on the way."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from layerlab.graph.network import Network
from layerlab.layers.base import as_images
from layerlab.training.report import StepReport
from layerlab.training.state import State
from layerlab.training.trainer import Trainer


@dataclass(kw_only=True)
class Passed:
    """What went through one node, of the whole batch.

    Attributes:
        inputs: What it read, [N, …] each; [N·T, …] where it takes the frames of clips one by one.
        output: What it gave, as many.
        gradient: Of the loss of the batch with respect to ``output``; None where none came back.
    """

    inputs: tuple[Tensor, ...]
    output: Tensor
    gradient: Tensor | None = None

    def came_back(self, gradient: Tensor) -> None:
        """Keeps the gradient; called by PyTorch on the way back."""
        self.gradient = gradient.detach().clone()

    def by_frame(self) -> "Passed":
        """The same with each frame of a clip as a sample, [N·T, …]."""
        gradient = None if self.gradient is None else as_images(self.gradient)
        return Passed(inputs=tuple(map(as_images, self.inputs)), output=as_images(self.output), gradient=gradient)


@dataclass(kw_only=True)
class RecordedStep:
    """The step, and the state before and after it.

    Attributes:
        places: [N] places in the training part of the samples of the batch.
        inputs: [N, …] as the network read them.
        targets: [N] or [N, …].
        passed: By node.
        raw_gradients: By parameter, as the backward pass left them.
        gradients: By parameter, as the optimizer used them: with penalties, and clipped.
        before: State before the update.
        after: State after it.
        report: What the trainer told of it.
    """

    places: Tensor
    inputs: Tensor
    targets: Tensor
    passed: dict[str, Passed] = field(default_factory=dict)
    raw_gradients: dict[str, Tensor] = field(default_factory=dict)
    gradients: dict[str, Tensor] = field(default_factory=dict)
    before: State
    after: State
    report: StepReport

    def weight(self, name: str, *, after: bool) -> Tensor:
        """A parameter before or after the update."""
        return (self.after if after else self.before).tensors[f"network.{name}"]

    def memory(self, name: str, key: str, *, after: bool) -> Tensor | None:
        """What the optimizer remembers of a parameter, under PyTorch's own name; None where there is none yet."""
        return (self.after if after else self.before).tensors.get(f"optimizer.{name}.{key}")

    def memories(self, name: str) -> list[str]:
        """The names of what it remembers after the update."""
        prefix = f"optimizer.{name}."
        return [key.removeprefix(prefix) for key in self.after.tensors if key.startswith(prefix)]


def record_step(trainer: Trainer) -> RecordedStep | None:
    """Takes the next step of ``trainer`` exactly as training would; None where no step is left to take."""
    network, start = trainer.network, trainer.step
    trainer.compilation.switch_off()  # a call of the compiled engine has no single parts to look at
    places, before = trainer.upcoming().clone(), trainer.state()
    batch = trainer.upcoming_batch()
    passed: dict[str, Passed] = {}
    raw: dict[str, Tensor] = {}
    with _watching(network, passed, raw):
        report = next((one for one in trainer.steps() if one.step > start), None)
    if report is None:
        return None
    assert isinstance(report, StepReport)
    used = {name: one.grad.detach().clone() for name, one in network.named_parameters() if one.grad is not None}
    return RecordedStep(
        places=places,
        inputs=batch.inputs,
        targets=batch.targets,
        passed=passed,
        raw_gradients=raw,
        gradients=used,
        before=before,
        after=trainer.state(),
        report=report,
    )


@contextmanager
def _watching(network: Network, passed: dict[str, Passed], raw: dict[str, Tensor]) -> Iterator[None]:
    """Looks at the first pass forward and back; changes nothing of it."""
    hooks = [module.register_forward_hook(_looker(node, passed)) for node, module in network.layers.items()]
    hooks += [
        parameter.register_hook(_keeper(name, raw))  # type: ignore[no-untyped-call]
        for name, parameter in network.named_parameters()
        if parameter.requires_grad
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _looker(node: str, passed: dict[str, Passed]) -> Callable[[nn.Module, Any, Any], None]:
    def look(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor | tuple[Tensor, ...]) -> None:
        if not torch.is_grad_enabled() or node in passed:
            return
        given = output[0] if isinstance(output, tuple) else output
        found = passed[node] = Passed(inputs=tuple(one.detach() for one in inputs), output=given.detach())
        if given.requires_grad:
            given.register_hook(found.came_back)  # type: ignore[no-untyped-call]

    return look


def _keeper(name: str, raw: dict[str, Tensor]) -> Callable[[Tensor], None]:
    def keep(gradient: Tensor) -> None:
        raw.setdefault(name, gradient.detach().clone())

    return keep


def parameters_of(gradients: Mapping[str, Tensor], node: str) -> list[str]:
    """Full names of the parameters of a node that have a gradient."""
    prefix = f"layers.{node}."
    return [name for name in gradients if name.startswith(prefix)]
