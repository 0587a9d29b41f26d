"""Wrong graphs: each mistake is told at the node and field it belongs to, and its mend mends it."""

import pytest
from layerlab.graph.check import check
from layerlab.layers import REGISTRY
from layerlab_schemas.graph import InitSpec
from layerlab_schemas.problems import Severity

from tests.backend.graph.building import LENET, checked, facts, nodes
from tests.backend.graph.layer_mistakes import MENDABLE_MISTAKES
from tests.backend.graph.mistakes import CONV, END, IMAGE, MISTAKES, ROW, TOKENS

ALL = {**MISTAKES, **{f"{name} (layers)": mistake for name, mistake in MENDABLE_MISTAKES.items()}}


@pytest.mark.parametrize("name", ALL)
def test_the_culprit_is_named(name):
    specs, data, code, path, node = ALL[name]
    result, plan = check(nodes(*specs), data)
    assert not result.ok
    assert plan is None
    errors = [problem for problem in result.problems if problem.severity is Severity.ERROR]
    assert [(problem.code, problem.path, problem.node) for problem in errors] == [(code, path, node)]
    (problem,) = errors
    assert problem.message.endswith(".")
    assert problem.hint or code == "reserved_id"
    words = f"{problem.message} {problem.hint}"
    assert node in words or code in {"unknown_kind", "unknown_field", "nothing_to_train", "reserved_id"}
    assert len(result.nodes) == len(specs)


def mended(specs, mend):
    """What a click on the mend does."""
    names = [node.id for node in checked(specs, IMAGE).nodes]
    place = names.index(mend.node)
    specs = [dict(spec) for spec in specs]
    if mend.field == "insert_before":
        moved = {"inputs": specs[place].pop("inputs")} if "inputs" in specs[place] else {}
        return [*specs[:place], {**mend.value, **moved}, *specs[place:]]
    specs[place][mend.field] = mend.value
    if mend.value is None:
        del specs[place][mend.field]
    return specs


MENDABLE = [
    "unknown kind",
    "unknown field",
    "unknown input",
    "concat along the batch",
    "wrong input size",
    "wrong channels",
    "wrong norm channels",
    "wrong features",
    "linear on an image",
    "groups of a norm",
    "one value in a group",
    "kernel too large",
    "kernel too wide",
    "dilated kernel too large",
    "pool too large",
    "pool padding",
    "same with stride",
    "too few embeddings",
    "too few answers",
    "whole sequence at the end",
    "init on a relu",
]


@pytest.mark.parametrize("name", [*MENDABLE, *(name for name in ALL if name not in MISTAKES)])
def test_the_mend_mends(name):
    specs, data, *_ = ALL[name]
    (problem,) = [p for p in checked(specs, data).problems if p.severity is Severity.ERROR]
    assert problem.mend is not None
    result = checked(mended(specs, problem.mend), data)
    assert result.ok, result.problems


def test_tokens_are_mended_by_an_embedding():
    (problem,) = checked([{"kind": "lstm", "hidden_size": 3}, END[1]], TOKENS).problems
    assert problem.mend is not None
    assert checked(mended([{"kind": "lstm", "hidden_size": 3}, END[1]], problem.mend), TOKENS).ok


class TestWords:
    """Sentences that a person reads, word by word."""

    def test_wrong_features(self):
        data = facts((50, 4, 4))
        specs = [
            {"id": "flatten", "kind": "flatten"},
            {"id": "fc1", "kind": "linear", "out_features": 10, "in_features": 2450},
        ]
        (problem,) = checked(specs, data).problems
        assert problem.message == "The matrix product at fc1 expects 2\u2009450 features and gets 800 from flatten."
        assert (problem.expected, problem.got) == ("2450", "800")
        assert problem.hint == "Set in_features to 800."
        assert (problem.mend.node, problem.mend.field, problem.mend.value) == ("fc1", "in_features", 800)

    def test_kernel_too_large_shows_the_arithmetic(self):
        (problem,) = checked([{**CONV, "kernel_size": 9}, *END], IMAGE).problems
        assert "(8 − 9 + 2·0)/1 + 1 gives 0 rows" in problem.message
        assert (problem.expected, problem.got) == ("at most 8", "9")

    def test_linear_on_an_image(self):
        (problem,) = checked([CONV, {"id": "fc1", "kind": "linear", "out_features": 10}], IMAGE).problems
        assert problem.message == (
            "The matrix product at fc1 expects a row of features and gets an image 4×6×6 from conv2d_1."
        )
        assert problem.hint == "Insert flatten before fc1."

    def test_the_answer(self):
        (problem,) = checked([{"kind": "flatten"}, {"id": "fc", "kind": "linear", "out_features": 9}], IMAGE).problems
        assert problem.message == "fc gives 9 numbers, and Made has 10 classes."
        assert (problem.expected, problem.got) == ("10", "9")

    def test_a_pair_is_told_as_one(self):
        (problem,) = checked([{**CONV, "kernel_size": 0}, *END], IMAGE).problems
        assert problem.message == (
            "kernel_size of conv2d_1 must be a whole number from 1 to 65536, or two of them, [height, width]."
        )

    def test_a_circle(self):
        specs, data, *_ = MISTAKES["circle of two"]
        (problem,) = checked(specs, data).problems
        assert problem.message == "b → a → b is a circle: what a reads depends on itself."


