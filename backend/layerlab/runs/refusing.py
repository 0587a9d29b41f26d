"""What went wrong in a child, in plain words. Tracebacks go to the log, never to a person."""

import re
from typing import Any

from layerlab.errors import LayerlabError
from layerlab.runs.messages import ProblemReply, Reply
from layerlab.runs.wire import Message

#: PyTorch has no class of its own for memory that ran out on the CPU.
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "Cannot allocate memory", "std::bad_alloc")


def accept(command: Message, result: Any = None) -> Reply:
    """The answer to a command that was done."""
    return {"type": "reply", "id": command.get("id", 0), "ok": True, "result": result}


def refuse(command: Message, error: BaseException) -> Reply:
    """The answer to a command that could not be done."""
    return {"type": "reply", "id": command.get("id", 0), "ok": False, "problem": problem_of(error)}


def problem_of(error: BaseException) -> ProblemReply:
    """An error in the fields of ``ProblemDetails``."""
    if isinstance(error, LayerlabError):
        errors = [problem.model_dump(mode="json") for problem in error.problems()]
        title = "This cannot be used"
        return {"code": error.code, "title": title, "detail": str(error), "status": 422, "errors": errors}
    if is_out_of_memory(error):
        title = "Not enough memory"
        return {"code": "out_of_memory", "title": title, "detail": in_words(error), "status": 422, "errors": []}
    title = "A mistake of ours"
    return {"code": "internal_error", "title": title, "detail": in_words(error), "status": 500, "errors": []}


def is_out_of_memory(error: BaseException) -> bool:
    """True where memory ran out, on the CPU or on a graphics card."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _OUT_OF_MEMORY)


def in_words(error: BaseException) -> str:
    """Why it failed, as a sentence for a person."""
    if isinstance(error, LayerlabError):
        return str(error)
    if is_out_of_memory(error):
        wanted = re.search(r"(?:you tried to allocate|Tried to allocate) ([\d.]+) ?(\w+)", str(error))
        amount = f" It asked for {_amount(*wanted.groups())} more." if wanted else ""
        return f"Memory ran out.{amount} Use a smaller batch or a smaller network."
    if isinstance(error, OSError):
        return f"A file could not be written or read: {error.strerror or error}."
    return f"Something unexpected went wrong ({type(error).__name__}). The server's log has the details."


def _amount(number: str, unit: str) -> str:
    return f"{float(number) / 1e9:.1f} GB" if unit == "bytes" else f"{number} {unit}"
