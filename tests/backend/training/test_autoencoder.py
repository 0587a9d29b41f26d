"""A network that gives back what it reads."""

import pytest
import torch
from layerlab.errors import SpecError
from layerlab.training.assemble import assemble, inspect
from layerlab.training.data import prepare
from layerlab.training.preview import preview
from layerlab_schemas.run import DataSpec, RunSpec
from layerlab_schemas.server import PreviewRequest

DIGITS = {"dataset": "digits", "target": "input"}
GRAPH = [
    {"kind": "flatten"},
    {"id": "code", "kind": "linear", "out_features": 8},
    {"kind": "tanh"},
    {"id": "back", "kind": "linear", "out_features": 64},
    {"kind": "reshape", "shape": [1, 8, 8]},
]


def spec(data, graph=GRAPH, **more) -> RunSpec:
    return RunSpec.model_validate({"data": data, "graph": graph, "training": {"max_steps": 2}} | more)


def test_targets_are_the_preprocessed_inputs():
    data = prepare(DataSpec.model_validate(DIGITS), None, 0)
    assert torch.equal(data.train_targets, data.train_inputs)
    assert torch.equal(data.validation_targets, data.validation_inputs)
    assert data.facts.task == "regression"
    assert data.facts.class_names == []
    assert data.facts.output_shape == data.facts.input_shape == [1, 8, 8]


def test_labels_stay_what_they_are_for_others():
    prepare(DataSpec.model_validate(DIGITS), None, 0)
    assert prepare(DataSpec.model_validate({"dataset": "digits"}), None, 0).facts.output_shape == [10]


def test_it_trains_on_the_mean_squared_difference():
    run = assemble(spec(DIGITS))
    evaluation = list(run.trainer.steps())[-1].evaluation
    assert evaluation is not None
    with torch.no_grad():
        answer = run.network.eval()(run.data.validation_inputs)
    difference = answer - run.data.validation_inputs
    assert evaluation.loss == pytest.approx(difference.square().mean().item(), rel=1e-5)
    assert evaluation.error == pytest.approx(difference.abs().mean().item(), rel=1e-5)
    assert (evaluation.accuracy, evaluation.confusion) == (None, None)


@pytest.mark.parametrize("dataset", ["iris", "spiral", "adding", "curve_regression", "noise"])
def test_any_numbers_can_be_given_back(dataset):
    data = DataSpec.model_validate({"dataset": dataset, "target": "input"})
    facts = prepare(data, None, 0).facts
    size = torch.Size(facts.input_shape).numel()
    graph = [{"kind": "flatten"}, {"kind": "linear", "out_features": size}]
    if len(facts.input_shape) > 1:
        graph.append({"kind": "reshape", "shape": facts.input_shape})
    reports = list(assemble(spec(data.model_dump(), graph)).trainer.steps())
    assert reports[-1].loss is not None


def test_tokens_cannot_be_given_back():
    data = {"dataset": "grammar_text", "target": "input"}
    with pytest.raises(SpecError) as caught:
        prepare(DataSpec.model_validate(data), None, 0)
    (problem,) = caught.value.problems()
    assert problem.path == "data.target"
    assert "tokens" in problem.message


def test_classes_have_no_loss_there():
    problems = inspect(spec(DIGITS, loss={"kind": "cross_entropy"})).problems
    assert [problem.path for problem in problems] == ["loss.kind"]


def test_the_wrong_shape_is_told_in_words():
    (problem,) = inspect(spec(DIGITS, GRAPH[:-1])).problems
    assert problem.code == "wrong_output"
    assert "the input itself" in problem.message
    assert "reshape" in (problem.hint or "")


def test_the_preview_shows_images_without_labels():
    seen = preview(PreviewRequest(data=DataSpec.model_validate(DIGITS)))
    assert {sample.label for sample in seen.samples} == {None}
    assert seen.class_counts == {}