class TestSeveral:
    def test_every_mistake_is_told_once_and_nothing_follows_from_it(self):
        specs = [{**CONV, "kernel_size": 9}, {"kind": "relu", "p": 1}, {"kind": "flatten"}, {"kind": "liner"}]
        problems = checked(specs, IMAGE).problems
        assert [problem.path for problem in problems] == ["graph.0.kernel_size", "graph.1.p", "graph.3.kind"]

    def test_two_circles(self):
        specs = [
            {"id": "a", "kind": "relu", "inputs": ["a"]},
            {"id": "b", "kind": "relu", "inputs": ["c"]},
            {"id": "c", "kind": "relu", "inputs": ["b"]},
            {"id": "d", "kind": "relu", "inputs": ["c"]},
        ]
        problems = checked(specs, IMAGE).problems
        assert [(problem.code, problem.node) for problem in problems] == [("cycle", "a"), ("cycle", "b")]

    def test_shapes_before_the_mistake_are_known(self):
        result = checked([CONV, {"kind": "linear", "out_features": 10}, {"kind": "relu"}], IMAGE)
        assert [node.output_shape for node in result.nodes] == [[4, 6, 6], None, None]
        assert result.nodes[1].input_shapes == [[4, 6, 6]]
        assert result.totals.parameters == 40

    def test_doubling_without_end_is_refused(self):
        specs = [{"id": f"n{index}", "kind": "concat", "inputs": [f"n{index - 1}"] * 2} for index in range(1, 400)]
        result = checked([{"id": "n0", "kind": "flatten"}, *specs], IMAGE)
        (problem,) = result.problems
        assert problem.code == "too_large"
        assert problem.node == "n18"  # 64 · 2^18 is the first beyond 16 000 000

    def test_the_run_s_init_is_checked(self):
        result = checked(LENET, facts((1, 28, 28)), init=InitSpec(scheme="he_norml"))
        (problem,) = result.problems
        assert (problem.path, problem.hint) == ("init.scheme", "Did you mean he_normal?")
        result = checked(LENET, facts((1, 28, 28)), init=InitSpec(scheme="normal", std=-1))
        assert [problem.path for problem in result.problems] == ["init.std"]

    def test_what_the_engine_throws_is_a_problem_of_the_node(self, monkeypatch):
        def explode(*_args, **_fields):
            raise ZeroDivisionError("engine says no")

        monkeypatch.setattr(type(REGISTRY.get("relu")), "build", explode)
        (problem,) = checked([{"kind": "relu"}, *END], IMAGE).problems
        assert (problem.code, problem.node, problem.path) == ("engine_refuses", "relu_1", "graph.0")
        assert "engine says no" in problem.message


class TestWarnings:
    def warnings(self, specs, data, **options):
        result = checked(specs, data, **options)
        assert result.ok
        assert all(problem.severity is Severity.WARNING for problem in result.problems)
        return [(problem.code, problem.node) for problem in result.problems]

    def test_unused_node(self):
        specs = [{"kind": "flatten"}, {"id": "aside", "kind": "tanh"}, {**END[1], "inputs": ["flatten_1"]}]
        assert self.warnings(specs, IMAGE) == [("unused_node", "aside")]

    @pytest.mark.parametrize("kind", ["sigmoid", "tanh", "relu"])
    def test_squashed_output(self, kind):
        assert self.warnings([*END, {"kind": kind}], IMAGE) == [("squashed_output", f"{kind}_1")]

    @pytest.mark.parametrize("kind", ["leaky_relu", "gelu"])
    def test_other_activations_at_the_end_pass(self, kind):
        assert self.warnings([*END, {"kind": kind}], IMAGE) == []

    def test_dropout_at_the_end(self):
        assert self.warnings([*END, {"kind": "dropout"}], IMAGE) == [("dropout_output", "dropout_1")]

    def test_dropout_before_batch_norm(self):
        specs = [{"kind": "dropout"}, CONV, {"kind": "relu"}, {"kind": "batch_norm"}, *END]
        assert self.warnings(specs, IMAGE) == [("dropout_before_batch_norm", "batch_norm_1")]

    def test_dropout_after_batch_norm_or_without_effect_passes(self):
        assert self.warnings([CONV, {"kind": "batch_norm"}, {"kind": "dropout"}, *END], IMAGE) == []
        assert self.warnings([{"kind": "dropout", "p": 0}, {"kind": "batch_norm"}, *END], IMAGE) == []


class TestSmallestBatch:
    def test_one_sample_is_too_few_for_features(self):
        specs = [{"kind": "linear", "out_features": 10}, {"kind": "batch_norm"}]
        (problem,) = checked(specs, ROW, smallest_batch=1).problems
        assert (problem.code, problem.node) == ("batch_too_small", "batch_norm_1")
        assert checked(specs, ROW, smallest_batch=2).ok
        assert checked(specs, ROW).ok

    def test_one_image_has_enough_pixels(self):
        assert checked([{"kind": "batch_norm"}, *END], IMAGE, smallest_batch=1).ok

    def test_other_norms_do_not_care(self):
        assert checked([{"kind": "layer_norm"}, *END], ROW, smallest_batch=1).ok


def test_an_empty_graph_and_one_too_long():
    assert [problem.code for problem in check([], IMAGE)[0].problems] == ["graph_size"]
    long = nodes(*[{"kind": "relu"}] * 501)
    assert [problem.code for problem in check(long, IMAGE)[0].problems] == ["graph_size"]
