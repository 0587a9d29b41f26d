"""Randomness by name: every consumer gets a generator of its own, made from the run's seed and a name.

There is no global seed. Two consumers never share a stream, so that adding one (a probe, a layer) leaves the draws of
all others as they were.
"""

from hashlib import blake2b

import torch


def derive(seed: int, *names: str | int) -> int:
    """A seed in [0, 2⁶³) that depends on ``seed`` and all ``names``; the same on every machine and Python."""
    texts = [str(part).encode() for part in (seed, *names)]
    # The length goes in too, so that ("ab", "c") and ("a", "bc") differ.
    told = b"".join(len(text).to_bytes(4, "big") + text for text in texts)
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "big") >> 1


def generator(seed: int, name: str, device: str | torch.device = "cpu") -> torch.Generator:
    """A generator for the consumer called ``name`` in a run with ``seed``."""
    made = torch.Generator(device=device)
    made.manual_seed(derive(seed, name))
    return made
