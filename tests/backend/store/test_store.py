"""The database: one writer, reads of one moment, one server a folder, and what is refused."""

import asyncio
import sqlite3
import stat

import pytest
from layerlab.store.database import DataDirInUse, DataDirUnusable
from layerlab.store.store import Store
from sqlalchemy import text


def run(work):
    return asyncio.run(work)


def insert(number: int):
    return lambda connection: connection.execute(
        text("INSERT INTO runs (id, name, tags, spec, original_spec, \"check\", status, step, epoch, latest, rates, "
             "num_steps, steps_per_epoch, created, last_seq) "
             "VALUES (:id, '', '', '', '', '', 'queued', 0, 0, '', '', 1, 1, '', 0)"),
        {"id": str(number)},
    )  # fmt: skip


def count(connection):
    return connection.execute(text("SELECT count(*) FROM runs")).scalar_one()


def test_what_was_written_is_there_after_the_commit_and_after_a_restart(tmp_path):
    async def write():
        store = await Store.open(tmp_path)
        await asyncio.gather(*(store.write(insert(number)) for number in range(200)))
        found = await store.read(count)
        await store.close()
        return found

    async def read():
        store = await Store.open(tmp_path)
        found = await store.read(count)
        await store.close()
        return found

    assert run(write()) == 200
    assert run(read()) == 200
    assert stat.S_IMODE((tmp_path / "layerlab.db").stat().st_mode) == 0o600


def test_a_failing_write_takes_no_other_with_it_and_is_undone_whole(tmp_path):
    async def work():
        store = await Store.open(tmp_path)
        writes = [store.write(insert(1)), store.write(insert(2), insert(1)), store.write(insert(3))]
        results = await asyncio.gather(*writes, return_exceptions=True)
        ids = await store.read(lambda connection: connection.execute(text("SELECT id FROM runs")).scalars().all())
        await store.close()
        return results, ids

    results, ids = run(work())
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert ids == ["1", "3"]


def test_a_write_whose_waiter_left_is_done_all_the_same(tmp_path):
    async def work():
        store = await Store.open(tmp_path)
        waiting = asyncio.create_task(store.write(insert(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await store.write(insert(2))
        found = await store.read(count)
        await store.close()
        return found

    assert run(work()) == 2


def test_a_read_sees_one_moment(tmp_path):
    async def work():
        store = await Store.open(tmp_path)
        loop = asyncio.get_running_loop()

        def twice(connection):
            before = count(connection)
            asyncio.run_coroutine_threadsafe(store.write(insert(1)), loop).result()
            return before, count(connection)

        found = await store.read(twice)
        after = await store.read(count)
        await store.close()
        return found, after

    assert run(work()) == ((0, 0), 1)


def test_a_reader_cannot_write(tmp_path):
    async def work():
        store = await Store.open(tmp_path)
        try:
            await store.read(insert(1))
        finally:
            await store.close()

    with pytest.raises(Exception, match="readonly"):
        run(work())


def test_a_folder_belongs_to_one_store_at_a_time(tmp_path):
    async def work():
        store = await Store.open(tmp_path)
        with pytest.raises(DataDirInUse, match="Another Layerlab server"):
            await Store.open(tmp_path)
        await store.close()
        await (await Store.open(tmp_path)).close()

    run(work())


def test_a_database_of_another_version_is_refused(tmp_path):
    connection = sqlite3.connect(tmp_path / "layerlab.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(DataDirUnusable, match="another version"):
        run(Store.open(tmp_path))


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirUnusable, match="cannot be made"):
        run(Store.open(tmp_path / "file" / "folder"))
