"""A worker's work on several runs at once: they train in lockstep, each with its own books, pictures and end."""

import logging
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from layerlab.errors import LayerlabError
from layerlab.runs.inbox import Inbox
from layerlab.runs.member_session import MemberSession
from layerlab.runs.messages import Report
from layerlab.runs.wire import Message, Outlet
from layerlab.training.lockstep.group import Group

log = logging.getLogger(__name__)

#: Commands to one member that all must follow, because they take every step together.
_FOR_ALL = ("pause", "resume", "step")
#: In slow motion commands are looked for so often.
_SLOW_LOOK_SECONDS = 0.05


class RunOutlet:
    """The channel as one of several runs has it: what is sent carries its id."""

    def __init__(self, channel: Outlet, run: str) -> None:
        self._channel = channel
        self._run = run

    def send(self, *messages: Report | Mapping[str, Any]) -> None:
        """Send messages, at once."""
        self._channel.send(*({**message, "run": self._run} for message in messages))

    def has_room(self) -> bool:
        """False while what may be dropped should not be sent."""
        return self._channel.has_room()


class Ensemble:
    """The members of one group, by run."""

    def __init__(self, sessions: Mapping[str, MemberSession], group: Group, inbox: Inbox) -> None:
        self._alive = dict(sessions)
        self._members = dict(zip(sessions, group.members, strict=True))
        self._group = group
        self._inbox = inbox

    def run(self, *, paused: bool) -> None:
        """From the start to the end of the last."""
        self._each(lambda session: session.begin(paused=paused))
        while self._alive:
            self._attend()
            self._each(MemberSession.take_turn)

    def _each(self, act: Callable[[MemberSession], None]) -> None:
        """Let every member act, and see off those that are over by it. One that fails does not hold up the others."""
        for run, session in list(self._alive.items()):
            try:
                act(session)
            except ConnectionError:
                raise
            except Exception as error:
                self._fail(run, session, error)
                continue
            if session.is_over:
                self._see_off(run, session)

    def _fail(self, run: str, session: MemberSession, error: Exception) -> None:
        if not isinstance(error, LayerlabError):
            log.exception("Run %s failed", run)
        self._remove(run)
        session.fail(error)

    def _see_off(self, run: str, session: MemberSession) -> None:
        self._remove(run)
        session.close()

    def _remove(self, run: str) -> None:
        del self._alive[run]
        self._group.leave(self._members[run])

    def _attend(self) -> None:
        """Obey what has come; wait here while all rest, and between two steps of slow motion."""
        while self._alive:
            wait = self._seconds_to_wait()
            began = perf_counter()
            command = self._inbox.take(wait)
            if wait:
                self._idle(perf_counter() - began)
            if command is not None:
                self._obey(command)
            elif wait == 0:
                return

    def _idle(self, seconds: float) -> None:
        for session in self._alive.values():
            session.idle(seconds)

    def _seconds_to_wait(self) -> float | None:
        first = next(iter(self._alive.values()))
        if first.is_resting:
            return None
        due = first.next_step_at
        return min(max(0.0, due - perf_counter()), _SLOW_LOOK_SECONDS) if due else 0.0

    def _obey(self, command: Message) -> None:
        run = command.get("run")
        if run is None:
            self._each(lambda session: session.obey(command))
        elif run in self._alive:
            self._obey_for(run, command)

    def _obey_for(self, run: str, command: Message) -> None:
        """Only who was asked answers by the number of the question."""
        asked = self._alive[run]
        if command["type"] not in _FOR_ALL:
            asked.obey(command)
        elif command["type"] == "step" and not asked.is_resting:
            asked.obey(command)  # which refuses it
        else:
            unasked = {**command, "id": 0}
            self._each(lambda session: session.obey(command if session is asked else unasked))
        if asked.is_over and run in self._alive:
            self._see_off(run, asked)
