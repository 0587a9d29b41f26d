"""One change that breaks a right graph, and the node and field that must be named for it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from layerlab.layers import REGISTRY

from tests.backend.graph.random_graphs import random_graph

#: Fields that state a size which is otherwise inferred.
STATED = {
    "linear": "in_features", "maxout": "in_features", "conv1d": "in_channels", "conv2d": "in_channels",
    "conv_transpose2d": "in_channels", "rnn": "input_size", "lstm": "input_size", "gru": "input_size",
    "batch_norm": "num_features", "group_norm": "num_channels", "multi_head_attention": "embed_dim",
    "transformer_block": "d_model",
}  # fmt: skip
WINDOWS = ("conv2d", "conv1d", "max_pool2d", "avg_pool2d", "max_pool1d")


@dataclass
class Broken:
    """A graph with one mistake; ``culprits`` are the (node, field) that may be named for it, ``code`` its code."""

    specs: list[dict]
    data: Any
    code: str
    culprits: set[tuple[str, str]]
    how: str


def required(kind):
    return [name for name, field in REGISTRY.get(kind).Params.model_fields.items() if field.is_required()]


def changed(specs, place, **fields):
    """The graph with fields of one node set."""
    return [{**spec, **fields} if other == place else spec for other, spec in enumerate(specs)]


def wired(specs):
    """The graph with every wire written out, so that a change of one node moves no other."""
    given = []
    for place, spec in enumerate(specs):
        before = specs[place - 1]["id"] if place else "input"
        given.append({**spec, "inputs": list(spec.get("inputs", [before]))})
    return given


def of_kinds(*kinds):
    return lambda spec: spec["kind"] in kinds


def set_field(code: str, wants: Callable, name: Any, value: Any):
    """A mutator that sets one field of a node that ``wants`` accepts; name and value may depend on the node."""

    def mutate(draw, specs, data, shapes):
        places = [place for place, spec in enumerate(specs) if wants(spec)]
        if not places:
            return None
        place = draw.choice(places)
        spec = specs[place]
        field = name(spec) if callable(name) else name
        new = value(spec, shapes[place]) if callable(value) else value
        return Broken(changed(specs, place, **{field: new}), data, code, {(spec["id"], field)}, "")

    return mutate


def drop_required(draw, specs, data, shapes):
    places = [place for place, spec in enumerate(specs) if required(spec["kind"])]
    place = draw.choice(places)
    field = draw.choice(required(specs[place]["kind"]))
    kept = {key: value for key, value in specs[place].items() if key != field}
    broken = [kept if other == place else spec for other, spec in enumerate(specs)]
    return Broken(broken, data, "missing_field", {(specs[place]["id"], field)}, "")


def wrong_type(draw, specs, data, shapes):
    """A text where a number belongs, or a number where true or false does, in a field that is written."""
    own = [
        (place, field)
        for place, spec in enumerate(specs)
        for field in spec
        if field not in {"id", "kind", "inputs"} and not isinstance(spec[field], str)
    ]
    if not own:
        return None
    place, field = draw.choice(own)
    value = 1 if isinstance(specs[place][field], bool) else draw.choice(["3", {"a": 1}, None.__class__.__name__, [[]]])
    return Broken(changed(specs, place, **{field: value}), data, "invalid_field", {(specs[place]["id"], field)}, "")


def rewire(name: Callable, code: str):
    """A mutator that lets one input of a node read what ``name(draw, specs, place)`` says."""

    def mutate(draw, specs, data, shapes):
        place = draw.randrange(len(specs))
        wrong = name(draw, specs, place)
        if wrong is None:
            return None
        inputs = list(specs[place]["inputs"])
        inputs[draw.randrange(len(inputs))] = wrong
        return Broken(changed(specs, place, inputs=inputs), data, code, {(specs[place]["id"], "inputs")}, "")

    return mutate


def circle(draw, specs, data, shapes):
    """A node reads one that comes from it."""
    readers = [(place, other) for place in range(len(specs)) for other in descendants(specs, place)]
    if not readers:
        return None
    place, other = draw.choice(readers)
    inputs = [*specs[place]["inputs"][1:], specs[other]["id"]]
    on_it = {specs[one]["id"] for one in {place, other, *descendants(specs, place)}}
    return Broken(changed(specs, place, inputs=inputs), data, "cycle", {(name, "inputs") for name in on_it}, "")


def descendants(specs, place):
    """Places of the nodes that come, by any way, from the one at ``place``."""
    names, found = {specs[place]["id"]}, []
    for other in range(place + 1, len(specs)):
        if any(name.partition(".")[0] in names for name in specs[other]["inputs"]):
            names.add(specs[other]["id"])
            found.append(other)
    return found


def renamed(code: str, new: Callable):
    """A mutator that gives a node that nobody reads (the last) a name that cannot be."""

    def mutate(draw, specs, data, shapes):
        name = new(draw, specs)
        if name is None:
            return None
        return Broken(changed(specs, len(specs) - 1, id=name), data, code, {(name, "id")}, "")

    return mutate


def wrong_count(draw, specs, data, shapes):
    """One input for a layer that joins, one more for a layer that reads one."""
    place = draw.randrange(len(specs))
    low, high = REGISTRY.get(specs[place]["kind"]).num_inputs
    inputs = specs[place]["inputs"]
    inputs = inputs[:1] if low == 2 else [*inputs, *[inputs[0]] * (high + 1 - len(inputs))]
    return Broken(changed(specs, place, inputs=inputs), data, "wrong_arity", {(specs[place]["id"], "inputs")}, "")


def wrong_answer(draw, specs, data, shapes):
    if specs[-1]["kind"] != "linear" or len(data.output_shape) > 1:
        return None
    more = specs[-1]["out_features"] + draw.randint(1, 5)
    return Broken(
        changed(specs, len(specs) - 1, out_features=more), data, "wrong_output", {(specs[-1]["id"], "out_features")}, ""
    )


def other_sort(draw, specs, data, shapes):
    """A kind in the middle that cannot read what comes: images for sequences, and the other way round."""
    kinds = {1: ("max_pool2d", "kernel_size"), 2: ("conv2d", "kernel_size"), 3: ("max_pool1d", "kernel_size")}
    place = draw.randrange(len(specs))
    if shapes[place] is None or (data.input_is_index and specs[place]["inputs"][0].endswith("input")):
        return None
    rank = len(shapes[place][0])
    kind, field = kinds[rank]
    spec = {"id": specs[place]["id"], "kind": kind, "inputs": specs[place]["inputs"][:1], field: 1}
    spec |= {"out_channels": 2} if kind == "conv2d" else {}
    code = "needs_sequence" if rank == 3 else "needs_image"
    return Broken([*specs[:place], spec, *specs[place + 1 :]], data, code, {(spec["id"], "inputs")}, "")


def tokens_for_numbers(draw, specs, data, shapes):
    places = [place for place, spec in enumerate(specs) if REGISTRY.get(spec["kind"]).takes_index]
    if not places:
        return None
    place = draw.choice(places)
    spec = {"id": specs[place]["id"], "kind": "relu", "inputs": specs[place]["inputs"]}
    broken = [*specs[:place], spec, *specs[place + 1 :]]
    return Broken(broken, data, "needs_embedding", {(spec["id"], "inputs")}, "")


def wrong_state(draw, specs, data, shapes):
    """A recurrent layer starts from a state of another size: that of its own sequence, which is no row."""
    places = [place for place, spec in enumerate(specs) if spec["kind"] in ("rnn", "lstm", "gru")]
    if not places:
        return None
    place = draw.choice(places)
    inputs = [specs[place]["inputs"][0]] * 2
    name = specs[place]["id"]
    broken = changed(specs, place, inputs=inputs)
    return Broken(broken, data, "wrong_state", {(name, "inputs"), (name, "hidden_size")}, "")


def anything(spec):
    return True


def has_groups(spec):
    return spec["kind"] in ("conv2d", "conv1d", "conv_transpose2d")


def slides(spec):
    return spec["kind"] in WINDOWS and spec.get("padding") not in ("same", "causal")


def stated(spec):
    return STATED[spec["kind"]]


def channels(spec, shapes):
    return shapes[0][0] if len(shapes[0]) == 3 else shapes[0][-1]


MUTATORS = {
    "a required field is gone": drop_required,
    "a field too many": set_field("unknown_field", anything, "colour", "red"),
    "a wrong type": wrong_type,
    "an unknown kind": set_field("unknown_kind", anything, "kind", lambda spec, _: spec["kind"][:-1] + "zz"),
    "an unknown input": rewire(lambda draw, *_: draw.choice(["nowhere", "node99", "inputs"]), "unknown_input"),
    "an unknown port": rewire(
        lambda draw, specs, place: f"{draw.choice(specs[:place])['id']}.gate" if place else None, "unknown_port"
    ),
    "a node that reads itself": rewire(lambda draw, specs, place: specs[place]["id"], "cycle"),
    "a circle": circle,
    "a name twice": renamed("duplicate_id", lambda draw, specs: specs[0]["id"] if len(specs) > 1 else None),
    "the name of the data": renamed("reserved_id", lambda draw, specs: draw.choice(["input", "decoder_input"])),
    "a wrong number of inputs": wrong_count,
    "a wrong size": set_field(
        "size_mismatch", of_kinds(*STATED), stated, lambda spec, shapes: channels(spec, shapes) + 1
    ),
    "a kernel too large": set_field("kernel_too_large", slides, "kernel_size", 60_000),
    "heads that do not divide": set_field(
        "heads_do_not_divide",
        of_kinds("multi_head_attention", "transformer_block"),
        "num_heads",
        lambda spec, shapes: shapes[0][1] + 1,
    ),
    "groups that do not divide": set_field(
        "groups_do_not_divide", has_groups, "groups", lambda spec, shapes: channels(spec, shapes) + 1
    ),
    "groups of a norm": set_field(
        "groups_do_not_divide", of_kinds("group_norm"), "num_groups", lambda spec, shapes: channels(spec, shapes) + 1
    ),
    "padding of more than half a pool": set_field(
        "padding_too_large", of_kinds("max_pool2d", "avg_pool2d", "max_pool1d"), "padding", 60
    ),
    "output padding": set_field("padding_too_large", of_kinds("conv_transpose2d"), "output_padding", 9),
    "an even kernel": set_field("even_kernel", of_kinds("residual"), "kernel_size", 2),
    "another number of numbers": set_field("wrong_size", of_kinds("reshape"), "shape", [7, 11, 13]),
    "no outputs": set_field("invalid_field", of_kinds("linear", "maxout"), "out_features", 0),
    "a fraction of a state": set_field("invalid_field", of_kinds("rnn", "lstm", "gru"), "hidden_size", 1.5),
    "a certain dropout": set_field("invalid_field", of_kinds("dropout", "dropout2d"), "p", 1),
    "too few tokens": set_field("too_few_tokens", of_kinds("one_hot", "bag_of_words"), "num_classes", 3),
    "too few vectors": set_field("too_few_tokens", of_kinds("embedding"), "num_embeddings", 2),
    "no such axis": set_field("no_such_axis", of_kinds("concat"), "dim", 9),
    "an unknown start": set_field(
        "unknown_kind", lambda spec: REGISTRY.get(spec["kind"]).has_weights, "init", {"scheme": "zero"}
    ),
    "a start without weights": set_field(
        "no_weights", lambda spec: not REGISTRY.get(spec["kind"]).has_weights, "init", {"scheme": "zeros"}
    ),
    "a wrong answer": wrong_answer,
    "another sort of data": other_sort,
    "tokens for numbers": tokens_for_numbers,
    "a state of another size": wrong_state,
}  # fmt: skip


def broken_graph(seed: int, shapes_of: Callable) -> Broken:
    """A right graph with one mistake, each mutator in its turn; ``shapes_of`` tells what each node reads."""
    how = list(MUTATORS)[seed % len(MUTATORS)]
    draw = Random(seed)
    while True:
        specs, data = random_graph(draw.randrange(2_000))
        specs = wired(specs)
        found = MUTATORS[how](draw, specs, data, shapes_of(specs, data))
        if found is not None:
            found.how = how
            return found
