"""The reader's work: read one file that a user brought, tell what is in it, and end.

Files come from anywhere, so no other process ever opens one: what training needs of it is written beside it as plain
arrays and text, by this process, within its limits.
"""

import contextlib
import errno
import logging
import resource
from pathlib import Path
from typing import Any

import torch
from layerlab_schemas.dataset import TableForm

from layerlab import datasets
from layerlab.datasets.own_file import OwnFileKind
from layerlab.errors import LayerlabError
from layerlab.runs import process
from layerlab.runs.inbox import Inbox
from layerlab.runs.refusing import accept, refuse
from layerlab.runs.wire import Channel, Message
from layerlab.shelf import Limits

log = logging.getLogger(__name__)

#: Memory that reading a file may take beside what the process has from the start.
_MEMORY_BYTES = 2_000_000_000


def read_file(channel: Channel, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """Answer the one question."""
    torch.set_num_threads(1)
    process.set_limits(min(memory_bytes, _MEMORY_BYTES))
    question = inbox.take(None)
    assert question is not None
    try:
        reply = accept(question, _read(question))
    except MemoryError as error:
        text = "Reading it needs more than the 2 GB of memory that it may take."
        reply = refuse(question, LayerlabError(text, code="too_heavy", hint="Bring a smaller file."))
        log.warning("A file was too large to be read: %s", error)
    except OSError as error:
        log.warning("A %s could not be kept: %s", question["dataset"], error)
        reply = refuse(question, _of_the_disk(error))
    except Exception as error:
        if not isinstance(error, LayerlabError):
            log.exception("A %s could not be read", question["dataset"])
        reply = refuse(question, error)
    channel.send(reply)


def _of_the_disk(error: OSError) -> LayerlabError:
    if error.errno == errno.EFBIG:
        text = "What is in it takes more of the disk than it may."
        return LayerlabError(text, code="too_large", hint="Bring a part of it.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LayerlabError("The disk of the server is full.", code="no_space", hint="Free some space there.")
    return LayerlabError(f"The server could not keep it: {error.strerror}.", code="not_kept", hint="Try again.")


def _read(question: Message) -> dict[str, Any]:
    process.limit_processor_time(question["seconds"])
    limits = Limits(**question["limits"])
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.content_bytes, limits.content_bytes))
    kind = datasets.REGISTRY.get(question["dataset"])
    assert isinstance(kind, OwnFileKind), "the server sends a file to what reads it"
    form = TableForm.model_validate(question["form"])
    return kind.receive(Path(question["folder"]), upload=question["upload"], limits=limits, form=form)
