"""Nodes drawn at random that fit what they read, one function for each sort of shape."""

from tests.backend.graph.drafting import divisors, places, size_of, without

ACTIVATIONS = ["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "elu", "silu", "softmax", "identity"]
POINT_FEATURES = ["x", "y", "x_squared", "y_squared", "xy", "sin_x", "sin_y"]
LARGEST = 64


def any_shape(draft, source):
    """Layers that keep every shape."""
    shape = draft.shapes[source]
    choices = [{"kind": draft.draw.choice(ACTIVATIONS)}] * 3
    choices += [{"kind": "dropout", "p": draft.draw.choice([0, 0.3])}]
    choices += [{"kind": "batch_norm", "affine": draft.chance(0.7)}]
    if size_of(shape[-1:] if len(shape) < 3 else shape) > 1:
        choices += [{"kind": "layer_norm"}, {"kind": "rms_norm", "elementwise_affine": draft.chance(0.7)}]
    channels = shape[0] if len(shape) == 3 else shape[-1]
    groups = draft.draw.choice(divisors(channels))
    if size_of(shape) > groups:
        choices.append({"kind": "group_norm", "num_groups": groups})
    draft.append(draft.draw.choice(choices), shape, [source])


def join(draft, source):
    """Layers that read several; also what was made long before, so that there are skips."""
    shape = draft.shapes[source]
    if draft.chance(0.6):
        kind = "multiply" if draft.chance(0.3) and draft.num_products < 2 else "add"
        draft.num_products += kind == "multiply"
        chosen = [source, *draft.draw.choices(draft.alike(lambda other: other == shape), k=draft.draw.randint(1, 2))]
        draft.append({"kind": kind}, shape, chosen)
        return None
    axis = draft.draw.randrange(len(shape))
    usual = 0 if len(shape) == 3 else len(shape) - 1

    def fits(other):
        return len(other) == len(shape) and without(other, axis) == without(shape, axis)

    chosen = [source, *draft.draw.choices(draft.alike(fits), k=draft.draw.randint(1, 2))]
    joined = list(shape)
    joined[axis] = sum(draft.shapes[name][axis] for name in chosen)
    if size_of(joined) > 12 * LARGEST:
        return any_shape(draft, source)
    spec = {"kind": "concat"} | ({} if axis == usual and draft.chance(0.5) else {"dim": axis + 1})
    draft.append(spec, joined, chosen)
    return None


def reshape(draft, source):
    """Another shape of as many numbers; now and then with one size left to be worked out."""
    size = size_of(draft.shapes[source])
    first = draft.draw.choice(divisors(size))
    second = draft.draw.choice(divisors(size // first))
    shape = draft.draw.choice([(size,), (first, size // first), (second, first, size // first // second)])
    written = list(shape)
    if draft.chance(0.3):
        written[draft.draw.randrange(len(written))] = -1
    if max(shape[1:], default=1) > LARGEST:
        shape, written = (size,), [size]
    draft.append({"kind": "reshape", "shape": written}, shape, [source])


def row(draft, source):
    """Layers that read features."""
    if draft.chance(0.1):
        return reshape(draft, source)
    if draft.shapes[source] == (2,) and draft.chance(0.3):
        names = draft.draw.sample(POINT_FEATURES, draft.draw.randint(2, len(POINT_FEATURES)))
        draft.append({"kind": "point_features", "features": names}, (len(names),), [source])
        return None
    size = draft.draw.randint(2, 9)
    spec = draft.draw.choice([{"kind": "linear"}, {"kind": "maxout", "num_pieces": draft.draw.randint(2, 3)}])
    bias = {} if draft.chance(0.7) else {"bias": False}
    draft.append({**spec, "out_features": size, **bias}, (size,), [source])
    return None


def tokens(draft, source):
    """Layers that read whole numbers."""
    (steps,) = draft.shapes[source]
    size, vocabulary = draft.draw.randint(2, 6), 7
    spec, shape = draft.draw.choice(
        [({"kind": "embedding", "embedding_dim": size}, (steps, size))] * 3
        + [({"kind": "one_hot"}, (steps, vocabulary))]
        + [({"kind": "bag_of_words", "normalize": draft.chance(0.5)}, (vocabulary,))]
    )
    return draft.append(spec, shape, [source])


def sequence(draft, source):
    """Layers that read a sequence."""
    made = draft.draw.choice([recurrent, recurrent, step_by_step, sliding, attending, attending, shorter])
    made(draft, source)


def recurrent(draft, source):
    steps, _ = draft.shapes[source]
    size, both, layers = draft.draw.randint(1, 5), draft.chance(0.3), draft.draw.randint(1, 2)
    kind, output = draft.draw.choice(["rnn", "lstm", "gru"]), draft.draw.choice(["last", "sequence", "sequence"])
    inputs = [source]
    if draft.states and draft.chance(0.5):
        port, (kind, size, both, layers) = draft.draw.choice(list(draft.states.items()))
        inputs.append(port)
    width = size * (2 if both else 1)
    spec = {"kind": kind, "hidden_size": size, "bidirectional": both, "output": output, "num_layers": layers}
    name = draft.append(spec, (width,) if output == "last" else (steps, width), inputs)
    draft.states[f"{name}.state"] = (kind, size, both, layers)
    draft.shapes[f"{name}.state"] = (width * layers * (2 if kind == "lstm" else 1),)


def step_by_step(draft, source):
    steps, features = draft.shapes[source]
    size = draft.draw.randint(2, 6)
    choices = [({"kind": "linear", "out_features": size}, (steps, size))]
    choices += [({"kind": "maxout", "out_features": size}, (steps, size))]
    choices += [({"kind": "positional_encoding", "encoding": e}, (steps, features)) for e in ("sinusoidal", "learned")]
    if steps > 1:
        choices.append(({"kind": "instance_norm", "affine": draft.chance(0.5)}, (steps, features)))
    draft.append(*draft.draw.choice(choices), [source])


def sliding(draft, source):
    steps, features = draft.shapes[source]
    kernel, stride, dilation = draft.draw.randint(1, min(4, steps)), draft.draw.randint(1, 2), draft.draw.randint(1, 2)
    if draft.chance(0.3):
        padding = draft.draw.randint(0, kernel // 2)
        spec = {"kind": "max_pool1d", "kernel_size": kernel, "stride": stride, "padding": padding}
        draft.append(spec, (places(steps, kernel, stride, padding), features), [source])
        return
    groups = draft.draw.choice(divisors(features))
    filters = groups * draft.draw.randint(1, 3)
    spec = {"kind": "conv1d", "out_channels": filters, "kernel_size": kernel, "groups": groups}
    padding = draft.draw.choice(["same", "causal", 0, 1, 2])
    if padding in ("same", "causal"):
        draft.append({**spec, "padding": padding, "dilation": dilation}, (steps, filters), [source])
        return
    out = places(steps, kernel, stride, padding)
    draft.append({**spec, "padding": padding, "stride": stride}, (out, filters), [source])


def attending(draft, source):
    steps, features = draft.shapes[source]
    memory = draft.draw.choice(draft.alike(lambda shape: len(shape) == 2))
    inputs = [source] if draft.chance(0.4) else [source, memory]
    width = draft.shapes[inputs[-1]][1]
    causal = {"causal": draft.chance(0.5)}
    heads = draft.draw.choice(divisors(features))
    if features > 1 and draft.chance(0.4):
        spec = {"kind": "transformer_block", "num_heads": heads, "dim_feedforward": draft.draw.randint(1, 6)}
        more = {"norm_first": draft.chance(0.5), "activation": draft.draw.choice(["relu", "gelu"])}
        draft.append({**spec, **more, **causal}, (steps, features), [source])
    elif draft.chance(0.5):
        spec = {"kind": "multi_head_attention", "num_heads": heads, "dropout": draft.draw.choice([0, 0.2])}
        draft.append({**spec, "bias": draft.chance(0.7), **causal}, (steps, features), inputs)
    else:
        hidden = {"hidden_size": draft.draw.randint(1, 5)} if width != features or draft.chance(0.5) else {}
        score = draft.draw.choice(["additive", "scaled_dot_product"])
        draft.append({"kind": "attention", "score": score, **hidden, **causal}, (steps, width), inputs)


def shorter(draft, source):
    steps, features = draft.shapes[source]
    if draft.chance(0.6):
        return any_shape(draft, source)
    if draft.chance(0.2):
        return reshape(draft, source)
    spec, shape = draft.draw.choice(
        [({"kind": "global_avg_pool"}, (features,)), ({"kind": "flatten"}, (steps * features,))]
    )
    draft.append(spec, shape, [source])
    return None


def image(draft, source):
    """Layers that read an image."""
    made = draft.draw.choice([convolution, convolution, pool, residual, larger, maps, smaller])
    made(draft, source)


def convolution(draft, source):
    channels, height, width = draft.shapes[source]
    kernel = [draft.draw.randint(1, min(size, 4)) for size in (height, width)]
    groups = draft.draw.choice(divisors(channels))
    filters = groups * draft.draw.randint(1, 2)
    spec = {"kind": "conv2d", "out_channels": filters, "kernel_size": kernel, "groups": groups}
    if draft.chance(0.3):
        draft.append({**spec, "padding": "same"}, (filters, height, width), [source])
        return
    stride = [draft.draw.randint(1, 2), draft.draw.randint(1, 2)]
    padding = [draft.draw.randint(0, 2), draft.draw.randint(0, 2)]
    out = [places(*sizes) for sizes in zip((height, width), kernel, stride, padding, strict=True)]
    draft.append({**spec, "stride": stride, "padding": padding, "bias": draft.chance(0.5)}, (filters, *out), [source])


def pool(draft, source):
    channels, height, width = draft.shapes[source]
    kernel = [draft.draw.randint(1, min(size, 4)) for size in (height, width)]
    stride = [draft.draw.randint(1, 2), draft.draw.randint(1, 2)]
    padding = [draft.draw.randint(0, size // 2) for size in kernel]
    out = [places(*sizes) for sizes in zip((height, width), kernel, stride, padding, strict=True)]
    kind = draft.draw.choice(["max_pool2d", "avg_pool2d"])
    draft.append(
        {"kind": kind, "kernel_size": kernel, "stride": stride, "padding": padding}, (channels, *out), [source]
    )


def residual(draft, source):
    channels, height, width = draft.shapes[source]
    stride, kernel = draft.draw.randint(1, 2), draft.draw.choice([1, 3])
    filters = draft.draw.randint(1, 6)
    spec = {"kind": "residual", "kernel_size": kernel, "stride": stride}
    spec["norm"] = draft.draw.choice(["batch_norm", "group_norm", "none"])
    spec["activation"] = draft.draw.choice(["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"])
    out = [places(size, kernel, stride, kernel // 2) for size in (height, width)]
    if draft.chance(0.6):
        spec["out_channels"] = channels = filters
    if size_of(out) * channels == 1:
        spec["norm"] = "none"
    draft.append(spec, (channels, *out), [source])


def larger(draft, source):
    channels, height, width = draft.shapes[source]
    if max(height, width) > 6:
        return pool(draft, source)
    if draft.chance(0.5):
        factor = [draft.draw.randint(1, 2), draft.draw.randint(1, 2)]
        spec = {"kind": "upsample", "scale_factor": factor, "mode": draft.draw.choice(["nearest", "bilinear"])}
        draft.append(spec, (channels, height * factor[0], width * factor[1]), [source])
        return None
    kernel, stride, groups = draft.draw.randint(1, 3), draft.draw.randint(1, 2), draft.draw.choice(divisors(channels))
    more, filters = draft.draw.randint(0, stride - 1), groups * draft.draw.randint(1, 2)
    out = [(size - 1) * stride + kernel + more for size in (height, width)]
    spec = {"kind": "conv_transpose2d", "out_channels": filters, "kernel_size": kernel, "stride": stride}
    draft.append({**spec, "output_padding": more, "groups": groups}, (filters, *out), [source])
    return None


def maps(draft, source):
    _, height, width = draft.shapes[source]
    choices = [{"kind": "dropout2d", "p": draft.draw.choice([0, 0.3])}]
    if height * width > 1:
        choices.append({"kind": "instance_norm", "track_running_stats": draft.chance(0.3)})
    draft.append(draft.draw.choice(choices), draft.shapes[source], [source])


def smaller(draft, source):
    channels, height, width = draft.shapes[source]
    if draft.chance(0.6):
        return any_shape(draft, source)
    if draft.chance(0.2):
        return reshape(draft, source)
    spec, shape = draft.draw.choice(
        [({"kind": "flatten"}, (channels * height * width,)), ({"kind": "global_avg_pool"}, (channels,))]
    )
    draft.append(spec, shape, [source])
    return None
