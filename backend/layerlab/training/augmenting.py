"""Augmentation of batches: which kinds were chosen, and what they make of raw samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import KindSpec
from torch import Tensor

from layerlab import augment
from layerlab.augment.base import AugmentKind, AugmentParams, MixKind
from layerlab.errors import SpecError
from layerlab.seeding import derive
from layerlab.training.choice import Choice, choose

AugmentChoice = Choice[AugmentKind[Any], AugmentParams]

#: Each kind that mixes samples doubles the labels that a sample may have.
MOST_MIXING = 2


@dataclass(frozen=True)
class Share:
    """How much of each sample's label is that of another sample of the batch.

    Attributes:
        partner_b: [B] places in the batch.
        weight_b: [B] from 0 to 1; the weights of all shares add up to 1.
    """

    partner_b: Tensor
    weight_b: Tensor


@dataclass(frozen=True)
class Changed:
    """Samples after all augmentations, and whose labels they have: no shares where each has its own alone."""

    inputs: Tensor
    shares: tuple[Share, ...] = ()


def find_augment(
    specs: Sequence[KindSpec], facts: CheckedData | None
) -> tuple[tuple[AugmentChoice, ...], list[Problem]]:
    """The augmentations that a spec lists, in order, and what is wrong with the list.

    Args:
        specs: The list.
        facts: The data that they are to change; None where it is not known.
    """
    chosen: list[AugmentChoice] = []
    problems: list[Problem] = []
    for place, spec in enumerate(specs):
        path = f"data.augment.{place}"
        try:
            one: AugmentChoice = choose(augment.REGISTRY, spec, path=path)
        except SpecError as error:
            problems += error.problems()
            continue
        chosen.append(one)
        if facts is not None and facts.input_kind not in one.kind.takes:
            problems.append(_does_not_fit(one, path, facts))
        elif facts is not None and one.kind.needs_colour and facts.input_shape[-3] == 1:
            problems.append(_needs_colour(one, path, facts))
    if sum(one.kind.mixes for one in chosen) > MOST_MIXING:
        problems.append(_too_many_mixing(len(specs) - 1))
    return tuple(chosen), problems


def _does_not_fit(chosen: AugmentChoice, path: str, facts: CheckedData) -> Problem:
    takes = " and ".join(_called(kind) for kind in chosen.kind.takes)
    message = f"{chosen.kind.title} changes {takes}, and the inputs of {facts.title} are {_called(facts.input_kind)}."
    return Problem(
        code="augment_does_not_fit", path=f"{path}.kind", field="kind", expected=takes, got=facts.input_kind,
        message=message,
        hint="Take it out of augment, or take a dataset that it can change.",
    )  # fmt: skip


def _needs_colour(chosen: AugmentChoice, path: str, facts: CheckedData) -> Problem:
    return Problem(
        severity=Severity.WARNING, code="augment_does_nothing", path=f"{path}.kind", field="kind",
        message=f"{chosen.kind.title} changes colours only, and {facts.title} is grey.",
        hint="Take it out of augment.",
    )  # fmt: skip


def _called(input_kind: str) -> str:
    return {"image": "images", "video": "videos", "tabular": "rows of a table", "sequence": "sequences"}.get(
        input_kind, input_kind
    )


def _too_many_mixing(place: int) -> Problem:
    return Problem(
        code="too_many_mixing", path=f"data.augment.{place}", expected=f"at most {MOST_MIXING}",
        message=f"More than {MOST_MIXING} augmentations mix samples, so a label would be shared among too many.",
        hint="Keep one of them.",
    )  # fmt: skip


def told(chosen: Sequence[AugmentChoice]) -> list[dict[str, Any]]:
    """The list as a spec writes it."""
    return [{"kind": one.kind.kind, **one.params.model_dump(exclude_unset=True)} for one in chosen]


def heard(listed: Sequence[Mapping[str, Any]]) -> tuple[AugmentChoice, ...]:
    """The augmentations of a list that was right when it was written, as a state has it."""
    return find_augment([KindSpec.model_validate(one) for one in listed], None)[0]


def change(
    chosen: Sequence[AugmentChoice], inputs: Tensor, *, value_range: tuple[float, float], seed: int, at: tuple[int, int]
) -> Changed:
    """Raw samples [B, …] after all augmentations in order, as raw values again.

    Args:
        chosen: Which, in order.
        inputs: Raw values, floats or whole numbers.
        value_range: Least and greatest raw value, which augmentations know as 0 and 1.
        seed: The run's.
        at: Epoch, and position of the batch in it. With the seed this is all that chance depends on.
    """
    low, high = value_range
    values = (inputs.float() - low) / (high - low)
    shares: tuple[Share, ...] = ()
    devices = [values.device] if values.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        for place, one in enumerate(chosen):
            chance = derive(seed, "augment", *at, place)
            # Libraries that know no generators draw from PyTorch's own, which is put back afterwards.
            torch.manual_seed(chance)
            generator = torch.Generator().manual_seed(chance)
            if isinstance(one.kind, MixKind):
                mixed = one.kind.mix(one.params, values, generator=generator)
                values, shares = mixed.inputs, _mixed(shares, mixed.partner_b, mixed.own_share_b)
            else:
                values = one.kind.apply(one.params, values, generator=generator)
    return Changed(values * (high - low) + low, shares)


def _mixed(shares: tuple[Share, ...], partner_b: Tensor, own_b: Tensor) -> tuple[Share, ...]:
    """The shares after samples that may have been mixed already were mixed with their partners."""
    if not shares:
        places_b = torch.arange(len(partner_b), device=partner_b.device)
        return Share(places_b, own_b), Share(partner_b, 1 - own_b)
    own = [Share(share.partner_b, share.weight_b * own_b) for share in shares]
    other = [Share(share.partner_b[partner_b], share.weight_b[partner_b] * (1 - own_b)) for share in shares]
    return (*own, *other)
