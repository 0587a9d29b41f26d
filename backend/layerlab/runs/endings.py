"""How a process ended, in plain words."""

import signal
from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """Exit code of a process, or the signal that ended it; both None where nobody could tell."""

    code: int | None = None
    signal: int | None = None


def in_words(ending: Ending, who: str = "worker") -> str:
    """Why a process is gone, for a person who has never seen a signal."""
    if ending.signal == signal.SIGKILL:
        return f"The {who} was killed (signal 9), most often because memory ran out."
    if ending.signal == signal.SIGSEGV:
        return f"The {who} crashed (signal 11, a fault in native code)."
    if ending.signal is not None:
        return f"The {who} was ended by signal {ending.signal} ({_name(ending.signal)})."
    if ending.code is not None:
        return f"The {who} ended unexpectedly (exit code {ending.code})."
    return f"The {who} is gone, and nobody could tell why."


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
