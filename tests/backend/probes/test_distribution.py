import numpy as np
import pytest
import torch
from layerlab.probes.distribution import LARGEST_MEASURED, Asked, dead_share, distributions
from layerlab_schemas.frames import HistogramItem

from tests.backend.card import card
from tests.backend.probes.watching import array


def distribution(x: torch.Tensor, **named) -> HistogramItem:
    return distributions([Asked(x=x, **named)])[0]


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(1,), (64, 10), (8, 4, 5, 5), (200, 400)])
def test_moments_are_those_of_numpy_over_all_elements(shape):
    x = normal(*shape) * 3 + 1
    item = distribution(x, node="a")
    exact = x.numpy().astype(np.float64)
    assert item.mean == pytest.approx(exact.mean(), abs=1e-9)
    assert item.std == pytest.approx(exact.std(), rel=1e-7, abs=1e-9)
    assert (item.min, item.max) == (exact.min(), exact.max())
    assert item.num_elements == exact.size


def test_the_histogram_is_that_of_numpy():
    x = normal(64, 100)
    item = distribution(x, node="a")
    counts, edges = np.histogram(x.numpy(), bins=64, range=(item.min, item.max))
    assert array(item.edges) == pytest.approx(edges, abs=1e-6)
    # A value on an edge may fall into either of the two bins.
    assert np.abs(np.cumsum(array(item.counts)) - np.cumsum(counts)).max() <= 2
    assert array(item.counts).sum() == item.num_measured == 6400


def test_of_a_large_tensor_a_sample_is_counted_and_said_so():
    x = normal(LARGEST_MEASURED * 2 + 5)
    item = distribution(x, node="a")
    assert item.num_elements == LARGEST_MEASURED * 2 + 5
    assert array(item.counts).sum() == item.num_measured <= LARGEST_MEASURED
    assert item.num_measured > LARGEST_MEASURED / 2


def test_a_constant_fills_one_bin():
    item = distribution(torch.full((20,), 7.0), node="a")
    assert (item.std, item.min, item.max) == (0, 7, 7)
    assert array(item.counts).max() == 20
    edges = array(item.edges)
    assert edges[0] < 7 < edges[-1]


def test_numbers_whose_squares_overflow_are_measured():
    x = torch.tensor([-3e38, 3e38, 0.0])
    item = distribution(x, node="a")
    assert item.std == pytest.approx(x.double().numpy().std())
    assert array(item.counts)[[0, 32, 63]].tolist() == [1, 1, 1]


def test_the_order_in_memory_does_not_matter():
    x = normal(16, 20, 32, 32).relu()
    x[:, 3] = 0
    plain, last = (distribution(y, node="a") for y in (x, x.to(memory_format=torch.channels_last)))
    assert (plain.mean, plain.std) == pytest.approx((last.mean, last.std))
    assert (plain.zeros, plain.max) == (last.zeros, last.max)
    assert dead_share(x) == dead_share(x.to(memory_format=torch.channels_last)) == pytest.approx(1 / 20)


def test_bad_numbers_are_counted_apart():
    x = torch.tensor([1.0, 3.0, float("nan"), float("inf"), float("-inf")])
    item = distribution(x, node="a")
    assert (item.non_finite, item.mean, item.min, item.max) == (3, 2, 1, 3)
    nothing = distribution(torch.tensor([float("nan")]), node="a")
    assert (nothing.mean, nothing.num_measured, nothing.non_finite) == (None, 0, 1)


