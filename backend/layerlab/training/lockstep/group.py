"""Several runs trained at once, on the same batches in the same order. It knows nobody who watches."""

import math
from collections.abc import Sequence
from functools import partial

import torch
from layerlab_schemas.run import RunSpec
from torch import Tensor

from layerlab.losses.base import num_answers
from layerlab.optimizers.functional import numbers_of
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.batches import Batch
from layerlab.training.lockstep.member import Dealt, Done, Member
from layerlab.training.lockstep.pure_step import PureStep
from layerlab.training.lockstep.stack import Stack
from layerlab.training.lockstep.traced import TracedStep

_STRENGTHS = ("l1", "l2", "clip_grad_value", "clip_grad_norm")


def assemble_group(specs: Sequence[RunSpec]) -> list[Assembly]:
    """The members of a group, which share one copy of the data.

    Raises:
        SpecError: One of them cannot be trained.
    """
    first = assemble(specs[0], kind=Member)
    return [first, *(assemble(spec, kind=Member, data=first.data) for spec in specs[1:])]


class Group:
    """Trains the members that ``assemble_group`` made, which must be alike as ``lockstep.likeness`` wants it.

    They are trained as trainers are, by their own ``steps()``, but in rounds: each member takes one step, then each the
    next. The first in a round makes the update of all. A member agrees with a run that trains alone up to rounding: a
    batched product may sum in another order.

    Attributes:
        members: All, those that have left too.
    """

    def __init__(self, assemblies: Sequence[Assembly]) -> None:
        self.members = [_as_member(one) for one in assemblies]
        self._leader = self.members[0]
        self._stack = Stack([member.network for member in self.members])
        self._step = TracedStep(_pure_step(self._leader, self.members, self._stack))
        device = self._leader.data.train_targets.device
        self._strengths = _strengths(self.members, device)
        self._penalized = [_is_penalized(member) for member in self.members]
        self._numbers = _numbers(self.members, device)
        self._places = {member: place for place, member in enumerate(self.members)}
        self._rates = [member.rate() for member in self.members]
        self._tell_rates()
        self._dealt: Dealt | None = None
        self._waiting: dict[Member, Done] = {}
        for member in self.members:
            member.join(self._leader, self._turn)

    def leave(self, member: Member) -> None:
        """Take a member out, with its state as it is now; the others go on."""
        self._waiting.pop(member, None)
        if self._places.pop(member, None) is not None:
            self._stack.release(member.network, member.optimizer)
            member.leave()

    def try_step(self, batch: Batch) -> None:
        """Make an update that nobody gets; an error tells that the network cannot be batched."""
        self._step.try_out(self._stack, self._numbers, self._strengths, batch)

    def _turn(self, member: Member) -> tuple[Dealt, Done]:
        """What the update of this round is for a member."""
        if member not in self._waiting:
            assert not self._waiting, "a member is a step ahead of the others"
            self._make_update()
        assert self._dealt is not None
        return self._dealt, self._waiting.pop(member)

    def _make_update(self) -> None:
        """The update of all, computed; each member writes its own part when its turn has come."""
        self._move_rates()
        self._dealt = dealt = self._leader.deal()
        after = self._step(self._stack, self._numbers, self._strengths, dealt.batch)
        write = self._stack.prepare(after.row, after.buffers, after.kept)
        losses, measured, penalties = (
            values_v.tolist() for values_v in (after.losses, after.measured, after.penalties)
        )
        is_numeric = dealt.batch.targets.is_floating_point()
        num = 1 if is_numeric else num_answers(dealt.batch.targets)
        self._waiting = {
            member: Done(
                loss=losses[place],
                accuracy=None if is_numeric else measured[place] / num,
                error=measured[place] if is_numeric else None,
                penalty=penalties[place] if self._penalized[place] else None,
                rate=self._rates[place],
                write=partial(write, place, member.network, member.optimizer),
            )
            for member, place in self._places.items()
        }

    def _move_rates(self) -> None:
        moving = [(member, place) for member, place in self._places.items() if not member.rate_is_fixed]
        for member, place in moving:
            self._rates[place] = member.rate()
        if moving:
            self._tell_rates()

    def _tell_rates(self) -> None:
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
