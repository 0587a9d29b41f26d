"""Directions in the space of weights: lengths of filters, principal directions, projections."""

import pytest
import torch
from layerlab.analyses.directions import difference, filter_normalised, inner, moved, principal, projected, rank
from torch import nn


def draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lengths(weight: torch.Tensor, dims: tuple[int, ...]) -> torch.Tensor:
    return weight.detach().square().sum(dims).sqrt()


@pytest.mark.parametrize(
    ("module", "dims"),
    [
        (nn.Linear(5, 3), (1,)),
        (nn.Conv2d(4, 6, 3), (1, 2, 3)),
        (nn.Conv2d(4, 6, 3, groups=2), (1, 2, 3)),
        (nn.ConvTranspose2d(4, 6, 3), (0, 2, 3)),
        (nn.Embedding(7, 4), (1,)),
        (nn.Conv1d(2, 3, 5), (1, 2)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_each_filter_is_as_long_as_the_weights(module, dims):
    direction = filter_normalised(module, draws())[0]
    torch.testing.assert_close(lengths(direction, dims), lengths(module.weight, dims))
    cosine = torch.nn.functional.cosine_similarity(direction.flatten(), module.weight.detach().flatten(), dim=0)
    assert abs(float(cosine)) < 0.9  # another direction, and not the weights again


def test_biases_and_norms_stay_where_they_are():
    net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.LayerNorm(3))
    directions = dict(zip((name for name, _ in net.named_parameters()), filter_normalised(net, draws()), strict=True))
    still = {name for name, direction in directions.items() if not direction.any()}
    assert still == {"0.bias", "1.weight", "1.bias", "2.weight", "2.bias"}


def test_the_seed_makes_the_direction():
    net = nn.Linear(4, 3)
    first, again, other = (filter_normalised(net, draws(seed))[0] for seed in (1, 1, 2))
    assert first.equal(again)
    assert not first.equal(other)


def test_a_filter_of_zeros_moves_nowhere():
    net = nn.Linear(4, 3)
    nn.init.zeros_(net.weight[1])
    assert not filter_normalised(net, draws())[0][1].any()


def test_at_place_zero_the_centre_is_kept_bit_for_bit():
    centre, direction = [torch.tensor([0.1, -0.0, 3e-45])], [torch.tensor([float("inf"), 1.0, 1.0])]
    assert moved(centre, [direction], [0.0])[0].numpy().tobytes() == centre[0].numpy().tobytes()
    assert moved(centre, [direction], [2.0])[0][1] == 2.0


def test_principal_directions_are_those_of_the_singular_value_decomposition():
    rows = torch.randn(6, 20, generator=draws(), dtype=torch.float64) @ torch.diag(torch.linspace(3, 0.1, 20).double())
    steps = [[row[:8].reshape(2, 4), row[8:]] for row in rows]
    directions, shares = principal(steps, 2)
    _, values, right = torch.linalg.svd(rows, full_matrices=False)
    for place in range(2):
        flat = torch.cat([part.flatten() for part in directions[place]])
        assert abs(float(flat @ right[place])) == pytest.approx(1, abs=1e-9)
        assert inner(directions[place], directions[place]) == pytest.approx(1)
    assert shares == pytest.approx((values[:2] ** 2 / (values**2).sum()).tolist())
    assert inner(*directions) == pytest.approx(0, abs=1e-9)


def test_a_projection_is_the_nearest_point_of_the_plane():
    one, other = [torch.tensor([1.0, 0.0, 0.0])], [torch.tensor([1.0, 1.0, 0.0])]
    places, away = projected([torch.tensor([2.0, 3.0, 0.0])], [one, other])
    assert places == pytest.approx([-1.0, 3.0])
    assert away == pytest.approx(0, abs=1e-6)
    places, away = projected([torch.tensor([3.0, 0.0, 4.0])], [one, other])
    assert places == pytest.approx([3.0, 0.0], abs=1e-6)
    assert away == pytest.approx(0.8)


def test_rank_counts_independent_steps():
    step = [torch.tensor([1.0, 2.0])]
    assert rank([]) == 0
    assert rank([step, moved(step, [step], [1.0]), difference(step, step)]) == 1
    assert rank([step, [torch.tensor([0.0, 1.0])]]) == 2
