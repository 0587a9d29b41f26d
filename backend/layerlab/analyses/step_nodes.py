"""Forward and back through one node, with the numbers of one unit."""

from typing import Any

import torch
from layerlab_schemas.frames import StepItem, StepValue
from torch import Tensor, nn

from layerlab.analyses.recorded_step import Passed, RecordedStep, parameters_of
from layerlab.analyses.step_units import (
    by_sample,
    listed,
    out_of,
    slope,
    unit_name,
    unit_of,
    value,
    weighted,
)
from layerlab.graph.plan import PlannedNode
from layerlab.layers.base import num_frames
from layerlab.probes.base import pack

#: Numbers of a picture of a node's output.
MOST_VALUES = 4096


class Walk:
    """One node in the step.

    Args:
        node: Which.
        module: That computes it; its weights are those after the update.
        record: The step.
        sample: Place in the batch of the followed sample.
    """

    def __init__(self, node: PlannedNode, module: nn.Module, record: RecordedStep, sample: int) -> None:
        self.node, self._module, self._record = node, module, record
        frames = node.frames or num_frames([node.output_shape])
        passed = record.passed[node.id]
        self.passed: Passed = passed.by_frame() if frames else passed
        self._frames = frames or 1
        # Of a clip the frame in the middle is followed.
        self._sample = sample * self._frames + self._frames // 2
        self.unit = unit_of(self.passed, self._sample)

    def forward(self) -> StepItem:
        """What it read and gave, and the arithmetic of the unit where it is a weighted sum or elementwise."""
        rows = None
        if self._weight is not None:
            rows = weighted(self._module, self._weight, self.passed, self._sample, self.unit)
        return StepItem(
            phase="forward",
            formula=r"z = \sum_i w_i x_i + b" if rows else self.node.layer.formula,
            values=self._sum_values() if rows else self._values(),
            **(_rows(rows) | self._facts(self.passed.output[self._sample])),
        )

    def backward(self) -> StepItem | None:
        """What comes back, and the gradient of the weight that changes most; None where nothing comes back."""
        gradient = self.passed.gradient
        if gradient is None:
            return None
        place = self.place
        rows, formula = None, None
        here = value(r"\frac{\partial L}{\partial z}", gradient[self._sample][self.unit], "of this unit and sample")
        values = [here]
        name = self.parameter
        if name and place and (products := by_sample(self._module, self.passed, place)) is not None:
            rows = listed([r"\frac{\partial L}{\partial z} x"], self._samples(), products.cpu()[:, None])
            formula = r"\frac{\partial L}{\partial w} = \sum_n \frac{\partial L}{\partial z_n} x_n"
        if name and place:
            raw = self._record.raw_gradients[name][place]
            values.append(value(r"\frac{\partial L}{\partial w}", raw, f"{_short(name, self.node.id)} {list(place)}"))
        values += self._slope_values(gradient)
        values.append(value(r"\lVert \partial L / \partial z \rVert", gradient.double().norm(), "over the whole batch"))
        if formula is None and len(values) > 2 and not name:
            formula = r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} f'(x)"
        return StepItem(
            phase="backward", formula=formula, values=values, **(_rows(rows) | self._facts(gradient[self._sample]))
        )

    def _samples(self) -> list[str]:
        """What each row of the batch is."""
        places = self._record.places.tolist()
        if self._frames == 1:
            return [f"sample {index}" for index in places]
        return [f"sample {index}, frame {frame + 1}" for index in places for frame in range(self._frames)]

    @property
    def parameter(self) -> str | None:
        """The parameter that is looked at: its weight, or the first one with a gradient."""
        names = parameters_of(self._record.raw_gradients, self.node.id)
        wanted = f"layers.{self.node.id}.weight"
        return wanted if wanted in names else (names[0] if names else None)

    @property
    def place(self) -> tuple[int, ...] | None:
        """The weight with the largest gradient: of the unit where it has weights of its own."""
        if self.parameter is None:
            return None
        gradient = self._record.raw_gradients[self.parameter].abs().nan_to_num(nan=torch.inf)
        if isinstance(self._module, nn.Linear | nn.Conv2d):
            row = out_of(self._module, self.unit)
            return (row, *_largest(gradient[row]))
        return _largest(gradient)

    @property
    def _weight(self) -> Tensor | None:
        name = f"network.layers.{self.node.id}.weight"
        return self._record.before.tensors.get(name)

    def _facts(self, about: Tensor) -> dict[str, Any]:
        flat = about.flatten()
        place = _row_by_row(self.unit, about.shape)
        is_small = flat.numel() <= MOST_VALUES
        frame = f", frame {self._frames // 2 + 1}" if self._frames > 1 else ""
        return {
            "node": self.node.id,
            "title": f"{self.node.layer.title} · {unit_name(self.unit)} of {'×'.join(map(str, about.shape))}{frame}",
            "input_shapes": [list(shape) for shape in self.node.input_shapes],
            "output_shape": list(self.node.output_shape),
            "output": pack(about) if is_small else None,
            "chosen": place if is_small else None,
        }

    def _sum_values(self) -> list[StepValue]:
        bias = self._record.before.tensors.get(f"network.layers.{self.node.id}.bias")
        own = [] if bias is None else [value("b", bias[out_of(self._module, self.unit)], "bias")]
        return [*own, value("z", self.passed.output[self._sample][self.unit], "output of the unit")]

    def _values(self) -> list[StepValue]:
        read, given = self.passed.inputs[0][self._sample], self.passed.output[self._sample]
        own = [value("x", read[self.unit], "input of the unit")] if read.shape == given.shape else []
        spread = given.double()
        return [
            *own,
            *self._norm_values(),
            value("y", given[self.unit], "output of the unit"),
            value(r"\bar y", spread.mean(), "mean over the units"),
            value(r"\lVert y \rVert", spread.norm(), "length of the output"),
        ]

    def _norm_values(self) -> list[StepValue]:
        """Mean and variance of the batch that a batch norm takes for the channel of the unit, and its γ and β."""
        x = self.passed.inputs[0]
        if self.node.layer.kind != "batch_norm" or x.dim() not in (2, 4):
            return []
        channel = self.unit[0]
        values_n = x[:, channel].double()
        values = [value(r"\mu", values_n.mean(), "mean of the batch"),
                  value(r"\sigma^2", values_n.var(correction=0), "variance of the batch")]  # fmt: skip
        for symbol, name in ((r"\gamma", "weight"), (r"\beta", "bias")):
            own = self._record.before.tensors.get(f"network.layers.{self.node.id}.{name}")
            values += [] if own is None else [value(symbol, own[channel], name)]
        return values

    def _slope_values(self, gradient: Tensor) -> list[StepValue]:
        read = self.passed.inputs[0][self._sample]
        found = slope(self.node, self._module, read[self.unit]) if read.shape == gradient[self._sample].shape else None
        if found is None:
            return []
        back = found * float(gradient[self._sample][self.unit])
        return [
            value("f'(x)", found, "slope of the activation there"),
            value(r"\frac{\partial L}{\partial x}", back, "what is handed back"),
        ]


def _rows(rows: Any) -> dict[str, Any]:
    if rows is None:
        return {}
    return {"columns": rows.columns, "terms": rows.terms, "num_terms": rows.num_terms, "rest": rows.rest}


def _largest(size: Tensor) -> tuple[int, ...]:
    return tuple(int(place) for place in torch.unravel_index(size.argmax(), size.shape))


def _row_by_row(unit: tuple[int, ...], shape: torch.Size) -> int:
    place = 0
    for index, size in zip(unit, shape, strict=True):
        place = place * size + index
    return place


def _short(name: str, node: str) -> str:
    return name.removeprefix(f"layers.{node}.")
