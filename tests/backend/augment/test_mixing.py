"""Mixed samples: what each is made of is what the shares say, and the shares are drawn as the papers say."""

import pytest
import torch
from layerlab.augment.mixing import beta_b
from scipy import stats

from tests.backend.augment.changing import chance, kind_of

NUM = 400


def samples():
    """Each sample is all one number, its own."""
    return (torch.arange(NUM).float() / NUM).reshape(-1, 1, 1, 1).expand(-1, 2, 10, 10).clone()


def mixed(name, **fields):
    kind, params = kind_of(name, **fields)
    return kind.mix(params, samples(), generator=chance())


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_the_mean_of_a_sample_is_that_of_its_labels(name):
    made = mixed(name, alpha=1.0)
    own = samples().mean((1, 2, 3))
    wanted = made.own_share_b * own + (1 - made.own_share_b) * own[made.partner_b]
    torch.testing.assert_close(made.inputs.mean((1, 2, 3)), wanted, atol=1e-5, rtol=0)
    assert sorted(made.partner_b.tolist()) == list(range(NUM))
    assert made.own_share_b.min() >= 0
    assert made.own_share_b.max() <= 1
    assert made.own_share_b.std() > 0.1


def test_cutmix_pastes_one_rectangle():
    made = mixed("cutmix")
    is_pasted = made.inputs[:, 0] != samples()[:, 0]
    rows, columns = is_pasted.any(2).sum(1), is_pasted.any(1).sum(1)
    assert torch.equal(is_pasted.sum((1, 2)), rows * columns)
    is_other = made.partner_b != torch.arange(NUM)
    torch.testing.assert_close(1 - made.own_share_b[is_other], (rows * columns / 100)[is_other])


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_what_is_not_chosen_is_whole(name):
    made = mixed(name, p=0.3)
    whole = made.own_share_b == 1
    assert 0.6 < whole.double().mean() < 0.8
    assert torch.equal(made.inputs[whole], samples()[whole])
    nothing = mixed(name, p=0)
    assert (torch.equal(nothing.inputs, samples()), nothing.own_share_b.min().item()) == (True, 1.0)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_shares_are_drawn_from_a_beta_distribution(alpha):
    shares = beta_b(5000, alpha, chance()).double().numpy()
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_a_tiny_alpha_gives_whole_samples_and_no_nan():
    shares = beta_b(2000, 1e-3, chance())
    assert shares.isfinite().all()
    assert ((shares < 0.01) | (shares > 0.99)).double().mean() > 0.95


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_equal_seeds_mix_alike(name):
    first, second = mixed(name), mixed(name)
    assert torch.equal(first.inputs, second.inputs)
    assert torch.equal(first.partner_b, second.partner_b)
    assert torch.equal(first.own_share_b, second.own_share_b)


def test_a_single_sample_is_its_own_partner():
    kind, params = kind_of("mixup")
    made = kind.mix(params, samples()[:1], generator=chance())
    torch.testing.assert_close(made.inputs, samples()[:1])
