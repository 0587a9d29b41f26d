"""The check of a graph: every shape, count and mistake, before a single weight exists."""

from collections.abc import Sequence

from layerlab_schemas.graph import CheckedData, CheckedNode, CheckResult, InitSpec, NodeSpec
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec

from layerlab.graph.advice import advise
from layerlab.graph.expected import expected_moments, expected_stds
from layerlab.graph.moments import Moments
from layerlab.graph.output import check_output
from layerlab.graph.plan import Plan, node_of
from layerlab.graph.walk import Walk, check_init
from layerlab.graph.wiring import wire

LARGEST_GRAPH = 500
#: What a run without a word about it has.
DEFAULT_INIT: InitSpec = RunSpec.model_fields["init"].default


def check(
    graph: Sequence[NodeSpec],
    data: CheckedData,
    *,
    init: InitSpec | None = None,
    smallest_batch: int | None = None,
    inputs: Moments | None = None,
) -> tuple[CheckResult, Plan | None]:
    """What is known of a graph on this data, and the plan to build it when it has no error.

    Args:
        graph: Nodes in any order, as long as none depends on itself.
        data: The data as the network will see it.
        init: The run's scheme, checked too when given.
        inputs: Mean and mean square of the inputs, where known: what the spread of each node's output starts from.
        smallest_batch: Samples in the smallest training batch, where known: a batch norm cannot do with one.

    Nothing is raised: every mistake is a problem of the result, at its node and field.
    """
    if len(graph) > LARGEST_GRAPH or not graph:
        message = f"A graph may have 1 to {LARGEST_GRAPH} nodes, and this one has {len(graph)}."
        problem = Problem(code="graph_size", path="graph", message=message, hint="Write it with fewer nodes.")
        return CheckResult(ok=False, data=data, problems=[problem]), None
    walk = Walk(data, smallest_batch, wire(graph, has_decoder_input=data.has_decoder_input))
    walk.problems += walk.wiring.problems + check_init(init, "init")
    for place in walk.wiring.order:
        walk.visit(place, graph[place])
    walk.check_limits()
    plan = walk.plan() if not walk.has_errors() else None
    if plan is not None:
        places = {name: place for place, name in enumerate(walk.wiring.names)}
        walk.problems += (check_output(plan, places) or _learns(plan, walk, places)) + advise(plan, places)
    nodes = [walk.checked(place, graph[place]) for place in range(len(graph))]
    if plan is not None:
        nodes = _with_spread(nodes, plan, walk, init or DEFAULT_INIT, inputs)
    ok = not walk.has_errors()
    result = CheckResult(ok=ok, data=data, nodes=nodes, totals=walk.totals(), problems=walk.problems)
    return result, plan if ok else None


def _with_spread(
    nodes: list[CheckedNode], plan: Plan, walk: Walk, init: InitSpec, inputs: Moments | None
) -> list[CheckedNode]:
    """The nodes with the standard deviations that are to be expected at step 0."""
    measured = {walk.wiring.names[place]: found for place, found in walk.measured.items()}
    stds = expected_stds(expected_moments(plan, measured, init, inputs))
    return [node.model_copy(update={"expected_std": stds[node.id]}) for node in nodes]


def _learns(plan: Plan, walk: Walk, places: dict[str, int]) -> list[Problem]:
    """A problem when no parameter takes part in the answer, so that there is nothing to train."""
    waiting, seen = [plan.output], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in plan.by_id or name in seen:
            continue
        seen.add(name)
        if walk.measured[places[name]].parameters:
            return []
        waiting += map(node_of, plan.by_id[name].inputs)
    message = f"No node on the way to {plan.output} has parameters, so there is nothing to train."
    path, hint = f"graph.{places[plan.output]}", "Add a layer with weights, such as linear."
    return [Problem(code="nothing_to_train", path=path, node=plan.output, message=message, hint=hint)]
