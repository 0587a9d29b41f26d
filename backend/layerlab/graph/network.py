"""The network that trains: the modules of a plan, run in order, with one place to look inside."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from layerlab_schemas.graph import DECODER_INPUT, INPUT
from layerlab_schemas.problems import Problem
from torch import Tensor, nn

from layerlab.errors import LayerlabError, SpecError
from layerlab.graph.inside import parts_inside
from layerlab.graph.plan import Plan, mask_of
from layerlab.layers.base import as_clips, as_images
from layerlab.params import Params
from layerlab.registry import read_params


@dataclass
class Recording:
    """What went through the nodes in the latest forward pass, detached from the gradient.

    ``outputs[id]`` is what a node gave ([N, …]; ``outputs["input"]`` is the data), ``inputs[id]`` what it read, in the
    order of its inputs. ``gradients[id]`` is the gradient with respect to that output, of whatever the backward pass
    after it began with; there is none before that pass, and none for what no weight has a part in. The tensors are the
    network's own and not copies: read them, never write to them.
    ``inside`` is for norms and dropouts that are parts of a node ("block.norm1"): what each read and gave, once for
    each time it was used.
    """

    outputs: dict[str, Tensor] = field(default_factory=dict)
    inputs: dict[str, tuple[Tensor, ...]] = field(default_factory=dict)
    gradients: dict[str, Tensor] = field(default_factory=dict)
    inside: dict[str, list[tuple[Tensor, Tensor]]] = field(default_factory=dict)

    def take(self, node: str, inputs: list[Tensor], output: Tensor) -> None:
        """One node's turn; its gradient follows when there is one."""
        self.inputs[node] = tuple(value.detach() for value in inputs)
        self.outputs[node] = output.detach()
        if output.requires_grad:
            output.register_hook(self._keeper(node))  # type: ignore[no-untyped-call]

    def _keeper(self, node: str) -> Callable[[Tensor], None]:
        """Keeps a gradient as it passes; giving nothing back leaves it as it is."""

        def keep(gradient: Tensor) -> None:
            self.gradients[node] = gradient.detach()

        return keep


class Layers(nn.ModuleDict):
    """Modules by node name. PyTorch refuses names such as "keys" or "float", which are fine names for nodes."""

    def __setitem__(self, key: str, module: nn.Module) -> None:
        self._modules[key] = module


@dataclass(frozen=True)
class Step:
    """One node's turn.

    Attributes:
        inputs: What it reads.
        ports: What it gives beside its output, as others read it: ``encoder.state``.
        masks: For a module that must know the padding, whose padding each input has; None for all others.
        unneeded: The values that nobody reads after it.
        frames: Of a clip that it takes frame by frame, how many there are; None where it takes its inputs whole.
    """

    id: str
    module: nn.Module
    inputs: tuple[str, ...]
    ports: tuple[str, ...]
    masks: tuple[str | None, ...] | None
    unneeded: tuple[str, ...]
    frames: int | None = None

    def run(self, inputs: list[Tensor], masks: Mapping[str | None, Tensor]) -> Any:
        """What the module gives; a tuple where it has ports."""
        if self.frames is not None:
            return as_clips(self.module(*map(as_images, inputs)), self.frames)
        if self.masks is None:
            return self.module(*inputs)
        return self.module(*inputs, masks=tuple(masks.get(name) for name in self.masks))


