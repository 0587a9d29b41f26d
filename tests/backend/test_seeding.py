"""Randomness by name: stable, apart for each consumer, no global seed."""

import torch
from layerlab.seeding import derive, generator


def test_the_numbers_are_fixed_for_ever():
    """A change here would change every run that was ever recorded."""
    assert derive(0) == 2884912221505309546
    assert derive(0, "init.conv1.weight") == 4685729091242922397
    assert derive(2**32 - 1, "sampler", 3) == 6108875532856423421


def test_every_part_counts():
    seeds = [
        derive(0),
        derive(1),
        derive(0, "a"),
        derive(0, "b"),
        derive(0, "a", "b"),
        derive(0, "ab"),
        derive(0, "b", "a"),
    ]
    assert len(set(seeds)) == len(seeds)
    assert derive(0, "ab", "c") != derive(0, "a", "bc")
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_generators_repeat_and_leave_the_global_one_alone():
    before = torch.get_rng_state()
    first, same, other = generator(3, "a"), generator(3, "a"), generator(3, "b")
    numbers = torch.rand(5, generator=first)
    assert torch.equal(numbers, torch.rand(5, generator=same))
    assert not torch.equal(numbers, torch.rand(5, generator=other))
    assert torch.equal(before, torch.get_rng_state())
