"""What ``one_pass`` finds, of tensors on a graphics card: counted there, and brought over together.

The processor waits for the card once for all tensors of a probe, not several times for each.
"""

from collections.abc import Sequence
from math import inf

import torch
from torch import Tensor

from layerlab.probes.one_pass import SATURATION, Numbers, Summary, as_numbers

#: A tensor's elements [N], and the lowest and highest value of a bounded activation.
Given = tuple[Tensor, tuple[float, float] | None]
#: What is known of its finite elements, how many these are, and those of the elements that were asked for.
Found = tuple[Summary, int, Numbers]


@torch.no_grad()
def summaries(given: Sequence[Given], num_sampled: int) -> list[Found]:
    """Of tensors on one device, each with at least one element.

    Args:
        given: What is measured.
        num_sampled: So many elements of each at most, evenly spread, are brought over.
    """
    facts_k7 = torch.stack([_facts(x_n.double(), output_range) for x_n, output_range in given])
    samples = [x_n[:: -(-x_n.numel() // num_sampled)].float() for x_n, _ in given]
    facts, sampled = on_host([facts_k7, torch.cat(samples)])
    parts = torch.split(sampled, [len(one) for one in samples])
    found = []
    for (num, low, high, mean, std, zeros, saturated), part_n in zip(facts.tolist(), parts, strict=True):
        summary = Summary(low, high, mean, std if high > low else 0.0, zeros, None if saturated < 0 else saturated)
        found.append((summary, int(num), as_numbers(part_n[part_n.isfinite()])))
    return found


def _facts(x_n: Tensor, output_range: tuple[float, float] | None) -> Tensor:
    """[7] doubles: number, lowest, highest, mean, deviation and shares of zeros and saturated of the finite elements.

    Without a range the last is −1.
    """
    is_finite_n = x_n.isfinite()
    num = is_finite_n.sum().double()
    mean = torch.where(is_finite_n, x_n, 0.0).sum() / num
    facts = [
        num,
        torch.where(is_finite_n, x_n, inf).amin(),
        torch.where(is_finite_n, x_n, -inf).amax(),
        mean,
        (torch.where(is_finite_n, x_n - mean, 0.0).square().sum() / num).sqrt(),
        (x_n == 0).sum() / num,
    ]
    if output_range is None:
        facts.append(torch.full_like(mean, -1.0))
    else:
        low, high = output_range
        is_far_n = (x_n - (high + low) / 2).abs() > SATURATION * (high - low) / 2
        facts.append((is_far_n & is_finite_n).sum() / num)
    return torch.stack(facts)


def on_host(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copies on the CPU; what lies there already is given as it is.

    From a graphics card all are on their way before the first is waited for.
    """
    if not any(one.is_cuda for one in tensors):
        return [one.cpu() for one in tensors]
    copies = [torch.empty(one.shape, dtype=one.dtype, pin_memory=True) for one in tensors]
    for copy, one in zip(copies, tensors, strict=True):
        copy.copy_(one, non_blocking=True)
    torch.cuda.current_stream(tensors[0].device).synchronize()
    return copies
