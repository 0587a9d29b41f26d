"""Random graphs that are right by construction: every field is drawn so that it fits what arrives."""

from random import Random

import torch
from layerlab_schemas.graph import CheckedData

from tests.backend.graph.building import facts
from tests.backend.graph.drafting import Draft, size_of
from tests.backend.graph.random_nodes import any_shape, image, join, row, sequence, tokens

VOCABULARY = 7
SORTS = ["image", "picture", "sequence", "tokens", "padded", "decoder", "tabular", "points"]


def random_graph(seed: int) -> tuple[list[dict], CheckedData]:
    """A graph of 1 to about 35 nodes, often with skips, on any sort of data."""
    draw = Random(seed)
    sort = SORTS[seed % len(SORTS)]
    data = _data(draw, sort)
    draft = Draft(draw, {"input": tuple(data.input_shape)})
    if data.input_is_index:
        _read_tokens(draft, data)
    for _ in range(draw.choice([0, 1, 2, 3, 4, 6, 8, 12, 18, 30])):
        sources = [name for name in draft.shapes if name.partition(".")[0] not in {"input", "decoder_input"}]
        recent = (sources if data.input_is_index else list(draft.shapes))[-4:]
        source = recent[-1] if draw.random() < 0.7 else draw.choice(recent)
        made = draw.choice([any_shape, join, *[{1: row, 2: sequence, 3: image}[len(draft.shapes[source])]] * 3])
        made(draft, source)
    _end(draft, data)
    return draft.specs, data


def _data(draw, sort):
    if sort == "image":
        return facts((draw.randint(1, 3), draw.randint(4, 9), draw.randint(4, 9)), output=3)
    if sort == "picture":
        shape = (draw.randint(1, 2), draw.randint(3, 6), draw.randint(3, 6))
        return facts(shape, output=shape, task="regression")
    if sort == "sequence":
        steps = draw.randint(2, 6)
        return facts((steps, draw.randint(2, 5)), output=draw.choice([3, (steps, 3)]))
    if sort in {"tokens", "padded", "decoder"}:
        steps = draw.randint(2, 6)
        output = (steps, 3) if sort == "decoder" or draw.random() < 0.4 else 3
        more = {"padding_token": 0} if sort != "tokens" else {}
        more |= {"has_decoder_input": True} if sort == "decoder" else {}
        known = {"input_is_index": True, "num_tokens": VOCABULARY, "input_kind": "sequence"}
        return facts((steps,), output=output, **known, **more)
    return facts((2,) if sort == "points" else (draw.randint(2, 9),), output=3)


def _read_tokens(draft, data):
    """A layer for the tokens, or two where there is a second part; tokens cannot be read by anything else."""
    steps = data.input_shape[0]
    for part in ("input", "decoder_input") if data.has_decoder_input else ("input",):
        draft.shapes[part] = (steps,)
        tokens(draft, part)
        del draft.shapes[part]


def _end(draft, data):
    """What gives the answer in the shape that is asked for."""
    wanted, source = tuple(data.output_shape), list(draft.shapes)[-1]
    if source.partition(".")[2]:
        source = source.partition(".")[0]
    if len(wanted) == 2:
        fitting = draft.alike(lambda shape: len(shape) == 2 and shape[0] == wanted[0])
        if fitting:
            draft.append({"kind": "linear", "out_features": 3}, wanted, [fitting[-1]])
            return
    if len(draft.shapes[source]) > 1:
        source = draft.append({"kind": "flatten"}, (size_of(draft.shapes[source]),), [source])
    source = draft.append({"kind": "linear", "out_features": size_of(wanted)}, (size_of(wanted),), [source])
    if len(wanted) > 1:
        draft.append({"kind": "reshape", "shape": list(wanted)}, wanted, [source])


def random_batch(data: CheckedData, size: int, seed: int) -> torch.Tensor:
    """Inputs for a graph: tokens with padding at the end where the data has some, else normal numbers."""
    draws = torch.Generator().manual_seed(seed)
    if not data.input_is_index:
        return torch.randn(size, *data.input_shape, generator=draws)
    parts = (2,) if data.has_decoder_input else ()
    lowest = 0 if data.padding_token is None else 1
    found = torch.randint(lowest, data.num_tokens, (size, *parts, *data.input_shape), generator=draws)
    if data.padding_token is not None:
        steps = data.input_shape[0]
        lengths = torch.randint(1, steps + 1, (size, *parts, 1), generator=draws)
        found[torch.arange(steps).expand_as(found) >= lengths] = data.padding_token
    return found
