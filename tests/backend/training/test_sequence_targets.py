"""Answers at every step: what counts, what does not, and what the network must give."""

import math

import pytest
import torch
from layerlab import losses
from layerlab.losses.base import num_answers
from layerlab.training.assemble import assemble, inspect
from layerlab.training.batches import Batch
from layerlab.training.choice import choose
from layerlab.training.data import prepare
from layerlab_schemas.run import DataSpec, KindSpec, RunSpec
from torch.nn import functional

EMBED = {"kind": "embedding", "embedding_dim": 6}
REVERSE = {"dataset": "reverse", "params": {"length": 6, "shortest": 2, "symbols": 5, "samples": 120}}
TRANSLATE = [
    {"id": "source", "kind": "embedding", "embedding_dim": 6, "inputs": ["input"]},
    {"id": "encoder", "kind": "gru", "hidden_size": 8},
    {"id": "target", "kind": "embedding", "embedding_dim": 6, "inputs": ["decoder_input"]},
    {"id": "decoder", "kind": "gru", "hidden_size": 8, "output": "sequence", "inputs": ["target", "encoder.state"]},
    {"kind": "linear", "out_features": 5},
]


def spec(data, graph, **more) -> RunSpec:
    return RunSpec.model_validate({"data": data, "graph": graph, "training": {"max_steps": 2}} | more)


def loss(kind: str, **fields):
    return choose(losses.REGISTRY, KindSpec.model_validate({"kind": kind} | fields), path="loss")


@pytest.mark.parametrize("fields", [{}, {"label_smoothing": 0.1}])
def test_cross_entropy_over_steps_is_that_of_pytorch(fields):
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(4, 7, 5, generator=generator)
    targets = torch.randint(5, (4, 7), generator=generator)
    targets[0, 3:] = targets[2, 1:] = -100
    chosen = loss("cross_entropy", **fields)
    ours = chosen.kind.batch_value(chosen.params, scores, targets)
    theirs = functional.cross_entropy(scores.transpose(1, 2), targets, ignore_index=-100, **fields)
    torch.testing.assert_close(ours, theirs)
    assert num_answers(targets) == 28 - 4 - 6


@pytest.mark.parametrize("kind", ["cross_entropy", "mse"])
def test_what_stands_at_steps_without_an_answer_changes_nothing(kind):
    scores = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(1)).requires_grad_()
    targets = torch.tensor([[1, 2, -100, -100], [0, 0, 0, 0], [4, -100, -100, -100]])
    chosen = loss(kind)
    chosen.kind.batch_value(chosen.params, scores, targets).backward()
    assert scores.grad is not None
    assert (scores.grad[targets == -100] == 0).all()
    assert (scores.grad[targets != -100] != 0).any(1).all()


def test_one_score_a_step_tells_two_classes_apart():
    chosen = loss("bce")
    scores, targets = torch.tensor([[[2.0], [-1.0], [5.0]]]), torch.tensor([[1, 1, -100]])
    assert chosen.kind.batch_value(chosen.params, scores, targets).item() == pytest.approx(
        (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1))) / 2
    )
    assert chosen.kind.answers(scores, targets).tolist() == [[1, 0, 1]]
    assert Batch(inputs=scores, targets=targets).measure(chosen, scores) == {"accuracy": 0.5}


@pytest.mark.parametrize(("kind", "shape"), [("cross_entropy", [6, 5]), ("mse", [6, 5])])
def test_the_last_node_must_give_scores_at_each_step(kind, shape):
    assert prepare(DataSpec.model_validate(REVERSE), losses.REGISTRY.get(kind), 0).facts.output_shape == shape


