"""Each lesson keeps its word: what it explains is found in its experiment, and not in the mended one."""

import pytest
from layerlab import lessons

from tests.lessons.trained import trained

LESSONS = list(lessons.lessons())


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_experiment_has_what_it_explains(lesson):
    told = {one.kind for one in trained(lesson).told}
    assert set(lessons.get(lesson).diagnoses) <= told


@pytest.mark.parametrize("lesson", LESSONS)
def test_its_remedy_is_free_of_it(lesson):
    told = {one.kind for one in trained(lesson, "remedy").told}
    assert set(lessons.get(lesson).diagnoses) & told == set()


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["init-small", "init-large", "init-he"])
def test_deep_ones_keep_it_to_their_end(lesson):
    assert set(lessons.get(lesson).diagnoses) <= set(trained(lesson, whole=True).standing)
    told = {one.kind for one in trained(lesson, "remedy", whole=True).told}
    assert set(lessons.get(lesson).diagnoses) & told == set()
