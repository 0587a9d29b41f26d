"""A run in a worker that trains several in lockstep: a session that moves and rests only with the others."""

from collections.abc import Iterator

from layerlab.errors import LayerlabError
from layerlab.runs.session import Session
from layerlab.runs.wire import Message
from layerlab.training.report import Report


class NotAlone(LayerlabError):
    """A member of a group cannot be changed by itself."""

    code = "not_alone"


class MemberSession(Session):
    """One member. ``runs.ensemble`` passes on its commands, those for all too, and lets it take its turns."""

    _steps: Iterator[Report]

    @property
    def is_over(self) -> bool:
        """True once it trains no more."""
        return self._is_over

    @property
    def is_resting(self) -> bool:
        """True while it waits for commands."""
        return self._is_resting

    @property
    def next_step_at(self) -> float:
        """The clock's reading at which the next step is due, in slow motion; 0 at full speed."""
        return 0.0 if self._steps_left is not None else self._next_step_at

    def begin(self, *, paused: bool) -> None:
        """Say how it stands, and measure the state at initialisation."""
        self._account.announce()
        self._steps = self._trainer.steps()
        self._open(self._steps, paused=paused)

    def obey(self, command: Message) -> None:
        """Do what was asked of it, or of all."""
        if not self._is_over:
            self._obey(command)

    def take_turn(self) -> None:
        """One update and what belongs to it."""
        if not self._is_over:
            self._advance(self._steps)

    def idle(self, seconds: float) -> None:
        """So long the step to come was waited for."""
        if not self._is_resting:
            self._telemetry.idle(seconds)

    def close(self) -> None:
        """Say what there is left to say, ``ended`` last."""
        self._close()

    def _pause(self, command: Message) -> None:
        """All rest after one step more, at the same step, with every watched picture of it."""
        self._unanswered.append(command)
        if self._is_resting:
            self._answer_all()
        elif self._trainer.step == 0:
            self._rest()
        else:
            self._steps_left = 1

    def _change(self, command: Message) -> None:
        message = "This run is trained in lockstep with others of its comparison, so it cannot be changed by itself."
        raise NotAlone(
            message, hint="Fork it with the new values, or stop it and resume it: then it trains on its own."
        )
