"""Runs of lessons in this process, with the doctor beside them; each is trained once for all tests that ask for it."""

from functools import cache
from typing import Literal

import torch
from layerlab import lessons
from layerlab.diagnoses.exam import Exam, examine
from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.run import RunSpec

from tests.backend.diagnoses.seeing import Seen, see

Which = Literal["experiment", "remedy"]

#: Ten layers of 500 units show what they show in the first steps; the slow tests train them to their end.
FIRST_STEPS = {"init-small": 12, "init-large": 12, "init-he": 12}


def spec_of(lesson: str, which: Which) -> RunSpec:
    found = lessons.get(lesson)
    if which == "experiment":
        return found.spec
    assert found.remedy is not None
    return found.remedy.spec


@cache
def trained(lesson: str, which: Which = "experiment", *, whole: bool = False) -> Seen:
    """The run at its end, or after its first steps where that is enough."""
    return see(spec_of(lesson, which), until=None if whole else FIRST_STEPS.get(lesson))


@cache
def at_start(lesson: str, which: Which = "experiment") -> tuple[Assembly, Exam]:
    """The run before its first step."""
    assembly = assemble(spec_of(lesson, which))
    exam = examine(assembly, turn=0)
    assert exam is not None
    return assembly, exam


def spreads(exam: Exam, kind: str) -> list[float]:
    """Standard deviation of what each layer of a kind gives, in their order."""
    return [signs.std for node, signs in exam.signs.items() if node.startswith(kind)]


@torch.no_grad()
def validation_accuracies(assembly: Assembly) -> list[float]:
    """Accuracy within each class."""
    assembly.network.eval()
    predicted_n = assembly.network(assembly.data.validation_inputs).argmax(1)
    targets_n = assembly.data.validation_targets
    return [float((predicted_n[targets_n == k] == k).float().mean()) for k in targets_n.unique()]
