"""Each remedy helps: with its changes the diagnosis is gone, or the loss is better."""

import pytest
from layerlab import diagnoses
from layerlab.training.assemble import inspect

from tests.backend.diagnoses.seeing import Seen, see, spec_of, with_remedy
from tests.backend.diagnoses.test_ill import EXPECTED, example

#: Of each kind with remedies: which of them is tried, for how many steps.
TRIED = [
    ("dead_units", 0, 60),
    ("diverged", 0, 60),
    ("dropout_before_norm", 0, 1),
    ("exploding_gradients", 0, 3),
    ("first_loss", 0, 1),
    ("first_loss", 1, 1),
    ("label_imbalance", 0, 1),
    ("not_normalised", 0, 1),
    ("overfitting", 0, 200),
    ("overfitting", 1, 200),
    ("plateau", 0, 150),
    ("rate_too_high", 0, 60),
    ("rate_too_low", 0, 70),
    ("saturated_units", 0, 3),
    ("small_batch", 0, 1),
    ("symmetric_units", 0, 3),
    ("vanishing_gradients", 0, 3),
]
#: What is a cure for the loss and not for the finding itself: L2 narrows the gap, a smaller rate lets a net recover.
BY_LOSS = {("overfitting", 0), ("overfitting", 1), ("plateau", 0)}


def last_loss(seen: Seen, name: str) -> float:
    return sum(seen.losses[name][-5:]) / len(seen.losses[name][-5:])


def test_every_kind_that_has_a_remedy_is_tried():
    with_one = {kind for kind in EXPECTED if example(kind).standing[kind].remedies}
    assert with_one == {kind for kind, _, _ in TRIED}


@pytest.mark.parametrize(("kind", "place", "steps"), TRIED)
def test_it_helps(kind, place, steps):
    ill = example(kind)
    remedy = ill.standing[kind].remedies[place]
    spec = with_remedy(spec_of(diagnoses.REGISTRY.get(kind).example), remedy)
    assert inspect(spec).ok
    cured = see(spec, until=steps)
    if (kind, place) in BY_LOSS:
        name = "val/loss" if kind == "overfitting" else "train/loss"
        assert last_loss(cured, name) < 0.95 * last_loss(ill, name)
    else:
        assert kind not in cured.standing


@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_called_live_can_change_live(kind):
    """By the paths that the page sends in a PATCH."""
    live = ("optimizer.", "data.batch_size", "regularization.", "graph.")
    for remedy in example(kind).standing[kind].remedies:
        assert not remedy.live or all(path.startswith(live) for path in remedy.changes)
        assert remedy.live or remedy.at_step is not None
        assert remedy.label[0].isupper()
