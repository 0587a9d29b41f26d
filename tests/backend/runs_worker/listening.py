"""A session in this process, and what it says."""

import itertools
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import ormsgpack
from layerlab.runs.inbox import Inbox
from layerlab.runs.wire import Message
from layerlab.runs.worker import build
from layerlab_schemas.run import RunSpec

from tests.backend.runs_worker.specs import as_json


class Listener:
    """Takes the place of the channel: keeps what is said, and may answer with commands as a person would."""

    def __init__(self, inbox: Inbox, react: Callable[[Message, Inbox], None] | None = None) -> None:
        self.said: list[Message] = []
        self._inbox = inbox
        self._react = react

    def send(self, *messages: Message) -> None:
        for message in messages:
            # What cannot travel would fail here.
            heard = ormsgpack.unpackb(ormsgpack.packb(message))
            self.said.append(heard)
            if self._react:
                self._react(heard, self._inbox)

    def has_room(self) -> bool:
        return True

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.said if message["type"] == kind]

    def curve(self, name: str) -> dict[int, float]:
        """The points of a curve; fails on a step told twice."""
        points: dict[int, float] = {}
        for message in self.of("scalars"):
            found = message["scalars"].get(name, {"steps": [], "values": []})
            for step, value in zip(found["steps"], found["values"], strict=True):
                assert step not in points, f"{name} at {step} was told twice"
                points[step] = value
        return points

    def frames(self, probe: str) -> list[dict[str, Any]]:
        return [ormsgpack.unpackb(message["body"]) for message in self.of("frame") if message["probe"] == probe]


def train(
    run: RunSpec,
    directory: Path,
    *commands: Message,
    react: Callable[[Message, Inbox], None] | None = None,
    resume: bool = False,
    recorded_step: int = 0,
    paused: bool = False,
    look: Callable[[Any], None] = lambda session: None,
    watched: Message | None = None,
) -> Listener:
    """Train a run to its end; ``commands`` have come before it begins.

    Who reacts is told of each step at once: on a fast machine the run might be over before points have waited.
    """
    inbox = Inbox()
    listener = Listener(inbox, react)
    for command in commands:
        inbox.put(command)
    start = {
        "type": "start",
        "id": 1,
        "run": "r",
        "directory": str(directory),
        "spec": as_json(run),
        "resume": resume,
        "recorded_step": recorded_step,
        "watch": watched,
    }
    session = build(start, listener, inbox, threads=1, memory_bytes=0)
    with patch("layerlab.runs.reporter.FLUSH_SECONDS", 0.0) if react else nullcontext():
        session.run(paused=paused)
    look(session)
    assert listener.said[-1]["type"] == "ended"
    return listener


def watch(*probes: str, sample: int = 0) -> Message:
    return {"type": "watch", "probes": list(probes), "sample": sample, "in_crowd": False}


def command(kind: str, number: int = 7, **fields: Any) -> Message:
    return {"type": kind, "id": number, **fields}


def in_turn(*commands: Message) -> Callable[[Message, Inbox], None]:
    """Sends each command when the one before it was answered; the first must have come before the run begins."""
    following = {before["id"]: after for before, after in itertools.pairwise(commands)}

    def react(message: Message, inbox: Inbox) -> None:
        if message["type"] == "reply" and message["id"] in following:
            inbox.put(following.pop(message["id"]))

    return react


def at_step(step: int, *commands: Message) -> Callable[[Message, Inbox], None]:
    """Sends commands once the points of a step have come."""
    waiting = list(commands)

    def react(message: Message, inbox: Inbox) -> None:
        if message["type"] == "scalars" and message["step"] >= step and waiting:
            for one in waiting:
                inbox.put(one)
            waiting.clear()

    return react
