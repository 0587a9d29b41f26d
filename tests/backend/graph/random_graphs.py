"""Random graphs that are right by construction: every field is drawn so that it fits what arrives."""

from random import Random

from layerlab_schemas.graph import CheckedData

from tests.backend.graph.building import facts

ACTIVATIONS = ["relu", "leaky_relu", "tanh", "sigmoid", "gelu"]


def random_graph(seed: int) -> tuple[list[dict], CheckedData]:
    """A graph of 1 to 14 nodes, often with branches, on images, sequences, tokens or features."""
    draw = Random(seed)
    data = _data(draw)
    specs: list[dict] = []
    shapes: dict[str, tuple[int, ...]] = {"input": tuple(data.input_shape)}
    if data.input_is_index:
        size = draw.randint(1, 5)
        _append(specs, shapes, draw, {"kind": "embedding", "embedding_dim": size}, (*data.input_shape, size), ["input"])
        del shapes["input"]
    for _ in range(draw.randint(0, 10)):
        source = draw.choice(list(shapes)[-3:])
        made = draw.choice([_any_shape, _join, {1: _row, 2: _sequence, 3: _image}[len(shapes[source])]])
        made(specs, shapes, draw, source)
    source = list(shapes)[-1]
    if len(shapes[source]) > 1:
        _append(specs, shapes, draw, {"kind": "flatten"}, (_size(shapes[source]),), [source])
        source = list(shapes)[-1]
    _append(specs, shapes, draw, {"kind": "linear", "out_features": 3}, (3,), [source])
    return specs, data


def _data(draw):
    kind = draw.choice(["image", "sequence", "tokens", "row"])
    if kind == "image":
        return facts((draw.randint(1, 3), draw.randint(4, 12), draw.randint(4, 12)), output=3)
    if kind == "sequence":
        return facts((draw.randint(2, 6), draw.randint(2, 5)), output=3)
    if kind == "tokens":
        return facts((draw.randint(2, 6),), output=3, input_is_index=True, num_tokens=7, input_kind="sequence")
    return facts((draw.randint(2, 9),), output=3)


def _append(specs, shapes, draw, spec, shape, inputs):
    """Adds a node; leaves its wiring out where the node before is meant anyway, half of the time."""
    name = f"node{len(specs)}"
    spec = {"id": name, **spec}
    last = specs[-1]["id"] if specs else "input"
    if inputs != [last] or draw.random() < 0.5:
        spec["inputs"] = inputs
    specs.append(spec)
    shapes[name] = shape


def _any_shape(specs, shapes, draw, source):
    shape = shapes[source]
    choices = [{"kind": draw.choice(ACTIVATIONS)}, {"kind": "dropout", "p": draw.choice([0, 0.3])}]
    choices += [{"kind": "batch_norm", "affine": draw.random() < 0.7}]
    if _size(shape[-1:] if len(shape) < 3 else shape) > 1:
        choices.append({"kind": "layer_norm"})
    _append(specs, shapes, draw, draw.choice(choices), shape, [source])


def _join(specs, shapes, draw, source):
    shape = shapes[source]
    alike = [name for name, other in shapes.items() if other == shape]
    if draw.random() < 0.5:
        chosen = [source, *draw.choices(alike, k=draw.randint(1, 2))]
        _append(specs, shapes, draw, {"kind": "add"}, shape, chosen)
        return
    axis = 0 if len(shape) == 3 else len(shape) - 1
    rest = [
        name
        for name, other in shapes.items()
        if len(other) == len(shape) and _without(other, axis) == _without(shape, axis)
    ]
    chosen = [source, *draw.choices(rest, k=draw.randint(1, 2))]
    joined = list(shape)
    joined[axis] = sum(shapes[name][axis] for name in chosen)
    spec = {"kind": "concat"} | ({"dim": axis + 1} if draw.random() < 0.5 else {})
    _append(specs, shapes, draw, spec, tuple(joined), chosen)


def _row(specs, shapes, draw, source):
    size = draw.randint(1, 9)
    _append(specs, shapes, draw, {"kind": "linear", "out_features": size}, (size,), [source])


def _sequence(specs, shapes, draw, source):
    steps, _ = shapes[source]
    size = draw.randint(1, 6)
    kind = draw.choice(["rnn", "lstm", "gru", "linear", "instance_norm"])
    if kind == "linear":
        _append(specs, shapes, draw, {"kind": kind, "out_features": size}, (steps, size), [source])
        return
    if kind == "instance_norm":
        _append(specs, shapes, draw, {"kind": kind}, shapes[source], [source])
        return
    both, output = draw.random() < 0.3, draw.choice(["last", "sequence"])
    width = size * (2 if both else 1)
    spec = {
        "kind": kind,
        "hidden_size": size,
        "bidirectional": both,
        "output": output,
        "num_layers": draw.randint(1, 2),
    }
    _append(specs, shapes, draw, spec, (width,) if output == "last" else (steps, width), [source])


def _image(specs, shapes, draw, source):
    channels, height, width = shapes[source]
    if draw.random() < 0.2:
        spec = draw.choice([{"kind": "flatten"}, {"kind": "group_norm", "num_groups": 1}])
        shape = (channels * height * width,) if spec["kind"] == "flatten" else shapes[source]
        _append(specs, shapes, draw, spec, shape, [source])
        return
    kernel = [draw.randint(1, min(size, 4)) for size in (height, width)]
    stride = [draw.randint(1, 2), draw.randint(1, 2)]
    if draw.random() < 0.4:
        kind = draw.choice(["max_pool2d", "avg_pool2d"])
        padding = [draw.randint(0, size // 2) for size in kernel]
        out = [_places(*sizes) for sizes in zip((height, width), kernel, stride, padding, strict=True)]
        spec = {"kind": kind, "kernel_size": kernel, "stride": stride, "padding": padding}
        _append(specs, shapes, draw, spec, (channels, *out), [source])
        return
    padding = [draw.randint(0, 2), draw.randint(0, 2)]
    out = [_places(*sizes) for sizes in zip((height, width), kernel, stride, padding, strict=True)]
    groups = draw.choice([count for count in range(1, channels + 1) if channels % count == 0])
    filters = groups * draw.randint(1, 3)
    spec = {"kind": "conv2d", "out_channels": filters, "kernel_size": kernel, "stride": stride, "padding": padding}
    _append(specs, shapes, draw, {**spec, "groups": groups, "bias": draw.random() < 0.5}, (filters, *out), [source])


def _places(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def _size(shape):
    size = 1
    for extent in shape:
        size *= extent
    return size


def _without(shape, axis):
    return shape[:axis] + shape[axis + 1 :]
