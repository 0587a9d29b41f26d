"""Names and edges of a graph: who is called what, who reads whom, in which order, and who gives the answer."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from layerlab_schemas.graph import DECODER_INPUT, INPUT, NodeSpec
from layerlab_schemas.problems import Mend, Problem, Severity

from layerlab.errors import nearest
from layerlab.graph.plan import node_of
from layerlab.layers import REGISTRY

#: Names that mean data and never a node.
RESERVED = (INPUT, DECODER_INPUT)


@dataclass(frozen=True)
class Wiring:
    """A graph's edges. Nodes are known by their place in the list, since two may wrongly share a name.

    Attributes:
        names: Of each node.
        inputs: Names that each node reads.
        order: Places of all nodes that lie on no circle and behind none, each after those it reads.
        output: Place of the node that gives the answer, None when that is not clear.
        problems: Errors and warnings found on the way.
    """

    names: list[str]
    inputs: list[tuple[str, ...]]
    order: list[int]
    output: int | None
    problems: list[Problem]

    def place(self, name: str) -> int | None:
        """Place of the (first) node called ``name``; names of the data never mean a node."""
        return self.names.index(name) if name in self.names and name not in RESERVED else None


def wire(graph: Sequence[NodeSpec], *, has_decoder_input: bool = False) -> Wiring:
    """Reads the edges of a graph; whatever is wrong is told in ``problems``.

    Args:
        graph: Nodes in any order.
        has_decoder_input: Whether the data has a second part that nodes may read.
    """
    names = node_names(graph)
    inputs = [_inputs(node, place, names) for place, node in enumerate(graph)]
    data = [INPUT, DECODER_INPUT] if has_decoder_input else [INPUT]
    problems = [*_bad_names(names), *_unknown_inputs(inputs, names, data), *_unknown_ports(graph, inputs, names)]
    order = _order(inputs, names)
    problems += _circles(inputs, names, order)
    output, more = _output(inputs, names)
    return Wiring(names, inputs, order, output, problems + more)


def node_names(graph: Sequence[NodeSpec]) -> list[str]:
    """Each node's ``id``, or one made from its kind and a count that no other node has: ``relu_1``."""
    taken = {node.id for node in graph if node.id is not None}
    counts: Counter[str] = Counter()
    names = []
    for node in graph:
        name = node.id
        while name is None:
            kind = _plain_kind(node.kind)
            counts[kind] += 1
            made = f"{kind}_{counts[kind]}"
            name = None if made in taken else made
        names.append(name)
    return names


def _plain_kind(kind: str) -> str:
    """The kind as a name may be written; an alias counts as its kind."""
    if kind in REGISTRY:
        return REGISTRY.get(kind).kind
    word = re.sub(r"[^A-Za-z0-9_]", "_", kind)[:50]
    return word if re.match(r"[A-Za-z_]", word) else f"_{word}"


def _inputs(node: NodeSpec, place: int, names: list[str]) -> tuple[str, ...]:
    if node.inputs is not None:
        return tuple(node.inputs)
    return (names[place - 1] if place else INPUT,)


def _bad_names(names: list[str]) -> list[Problem]:
    problems = []
    for place, name in enumerate(names):
        first = names.index(name)
        path = f"graph.{place}.id"
        if name in RESERVED:
            message = f'No node may be called "{name}": that is the data.'
            free = _free(name, names)
            mend = Mend(label=f"Call it {free}", node=name, field="id", value=free)
            hint = f"Give it another id, such as {free}."
            problems.append(
                Problem(
                    code="reserved_id",
                    path=path,
                    node=name,
                    field="id",
                    message=message,
                    got=name,
                    hint=hint,
                    mend=mend,
                )
            )
        elif first != place:
            message = f"Nodes {first + 1} and {place + 1} are both called {name}."
            hint = f"Give one of them another id, such as {_free(name, names)}."
            problems.append(
                Problem(code="duplicate_id", path=path, node=name, field="id", message=message, got=name, hint=hint)
            )
    return problems


def _free(name: str, names: list[str]) -> str:
    return next(f"{name}_{count}" for count in range(2, len(names) + 3) if f"{name}_{count}" not in names)


def _unknown_inputs(inputs: list[tuple[str, ...]], names: list[str], data: list[str]) -> list[Problem]:
    problems = []
    for place, wanted in enumerate(inputs):
        for index, source in enumerate(wanted):
            name = node_of(source)
            if name in data or (name in names and name not in RESERVED):
                continue
            if name == DECODER_INPUT:
                problems.append(_no_decoder_input(place, index, names))
                continue
            near = nearest(name, [*data, *names])
            hint = f"Did you mean {near}?" if near else f"There are: {', '.join([*data, *names][:12])}."
            mended = [*wanted[:index], near, *wanted[index + 1 :]]
            problems.append(
                Problem(
                    code="unknown_input",
                    path=f"graph.{place}.inputs.{index}",
                    node=names[place],
                    field="inputs",
                    message=f"{names[place]} reads {name}, and there is no node called so.",
                    got=name,
                    hint=hint,
                    mend=Mend(label=f"Read {near}", node=names[place], field="inputs", value=mended) if near else None,
                )
            )
    return problems


