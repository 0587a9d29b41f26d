"""Mends that change another node than the one that complains: the one it reads."""

from collections.abc import Sequence

from layerlab_schemas.problems import Mend

from layerlab.graph.plan import PlannedNode
from layerlab.layers.base import Shape

#: The field that says how many channels or features a layer gives, and how many times as many come out.
_WIDTHS = {
    "linear": "out_features",
    "maxout": "out_features",
    "conv1d": "out_channels",
    "conv2d": "out_channels",
    "conv_transpose2d": "out_channels",
    "residual": "out_channels",
    "embedding": "embedding_dim",
}


def mend_at_source(code: str, sources: Sequence[PlannedNode | None], shapes: Sequence[Shape]) -> Mend | None:
    """What one field of a node that is read would mend; None where there is no such field.

    Args:
        code: Of the problem.
        sources: The nodes that are read; None for the data.
        shapes: What they give.
    """
    if code == "needs_sequence":
        return next((_whole_sequence(source) for source in sources if source and _gives_last(source)), None)
    if code == "shapes_differ":
        return _same_width(sources, shapes)
    return None


def _gives_last(source: PlannedNode) -> bool:
    return source.layer.is_recurrent and getattr(source.params, "output", None) == "last"


def _whole_sequence(source: PlannedNode) -> Mend:
    return Mend(label=f"Set output of {source.id} to sequence", node=source.id, field="output", value="sequence")


def _same_width(sources: Sequence[PlannedNode | None], shapes: Sequence[Shape]) -> Mend | None:
    """The first source that differs from the first in its channels (features) only, and can be told another number."""
    axis = -3 if len(shapes[0]) > 2 else -1
    for source, shape in zip(sources, shapes, strict=True):
        if shape == shapes[0]:
            continue
        changed = list(shape)
        changed[axis] = shapes[0][axis]
        field = _WIDTHS.get(source.layer.kind) if source else None
        if source is None or field is None or tuple(changed) != shapes[0]:
            return None
        return Mend(
            label=f"Set {field} of {source.id} to {changed[axis]}", node=source.id, field=field, value=changed[axis]
        )
    return None
