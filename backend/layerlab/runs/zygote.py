"""The process that forks workers and inspectors: ``python -m layerlab.runs.zygote``, started by ``runs.executor``.

It imports PyTorch and every kind, trains one step so that all that is loaded late is loaded, and then waits. A fork of
it is ready to train in milliseconds. It must have a single thread and must never touch CUDA, because neither survives
a fork. It ends when the server's end of its socket closes, and takes its children with it.
"""

import argparse
import gc
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import NoReturn

from layerlab.runs import process
from layerlab.runs.wire import Message, Unpacker, pack

log = logging.getLogger(__name__)

_SECONDS_TO_END = 1.0


#: Plays a role at the end of a socket, in the child, and never returns.
Play = Callable[[str, socket.socket], NoReturn]


class Zygote:
    """The waiting process."""

    def __init__(self, control: socket.socket, play: Play) -> None:
        self._control = control
        self._play = play
        self._children: set[int] = set()
        self._unpacker = Unpacker()
        self._wake_reader, self._wake_writer = os.pipe()
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Fork on demand and report who ended, until the server hangs up."""
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _wake)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._say({"type": "ready"})
        while True:
            control = self._control.fileno()
            readable, _, _ = select.select([control, self._wake_reader], [], [])
            if self._wake_reader in readable:
                os.read(self._wake_reader, 4096)
            self._reap()
            if control in readable and not self._listen():
                return

    def _say(self, message: Message) -> None:
        try:
            self._control.sendall(pack(message))
        except ConnectionError:
            log.info("The server is gone")

    def _listen(self) -> bool:
        """One request; False when the server hung up."""
        data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        if not data:
            return False
        messages = self._unpacker.feed(data)
        assert len(messages) == len(descriptors) == 1, "a request comes whole and with one socket"
        self._fork(messages[0], socket.socket(fileno=descriptors[0]))
        return True

    def _fork(self, request: Message, end: socket.socket) -> None:
        threads = process.num_threads()
        if threads != 1:
            log.error("The zygote has %d threads and cannot be forked safely", threads)
            reason = "The process that makes workers is not in order; restart the server."
            self._say({"type": "refused", "request": request["request"], "reason": reason})
            end.close()
            return
        pid = os.fork()
        if pid == 0:
            self._leave()
            self._play(request["role"], end)
        end.close()
        self._children.add(pid)
        self._say({"type": "forked", "request": request["request"], "pid": pid})

    def _leave(self) -> None:
        """In the child: let go of all that is the zygote's."""
        signal.set_wakeup_fd(-1)
        self._control.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _reap(self) -> None:
        """Tell of every child that ended."""
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            self._say({"type": "ended", "pid": pid, "code": code, "signal": number})

    def end(self) -> None:
        """The children see by themselves that the server is gone; those that do not are ended."""
        deadline = time.monotonic() + _SECONDS_TO_END
        while self._children and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.01)
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """The wakeup pipe does the work."""


def main() -> None:
    """Get warm, serve, end."""
    process.die_with_parent()
    process.set_name("layerlab-zygote")
    parser = argparse.ArgumentParser()
    for name in ("control", "threads", "memory-bytes"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    control = socket.socket(fileno=arguments.control)

    # Imported only now, so that a server that ends meanwhile takes this process with it.
    from layerlab.runs.child import be_child
    from layerlab.runs.warm import warm_up

    warm_up()
    gc.collect()
    gc.freeze()
    zygote = Zygote(control, partial(be_child, threads=arguments.threads, memory_bytes=arguments.memory_bytes))
    zygote.serve()
    zygote.end()


if __name__ == "__main__":
    main()
