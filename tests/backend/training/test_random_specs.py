"""Any spec is refused before it starts, or trains: random ones, with values at the edges."""

from random import Random

import pytest
from layerlab.training.assemble import assemble, inspect
from layerlab_schemas.run import RunSpec

from tests.backend.training.random_specs import random_spec


def share_accepted(seed: int, number: int) -> float:
    """Trains each spec that passes; a spec that passes and fails raises, with itself in the message."""
    chance, accepted = Random(seed), 0
    for _ in range(number):
        body = random_spec(chance)
        spec = RunSpec.model_validate(body)
        result = inspect(spec)
        assert result.ok or any(problem.hint for problem in result.problems), body
        if not result.ok:
            continue
        accepted += 1
        try:
            trainer = assemble(spec).trainer
            for report in trainer.steps():
                if report.step == 5:
                    break
            trainer.load_state(trainer.state())
        except Exception as error:
            raise AssertionError(f"accepted, but fails: {body}") from error
    return accepted / number


def test_what_passes_trains():
    assert 0.15 < share_accepted(0, 80) < 0.9


@pytest.mark.slow
def test_what_passes_trains_many_times():
    assert 0.15 < share_accepted(1, 10_000) < 0.9
