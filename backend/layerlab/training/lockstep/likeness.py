"""Which variants can be trained in lockstep, which of them together, and why others cannot."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from layerlab_schemas.run import RunSpec
from torch import nn

from layerlab import optimizers
from layerlab.losses.base import has_steps
from layerlab.optimizers.functional import numbers_of
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.batches import Batch
from layerlab.training.choice import choose
from layerlab.training.lockstep.group import Group
from layerlab.training.lockstep.member import Member

log = logging.getLogger(__name__)

#: What may differ within a group without making another function of the step.
_OWN = ("name", "tags", "init", "optimizer", "regularization", "schedule")
_SINGLE = "No other member has the same network, data, loss and terms of the optimizer"


@dataclass(frozen=True)
class Likeness:
    """The groups by places of the variants, each of two or more, and why the others are trained on their own."""

    groups: list[list[int]]
    warnings: list[str]


def likeness(specs: Sequence[RunSpec]) -> Likeness:
    """Sort variants into groups. Each kind of group is tried with two samples, so that what is given can be trained.

    Raises:
        SpecError: One of them cannot be trained.
    """
    alike: dict[str, list[int]] = {}
    for place, spec in enumerate(specs):
        alike.setdefault(_key(spec), []).append(place)
    reason: str | None
    groups, warnings = list[list[int]](), dict[str, None]()
    for places in alike.values():
        reason = (
            "" if len(places) > 1 else "No other member has the same network, data, loss and terms of the optimizer"
        )
        reason = reason or why_not(specs[places[0]])
        if reason:
            warnings[f"{reason}: {_trained_alone(places)}."] = None
        else:
            groups.append(places)
    return Likeness(groups, list(warnings))


def _trained_alone(places: Sequence[int]) -> str:
    names = ", ".join(str(place + 1) for place in places)
    return f"member {names} is trained on its own" if len(places) == 1 else f"members {names} are trained on their own"


def _key(spec: RunSpec) -> str:
    """What members of one group have in common."""
    fields = spec.model_dump(mode="json")
    for name in _OWN:
        del fields[name]
    fields["training"].pop("early_stopping")
    for node in fields["graph"] if isinstance(fields["graph"], list) else fields["graph"].get("nodes", []):
        node.pop("init", None)
    return json.dumps([fields, _terms(spec)], sort_keys=True, default=str)


def _terms(spec: RunSpec) -> list[Any]:
    """Kind and flags of the optimizer, and which of its numbers are 0: a term that is left out is another function."""
    chosen = choose(optimizers.REGISTRY, spec.optimizer, path="optimizer")
    fields = chosen.params.model_dump()
    numbers = numbers_of(chosen.params)
    fixed = {name: value for name, value in fields.items() if name not in numbers}
    zeros = {name: not bool(value.any()) for name, value in numbers.items() if name != "lr"}
    return [spec.optimizer.kind, fixed, zeros]


def why_not(spec: RunSpec) -> str | None:
    """Why a network cannot be batched over variants, naming the node or the field; None where it can."""
    if spec.training.engine == "compiled":
        return "training.engine asks for the compiled one"
    if spec.data.augment:
        return "data.augment draws for each batch, which lockstep does not"
    assembly = assemble(spec, kind=Member)
    member, network = assembly.trainer, assembly.network
    kind = member.settings.optimizer.kind
    if kind.full_batch or not kind.is_pure:
        return f"optimizer.kind {kind.kind} cannot be batched over variants"
    drawing = list(network.generators())
    if drawing:
        return f"{drawing[0]} draws random numbers, which lockstep does not"
    for node, module in network.layers.items():
        if any(isinstance(part, nn.RNNBase) for part in module.modules()):
            return f"{node} is recurrent, and PyTorch has no batched form of it"
    if has_steps(assembly.data.train_targets):
        return "the loss is over the steps of sequences, which lockstep does not know"
    return None if _can_be_batched(assembly) else "PyTorch has no batched form of an operation in this network or loss"


def _can_be_batched(assembly: Assembly) -> bool:
    """Try it with a batch of the first samples."""
    data = assembly.data
    chosen = torch.arange(min(2, data.num_train), device=data.train_targets.device)
    batch = Batch(
        inputs=data.train_inputs.index_select(0, chosen),
        targets=data.train_targets.index_select(0, chosen),
    )
    try:
        Group([assembly]).try_step(batch)
    except Exception as error:
        log.info("No lockstep: %s", error)
        return False
    return True
