"""What the network makes of each of many samples, as arrays of one length."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from layerlab_schemas.frames import PackedArray, SamplesItem
from torch import Tensor

from layerlab.losses.base import has_steps
from layerlab.probes.base import Split, pack, pack_places, shares
from layerlab.probes.judged import Judged

#: Of more samples so many are told, evenly taken: a frame of 420 kB at most.
MOST_ROWS = 20_000
#: The class of a sample that has several answers, as a sequence with one at each step.
NO_SINGLE = -1


class Rows(NamedTuple):
    """What is told of M samples: [M] each; None where there is nothing of the kind."""

    label: Tensor
    prediction: Tensor
    loss: Tensor
    probability: Tensor | None
    wrong: Tensor | None


def rows_of(judged: Judged) -> Rows:
    """One row for each judged sample."""
    if not judged.has_classes:
        return Rows(*_numbers(judged), judged.losses, None, None)
    return Rows(*_answers(judged), judged.losses, _share(judged), judged.wrong)


def verdicts(part: Split, places: Tensor, chunks: Sequence[Rows]) -> SamplesItem:
    """All rows as one item.

    Args:
        part: Which part of the data the samples are from.
        places: [M] where they are in that part.
        chunks: Their rows, in the same order; of one kind of data.
    """
    rows = Rows(
        label=torch.cat([one.label for one in chunks]),
        prediction=torch.cat([one.prediction for one in chunks]),
        loss=torch.cat([one.loss for one in chunks]),
        probability=_joined([one.probability for one in chunks]),
        wrong=_joined([one.wrong for one in chunks]),
    )
    has_classes = rows.wrong is not None
    write = pack_places if has_classes else pack
    return SamplesItem(
        node=part,
        index=pack_places(places),
        label=write(rows.label),
        prediction=write(rows.prediction),
        loss=pack(rows.loss.nan_to_num(nan=torch.nan, posinf=torch.nan, neginf=torch.nan)),
        probability=None if rows.probability is None else pack(rows.probability),
        wrong=None if rows.wrong is None else _pack_flags(rows.wrong),
        has_classes=has_classes,
    )


def some_of(num: int) -> Tensor:
    """Places of all samples, or of as many as are told, evenly taken."""
    return torch.linspace(0, num - 1, min(num, MOST_ROWS), dtype=torch.float64).round().long()


def _answers(judged: Judged) -> tuple[Tensor, Tensor]:
    """[M] classes, true and predicted."""
    if not has_steps(judged.targets):
        return judged.targets, judged.answers
    none_m = torch.full((len(judged.targets),), NO_SINGLE)
    return none_m, none_m


def _numbers(judged: Judged) -> tuple[Tensor, Tensor]:
    """[M] numbers, target and prediction; NaN where a sample has several."""
    both = judged.targets.flatten(1) if judged.targets.dim() > 1 else judged.targets[:, None]
    if both.shape[1] == 1:
        return both[:, 0], judged.outputs.reshape(-1)
    none_m = torch.full((len(both),), torch.nan)
    return none_m, none_m


def _share(judged: Judged) -> Tensor | None:
    """[M] probability of the class that is named; None where there is not a single one."""
    if has_steps(judged.targets):
        return None
    share_mk = shares(judged.outputs, judged.facts)
    if share_mk.shape[-1] == 1:
        share_mk = torch.cat([1 - share_mk, share_mk], dim=-1)
    return share_mk.gather(1, judged.answers[:, None])[:, 0]


def _joined(chunks: list[Tensor | None]) -> Tensor | None:
    """All of one kind as one; None where there is nothing of the kind."""
    there = [one for one in chunks if one is not None]
    return torch.cat(there) if there else None


def _pack_flags(flags: Tensor) -> PackedArray:
    """Yes and no as one byte each."""
    array = flags.detach().cpu().to(torch.uint8).contiguous().numpy()
    return PackedArray(dtype="uint8", shape=list(array.shape), data=array.tobytes())
