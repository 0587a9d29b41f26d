"""What a fork of the zygote does first: becomes a process of its own, then plays its role."""

import logging
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

import torch

from layerlab.runs import process
from layerlab.runs.analysing import analyse_runs
from layerlab.runs.answering import answer_questions
from layerlab.runs.inbox import Inbox
from layerlab.runs.reader import read_file
from layerlab.runs.wire import Channel, WireError
from layerlab.runs.worker import work

log = logging.getLogger(__name__)

#: Seconds in which the server may still read what was said last.
_SECONDS_TO_BE_READ = 5.0
#: Share of the machine's memory that a child may use when nothing else is set.
_MEMORY_SHARE = 0.75

ROLES = {"worker": work, "inspector": answer_questions, "analyst": analyse_runs, "reader": read_file}


def be_child(role: str, end: socket.socket, *, threads: int, memory_bytes: int) -> NoReturn:
    """Play ``role`` to the end, then leave the process without running anything of the zygote's."""
    code = 1
    try:
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        process.set_name(f"layerlab-{role}")
        process.offer_to_be_killed()
        torch.set_flush_denormal(True)
        channel, inbox = Channel(end), Inbox()
        reader = threading.Thread(target=_read, args=(channel, inbox), daemon=True, name="commands")
        reader.start()
        limit = memory_bytes or int(process.machine_memory() * _MEMORY_SHARE)
        ROLES[role](channel, inbox, threads=threads or process.num_cores(), memory_bytes=limit)
        channel.finish()
        reader.join(_SECONDS_TO_BE_READ)
        code = 0
    except ConnectionError:
        code = 0
    except BaseException:
        log.exception("A %s ended by a mistake of ours", role)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _read(channel: Channel, inbox: Inbox) -> None:
    """Pass commands on; the end of the connection is the end of the process, in whatever it is busy with."""
    try:
        while (message := channel.receive()) is not None:
            inbox.put(message)
    except WireError:
        log.exception("The server talks nonsense")
    os._exit(0)
