"""Each diagnosis is found in a run that is made to have it: at the right layer, about the right step."""

from functools import cache
from math import log
from typing import Any

import pytest
from layerlab import diagnoses
from layerlab.diagnoses.dropout_before_norm import DropoutBeforeNorm
from layerlab_schemas.run import Diagnosis

from tests.backend.diagnoses.seeing import Seen, see, spec_of

#: Of the example of each kind: steps to train, severity at the end, node, and the step since which it is so.
EXPECTED: dict[str, tuple[int, str, str | None, range]] = {
    "dead_units": (60, "problem", "relu_1", range(1, 12)),
    "diverged": (100, "problem", "linear_1", range(2, 12)),
    "dropout_before_norm": (1, "warning", "drop", range(1)),
    "exploding_gradients": (2, "problem", "linear_1", range(1)),
    "first_loss": (1, "warning", "linear_2", range(1)),
    "label_imbalance": (1, "warning", None, range(1)),
    "not_normalised": (1, "warning", None, range(1)),
    "overfitting": (200, "warning", None, range(3, 90)),
    "plateau": (150, "problem", None, range(60)),
    "rate_too_high": (60, "problem", None, range(31)),
    "rate_too_low": (70, "warning", None, range(1)),
    "saturated_units": (2, "warning", "tanh_1", range(1)),
    "small_batch": (1, "warning", "norm", range(1)),
    "symmetric_units": (2, "problem", "hidden", range(1)),
    "vanishing_gradients": (2, "warning", "linear_1", range(1)),
}


@cache
def example(kind: str) -> Seen:
    return see(spec_of(diagnoses.REGISTRY.get(kind).example), until=EXPECTED[kind][0])


def test_every_kind_has_an_ill_run():
    assert {kind.kind for kind in diagnoses.REGISTRY} == set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED)
def test_it_is_found(kind):
    _, severity, node, since = EXPECTED[kind]
    found = example(kind).standing[kind]
    assert found.severity == severity
    assert found.step in since
    assert node is None or found.node == node
    assert found.title.endswith(".")
    assert found.text
    assert found.cause


@pytest.mark.parametrize(
    "kind", ["dead_units", "plateau", "rate_too_high", "overfitting", "diverged", "symmetric_units"]
)
def test_a_run_that_is_over_at_once_is_told_too(kind):
    seen = see(spec_of(diagnoses.REGISTRY.get(kind).example), until=EXPECTED[kind][0], is_quick=True)
    assert kind in seen.standing


def test_what_the_last_look_finds_first_is_looked_at_again():
    seen = see(spec_of(diagnoses.REGISTRY.get("plateau").example), every=1_000_000)
    assert "plateau" in seen.standing


def test_where_is_said_in_the_title():
    found = example("symmetric_units").standing["symmetric_units"]
    assert found.title == "All units of hidden are equal from the start."


def test_a_dead_layer_is_named_with_its_step():
    found = example("dead_units").standing["dead_units"]
    assert f"of relu_1 are dead since step {found.step}." in found.title


def test_a_plateau_is_told_by_the_number_of_classes():
    found = example("plateau").standing["plateau"]
    assert "ln(10)" in found.title
    assert f"{log(10):.2g}" in found.text


