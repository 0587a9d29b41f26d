"""What the server and its child processes say to each other.

Server → child: every command but ``watch`` carries an ``id`` and gets one ``reply`` with that id, when it is done.
Child → server: ``ended`` is the last message of a worker. ``NaN`` and infinity may be in it.
"""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict


class Start(TypedDict):
    """Build the run and train it. Answered when it is built; a spec that cannot be built is a ``problem``."""

    type: Literal["start"]
    id: int
    run: str
    directory: str
    """Where its checkpoints go; made when missing."""
    spec: Mapping[str, Any]
    """``RunSpec`` as JSON data."""
    resume: bool
    """Go on from the last checkpoint in ``directory``."""
    recorded_step: int | None
    """On resume: the last step whose scalars are stored; nothing is told again up to it. Null: tell everything."""
    paused: NotRequired[bool]
    """Build it, measure it and wait."""
    checkpoint_bytes: NotRequired[int]
    """What its checkpoints may take on the disk."""
    watch: NotRequired["Watch"]
    """What is watched from the start: measured first."""


class Prepare(TypedDict):
    """Before ``start``: check the spec, answer with the check, and build the run where it can be built."""

    type: Literal["prepare"]
    id: int
    spec: Mapping[str, Any]


class Limber(TypedDict):
    """To a worker that has nothing to do yet: train two steps of such a run, forget it, answer."""

    type: Literal["limber"]
    id: int
    spec: Mapping[str, Any]
    probes: list[str]


class Pause(TypedDict):
    """Stop after the batch under way. Watched probes are measured before the answer, so that the picture is exact."""

    type: Literal["pause"]
    id: int


class Resume(TypedDict):
    """Go on after a pause."""

    type: Literal["resume"]
    id: int


class TakeSteps(TypedDict):
    """While paused: do so many updates, measure, wait again."""

    type: Literal["step"]
    id: int
    count: int


class Stop(TypedDict):
    """Checkpoint and end."""

    type: Literal["stop"]
    id: int


class Save(TypedDict):
    """Write a checkpoint now, if this state has none; answered when it is there."""

    type: Literal["save"]
    id: int


class Change(TypedDict):
    """Change what may change while it trains, from the next batch on. ``change`` is ``RunChange`` as JSON data."""

    type: Literal["change"]
    id: int
    change: Mapping[str, Any]


class TakeCopy(TypedDict):
    """Write the present state where an analysis finds it. ``result`` is ``{"step": …}``, null where it cannot be."""

    type: Literal["copy"]
    id: int


class Watch(TypedDict):
    """Which probes are on somebody's screen, and the validation sample that the pictures show. Has no answer.

    ``in_crowd``: Many watch. Points are told along with pictures.
    """

    type: Literal["watch"]
    probes: list[str]
    sample: int | None
    in_crowd: bool


class Check(TypedDict):
    """To an inspector: check a graph or a whole spec. ``request`` is ``CheckRequest`` or ``RunSpec`` as JSON data."""

    type: Literal["check"]
    id: int
    request: Mapping[str, Any]


class AskCatalog(TypedDict):
    """To an inspector: the catalogue."""

    type: Literal["catalog"]
    id: int


class Preview(TypedDict):
    """To an inspector: a look at a dataset. ``request`` is ``PreviewRequest`` as JSON data."""

    type: Literal["preview"]
    id: int
    request: Mapping[str, Any]


class Export(TypedDict):
    """To an inspector: a run as a script, or its samples as a file. ``request`` is ``RunSpec`` as JSON data."""

    type: Literal["python", "samples"]
    id: int
    request: Mapping[str, Any]


class AskRates(TypedDict):
    """To an inspector: the learning rates of a run. ``request`` is ``ScheduleRequest`` as JSON data."""

    type: Literal["rates"]
    id: int
    request: Mapping[str, Any]


class CheckAnalysis(TypedDict):
    """To an inspector: whether an analysis can be made of a run, with all its fields; ``run`` is ``RunSpec``."""

    type: Literal["analysis"]
    id: int
    run: Mapping[str, Any]
    analysis: str
    params: Mapping[str, Any]


class AskLikeness(TypedDict):
    """To an inspector: which of these can be trained in lockstep. ``result`` is ``{"groups", "warnings"}``."""

    type: Literal["likeness"]
    id: int
    specs: list[Mapping[str, Any]]
    """``RunSpec`` as JSON data."""


