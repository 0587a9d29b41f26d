"""Processes that work for the server, as the server sees them; ``runs.executor`` is the local kind."""

from typing import Any, Protocol

from layerlab.runs.endings import Ending

Message = dict[str, Any]


class ChildGone(Exception):
    """The process is gone, so nothing can be said to it."""


class Child(Protocol):
    """One worker, inspector, analyst or reader."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    def send(self, message: Message) -> None:
        """Say something; never waits.

        Raises:
            ChildGone: It is gone.
        """
        ...

    async def receive(self) -> list[Message]:
        """All that it has said since the last call, at least one message; empty once it is gone."""
        ...

    async def ending(self) -> Ending:
        """How it ended, as soon as that is known."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def hang_up(self) -> None:
        """Close the connection; the child ends itself when it sees that."""
        ...


def dismiss(child: Child) -> None:
    """End one that nobody listens to."""
    child.kill()
    child.hang_up()


class Executor(Protocol):
    """Starts children."""

    @property
    def ready(self) -> bool:
        """True once a child would start at once."""
        ...

    async def start(self) -> None:
        """Get ready in the background."""
        ...

    async def worker(self) -> Child:
        """A new worker, waiting for ``start``."""
        ...

    async def inspector(self) -> Child:
        """A new inspector."""
        ...

    async def analyst(self) -> Child:
        """A new analyst, waiting for ``open``."""
        ...

    async def reader(self) -> Child:
        """A new reader, waiting for ``read``."""
        ...

    async def close(self) -> None:
        """End all children."""
        ...
