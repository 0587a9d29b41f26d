"""What one node gives and costs, found without a single weight: the module is built and run on the meta device."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from layerlab_schemas.problems import Problem
from torch import nn

from layerlab.graph.blank import Blank
from layerlab.layers.base import LayerKind, Shape, Site, count_text, frame_shapes, num_frames, shape_text
from layerlab.params import Params, shorten

#: Numbers that one node may give for one sample: 64 MB.
LARGEST_OUTPUT = 16_000_000


@dataclass(frozen=True)
class Measured:
    """A node's output shape, shapes of its ports and parameters (by name), and its multiply-adds for one sample."""

    output_shape: Shape
    ports: dict[str, Shape]
    parameter_shapes: dict[str, Shape]
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(prod(shape) for shape in self.parameter_shapes.values())

    @property
    def memory_bytes(self) -> int:
        """Its parameters and its output for one sample, 4 bytes a number."""
        return 4 * (self.parameters + prod(self.output_shape))


def measure(
    layer: LayerKind[Any], params: Params, shapes: Sequence[Shape], site: Site
) -> tuple[Measured | None, list[Problem]]:
    """What the layer makes of these inputs, or why it cannot; whatever the engine throws is told as a problem.

    Of a clip that it takes frame by frame, one frame is measured and the rest counted.
    """
    frames = num_frames(shapes) if layer.by_frame else None
    shapes = shapes if frames is None else frame_shapes(shapes)
    problems = layer.check_inputs(params, shapes, site)
    if problems:
        return None, problems
    try:
        # A generator costs a few microseconds and is never drawn from here.
        with torch.device("meta"), Blank():
            module = layer.build(params, shapes, generator=torch.Generator(device="cpu"))
        output_shape = layer.output_shape(params, module, shapes)
        ports = layer.port_shapes(params, module, shapes)
    except Exception as error:
        return None, [_refused(error, shapes, site)]
    multiply_adds = (frames or 1) * layer.multiply_adds(params, module, shapes, output_shape)
    output_shape = output_shape if frames is None else (frames, *output_shape)
    if prod(output_shape) > LARGEST_OUTPUT:
        return None, [_too_large(output_shape, site)]
    return Measured(output_shape, ports, _parameters(module), multiply_adds), []


def _parameters(module: nn.Module) -> dict[str, Shape]:
    return {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}


def _refused(error: Exception, shapes: Sequence[Shape], site: Site) -> Problem:
    words = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "overflow" in words or "memory" in words:
        return site.problem(
            "too_large", f"{site.node} would need more memory than any computer has.", hint="Use smaller sizes."
        )
    given = " and ".join(shape_text(shape) for shape in shapes)
    message = f"{site.node} cannot work with {given}: {shorten(words)}"
    return site.problem("engine_refuses", message, got=given, hint="Check its fields against the shape that arrives.")


def _too_large(shape: Shape, site: Site) -> Problem:
    message = f"{site.node} would give {shape_text(shape)}, which is {count_text(prod(shape))} numbers for one sample."
    limit = f"at most {count_text(LARGEST_OUTPUT)} numbers"
    return site.problem(
        "too_large", message, expected=limit, got=prod(shape), hint="Use smaller sizes or less padding."
    )
