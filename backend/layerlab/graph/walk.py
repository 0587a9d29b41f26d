"""One pass over a graph in the order of its edges: each node's shape, counts and mistakes."""

from dataclasses import dataclass, field

from layerlab_schemas.graph import CheckedData, CheckedNode, CheckTotals, InitSpec, NodeSpec
from layerlab_schemas.problems import Mend, Problem, Severity

from layerlab import inits
from layerlab.errors import SpecError, UnknownKind
from layerlab.graph.measure import Measured, measure
from layerlab.graph.mending import mend_at_source
from layerlab.graph.plan import Plan, PlannedNode, node_of
from layerlab.graph.receptive import Field, grow, input_field
from layerlab.graph.wiring import RESERVED, Wiring
from layerlab.layers import REGISTRY
from layerlab.layers.base import Shape, Site, count_text
from layerlab.registry import read_params

LARGEST_PARAMETERS = 50_000_000
#: Numbers that all nodes together may give for one sample: 400 MB.
LARGEST_VALUES = 100_000_000


def check_init(init: InitSpec | None, path: str, node: str | None = None) -> list[Problem]:
    """Problems of a scheme and its fields."""
    if init is None:
        return []
    try:
        read_params(inits.REGISTRY.get(init.scheme), init.fields_of_kind(), path=path, node=node)
    except UnknownKind as error:
        where = {"path": f"{path}.scheme", "node": node, "field": "init" if node else None}
        return [Problem(code=error.code, message=error.message, hint=error.hint, got=init.scheme[:80], **where)]
    except SpecError as error:
        return error.problems()
    return []


