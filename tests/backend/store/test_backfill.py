"""What was committed is carried into the file of the database by a thread of its own."""

import sqlite3
import time
from contextlib import closing

from layerlab.store import backfill
from layerlab.store.backfill import Backfill


def write(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO t VALUES (?)", (bytes(20_000),))
    connection.commit()


def test_the_log_is_carried_over_while_the_database_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(backfill, "_EVERY_SECONDS", 0.01)
    file = tmp_path / "a.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE t (body BLOB)")
        connection.commit()
        before = file.stat().st_size
        num_commits = 0
        carrying = Backfill(file, lambda: num_commits)
        for _ in range(10):
            write(connection)
        time.sleep(0.1)
        assert file.stat().st_size == before, "nothing was told, so nothing is done"
        num_commits = 10
        last = time.monotonic() + 10
        while file.stat().st_size < 200_000 and time.monotonic() < last:
            time.sleep(0.01)
        assert file.stat().st_size >= 200_000
        carrying.close()
