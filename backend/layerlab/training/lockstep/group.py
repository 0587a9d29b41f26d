"""Several runs trained at once, on the same batches in the same order. It knows nobody who watches."""

import math
from collections.abc import Sequence

import torch
from layerlab_schemas.run import RunSpec
from torch import Tensor

from layerlab.losses.base import num_answers
from layerlab.optimizers.functional import numbers_of
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.lockstep.member import Dealt, Done, Member
from layerlab.training.lockstep.pure_step import PureStep
from layerlab.training.lockstep.stack import Stack
from layerlab.training.lockstep.traced import TracedStep
from layerlab.training.report import StepReport

_STRENGTHS = ("l1", "l2", "clip_grad_value", "clip_grad_norm")


def assemble_group(specs: Sequence[RunSpec]) -> list[Assembly]:
    """The members of a group, which share one copy of the data.

    Raises:
        SpecError: One of them cannot be trained.
    """
    first = assemble(specs[0], kind=Member)
    return [first, *(assemble(spec, kind=Member, data=first.data) for spec in specs[1:])]


class Group:
    """Trains all members of ``assemble_group``, which must be alike as ``lockstep.likeness`` wants it.

    Each member agrees with a run that trains alone up to rounding: a batched product may sum in another order.

    Attributes:
        members: All, those that have left too.
    """

    def __init__(self, assemblies: Sequence[Assembly]) -> None:
        self.members = [_as_member(one) for one in assemblies]
        self._leader = self.members[0]
        for member in self.members[1:]:
            member.share(self._leader)
        self._places = {member: place for place, member in enumerate(self.members)}
        self._stack = Stack([member.network for member in self.members])
        self._step = TracedStep(_pure_step(self._leader, self.members, self._stack))
        device = self._leader.data.train_targets.device
        self._strengths = _strengths(self.members, device)
        self._penalized = [_is_penalized(member) for member in self.members]
        self._numbers = _numbers(self.members, device)
        self._rates = [member.rate() for member in self.members]
        self._moving = [member for member in self.members if not member.rate_is_fixed]
        self._set_rates()

    @property
    def alive(self) -> list[Member]:
        """Those that still train."""
        return list(self._places)

    def leave(self, member: Member) -> None:
        """Take a member out, with its state as it is now; the others go on."""
        if self._places.pop(member, None) is not None:
            self._stack.release(member.network, member.optimizer)
            member.leave()

    def advance(self) -> list[tuple[Member, StepReport]]:
        """One update of every member that still trains. Who has its outcome by it is no longer among them."""
        self._move_rates()
        dealt = self._leader.deal()
        weights, buffers, kept, losses_v, measured_v, penalties_v = self._step(
            self._stack, self._numbers, self._strengths, dealt.batch
        )
        done = self._done(dealt, losses_v, measured_v, penalties_v)
        reports = [(member, self._diverge(member, dealt, one)) for member, one in done if not math.isfinite(one.loss)]
        self._write(weights, buffers, kept)
        for member, one in done:
            if math.isfinite(one.loss):
                reports.append((member, member.take(dealt, one)))
                self._end_if_done(member)
        return reports

    def _done(
        self, dealt: Dealt, losses_v: Tensor, measured_v: Tensor, penalties_v: Tensor
    ) -> list[tuple[Member, Done]]:
        losses, measured = losses_v.tolist(), measured_v.tolist()
        penalties = penalties_v.tolist() if any(self._penalized) else None
        is_numeric = dealt.batch.targets.is_floating_point()
        num = 1 if is_numeric else num_answers(dealt.batch.targets)
        return [
            (
                member,
                Done(
                    loss=losses[place],
                    accuracy=None if is_numeric else measured[place] / num,
                    error=measured[place] if is_numeric else None,
                    penalty=penalties[place] if penalties and self._penalized[place] else None,
                    rate=self._rates[place],
                ),
            )
            for member, place in self._places.items()
        ]

    def _diverge(self, member: Member, dealt: Dealt, done: Done) -> StepReport:
        report = member.diverge(dealt, done)
        self.leave(member)
        return report

    def _write(self, weights: list[Tensor], buffers: list[Tensor], kept: list[dict[str, Tensor]]) -> None:
        is_first = not any(self._stack.kept) and any(kept)
        self._stack.write(weights, buffers, [] if is_first else kept)
        if is_first:
            self._stack.keep(
                kept, {self._places[member]: (member.network, member.optimizer) for member in self._places}
            )

    def _end_if_done(self, member: Member) -> None:
        if member.outcome is None and member.step >= member.num_steps:
            member.complete()
        if member.outcome is not None:
            self.leave(member)

    def _move_rates(self) -> None:
        if self._moving:
            for member in self._moving:
                if member in self._places:
                    self._rates[self._places[member]] = member.rate()
            self._set_rates()

    def _set_rates(self) -> None:
        self._numbers["lr"].copy_(torch.tensor(self._rates, dtype=torch.float64))


def _as_member(assembly: Assembly) -> Member:
    assert isinstance(assembly.trainer, Member)
    return assembly.trainer


def _is_penalized(member: Member) -> bool:
    wanted = member.settings.regularization
    return bool(wanted.l1 or wanted.l2)


def _pure_step(leader: Member, members: Sequence[Member], stack: Stack) -> PureStep:
    wanted = [member.settings.regularization for member in members]
    return PureStep(
        network=leader.network,
        weight_names=stack.weight_names,
        buffer_names=stack.buffer_names,
        loss=leader.loss,
        optimizer=leader.settings.optimizer,
        is_penalized=any(_is_penalized(member) for member in members),
        clips_values=any(one.clip_grad_value for one in wanted),
        clips_norm=any(one.clip_grad_norm for one in wanted),
    )


def _strengths(members: Sequence[Member], device: torch.device) -> dict[str, Tensor]:
    """[V] of each regularisation; no limit is infinity."""
    found: dict[str, Tensor] = {}
    for name in _STRENGTHS:
        nothing = math.inf if name.startswith("clip") else 0.0
        values = [getattr(member.settings.regularization, name) or nothing for member in members]
        found[name] = torch.tensor(values, device=device)
    return found


def _numbers(members: Sequence[Member], device: torch.device) -> dict[str, Tensor]:
    """[V, …] of each field of the optimizer that is a number."""
    each = [numbers_of(member.settings.optimizer.params) for member in members]
    return {name: torch.stack([one[name] for one in each]).to(device) for name in each[0]}
