"""How one number of a node follows from those of the nodes that it reads, in the words of the wire."""

from typing import Any

from layerlab_schemas.frames import PixelRule
from torch import nn

from layerlab.graph.plan import PlannedNode, node_of
from layerlab.graph.slides import slides_of

#: Layers that hand on each number as it is, in eval mode.
_COPYING = frozenset({"dropout", "dropout2d", "identity"})
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d)


def rule_of(node: PlannedNode, module: nn.Module) -> PixelRule | None:
    """The arithmetic of a node in eval mode; None where it cannot be written down for one number by itself."""
    told: dict[str, Any] = {"title": node.layer.title, "inputs": [node_of(source) for source in node.inputs]}
    if isinstance(module, nn.ConvTranspose2d):
        return PixelRule(op="conv_transpose", groups=module.groups, **told, **_window(module))
    if isinstance(module, _CONVOLUTIONS):
        return PixelRule(op="conv", groups=module.groups, **told, **_window(module))
    if isinstance(module, nn.MaxPool1d | nn.MaxPool2d):
        return PixelRule(op="max", **told, **_window(module))
    if isinstance(module, nn.AvgPool2d):
        return PixelRule(op="mean", counts_padding=module.count_include_pad, **told, **_window(module))
    if node.layer.kind == "batch_norm" and getattr(module, "running_mean", None) is not None:
        eps: Any = module.eps
        return PixelRule(op="batch_norm", eps=float(eps), **told)
    return _simple(node, told)


def _simple(node: PlannedNode, told: dict[str, Any]) -> PixelRule | None:
    if node.layer.kind == "global_avg_pool" and len(node.input_shapes[0]) == 3:
        return PixelRule(op="mean_of_map", **told)
    if node.layer.kind == "add":
        return PixelRule(op="sum", **told)
    if node.layer.kind in _COPYING:
        return PixelRule(op="copy", **told)
    is_function = node.layer.group == "activation" and node.layer.keeps_shape and node.layer.kind != "softmax"
    return PixelRule(op="function", **told) if is_function else None


def _window(module: nn.Module) -> dict[str, list[int]]:
    """Kernel, stride, padding and dilation as [height, width]; a window over steps is one row high."""
    slides = slides_of(module)
    assert slides is not None
    first = [(1, 1, 0, 1)] if len(slides) == 1 else []
    rows = [*first, *((one.kernel, one.stride, one.padding, one.dilation) for one in slides)]
    names = ("kernel", "stride", "padding", "dilation")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
