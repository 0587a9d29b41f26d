"""The tables. JSON columns hold models of ``layerlab_schemas``; times are ISO 8601 in UTC."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

#: Written into the file (``PRAGMA user_version``); a file of another version is refused, never guessed at.
SCHEMA_VERSION = 2

metadata = MetaData()


def _run_column() -> Column[str]:
    return Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False)


runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, unique=True, nullable=False),
    Column("name", String, nullable=False),
    Column("tags", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("original_spec", Text, nullable=False),
    Column("check", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", Text),
    Column("step", Integer, nullable=False, default=0),
    Column("epoch", Float, nullable=False, default=0.0),
    Column("latest", Text, nullable=False, default="{}"),
    Column("rates", Text, nullable=False, default="{}"),
    Column("num_steps", Integer, nullable=False),
    Column("steps_per_epoch", Integer, nullable=False),
    Column("device", String),
    Column("parent", String),
    Column("forked_at", Integer),
    Column("created", String, nullable=False),
    Column("started", String),
    Column("ended", String),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("idempotency_key", String, unique=True),
    Column("request_digest", String),
    sqlite_autoincrement=True,
)
Index("runs_by_status", runs.c.status)

#: One row for each chunk of one curve; the newest chunk of a curve is rewritten until it is full.
chunks = Table(
    "chunks",
    metadata,
    _run_column(),
    Column("name", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Column("values", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run", "name", "number"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    _run_column(),
    Column("seq", Integer, nullable=False),
    Column("event", Text, nullable=False),
    PrimaryKeyConstraint("run", "seq"),
    sqlite_with_rowid=False,
)

#: ``number`` counts the frames of a probe as they came; thinning keeps those that the stride divides, and the newest.
frames = Table(
    "frames",
    metadata,
    _run_column(),
    Column("probe", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run", "probe", "number"),
)
Index("frames_by_step", frames.c.run, frames.c.probe, frames.c.step, frames.c.number, frames.c.size)

frame_series = Table(
    "frame_series",
    metadata,
    _run_column(),
    Column("probe", String, nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("stride", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    PrimaryKeyConstraint("run", "probe"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _run_column(),
    Column("step", Integer, nullable=False),
    Column("directory", String, nullable=False),
    Column("epoch", Float, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("time", String, nullable=False),
    PrimaryKeyConstraint("run", "step"),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, unique=True, nullable=False),
    Column("name", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("vary", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("created", String, nullable=False),
    Column("idempotency_key", String, unique=True),
    Column("request_digest", String),
    sqlite_autoincrement=True,
)

#: ``group`` is null for a member that is trained on its own.
comparison_members = Table(
    "comparison_members",
    metadata,
    Column("run", String, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("comparison", String, ForeignKey("comparisons.id", ondelete="CASCADE"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("group", Integer),
    Column("varied", Text, nullable=False),
)
Index("members_by_comparison", comparison_members.c.comparison, comparison_members.c.place)