class Assemble(TypedDict):
    """To a worker, first: it trains these runs in lockstep. Has no answer; a ``start`` for each follows.

    Every other message to such a worker and from it carries ``run``.
    """

    type: Literal["assemble"]
    runs: list[str]


class Open(TypedDict):
    """To an analyst, first and once: the run that it is about. Has no answer."""

    type: Literal["open"]
    run: str
    directory: str
    spec: Mapping[str, Any]
    is_fork: bool
    """It began with the state of another run, not at step 0 of its own spec."""


class Analyse(TypedDict):
    """To an analyst: compute this. ``result`` is ``{"step": …, "body": …}``, a frame as workers send it."""

    type: Literal["analyse"]
    id: int
    kind: str
    params: Mapping[str, Any]
    sample: int | None
    path: str | None
    """The folder of the state; null: the run at step 0, built anew."""
    stamp: int
    """Tells that the state in ``path`` is another than last time."""


class Cancel(TypedDict):
    """To an analyst: nobody wants the answer to ``question`` any more. Has no answer."""

    type: Literal["cancel"]
    question: int


class Read(TypedDict):
    """To a reader, once: read this upload. ``result`` has the fields of ``Upload`` that depend on what is in it."""

    type: Literal["read"]
    id: int
    upload: str
    """What its id will be."""
    dataset: str
    """The kind that reads it."""
    folder: str
    """Where it is, under the name ``file``, and where what is kept of it for training goes."""
    limits: dict[str, int]
    """In the fields of ``shelf.Limits``."""


ToWorker = Assemble | Limber | Prepare | Start | Pause | Resume | TakeSteps | Stop | Change | TakeCopy | Watch
ToInspector = Check | AskCatalog | AskLikeness | Preview | AskRates | Export | CheckAnalysis
ToAnalyst = Open | Analyse | Cancel
Command = ToWorker | ToInspector | ToAnalyst | Read


class ProblemReply(TypedDict):
    """A refusal, in the fields of ``ProblemDetails``."""

    code: str
    title: str
    detail: str
    status: int
    errors: list[dict[str, Any]]
    """``Problem`` as JSON data."""


class Reply(TypedDict):
    """The answer to a command: ``result`` where ``ok``, else ``problem``."""

    type: Literal["reply"]
    id: int
    ok: bool
    result: NotRequired[Any]
    problem: NotRequired[ProblemReply]


class Started(TypedDict):
    """The run is built. Told again when a change of the batch size moves the plan."""

    type: Literal["started"]
    device: str
    num_steps: int
    steps_per_epoch: int


class Points(TypedDict):
    """New points of one curve."""

    steps: list[int]
    values: list[float]


class Scalars(TypedDict):
    """New points up to ``step``. All curves of one step are in one message."""

    type: Literal["scalars"]
    step: int
    scalars: dict[str, Points]


class Event(TypedDict):
    """Something happened; ``event`` is ``RunEvent`` as JSON data."""

    type: Literal["event"]
    event: dict[str, Any]


class Progress(TypedDict):
    """How the run stands, in the fields of ``RunProgress``. ``latest`` may hold NaN and infinity."""

    type: Literal["progress"]
    status: str
    reason: str | None
    step: int
    epoch: float
    latest: dict[str, float]
    rates: dict[str, float]


class FrameMeasured(TypedDict):
    """A frame; ``body`` is message pack of ``layerlab_schemas.frames.Frame`` with its arrays packed."""

    type: Literal["frame"]
    probe: str
    step: int
    body: bytes


class CheckpointSaved(TypedDict):
    """A checkpoint is complete on disk."""

    type: Literal["checkpoint"]
    step: int
    directory: str
    epoch: float
    bytes: int
    kept: list[int]
    """The steps of all that there are now; the others were thinned out."""


class Share(TypedDict):
    """From an analyst: how much of question ``id`` is done, from 0 to 1."""

    type: Literal["share"]
    id: int
    share: float


class Ended(TypedDict):
    """Nothing comes after this. ``status`` is one of the end states of ``RunState``."""

    type: Literal["ended"]
    status: str
    reason: str
    step: int


Report = Reply | Started | Scalars | Event | Progress | FrameMeasured | CheckpointSaved | Share | Ended
