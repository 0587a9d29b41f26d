"""Real processes: a zygote, workers and an inspector, and everything that can happen to them."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from layerlab.experiments import EXPERIMENTS
from layerlab.runs.children import ChildGone
from layerlab.runs.endings import Ending
from layerlab.runs.executor import LocalExecutor
from layerlab_schemas.catalog import Catalog
from layerlab_schemas.graph import CheckResult
from layerlab_schemas.server import DatasetPreview

from tests.backend.runs_worker.specs import NET, as_json, spec
from tests.backend.runs_worker.talking import Talk, is_alive, is_gone_within

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by way of /proc"),
]

ENDLESS = spec(max_steps=10**9)


@pytest.fixture(scope="module")
async def executor(anyio_backend):
    made = LocalExecutor()
    await made.start()
    yield made
    await made.close()


async def test_the_first_experiment_trains_from_start_to_end(executor, tmp_path):
    run = EXPERIMENTS[0].spec
    run = run.model_copy(update={"training": run.training.model_copy(update={"max_steps": 46, "device": "cpu"})})
    talk = await Talk.begin(executor, run, tmp_path)
    assert (await talk.to_the_end())["status"] == "completed"
    assert await talk.child.ending() == Ending(code=0)
    kinds = [message["type"] for message in talk.said]
    assert kinds[:3] == ["reply", "started", "progress"]
    losses = talk.curve("train/loss")
    assert list(losses) == list(range(1, 47))
    assert losses[46] < losses[1]
    assert {message["probe"] for message in talk.said if message["type"] == "frame"} >= {
        "activations", "weights", "weight_gradients", "filters", "norm_statistics", "feature_maps", "confusion",
    }  # fmt: skip


async def test_commands_are_obeyed_within_a_batch(executor, tmp_path):
    talk = await Talk.begin(executor, ENDLESS, tmp_path)
    talk.child.send({"type": "watch", "probes": ["norm_statistics"], "sample": 0, "in_crowd": False})
    await talk.until_step(3)
    rested = (await talk.ask("pause", 2))["result"]["step"]
    assert max(talk.curve("train/loss")) == rested
    assert (await talk.ask("step", 3, count=2))["result"]["step"] == rested + 2
    changed = await talk.ask("change", 4, change={"optimizer": {"lr": 0.01}})
    assert changed["result"]["step"] == rested + 2
    assert (await talk.ask("change", 5, change={"optimizer": {"lr": -1}}))["problem"]["status"] == 422
    await talk.ask("resume", 6)
    await talk.until_step(rested + 10)
    await talk.ask("stop", 7)
    assert (await talk.to_the_end())["status"] == "stopped"
    rates = talk.curve("optimizer/lr")
    assert (rates[rested + 2], rates[rested + 3]) == (0.05, 0.01)
    assert await talk.child.ending() == Ending(code=0)


async def test_a_killed_worker_is_told_of_and_goes_on_bit_for_bit(executor, tmp_path):
    run = spec(max_steps=400)
    straight = await Talk.begin(executor, run, tmp_path / "straight")
    await straight.to_the_end()
    # Slower, or it is done before it is killed; the pace changes no number.
    slow = spec(max_steps=400, max_steps_per_second=100)
    killed = await Talk.begin(executor, slow, tmp_path / "killed", paused=True)
    await killed.ask("step", 2, count=60)
    await killed.ask("resume", 3)
    await killed.until_step(80)
    os.kill(killed.child.pid, signal.SIGKILL)
    await _drain(killed)
    assert await killed.child.ending() == Ending(signal=signal.SIGKILL)
    with pytest.raises(ChildGone):
        killed.child.send({"type": "stop", "id": 4})
    recorded = max(killed.curve("train/loss"))
    assert recorded < 400
    again = await Talk.begin(executor, run, tmp_path / "killed", resume=True, recorded_step=recorded)
    await again.to_the_end()
    assert min(again.curve("train/loss")) == recorded + 1
    for name in ("train/loss", "val/loss"):
        assert killed.curve(name) | again.curve(name) == straight.curve(name)


async def _drain(talk: Talk) -> None:
    while messages := await talk.child.receive():
        talk.said += messages


@pytest.mark.parametrize("paused", [False, True], ids=["training", "resting"])
async def test_a_worker_ends_itself_when_the_server_is_gone(executor, tmp_path, paused):
    talk = await Talk.begin(executor, ENDLESS, tmp_path, paused=paused)
    await talk.until(lambda message: message["type"] == "frame")
    talk.child.hang_up()
    assert await is_gone_within(talk.child.pid, 2)
    assert await talk.child.ending() == Ending(code=0)


@pytest.mark.parametrize("paused", [False, True], ids=["training", "resting"])
async def test_sigterm_checkpoints_and_says_interrupted(executor, tmp_path, paused):
    talk = await Talk.begin(executor, ENDLESS, tmp_path, paused=paused)
    await talk.until(lambda message: message["type"] == "frame")
    talk.child.terminate()
    async with asyncio.timeout(5):
        last = await talk.to_the_end()
    assert (last["type"], last["status"]) == ("ended", "interrupted")
    saved = [message for message in talk.said if message["type"] == "checkpoint"][-1]
    assert saved["step"] == last["step"]
    assert (Path(saved["directory"]) / "manifest.json").exists()
    assert await talk.child.ending() == Ending(code=0)


async def test_what_cannot_be_trained_is_refused_and_ends(executor, tmp_path):
    talk = await Talk.begin(executor, spec([{"kind": "linear", "out_features": 3}]), tmp_path)
    last = await talk.to_the_end()
    assert [message["type"] for message in talk.said] == ["reply", "ended"]
    assert talk.said[0]["problem"]["errors"][0]["node"] == "linear_1"
    assert last["status"] == "failed"


async def test_a_run_that_wants_too_much_memory_fails_alone(anyio_backend, tmp_path):
    wide = [{"kind": "conv2d", "out_channels": 16384, "kernel_size": 3, "padding": 1}, {"kind": "flatten"},
            {"kind": "linear", "out_features": 10}]  # fmt: skip
    small = LocalExecutor(memory_bytes=700_000_000)
    await small.start()
    try:
        beside = await Talk.begin(small, ENDLESS, tmp_path / "beside")
        large = await Talk.begin(small, spec(wide, batch_size=1400), tmp_path / "large")
        last = await large.to_the_end()
        assert last["status"] == "failed"
        assert "Memory ran out" in last["reason"]
        assert await large.child.ending() == Ending(code=0)
        step = max(beside.curve("train/loss"), default=0)
        await beside.until_step(step + 5)
        await beside.ask("stop", 2)
    finally:
        await small.close()


async def test_children_are_what_they_should_be(executor, tmp_path):
    talk = await Talk.begin(executor, ENDLESS, tmp_path, paused=True)
    await talk.until(lambda message: message["type"] == "frame")
    process = Path(f"/proc/{talk.child.pid}")
    assert (process / "oom_score_adj").read_text().strip() == "1000"
    assert (process / "comm").read_text().strip() == "layerlab-worker"
    limits = (process / "limits").read_text()
    assert limits.split("Max core file size")[1].split()[:2] == ["0", "0"]
    assert int(limits.split("Max data size")[1].split()[0]) < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert len(list(Path(f"/proc/{executor.zygote_pid}/task").iterdir())) == 1, "a zygote with threads cannot be forked"
    sockets = [link for link in (process / "fd").iterdir() if os.readlink(link).startswith("socket:")]
    assert len(sockets) == 1, "a child holds nothing of the zygote or of another child"
    talk.child.kill()
    await _drain(talk)
    assert await talk.child.ending() == Ending(signal=signal.SIGKILL)


async def test_the_inspector_answers(executor):
    child = await executor.inspector()
    run = as_json(spec(NET))

    async def ask(kind, **fields):
        child.send({"type": kind, "id": 3, **fields})
        async with asyncio.timeout(30):
            (reply,) = await child.receive()
        return reply

    assert CheckResult.model_validate((await ask("check", request=run))["result"]).ok
    graph = {"data": run["data"], "graph": run["graph"][:-1]}
    found = CheckResult.model_validate((await ask("check", request=graph))["result"])
    assert not found.ok
    Catalog.model_validate((await ask("catalog"))["result"])
    preview = {"data": run["data"], "seed": 0, "num_samples": 3}
    assert len(DatasetPreview.model_validate((await ask("preview", request=preview))["result"]).samples) == 3
    refused = await ask("preview", request={**preview, "data": {**run["data"], "dataset": "digit"}})
    assert refused["problem"]["errors"][0]["path"] == "data.dataset"
    broken = await ask("check", request={"nonsense": 1})
    assert (broken["ok"], broken["problem"]["code"]) == (False, "internal_error")
    assert "Traceback" not in broken["problem"]["detail"]
    child.hang_up()
    assert await child.ending() == Ending(code=0)


async def test_when_the_zygote_dies_its_children_live_and_another_one_is_started(executor, tmp_path):
    talk = await Talk.begin(executor, ENDLESS, tmp_path / "old")
    await talk.until_step(2)
    before = executor.zygote_pid
    os.kill(before, signal.SIGKILL)
    assert await is_gone_within(before, 5)
    step = max(talk.curve("train/loss"))
    await talk.until_step(step + 5)
    fresh = await Talk.begin(executor, ENDLESS, tmp_path / "new")
    assert executor.zygote_pid != before
    await fresh.until_step(2)
    for one in (talk, fresh):
        await one.ask("stop", 2)
        assert (await one.to_the_end())["status"] == "stopped"
    assert await talk.child.ending() == Ending(), "nobody could tell how it ended"
    assert await fresh.child.ending() == Ending(code=0)


async def test_a_worker_asked_for_as_the_zygote_dies_comes_from_the_next_one(executor, tmp_path):
    before = executor.zygote_pid
    os.kill(before, signal.SIGKILL)
    while is_alive(before):  # then it is gone, and the executor, which has not had its turn since, does not know
        time.sleep(0.01)
    talk = await Talk.begin(executor, ENDLESS, tmp_path)
    await talk.until_step(2)
    assert executor.zygote_pid != before
    await talk.ask("stop", 1)
    assert (await talk.to_the_end())["status"] == "stopped"


async def test_closing_ends_the_children_of_a_zygote_that_died(tmp_path):
    executor = LocalExecutor()
    await executor.start()
    talk = await Talk.begin(executor, ENDLESS, tmp_path)
    await talk.until_step(2)
    before = executor.zygote_pid
    os.kill(before, signal.SIGKILL)
    assert await is_gone_within(before, 5)
    await talk.until_step(max(talk.curve("train/loss")) + 1)
    async with asyncio.timeout(30):
        await executor.close()
    assert await is_gone_within(talk.child.pid, 1)


SERVER = """
import asyncio, sys
from pathlib import Path
from layerlab.runs.executor import LocalExecutor
from tests.backend.runs_worker.test_processes import ENDLESS
from tests.backend.runs_worker.talking import Talk

async def main():
    executor = LocalExecutor()
    await executor.start()
    talk = await Talk.begin(executor, ENDLESS, Path(sys.argv[1]))
    await talk.until_step(2)
    print(executor.zygote_pid, talk.child.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_no_process_outlives_a_killed_server(tmp_path):
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    async with asyncio.timeout(60):
        pids = [int(word) for word in (await server.stdout.readline()).split()]
    assert all(is_alive(pid) for pid in pids)
    server.kill()
    assert [await is_gone_within(pid, 5) for pid in pids] == [True, True]
    await server.communicate()


async def test_closing_ends_everything(tmp_path):
    made = LocalExecutor()
    await made.start()
    talk = await Talk.begin(made, ENDLESS, tmp_path)
    await talk.until_step(1)
    pids = [made.zygote_pid, talk.child.pid]
    await made.close()
    assert not any(is_alive(pid) for pid in pids)
    with pytest.raises(ChildGone):
        await made.spawn("worker")
