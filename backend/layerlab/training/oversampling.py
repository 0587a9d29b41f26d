"""Classes in equal shares: samples of the rarer ones are repeated."""

import torch
from torch import Tensor


def oversample(targets: Tensor, samples_n: Tensor, *, generator: torch.Generator) -> Tensor:
    """Sample numbers in which each class that occurs has as many as the largest of them, in mixed order.

    All samples of a class are repeated as often as they fit; which of them come once more is chance.

    Args:
        targets: [N] class numbers of the whole set.
        samples_n: Those to train on, each once.
        generator: Where the chance comes from.
    """
    labels_n = targets[samples_n]
    sizes = labels_n.bincount().tolist()
    classes = [samples_n[labels_n == number] for number, size in enumerate(sizes) if size]
    repeated_n = torch.cat([_filled(class_n, max(sizes), generator) for class_n in classes])
    return repeated_n[torch.randperm(len(repeated_n), generator=generator)]


def _filled(class_n: Tensor, size: int, generator: torch.Generator) -> Tensor:
    num_whole, rest = divmod(size, len(class_n))
    drawn = torch.randperm(len(class_n), generator=generator)[:rest]
    return torch.cat([class_n.repeat(num_whole), class_n[drawn]])


def find_repeats(samples_n: Tensor) -> Tensor:
    """[N] True where a number stood before."""
    is_repeat_n = torch.ones(len(samples_n), dtype=torch.bool)
    order_n = samples_n.argsort(stable=True)
    ordered_n = samples_n[order_n]
    is_first_n = torch.ones(len(samples_n), dtype=torch.bool)
    is_first_n[1:] = ordered_n[1:] != ordered_n[:-1]
    is_repeat_n[order_n[is_first_n]] = False
    return is_repeat_n
