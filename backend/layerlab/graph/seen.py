"""Which part of the input each place of a node sees, exactly: the receptive field as a rectangle for each place.

``receptive`` tells its size and step as the literature does; this tells the rectangle itself, cut off at the border.
What a norm's mean sees is not counted there, nor here.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor
from weakref import WeakKeyDictionary

from layerlab_schemas.graph import INPUT, CheckedData
from torch import nn

from layerlab.graph.network import Network
from layerlab.graph.plan import PlannedNode
from layerlab.graph.slides import Slide, slides_of
from layerlab.layers.residual import ResidualBlock

#: First and last place of the input; where the first is greater than the last there is only padding.
Span = tuple[int, int]
NOTHING: Span = (0, -1)
#: The span of each place along one axis, for each axis: rows and columns of an image, or the steps of a sequence.
Seen = tuple[tuple[Span, ...], ...]


#: Found once for each network, for its shapes do not change.
_known: WeakKeyDictionary[Network, dict[str, Seen]] = WeakKeyDictionary()


def seen_by(network: Network) -> dict[str, Seen]:
    """By node, for all whose places see a rectangle of the input; a node that mixes all places is left out."""
    if network not in _known:
        _known[network] = _find(network)
    return _known[network]


def _find(network: Network) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    first = _input(network.plan.data)
    if first is None:
        return found
    found[INPUT] = first
    for node in network.plan.nodes:
        sources = [found.get(source) for source in node.inputs]
        known = [source for source in sources if source is not None]
        if not node.layer.is_local or len(node.output_shape) < 2 or len(known) < len(sources):
            continue
        seen = _through(node, network.layers[node.id], known)
        if seen is not None:
            found[node.id] = seen
    return found


def sizes_of(shape: Sequence[int]) -> tuple[int, ...]:
    """Rows and columns of an image [C, H, W] or of each frame of a clip, steps of a sequence [T, F] or [T]."""
    return tuple(shape[-2:]) if len(shape) > 2 else tuple(shape[:1])


def _input(data: CheckedData) -> Seen | None:
    if len(data.input_shape) == 1 and not data.input_is_index:
        return None
    return tuple(tuple((at, at) for at in range(size)) for size in sizes_of(data.input_shape))


def _through(node: PlannedNode, module: nn.Module, sources: list[Seen]) -> Seen | None:
    """What a node sees through those that it reads."""
    sizes = sizes_of(node.output_shape)
    if not sources or any(len(source) != len(sizes) for source in sources):
        return None
    slides = slides_of(module)
    if slides is not None:
        return _slid(sources[0], slides, sizes)
    if isinstance(module, ResidualBlock):
        return _residual(module, sources[0], sizes)
    if isinstance(module, nn.Upsample):
        return _upsampled(module, sources[0], sizes)
    is_beside = any(len(spans) != size for source in sources for spans, size in zip(source, sizes, strict=True))
    # Images joined along an axis of places: rows and columns do not speak for each other any more.
    return None if is_beside else _over_all(sources)


def _slid(source: Seen, slides: Sequence[Slide], sizes: Sequence[int]) -> Seen:
    return tuple(
        tuple(hull(spans[at] for at in slide.reads(place, len(spans))) for place in range(size))
        for spans, slide, size in zip(source, slides, sizes, strict=True)
    )


def _residual(block: ResidualBlock, source: Seen, sizes: Sequence[int]) -> Seen:
    first, second = slides_of(block.conv1), slides_of(block.conv2)
    assert first is not None
    assert second is not None
    inner = _slid(_slid(source, first, sizes), second, sizes)
    skip = tuple(Slide(1, slide.stride) for slide in first)
    return _over_all([inner, _slid(source, skip, sizes)])


def _upsampled(module: nn.Upsample, source: Seen, sizes: Sequence[int]) -> Seen:
    def reads(place: int, scale: float, size: int) -> list[int]:
        if module.mode == "nearest":
            return [min(int(place / scale), size - 1)]
        middle = min(max((place + 0.5) / scale - 0.5, 0.0), size - 1.0)
        return sorted({floor(middle), ceil(middle)})

    scales = [size / len(spans) for size, spans in zip(sizes, source, strict=True)]
    return tuple(
        tuple(hull(spans[at] for at in reads(place, scale, len(spans))) for place in range(size))
        for spans, scale, size in zip(source, scales, sizes, strict=True)
    )


def _over_all(sources: Sequence[Seen]) -> Seen:
    """What any of them sees, place by place."""
    return tuple(tuple(hull(spans) for spans in zip(*axes, strict=True)) for axes in zip(*sources, strict=True))


def hull(spans: Iterable[Span]) -> Span:
    """The smallest span that holds all of them."""
    known = [span for span in spans if span[0] <= span[1]]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else NOTHING
