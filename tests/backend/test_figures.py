"""Numbers in sentences."""

import pytest
from layerlab.figures import counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 rows"), (1, "1 row"), (1.0, "1 row"), (2, "2 rows"), (0.5, "0.5 rows"), (1200, "1\u202f200 rows")],
)
def test_what_is_counted_is_singular_after_one_only(number, words):
    assert counted(number, "row") == words
