"""Moments in pieces, against NumPy over all elements at once."""

import numpy as np
import pytest
import torch
from layerlab.probes.one_pass import PIECE, summary


@pytest.mark.parametrize("size", [1, 7, PIECE, PIECE + 1, 5 * PIECE + 3])
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1e-3, 1e3), (1e30, 0.0)])
def test_moments_of_any_size_and_place(size, scale, shift):
    x = torch.randn(size, generator=torch.Generator().manual_seed(size)) * scale + shift
    found, exact = summary(x), x.double().numpy()
    assert (found.low, found.high) == (exact.min(), exact.max())
    assert found.mean == pytest.approx(exact.mean(), rel=1e-12, abs=1e-12 * scale)
    assert found.std == pytest.approx(exact.std(), rel=1e-9, abs=1e-12 * scale)


@pytest.mark.parametrize("place", [0, PIECE - 1, 2 * PIECE])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_one_bad_number_is_seen_wherever_it_lies(place, bad):
    x = torch.zeros(2 * PIECE + 1)
    x[place] = bad
    assert not summary(x).is_finite


def test_shares_are_counted_over_all_pieces():
    x = torch.linspace(-1, 1, 3 * PIECE).tanh() * 1.3
    x[::4] = 0
    found, exact = summary(x, (-1, 1)), x.numpy()
    assert found.zeros == pytest.approx(np.mean(exact == 0))
    assert found.saturated == pytest.approx(np.mean(np.abs(exact) > 0.99))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64])
def test_other_types_of_numbers(dtype):
    x = torch.tensor([0, 1, 2, 5]).to(dtype)
    assert tuple(summary(x))[:5] == pytest.approx((0, 5, 2, np.std([0, 1, 2, 5]), 0.25))
