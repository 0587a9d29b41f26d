"""Which moves a run may make, and the sentence that refuses the others. The only place that knows."""

from enum import StrEnum

from layerlab_schemas.run import RunState

_ENDS = frozenset({RunState.COMPLETED, RunState.STOPPED, RunState.DIVERGED, RunState.FAILED, RunState.INTERRUPTED})

#: From each state, those a run may go to.
MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.PAUSED}) | _ENDS,
    RunState.RUNNING: frozenset({RunState.PAUSED}) | _ENDS,
    RunState.PAUSED: frozenset({RunState.QUEUED, RunState.RUNNING}) | _ENDS,
    RunState.COMPLETED: frozenset(),
    RunState.DIVERGED: frozenset(),
    RunState.STOPPED: frozenset({RunState.QUEUED, RunState.RUNNING}),
    RunState.FAILED: frozenset({RunState.QUEUED, RunState.RUNNING}),
    RunState.INTERRUPTED: frozenset({RunState.QUEUED, RunState.RUNNING}),
}


class Command(StrEnum):
    """What a person may ask of a run."""

    PAUSE = "pause"
    RESUME = "resume"
    STEP = "step"
    STOP = "stop"
    CHANGE = "change"


class Answer(StrEnum):
    """What is to be done about a command."""

    DO = "do"
    ALREADY = "already"


def allows(before: RunState, after: RunState) -> bool:
    """True where a run may go from ``before`` to ``after``, or stay."""
    return before is after or after in MOVES[before]


def _ended(state: RunState) -> str:
    return {
        RunState.COMPLETED: "The run is complete",
        RunState.STOPPED: "The run was stopped",
        RunState.DIVERGED: "The run diverged and ended",
        RunState.FAILED: "The run failed",
        RunState.INTERRUPTED: "The run was interrupted",
    }[state]


def judge(command: Command, state: RunState, *, resumable: bool) -> Answer | str:
    """Whether a run in ``state`` may be told ``command``: do it, it is so already, or the sentence that refuses it."""
    match command:
        case Command.PAUSE:
            if state.has_ended:
                return f"{_ended(state)}, so there is nothing to pause."
            return Answer.ALREADY if state is RunState.PAUSED else Answer.DO
        case Command.RESUME:
            if not state.has_ended:
                return Answer.DO if state is RunState.PAUSED else Answer.ALREADY
            if state in (RunState.COMPLETED, RunState.DIVERGED):
                return f"{_ended(state)}, so it cannot go on. Start a new run from its spec."
            return Answer.DO if resumable else f"{_ended(state)} before its first checkpoint, so it cannot go on."
        case Command.STEP:
            if state.has_ended:
                return f"{_ended(state)}, so it cannot take a step."
            if state is RunState.PAUSED:
                return Answer.DO
            return "The run is not paused. Pause it first, then take single steps."
        case Command.STOP:
            # Whoever wants an end has it: between the wish and its coming a run may end by itself.
            return Answer.ALREADY if state.has_ended else Answer.DO
        case Command.CHANGE:
            if state.has_ended:
                return f"{_ended(state)}, so only its name and tags can change."
            return Answer.DO