def test_shares_of_zeros_saturated_and_dead():
    relu = torch.tensor([[0.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    assert distribution(relu, node="a").zeros == pytest.approx(4 / 6)
    assert dead_share(relu) == pytest.approx(1 / 3)
    maps = torch.zeros(2, 4, 3, 3)
    maps[1, 2, 0, 0] = 1
    assert dead_share(maps) == 0.75
    tanh = torch.tensor([-1.0, -0.995, -0.98, 0.0, 0.98, 0.995])
    assert distribution(tanh, node="a", output_range=(-1, 1)).saturated == pytest.approx(3 / 6)
    sigmoid = torch.tensor([0.001, 0.01, 0.5, 0.999])
    assert distribution(sigmoid, node="a", output_range=(0, 1)).saturated == pytest.approx(2 / 4)


def test_thin_tails_leave_the_bins_to_the_rest():
    x = torch.cat([normal(10_000) * 1e-3, torch.tensor([5.0, -4.0, 0.3])])
    item = distribution(x, node="a")
    edges, counts = array(item.edges), array(item.counts)
    assert (edges[0], edges[-1]) == (-4, 5)
    assert np.all(np.diff(edges) > 0)
    exact, _ = np.histogram(x.double().numpy(), bins=edges.astype(np.float64))
    assert np.abs(np.cumsum(counts) - np.cumsum(exact)).max() <= 2
    assert counts.sum() == 10_003
    assert 1 <= counts[0] < 50
    assert 2 <= counts[-1] < 50
    widths = np.diff(edges)[1:-1]
    assert widths == pytest.approx(np.full(62, widths[0]), rel=1e-3)
    assert widths[0] < 2e-4


def test_one_thin_tail_is_one_bin():
    x = torch.cat([normal(10_000).abs() * 1e-3, torch.tensor([2.0])])
    item = distribution(x, node="a")
    edges, counts = array(item.edges), array(item.counts)
    assert edges[0] == item.min
    assert edges[-1] == item.max == 2
    assert 1 <= counts[-1] < 50
    assert counts.sum() == 10_001


BAD = torch.tensor([1.0, 3.0, 0.0, float("nan"), float("inf"), float("-inf")])
TENSORS = {
    "one": torch.tensor([3.0]),
    "constant": torch.full((70,), -0.1),
    "plain": normal(64, 10),
    "channels last": normal(8, 4, 5, 5).relu().to(memory_format=torch.channels_last),
    "large": normal(3 * LARGEST_MEASURED + 7),
    "thin tails": torch.cat([normal(10_000) * 1e-3, torch.tensor([5.0, -4.0])]),
    "saturated": (normal(200, 4) * 4).tanh(),
    "bad": BAD,
    "nothing good": BAD[3:],
    "empty": torch.zeros(0, 3),
}


def test_a_card_tells_the_same_with_two_copies_and_no_other_wait():
    ranges = {"saturated": (-1.0, 1.0)}
    expected = [distribution(x, node=name, output_range=ranges.get(name)) for name, x in TENSORS.items()]
    with card() as traffic:
        there = {name: x.to("meta") for name, x in TENSORS.items()}
        traffic.clear()
        found = distributions([Asked(x=x, node=name, output_range=ranges.get(name)) for name, x in there.items()])
    assert (traffic.there, traffic.waits, len(traffic.back)) == ([], [], 2)
    for ours, theirs in zip(found, expected, strict=True):
        exact = {"num_elements", "num_measured", "non_finite", "min", "max", "zeros", "saturated", "node"}
        assert ours.model_dump(include=exact) == theirs.model_dump(include=exact)
        moments = [value for value in (theirs.mean, theirs.std) if value is not None]
        assert [value for value in (ours.mean, ours.std) if value is not None] == pytest.approx(moments, rel=1e-9)
        assert array(ours.edges) == pytest.approx(array(theirs.edges), rel=1e-6)
        assert array(ours.counts).tolist() == array(theirs.counts).tolist()


def test_a_card_without_tensors_is_not_asked():
    with card() as traffic:
        (found,) = distributions([Asked(x=torch.zeros(0, 3).to("meta"), node="a")])
    assert (found.num_elements, found.num_measured, found.mean) == (0, 0, None)
    assert (traffic.waits, traffic.back) == ([], [])