class Network(nn.Module):
    """A plan with modules. Made by ``graph.compile.compile_network``.

    Args:
        plan: What it was made from.
        modules: The module of each node, by node name.
    """

    def __init__(self, plan: Plan, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.plan = plan
        self.layers = Layers()
        for node in plan.nodes:
            self.layers[node.id] = modules[node.id]
        self._params: dict[str, Params] = {node.id: node.params for node in plan.nodes}
        self._steps = _steps(plan, modules)
        self._inside = parts_inside(self.layers)
        self._recording: Recording | None = None
        self._parts = list(self.modules())

    def train(self, mode: bool = True) -> "Network":
        """As every module does it, without PyTorch's look at what kind of value is set: evaluations call it twice."""
        for part in self._parts:
            part.__dict__["training"] = mode
        return self

    def forward(self, x: Tensor) -> Tensor:
        """The value of the output node, [N, *output_shape], for a batch ``x`` [N, *input_shape].

        Data with a decoder input is [N, 2, *input_shape]: the input, then the decoder input.

        Raises:
            LayerlabError: A node cannot work with this batch, such as batch norm with a single value; names the node.
        """
        values = {INPUT: x[:, 0], DECODER_INPUT: x[:, 1]} if self.plan.data.has_decoder_input else {INPUT: x}
        masks = self._masks(values)
        recording = self._recording
        if recording is not None:
            recording.gradients.clear()
            recording.inside.clear()
        for step in self._steps:
            inputs = [values[name] for name in step.inputs]
            try:
                given = step.run(inputs, masks)
            except LayerlabError as error:
                raise error.at(step.id) from None
            if step.ports:
                given, *more = given
                values.update(zip(step.ports, more, strict=True))
            values[step.id] = given
            if recording is not None:
                recording.take(step.id, inputs, values[step.id])
            for name in step.unneeded:
                del values[name]
        if recording is not None:
            recording.outputs[INPUT] = x.detach()
        return values[self.plan.output]

    @property
    def is_recorded(self) -> bool:
        """True while what passes through its nodes is kept."""
        return self._recording is not None

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """What passes through meanwhile is kept by nobody: a recording still has what it had."""
        before, self._recording = self._recording, None
        try:
            yield
        finally:
            self._recording = before

    def _masks(self, values: Mapping[str, Tensor]) -> dict[str | None, Tensor]:
        """Of each part of the data, [N, T]: True where a step is real, False where it is padding."""
        padding = self.plan.data.padding_token
        return {} if padding is None else {name: value != padding for name, value in values.items()}

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Keep what passes through every node: the latest forward pass inside the ``with`` is in the recording.

        Works alike in train and eval mode, draws no random numbers and changes no result. When no recording is
        active, a forward pass pays one test of an attribute for it.
        """
        before = self._recording
        self._recording = recording = Recording()
        hooks = [] if before else [part.register_forward_hook(self._keep(name)) for name, part in self._inside]
        try:
            yield recording
        finally:
            self._recording = before
            for hook in hooks:
                hook.remove()

    def _keep(self, name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        """Notes what a part of a node read and gave."""

        def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            if self._recording is not None:
                self._recording.inside.setdefault(name, []).append((inputs[0].detach(), output.detach()))

        return keep

    def params(self, node: str) -> Params:
        """The fields of a node as they are now, live changes included."""
        return self._params[node]

    def generators(self) -> dict[str, torch.Generator]:
        """The random generators that nodes draw from while training (dropout), by node; part of a checkpoint."""
        parts = ((node, part) for node, module in self.layers.items() for part in module.modules())
        found = ((node, getattr(part, "generator", None)) for node, part in parts)
        return {node: generator for node, generator in found if generator is not None}

    def live_fields(self) -> dict[str, dict[str, Any]]:
        """The present values of all fields that may change while training, by node; part of a checkpoint."""
        live = {node: params.model_dump(include=set(params.live_fields())) for node, params in self._params.items()}
        return {node: fields for node, fields in live.items() if fields}

    def change(self, node: str, fields: Mapping[str, Any]) -> Params:
        """Give live fields of a node new values, from the next forward pass on.

        Returns:
            All fields of the node after the change.

        Raises:
            SpecError: No such node, no such field, a wrong value, or a field that a running network cannot change.
        """
        planned = self.plan.by_id.get(node)
        path = f"nodes.{node}"
        if planned is None:
            raise SpecError([Problem(code="unknown_node", path=path, message=f"There is no node called {node}.")])
        before = self._params[node]
        wanted = before.model_dump(exclude_unset=True) | dict(fields)
        after = read_params(planned.layer, wanted, path=path, node=node)
        fixed = sorted(set(fields) - set(after.live_fields()))
        if fixed:
            raise SpecError([_cannot_change(node, name, f"{path}.{name}") for name in fixed])
        planned.layer.change(self.layers[node], after)
        self._params[node] = after
        return after


def _cannot_change(node: str, name: str, path: str) -> Problem:
    message = f"{name} of {node} cannot change while the network trains."
    hint = "Start a new run with the new value."
    return Problem(code="not_live", path=path, node=node, field=name, message=message, hint=hint)


def _steps(plan: Plan, modules: Mapping[str, nn.Module]) -> list[Step]:
    """The nodes' turns, each told which values it is the last to read."""
    ports = {node.id: tuple(f"{node.id}.{port}" for port in node.layer.output_ports) for node in plan.nodes}
    last_reader = {name: node.id for node in plan.nodes for name in node.inputs}
    given = {name: node.id for node in plan.nodes for name in (node.id, *ports[node.id])}
    last_reader |= {name: node for name, node in given.items() if name not in last_reader}
    last_reader.pop(plan.output, None)
    unneeded: dict[str, list[str]] = {}
    for name, reader in last_reader.items():
        unneeded.setdefault(reader, []).append(name)
    return [
        Step(
            node.id,
            modules[node.id],
            node.inputs,
            ports[node.id],
            tuple(mask_of(source, plan.masks) for source in node.inputs) if node.layer.reads_masks else None,
            tuple(unneeded.get(node.id, ())),
            node.frames,
        )
        for node in plan.nodes
    ]
