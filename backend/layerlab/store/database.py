"""Opening the database: one writing connection, several reading ones, and a lock that keeps a second server out."""

import fcntl
import os
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from layerlab.errors import LayerlabError
from layerlab.store.tables import SCHEMA_VERSION, metadata

#: So long the log may become before a commit carries it over itself; ``Backfill`` has done most of that by then.
_LOG_BYTES = 16 * 1024 * 1024
_PAGE_BYTES = 4096


class DataDirInUse(LayerlabError):
    """Another server works in this data folder."""

    code = "data_dir_in_use"


class DataDirUnusable(LayerlabError):
    """The data folder cannot be written, or was made by another version."""

    code = "data_dir_unusable"


def make_private(directory: Path) -> None:
    """Create the data folder, open to its owner only."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataDirUnusable(
            f"The data folder {directory} cannot be made: {error.strerror}.", hint="Choose another with --data-dir."
        ) from error


def lock(directory: Path) -> IO[str]:
    """Take the folder for this process; the lock ends with the process, however it ends."""
    try:
        file = (directory / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise DataDirUnusable(
            f"The data folder {directory} cannot be written: {error.strerror}.", hint="Choose another with --data-dir."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        who = f" (process {holder})" if holder else ""
        raise DataDirInUse(
            f"Another Layerlab server{who} is using the data folder {directory}.",
            hint="Use that one, or choose another folder with --data-dir.",
        ) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def _engine(file: Path, begin: str, pragmas: list[str]) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, reading ones too
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def writing_engine(file: Path) -> Engine:
    """The engine of the one writer; makes the tables. Losing power may cost the last moments, a kill costs nothing."""
    pragmas = ["journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"journal_size_limit={_LOG_BYTES}"]
    pragmas.append(f"wal_autocheckpoint={_LOG_BYTES // _PAGE_BYTES}")
    engine = _engine(file, "BEGIN IMMEDIATE", pragmas)
    with engine.begin() as connection:
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
        if version not in (0, SCHEMA_VERSION):
            raise DataDirUnusable(
                f"The database {file} was made by another version of Layerlab (format {version}, "
                f"this one reads {SCHEMA_VERSION}).",
                hint="Choose another folder with --data-dir.",
            )
        metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    file.chmod(0o600)
    return engine


def reading_engine(file: Path) -> Engine:
    """An engine whose transactions each see one moment of the database and can change nothing."""
    return _engine(file, "BEGIN", ["query_only=ON"])