def test_accuracy_confusion_and_perplexity_are_over_real_steps():
    run = assemble(spec(REVERSE, TRANSLATE))
    evaluation = list(run.trainer.steps())[-1].evaluation
    assert evaluation is not None
    assert evaluation.confusion is not None
    data, network = run.data, run.network.eval()
    with torch.no_grad():
        scores = network(data.validation_inputs)
    targets = data.validation_targets
    real = targets != -100
    right = scores.argmax(2) == targets
    expected = functional.cross_entropy(scores.transpose(1, 2), targets).item()
    assert evaluation.loss == pytest.approx(expected, rel=1e-5)
    assert evaluation.perplexity == pytest.approx(math.exp(expected), rel=1e-5)
    assert evaluation.accuracy == pytest.approx(right[real].float().mean().item())
    assert evaluation.sequence_accuracy == pytest.approx((right | ~real).all(1).float().mean().item())
    assert evaluation.confusion.sum() == real.sum()
    assert evaluation.num_samples == 24


def test_curves_of_a_model_of_text():
    data = {"dataset": "grammar_text", "params": {"samples": 60, "length": 10}}
    run = assemble(spec(data, [EMBED, {"kind": "gru", "hidden_size": 8, "output": "sequence"},
                               {"kind": "linear", "out_features": 29}]))  # fmt: skip
    last = list(run.trainer.steps())[-1].scalars()
    assert last["val/perplexity"] == pytest.approx(math.exp(last["val/loss"]))
    assert 29 / 2 < last["val/perplexity"] < 29 * 2
    assert {"train/accuracy", "val/accuracy", "val/sequence_accuracy"} <= set(last)


def test_one_answer_a_sequence_has_no_curves_of_steps():
    run = assemble(spec({"dataset": "parity", "params": {"samples": 60, "encoding": "token"}}, [EMBED,
        {"kind": "gru", "hidden_size": 4}, {"kind": "linear", "out_features": 2}]))  # fmt: skip
    assert not {"val/perplexity", "val/sequence_accuracy"} & set(list(run.trainer.steps())[-1].scalars())


def test_padding_does_not_change_what_a_recurrent_net_answers():
    """The same bits, padded to another length, give the same scores."""
    data = {"dataset": "parity", "params": {"length": 12, "shortest": 4, "samples": 60, "encoding": "token"}}
    graph = [EMBED, {"kind": "lstm", "hidden_size": 5}, {"kind": "linear", "out_features": 2}]
    run = assemble(spec(data, graph))
    inputs = run.data.train_inputs
    lengths = (inputs != 2).sum(1)
    network = run.network.eval()
    with torch.no_grad():
        whole = network(inputs)
        for index in range(8):
            alone = network(inputs[index : index + 1, : lengths[index]])
            torch.testing.assert_close(alone, whole[index : index + 1])


@pytest.mark.parametrize(
    ("graph", "words", "mend"),
    [
        (
            [EMBED, {"kind": "gru", "hidden_size": 8, "output": "sequence"}, {"kind": "linear", "out_features": 7}],
            "Reverse asks for 5 numbers at each of 6 steps",
            ("linear_1", "out_features", 5),
        ),
        (
            [EMBED, {"kind": "gru", "hidden_size": 8}, {"kind": "linear", "out_features": 5}],
            "Reverse asks for 5 numbers at each of 6 steps",
            ("gru_1", "output", "sequence"),
        ),
        ([EMBED, {"kind": "flatten"}, {"kind": "linear", "out_features": 5}], "linear_1 gives 5 numbers", None),
    ],
)
def test_the_wrong_shape_is_told_in_words_with_a_mend(graph, words, mend):
    found = inspect(spec(REVERSE, graph))
    (problem,) = [problem for problem in found.problems if problem.code == "wrong_output"]
    assert words in problem.message
    assert problem.hint
    assert (problem.mend and (problem.mend.node, problem.mend.field, problem.mend.value)) == mend


def test_a_mend_mends():
    graph = [EMBED, {"id": "memory", "kind": "gru", "hidden_size": 8}, {"kind": "linear", "out_features": 5}]
    (problem,) = inspect(spec(REVERSE, graph)).problems
    assert problem.mend is not None
    graph[1][problem.mend.field] = problem.mend.value
    assert inspect(spec(REVERSE, graph)).ok