@dataclass
class Walk:
    """What is known so far, by place in the list."""

    data: CheckedData
    smallest_batch: int | None
    wiring: Wiring
    problems: list[Problem] = field(default_factory=list)
    planned: dict[int, PlannedNode] = field(default_factory=dict)
    measured: dict[int, Measured] = field(default_factory=dict)
    fields: dict[int, Field | None] = field(default_factory=dict)

    def visit(self, place: int, node: NodeSpec) -> None:
        """Finds what the node gives. A node whose inputs are not known is passed over without a word."""
        name, inputs = self.wiring.names[place], self.wiring.inputs[place]
        path = f"graph.{place}"
        self.problems += check_init(node.init, f"{path}.init", name)
        try:
            layer = REGISTRY.get(node.kind)
            params = layer.complete(read_params(layer, node.fields_of_kind(), path=path, node=name), self.data)
        except UnknownKind as error:
            self.problems.append(_unknown_kind(error, node, name, path))
            return
        except SpecError as error:
            self.problems += error.problems()
            return
        if node.init is not None and not layer.has_weights:
            self.problems.append(_no_weights_to_start(node, name, path))
        shapes = [self.shape_of(source) for source in inputs]
        if any(shape is None for shape in shapes):
            return
        known = [shape for shape in shapes if shape is not None]
        site = Site(name, path, inputs, self.data.num_tokens)
        problems = self._misfits(layer.num_inputs, layer.takes_index, site, known)
        found, more = (None, problems) if problems else measure(layer, params, known, site)
        self.problems += [self._mended(problem, inputs, known) for problem in more]
        if found is None:
            return
        planned = PlannedNode(name, layer, params, inputs, tuple(known), found.output_shape, node.init)
        if self.smallest_batch is not None:
            self.problems += planned.check_batch(self.smallest_batch, site)
        self.measured[place], self.planned[place] = found, planned
        if layer.is_local and len(found.output_shape) > 1:
            self.fields[place] = grow([self.field_of(source) for source in inputs], layer.receptive(params))

    def _mended(self, problem: Problem, inputs: tuple[str, ...], shapes: list[Shape]) -> Problem:
        """The problem with a mend at the node that it reads, where one field of that would do."""
        if problem.mend is not None or problem.field != "inputs":
            return problem
        sources = [
            self.planned.get(place) if (place := self.wiring.place(name)) is not None else None for name in inputs
        ]
        mend = mend_at_source(problem.code, sources, shapes)
        return problem if mend is None else problem.model_copy(update={"mend": mend, "hint": f"{mend.label}."})

    def _misfits(
        self, num_inputs: tuple[int, int], takes_index: bool, site: Site, shapes: list[Shape]
    ) -> list[Problem]:
        """Too few or too many inputs, tokens where numbers are read, numbers where tokens are."""
        fewest, most = num_inputs
        count = len(site.inputs)
        if not fewest <= count <= most:
            wanted = f"{fewest} input" if most == 1 else f"{fewest} to {most} inputs"
            hint = "Join them with add or concat first." if count > most else "Name the nodes it reads in inputs."
            message = f"{site.node} takes {wanted} and has {count}."
            mend = site.mend_before("add") if most == 1 and len(set(shapes)) == 1 else None
            return [
                site.problem("wrong_arity", message, field="inputs", expected=wanted, got=count, hint=hint, mend=mend)
            ]
        is_index = self.data.input_is_index and any(source in RESERVED for source in site.inputs)
        if is_index and not takes_index:
            message = (
                f"{site.node} computes with numbers, and the data are tokens (whole numbers that only name things)."
            )
            hint = f"Insert embedding before {site.node}."
            mend = site.mend_before("embedding", embedding_dim=16)
            return [
                site.problem(
                    "needs_embedding", message, field="inputs", expected="numbers", got="tokens", hint=hint, mend=mend
                )
            ]
        if takes_index and not is_index:
            message = f"{site.node} looks up tokens (whole numbers), and {site.source} gives other numbers."
            hint = "Let it read the data of a dataset of tokens, or take it out."
            return [site.problem("needs_tokens", message, field="inputs", expected="tokens", got="numbers", hint=hint)]
        return []

    def shape_of(self, source: str) -> Shape | None:
        """Shape of the data, a node or a port; None where an error keeps it from being known."""
        name, _, port = source.partition(".")
        if name in RESERVED:
            return None if port else tuple(self.data.input_shape)
        place = self.wiring.place(name)
        found = None if place is None else self.measured.get(place)
        if found is None:
            return None
        return found.ports.get(port) if port else found.output_shape

    def field_of(self, source: str) -> Field | None:
        """Receptive field of the data or a node."""
        place = self.wiring.place(node_of(source))
        return input_field(self.data) if place is None else self.fields.get(place)

    def has_errors(self) -> bool:
        """True when a problem found so far keeps the graph from training."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def totals(self) -> CheckTotals:
        """Sums over all nodes that are known."""
        return CheckTotals(
            parameters=sum(found.parameters for found in self.measured.values()),
            multiply_adds=sum(found.multiply_adds for found in self.measured.values()),
            memory_bytes=sum(found.memory_bytes for found in self.measured.values()),
        )

    def check_limits(self) -> None:
        """A problem at the largest node when all together are too large."""
        totals = self.totals()
        values = totals.memory_bytes // 4 - totals.parameters
        if totals.parameters > LARGEST_PARAMETERS:
            largest = max(self.measured, key=lambda place: self.measured[place].parameters)
            name, most = self.wiring.names[largest], count_text(LARGEST_PARAMETERS)
            count = count_text(self.measured[largest].parameters)
            message = f"The network would have {count_text(totals.parameters)} parameters, {count} of them in {name}."
            self._over("too_many_parameters", largest, message, f"at most {most}", totals.parameters)
        if values > LARGEST_VALUES:
            largest = max(self.measured, key=lambda place: self.measured[place].memory_bytes)
            message = f"The nodes would give {count_text(values)} numbers for one sample."
            self._over("too_large", largest, message, f"at most {count_text(LARGEST_VALUES)}", values)

    def _over(self, code: str, place: int, message: str, expected: str, got: int) -> None:
        name = self.wiring.names[place]
        hint = f"The limit is {expected.removeprefix('at most ')}. Make {name} smaller."
        self.problems.append(
            Problem(
                code=code, path=f"graph.{place}", node=name, message=message, expected=expected, got=str(got), hint=hint
            )
        )

    def plan(self) -> Plan | None:
        """The plan; None where not every node is known or the answer is unclear."""
        if self.wiring.output is None or len(self.planned) < len(self.wiring.names):
            return None
        nodes = tuple(self.planned[place] for place in self.wiring.order)
        return Plan(nodes, self.data, self.wiring.names[self.wiring.output])

    def checked(self, place: int, node: NodeSpec) -> CheckedNode:
        """The node as the answer shows it."""
        name, inputs = self.wiring.names[place], self.wiring.inputs[place]
        kind = REGISTRY.get(node.kind).kind if node.kind in REGISTRY else node.kind
        shapes = [list(shape) for shape in map(self.shape_of, inputs) if shape is not None]
        found = self.measured.get(place)
        if found is None:
            return CheckedNode(id=name, kind=kind, inputs=list(inputs), input_shapes=shapes, output_shape=None)
        seen = self.fields.get(place)
        return CheckedNode(
            id=name,
            kind=kind,
            inputs=list(inputs),
            input_shapes=shapes,
            output_shape=list(found.output_shape),
            ports={port: list(shape) for port, shape in found.ports.items()},
            parameters=found.parameters,
            parameter_shapes={key: list(shape) for key, shape in found.parameter_shapes.items()},
            multiply_adds=found.multiply_adds,
            receptive_field=seen.places if seen else None,
            memory_bytes=found.memory_bytes,
        )


def _unknown_kind(error: UnknownKind, node: NodeSpec, name: str, path: str) -> Problem:
    near = error.nearest
    mend = Mend(label=f"Use {near}", node=name, field="kind", value=near) if near else None
    return Problem(
        code=error.code, path=f"{path}.kind", node=name, field="kind", message=error.message, got=node.kind[:80],
        hint=error.hint, mend=mend,
    )  # fmt: skip


def _no_weights_to_start(node: NodeSpec, name: str, path: str) -> Problem:
    message = f"{name} has no weights that a scheme could fill."
    mend = Mend(label="Take init out", node=name, field="init", value=None)
    return Problem(
        code="no_weights", path=f"{path}.init", node=name, field="init", message=message, hint="Take init out.",
        mend=mend,
    )  # fmt: skip
