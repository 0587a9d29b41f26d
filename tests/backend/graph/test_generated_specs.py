"""Right graphs with random damage: the check never raises, and what it accepts runs forward and backward."""

from random import Random

import pytest
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.layers import REGISTRY
from layerlab_schemas.graph import InitSpec

from tests.backend.graph.building import nodes
from tests.backend.graph.random_graphs import random_batch, random_graph

SMALL = [0, 1, 2, 3, 5, 7, 16, [1, 2], [3, 3], "same", None, 0.5]
WILD = [-1, 2**53 - 1, 2**53, 50_000_000, 65_536, 1e308, float("nan"), float("inf"), "", "\ud800", [], [[1]], {"a": 1}]


def damaged(seed):
    """A random graph with one or two fields, kinds or wires set at random."""
    draw = Random(seed)
    specs, data = random_graph(seed)
    for _ in range(draw.randint(1, 2)):
        spec = draw.choice(specs)
        fields = list(REGISTRY.get(spec["kind"]).Params.model_fields)
        field = draw.choice([*fields * 3, "kind", "inputs"])
        if field == "kind":
            spec["kind"] = draw.choice(REGISTRY.names())
        elif field == "inputs":
            spec["inputs"] = draw.choices(["input", "node99", *(other["id"] for other in specs)], k=draw.randint(1, 3))
        else:
            spec[field] = draw.choice(likely(spec["kind"], field) if draw.random() < 0.9 else WILD)
    return specs, data


def likely(kind, field):
    """Values of the field's type, not all of which will fit."""
    schema = REGISTRY.get(kind).Params.model_json_schema()["properties"][field]
    if schema.get("type") == "boolean":
        return [True, False]
    if schema.get("type") == "number":
        return [0.1, 0.5, 1, 1e-3]
    return schema.get("enum") or SMALL


@pytest.mark.parametrize("block", range(10))
def test_accepted_runs_and_refused_is_explained(block):
    accepted = 0
    for seed in range(1000 + 40 * block, 1040 + 40 * block):
        specs, data = damaged(seed)
        result, plan = check(nodes(*specs), data, smallest_batch=2)
        result.model_dump_json()
        assert result.ok == (plan is not None)
        assert "engine_refuses" not in {problem.code for problem in result.problems}, (specs, result.problems)
        assert result.ok or all(problem.message and problem.path for problem in result.problems)
        if plan is None or result.totals.memory_bytes > 50_000_000:
            continue
        accepted += 1
        net = compile_network(plan, init=InitSpec(scheme="kaiming_normal"), seed=seed)
        x = random_batch(data, 2, seed)
        with net.recording() as record:
            net(x).sum().backward()
        assert [list(record.outputs[node.id].shape[1:]) for node in result.nodes] == [
            n.output_shape for n in result.nodes
        ]
        assert any(parameter.grad is not None for parameter in net.parameters())
        net.eval()(x)
    assert accepted > 2
