"""Two thousand right graphs with one mistake each: each is refused, at the node and the field of the mistake."""

from collections import Counter

import pytest
from layerlab.graph.check import check
from layerlab_schemas.problems import Severity

from tests.backend.graph.breaking import MUTATORS, broken_graph
from tests.backend.graph.building import nodes

NUM_GRAPHS, BLOCK = 2_000, 50


def shapes_of(specs, data):
    result, _ = check(nodes(*specs), data)
    assert result.ok, result.problems
    return [[tuple(shape) for shape in node.input_shapes] for node in result.nodes]


@pytest.mark.parametrize("start", range(0, NUM_GRAPHS, BLOCK))
def test_the_mistake_is_refused_where_it_is(start):
    for seed in range(start, start + BLOCK):
        broken = broken_graph(seed, shapes_of)
        result, plan = check(nodes(*broken.specs), broken.data)
        words = (seed, broken.how, broken.specs, result.problems)
        assert not result.ok, words
        assert plan is None
        errors = [problem for problem in result.problems if problem.severity is Severity.ERROR]
        named = {(problem.node, problem.field) for problem in errors if problem.code == broken.code}
        assert named, words
        assert named <= broken.culprits, words
        place = next(iter(named))[0]
        first = next(problem for problem in errors if problem.node == place)
        assert first.message.endswith("."), words
        assert first.path.startswith("graph."), words


def test_every_mutator_has_its_turn():
    turns = Counter(list(MUTATORS)[seed % len(MUTATORS)] for seed in range(NUM_GRAPHS))
    assert set(turns) == set(MUTATORS)
    assert min(turns.values()) >= 50
