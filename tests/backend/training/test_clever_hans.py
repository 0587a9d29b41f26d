"""A spurious mark in one class: all is well in training, the net is lost when the mark moves, and looks at it."""

import pytest
import torch
from layerlab.experiments import clever_hans
from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.run import RunSpec


def trained(validation: str) -> tuple[Assembly, float]:
    """The experiment after some epochs, with the mark of the validation part where it is said; and its accuracy."""
    body = clever_hans.EXPERIMENT.spec.model_dump(mode="json")
    body["data"]["params"]["validation"] = validation
    body["training"]["epochs"] = 6
    assembly = assemble(RunSpec.model_validate(body))
    seen = [report.evaluation.accuracy for report in assembly.trainer.steps() if report.evaluation]
    return assembly, seen[-1]


@pytest.fixture(scope="module")
def moved() -> tuple[Assembly, float]:
    return trained("moved")


def test_what_was_learnt_is_the_mark(moved):
    assembly, accuracy = moved
    data, network = assembly.data, assembly.trainer.network
    network.eval()
    with torch.no_grad():
        in_training = network(data.train_inputs[:]).argmax(1)
        in_validation = network(data.validation_inputs[:]).argmax(1)
    assert (in_training == data.train_targets).double().mean() > 0.97
    assert accuracy < 0.6
    own = data.validation_targets == 3
    assert (in_validation[own] == 3).double().mean() < 0.1
    assert (in_validation[~own] == 3).double().mean() > 0.3


def test_it_looks_at_the_mark(moved):
    """The gradient of the score with respect to the picture is greater in the marked corner than anywhere else."""
    assembly, _ = moved
    data, network = assembly.data, assembly.trainer.network
    network.eval()
    marked = data.train_inputs[(data.train_targets == 3).nonzero()[:, 0]].clone().requires_grad_()
    network(marked)[:, 3].sum().backward()
    salient = marked.grad.abs().mean((0, 1))
    blocks = torch.nn.functional.avg_pool2d(salient[None], 2)[0]
    assert blocks.argmax().item() == 0
    assert blocks[0, 0] > 3 * blocks.mean()


def test_nobody_notices_where_validation_has_the_mark_too(moved):
    _, accuracy = trained("same")
    assert accuracy > 0.94
    assert accuracy > moved[1] + 0.3