def test_overfitting_is_told_in_epochs_and_began_at_the_best_evaluation():
    seen = example("overfitting")
    found = seen.standing["overfitting"]
    validation = seen.losses["val/loss"][1:]
    per_epoch = seen.assembly.trainer.steps_per_epoch
    assert found.title == f"Over-fitting since epoch {found.step // per_epoch}."
    # The lowest loss when it was told: nothing before it is lower.
    assert validation[found.step // per_epoch - 1] == min(validation[: found.step // per_epoch])


def test_a_run_that_diverged_tells_the_first_bad_tensor():
    seen = example("diverged")
    found = seen.standing["diverged"]
    outcome = seen.assembly.trainer.outcome
    assert outcome is not None
    assert (found.step, found.node) == (outcome.step, outcome.node)
    assert f"at step {outcome.step}, first at {outcome.node}" in found.title


def deep(width: int, std: float, depth: int) -> dict[str, Any]:
    hidden = [{"kind": "linear", "out_features": width}, {"kind": "tanh"}]
    return {
        "data": {"dataset": "noise", "params": {"features": width}},
        "graph": [*hidden * depth, {"kind": "linear", "out_features": 10}],
        "init": {"scheme": "normal", "std": std},
        "optimizer": {"kind": "sgd", "lr": 0.001},
    }


def of_deep(std: float) -> dict[str, Diagnosis]:
    return see(spec_of(deep(200, std, 8)), until=2).standing


def test_small_weights_fade_large_ones_saturate_and_right_ones_do_neither():
    """The rows init-small, init-large and init-xavier of the lectures, with layers of 200."""
    small, large, right = of_deep(0.01), of_deep(1.0), of_deep(1 / 200**0.5)
    assert small["vanishing_gradients"].node == "linear_1"
    assert "saturated_units" not in small
    assert "saturated_units" in large
    assert "vanishing_gradients" not in large
    assert not {"vanishing_gradients", "exploding_gradients", "saturated_units", "first_loss"} & set(right)


def test_equal_weights_of_any_size_are_symmetric_and_zeros_in_the_last_layer_are_not():
    graph = [
        {"kind": "flatten"},
        {"id": "hidden", "kind": "linear", "out_features": 16},
        {"kind": "tanh"},
        {"id": "logits", "kind": "linear", "out_features": 10},
    ]
    body = {"data": {"dataset": "digits"}, "graph": graph}
    constant = see(spec_of(body | {"init": {"scheme": "constant", "val": 0.01}}), until=3)
    assert constant.standing["symmetric_units"].node == "hidden"
    last = [*graph[:-1], graph[-1] | {"init": {"scheme": "zeros"}}]
    assert see(spec_of(body | {"graph": last}), until=3).standing == {}


def test_symmetry_that_breaks_is_over():
    """A hidden layer of zeros below a random one gets another gradient for each unit: it is no symmetry at all."""
    graph = [
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 16, "init": {"scheme": "zeros"}},
        {"kind": "tanh"},
        {"kind": "linear", "out_features": 10},
    ]
    assert see(spec_of({"data": {"dataset": "digits"}, "graph": graph}), until=3).of("symmetric_units") == []


@pytest.mark.parametrize("order", [("norm", "drop"), ("drop", "norm")])
def test_dropout_behind_the_norm_is_well(order):
    kinds = {"norm": {"kind": "batch_norm"}, "drop": {"kind": "dropout", "p": 0.5}}
    graph = [
        {"kind": "flatten"},
        {"kind": "linear", "out_features": 16},
        *(kinds[one] for one in order),
        {"kind": "linear", "out_features": 10},
    ]
    standing = see(spec_of({"data": {"dataset": "digits"}, "graph": graph}), until=0).standing
    assert (DropoutBeforeNorm.kind in standing) == (order[0] == "drop")


def test_a_small_batch_is_over_when_it_is_raised():
    from layerlab.runs.doctor import Doctor
    from layerlab.training.assemble import assemble
    from layerlab.training.logbook import Logbook
    from layerlab_schemas.run import RunChange

    assembly = assemble(spec_of(diagnoses.REGISTRY.get("small_batch").example))
    told = []
    doctor = Doctor(assembly, logbook=Logbook(), tell=told.append)
    doctor.look()
    assembly.trainer.apply(RunChange.model_validate({"data": {"batch_size": 32}}))
    doctor.look()
    assert [event.diagnosis.is_over for event in told if event.diagnosis.kind == "small_batch"] == [False, True]
    assert told[-1].text.startswith("over: ")
