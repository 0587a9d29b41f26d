"""The store as the rest of the server sees it: ``write`` operations, ``read`` at one moment, both awaited."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection

from layerlab.store import database
from layerlab.store.backfill import Backfill
from layerlab.store.writer import Operation, Writer

Result = TypeVar("Result")


class Store:
    """The database of one data folder, held by one server at a time."""

    def __init__(self, directory: Path) -> None:
        database.make_private(directory)
        self._lock = database.lock(directory)
        try:
            file = directory / "layerlab.db"
            self._writer = Writer(database.writing_engine(file))
            self._backfill = Backfill(file, lambda: self._writer.num_commits)
            self._reading = database.reading_engine(file)
        except BaseException:
            self._lock.close()
            raise

    @classmethod
    async def open(cls, directory: Path) -> Self:
        """Open the store of ``directory`` and make it when there is none.

        Raises:
            DataDirInUse: Another server has it.
            DataDirUnusable: It cannot be written, or is of another version.
        """
        return await asyncio.to_thread(cls, directory)

    async def write(self, *operations: Operation) -> list[Any]:
        """Do all operations in one transaction and return their results after the commit."""
        return await asyncio.wrap_future(self._writer.submit(operations))

    async def read(self, question: Callable[[Connection], Result]) -> Result:
        """The answer to ``question``, from what is committed, all of it at one moment."""
        return await asyncio.to_thread(self._read, question)

    def _read(self, question: Callable[[Connection], Result]) -> Result:
        with self._reading.connect() as connection, connection.begin():
            return question(connection)

    async def close(self) -> None:
        """Write what is waiting and let go of the folder."""
        await asyncio.to_thread(self._backfill.close)
        await asyncio.to_thread(self._writer.close)
        self._reading.dispose()
        self._lock.close()
