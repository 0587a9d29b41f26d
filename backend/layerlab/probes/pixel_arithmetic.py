"""All that one number of a feature map was made from: the maps, the kernels, and what each pixel sees of the input."""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, ImageGridItem, PackedArray, PixelField, SampleView
from layerlab_schemas.graph import INPUT, Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_sample
from layerlab.graph.plan import Plan
from layerlab.graph.seen import Seen, seen_by
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.kernels import Convolution, kernel_of
from layerlab.probes.pixel_rule import rule_of

#: A frame has at most so many numbers; maps and kernels beyond are left out, the receptive fields stay.
MOST_NUMBERS = 262_144


class PixelArithmetic(ProbeKind):
    """For the chosen sample in eval mode: every map whole, every kernel with its bias, and each pixel's field."""

    kind = "pixel_arithmetic"
    title = "Pixel arithmetic"
    help = "What one pixel of a feature map was made from: which part of the input it sees, and the sum behind it."
    formula = r"y_{o,i,j} = b_o + \sum_{c,u,v} w_{o,c,u,v}\, x_{c,\, si+du-p,\, sj+dv-p}"
    source = "V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning (2016)"
    group = "Convolution"
    data_shape = DataShape.IMAGE_GRID
    shows_sample = True
    has_panel: ClassVar[bool] = False

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are pixels or steps to point at, and a sample to show that does not move."""
        if plan.data.input_kind == "video":
            return Lack(text="What moves has no one place to point at.")
        if not any(len(node.output_shape) > 1 for node in plan.nodes):
            return Lack(text="No layer of this network gives maps or steps.")
        return lacks_sample(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for each node, [C, 1, H, W] or of a sequence [F, 1, 1, T], and one for each parameter of it."""
        recording = context.shown
        if context.sample is None or recording is None or not self.applies(context.network.plan):
            return None
        seen, room = seen_by(context.network), _Room(MOST_NUMBERS)
        read = context.sample.inputs[0]
        items = [_maps(INPUT, read, seen, room)] if read.is_floating_point() and read.dim() in (2, 3) else []
        for node in context.network.plan.nodes:
            module = context.network.layers[node.id]
            value = recording.outputs[node.id][0]
            item = _maps(node.id, value, seen, room)
            items.append(item.model_copy(update={"rule": rule_of(node, module)}))
            items += [_numbers(node.id, name, value) for name, value in _parameters(module) if room.takes(value)]
        shown = SampleView(index=context.sample.index)
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=shown)


class _Room:
    """How many numbers still fit into the frame."""

    def __init__(self, most: int) -> None:
        self._left = most

    def takes(self, value: Tensor) -> bool:
        fits = value.numel() <= self._left
        self._left -= value.numel() if fits else 0
        return fits


def _maps(node: str, value: Tensor, seen: dict[str, Seen], room: _Room) -> ImageGridItem:
    maps_c1hw = _as_maps(value.float())
    total = len(maps_c1hw)
    images = maps_c1hw if room.takes(maps_c1hw) else maps_c1hw[:0]
    return _item(node, images, total=total, field=_field(seen.get(node)))


def _as_maps(value: Tensor) -> Tensor:
    """[C, H, W] as it is; features of a sequence [T, F] are maps of one row, units [F] maps of one pixel."""
    if value.dim() == 3:
        return value.unsqueeze(1)
    return value.t()[:, None, None] if value.dim() == 2 else value.reshape(-1, 1, 1, 1)


def _field(seen: Seen | None) -> PixelField | None:
    if seen is None:
        return None
    rows, columns = seen if len(seen) == 2 else (((0, 0),), seen[0])
    return PixelField(rows=_spans(rows), columns=_spans(columns))


def _spans(spans: tuple[tuple[int, int], ...]) -> PackedArray:
    array = torch.tensor(spans, dtype=torch.int32).reshape(-1, 2)
    return PackedArray(dtype="int32", shape=list(array.shape), data=array.numpy().astype("<i4").tobytes())


def _parameters(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What the arithmetic needs beside the maps, by the names of PyTorch."""
    if isinstance(module, Convolution):
        yield "weight", kernel_of(module)
        if module.bias is not None:
            yield "bias", _column(module.bias)
    elif isinstance(running := getattr(module, "running_mean", None), Tensor):
        yield "running_mean", _column(running)
        for name in ("running_var", "weight", "bias"):
            if isinstance(value := getattr(module, name, None), Tensor):
                yield name, _column(value)


def _column(value: Tensor) -> Tensor:
    return value.detach().reshape(-1, 1, 1, 1)


def _numbers(node: str, name: str, value: Tensor) -> ImageGridItem:
    return _item(node, value, total=len(value), parameter=name)


def _item(node: str, images: Tensor, **more: Any) -> ImageGridItem:
    finite = images[images.isfinite()]
    low, high = (float(end) for end in finite.aminmax()) if finite.numel() else (0.0, 0.0)
    return ImageGridItem(node=node, images=pack(images), signed=low < 0, low=low, high=high, **more)
