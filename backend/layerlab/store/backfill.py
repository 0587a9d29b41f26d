"""Carries what was committed from the log of the database into its file, beside the writer.

SQLite does that within a commit, once the log is long, and waits there for the disk: for up to 0.1 s nobody sees
anything. Done here and often, little is left for that commit (https://www.sqlite.org/wal.html#ckpt).
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0


class Backfill:
    """A thread of its own. It rests while ``num_commits``, which tells how much was written so far, stands still."""

    def __init__(self, file: Path, num_commits: Callable[[], int]) -> None:
        self._file = file
        self._num_commits = num_commits
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-backfill", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        carried = 0
        with closing(sqlite3.connect(self._file)) as connection:
            while not self._is_over.wait(_EVERY_SECONDS):
                written = self._num_commits()
                if written == carried:
                    continue
                try:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                except sqlite3.Error as error:  # the writer meets the same trouble, and says so
                    log.warning("The log of the database could not be carried over: %s", error)
                else:
                    carried = written