def _no_decoder_input(place: int, index: int, names: list[str]) -> Problem:
    return Problem(
        code="no_decoder_input",
        path=f"graph.{place}.inputs.{index}",
        node=names[place],
        field="inputs",
        message=f"{names[place]} reads {DECODER_INPUT}, and this data has none.",
        got=DECODER_INPUT,
        hint="Choose a dataset that turns sequences into sequences, such as reverse, or read input.",
    )


def _unknown_ports(graph: Sequence[NodeSpec], inputs: list[tuple[str, ...]], names: list[str]) -> list[Problem]:
    """A problem for each port that the node it is read from does not have."""
    problems = []
    for place, wanted in enumerate(inputs):
        for index, source in enumerate(wanted):
            name, _, port = source.partition(".")
            if not port or (name not in names and name not in RESERVED):
                continue
            kind = graph[names.index(name)].kind if name in names and name not in RESERVED else ""
            ports = REGISTRY.get(kind).output_ports if kind in REGISTRY else ()
            if port in ports or (kind and kind not in REGISTRY):
                continue
            near = f"{name}.{ports[0]}" if ports else name
            has = f"Its ports are: {', '.join(ports)}." if ports else f"{name} has no ports; read {name} itself."
            mended = [*wanted[:index], near, *wanted[index + 1 :]]
            problems.append(
                Problem(
                    code="unknown_port",
                    path=f"graph.{place}.inputs.{index}",
                    node=names[place],
                    field="inputs",
                    message=f"{names[place]} reads {source}, and {name} has no port {port}.",
                    expected=", ".join(ports) or None,
                    got=port[:80],
                    hint=has,
                    mend=Mend(label=f"Read {near}", node=names[place], field="inputs", value=mended),
                )
            )
    return problems


def _order(inputs: list[tuple[str, ...]], names: list[str]) -> list[int]:
    """Places, each after those it reads; as close to the list's own order as can be. Unknown names hold nobody up."""
    first_place = {name: place for place, name in reversed(list(enumerate(names))) if name not in RESERVED}
    waits_for = [{first_place[node_of(name)] for name in wanted if node_of(name) in first_place} for wanted in inputs]
    order: list[int] = []
    done: set[int] = set()
    remaining = list(range(len(inputs)))
    while True:
        ready = [place for place in remaining if waits_for[place] <= done]
        if not ready:
            return order
        for place in ready:
            if waits_for[place] <= done:
                order.append(place)
                done.add(place)
        remaining = [place for place in remaining if place not in done]


def _circles(inputs: list[tuple[str, ...]], names: list[str], order: list[int]) -> list[Problem]:
    """One problem for each circle; the nodes that only stand behind a circle are not told."""
    told: set[int] = set()
    problems = []
    for start in range(len(names)):
        if start in order or start in told:
            continue
        path = _walk_back(start, inputs, names, order)
        if path is None or told & set(path):
            continue
        told |= set(path)
        culprit = min(path)
        words = " → ".join(names[place] for place in [*reversed(path), path[-1]])
        message = f"{words} is a circle: what {names[culprit]} reads depends on itself."
        hint = f"Let {names[culprit]} read a node that does not depend on it."
        problems.append(
            Problem(
                code="cycle",
                path=f"graph.{culprit}.inputs",
                node=names[culprit],
                field="inputs",
                message=message,
                hint=hint,
            )
        )
    return problems


def _walk_back(start: int, inputs: list[tuple[str, ...]], names: list[str], order: list[int]) -> list[int] | None:
    """From a node that has no place in the order back along its inputs until a node comes again: that is the circle."""
    walked: list[int] = []
    place: int | None = start
    ordered = set(order)
    while place is not None and place not in walked:
        walked.append(place)
        sources = [node_of(source) for source in inputs[place]]
        before = [names.index(name) for name in sources if name in names and name not in RESERVED]
        place = next((other for other in before if other not in ordered), None)
    return None if place is None else walked[walked.index(place) :]


def _output(inputs: list[tuple[str, ...]], names: list[str]) -> tuple[int | None, list[Problem]]:
    """The last node that nobody reads, and a word on others that nobody reads."""
    read = {node_of(source) for wanted in inputs for source in wanted}
    ends = [place for place, name in enumerate(names) if name not in read]
    last = len(names) - 1
    if not ends:
        return None, []
    if len(ends) > 1 and last not in ends:
        words = " and ".join(names[place] for place in ends)
        message = f"{words} are not read by any node, so it is not clear which gives the answer."
        hint = "Join them with add or concat, or put the one that gives the answer last."
        return None, [
            Problem(code="several_outputs", path=f"graph.{ends[-1]}", node=names[ends[-1]], message=message, hint=hint)
        ]
    return ends[-1], [_unused(place, names) for place in ends[:-1]]


def _unused(place: int, names: list[str]) -> Problem:
    return Problem(
        severity=Severity.WARNING,
        code="unused_node",
        path=f"graph.{place}",
        node=names[place],
        message=f"No node reads {names[place]}, so it does not take part in the answer and does not learn.",
        hint="Read it in another node, or take it out.",
    )
