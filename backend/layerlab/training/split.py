"""Which samples are for training and which for validation."""

import torch
from torch import Tensor


def split(
    targets: Tensor,
    fraction: float,
    *,
    generator: torch.Generator,
    stratify: bool = True,
    held_out: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Sample numbers for training and for validation, each in mixed order.

    Classes ([N] whole numbers) keep their shares in both parts as nearly as whole samples allow, unless ``stratify``
    is off; numbers, and sequences that are answered at each step, are split by chance. Together round(N · fraction)
    samples are for validation, but at least one stays for training. Samples that are held out are the validation part.

    Args:
        targets: [N] or [N, T] int64 class numbers, or [N, …] float32.
        fraction: Share for validation, in [0, 1).
        generator: Where the chance comes from.
        stratify: Whether classes keep their shares.
        held_out: [N] True for samples that are for validation; the fraction has no part in it then.
    """
    num_samples = len(targets)
    order_n = torch.randperm(num_samples, generator=generator)
    if held_out is not None:
        is_held_n = held_out[order_n]
        return order_n[~is_held_n], order_n[is_held_n]
    num_validation = min(round(num_samples * fraction), num_samples - 1)
    if not stratify or targets.is_floating_point() or targets.dim() > 1:
        return order_n[num_validation:], order_n[:num_validation]
    groups = [order_n[targets[order_n] == number] for number in range(int(targets.max()) + 1)]
    sizes = _apportion([len(group) for group in groups], num_validation)
    for_validation = torch.zeros(num_samples, dtype=torch.bool)
    for group, size in zip(groups, sizes, strict=True):
        for_validation[group[:size]] = True
    chosen_n = for_validation[order_n]
    return order_n[~chosen_n], order_n[chosen_n]


def _apportion(sizes: list[int], total: int) -> list[int]:
    """``total`` shared out in proportion to ``sizes``: whole parts first, then the largest remainders."""
    shares = [size * total / sum(sizes) for size in sizes]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(sizes)), key=lambda index: parts[index] - shares[index])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
