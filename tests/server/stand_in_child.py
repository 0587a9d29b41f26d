"""A worker and an inspector without PyTorch, each a process: they speak the real wire, quickly and predictably.

The loss at a step is ``1 / step``. The name of a run says what goes wrong: "hang at 5", "die at 5", "diverge at 5",
"cannot be built". Runs of the real worker are tested in ``test_real_runs``.
"""

import math
import os
import queue
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import ormsgpack
from layerlab.runs import process
from layerlab.runs.wire import Channel, Message

SLOW_CHECK = "slow_check"


class StandInWorker:
    def __init__(self, channel: Channel, commands: "queue.SimpleQueue[Message]") -> None:
        self.channel = channel
        self.commands = commands
        self.step = 0
        self.paused = False
        self.stopping = False
        self.to_take = 0
        self.probes: list[str] = []

    def run(self) -> None:
        start = self.commands.get()
        while start["type"] != "start":
            if start["type"] == "prepare":
                result = check(start["spec"])
                self.channel.send({"type": "reply", "id": start["id"], "ok": True, "result": result})
            start = self.commands.get()
        self.spec, self.directory = start["spec"], Path(start["directory"])
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.spec["name"] == "cannot be built":
            problem = {"code": "no", "title": "", "detail": "It cannot be built.", "status": 422, "errors": []}
            self.channel.send({"type": "reply", "id": start["id"], "ok": False, "problem": problem})
            return
        self.recorded = start["recorded_step"] or 0
        self.paused = start.get("paused", False)
        if start["resume"] and (self.directory / "checkpoint").exists():
            self.step = int((self.directory / "checkpoint").read_text())
        self.num_steps = self.spec["training"]["max_steps"] or 0
        self.channel.send({"type": "started", "device": "cpu", "num_steps": self.num_steps, "steps_per_epoch": 10})
        self.channel.send({"type": "reply", "id": start["id"], "ok": True, "result": None})
        self.frame()
        self.progress("paused" if self.paused else "running")
        while not self.stopping and self.step < self.num_steps:
            self.listen()
            if self.stopping:
                break
            if not self.paused or self.to_take:
                self.train()
        self.checkpoint()
        status = "stopped" if self.stopping else "completed"
        self.progress(status)
        self.channel.send({"type": "ended", "status": status, "reason": None, "step": self.step})

    def train(self) -> None:
        self.step += 1
        word, _, place = self.spec["name"].partition(" at ")
        if place and self.step == int(place):
            if word == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if word == "hang":
                time.sleep(1000)
            if word == "diverge":
                self.scalars(math.nan)
                self.channel.send({"type": "ended", "status": "diverged", "reason": "NaN.", "step": self.step})
                sys.exit()
        if self.step > self.recorded:
            self.scalars(1 / self.step)
        if self.step % 10 == 0:
            self.checkpoint()
            self.frame()
            self.progress("running")
        if self.to_take:
            self.to_take -= 1
        if (speed := self.spec["training"]["max_steps_per_second"]) is not None:
            time.sleep(1 / speed)

    def scalars(self, loss: float) -> None:
        curves = {"train/loss": {"steps": [self.step], "values": [loss]}}
        self.channel.send({"type": "scalars", "step": self.step, "scalars": curves})

    def listen(self) -> None:
        while True:
            try:
                message = self.commands.get(timeout=1.0 if self.paused and not self.to_take else 0.0)
            except queue.Empty:
                return
            self.obey(message)
            if self.stopping:
                return

    def obey(self, message: Message) -> None:
        match message["type"]:
            case "pause":
                self.paused = True
                self.progress("paused")
            case "resume":
                self.paused = False
                self.progress("running")
            case "save":
                self.checkpoint()
            case "stop":
                self.stopping = True
            case "step":
                for _ in range(message["count"]):
                    self.train()
                self.progress("paused")
            case "change":
                self.change(message["change"])
            case "watch":
                self.probes = message["probes"]
                return
        self.channel.send({"type": "reply", "id": message["id"], "ok": True, "result": None})

    def change(self, change: Message) -> None:
        for name, value in change.get("optimizer", {}).items():
            event = {"kind": "change", "step": self.step, "time": datetime.now(UTC).isoformat(), "text": name}
            self.channel.send({"type": "event", "event": {**event, "path": f"optimizer.{name}", "after": value}})

    def checkpoint(self) -> None:
        (self.directory / "checkpoint").write_text(str(self.step))
        facts = {"epoch": self.step / 10, "bytes": 1, "kept": [self.step]}
        self.channel.send({"type": "checkpoint", "step": self.step, "directory": "checkpoint", **facts})

    def frame(self) -> None:
        item = {"x": [1.0], "counts": {"dtype": "float32", "shape": [2, 2], "data": bytes(16)}}
        body = ormsgpack.packb({"probe": "weights", "step": self.step, "items": [item]})
        self.channel.send({"type": "frame", "probe": "weights", "step": self.step, "body": body})

    def progress(self, status: str) -> None:
        latest = {"train/loss": 1 / self.step} if self.step else {}
        moving = {"step": self.step, "epoch": self.step / 10, "latest": latest, "rates": {}}
        self.channel.send({"type": "progress", "status": status, "reason": None, **moving})


def inspect(channel: Channel, commands: "queue.SimpleQueue[Message]") -> None:
    while True:
        message = commands.get()
        if message["type"] == "catalog":
            result: object = {"version": "1", "kinds": [], "experiments": []}
        elif message["type"] == "check":
            result = check(message["request"])
        else:
            result = {"data": check({"graph": []})["data"], "samples": []}
        channel.send({"type": "reply", "id": message["id"], "ok": True, "result": result})


def read(channel: Channel, commands: "queue.SimpleQueue[Message]") -> None:
    """What the file says is what happens."""
    message = commands.get()
    words = (Path(message["folder"]) / "file").read_bytes().split()
    (Path(message["folder"]) / "content").mkdir()
    (Path(message["folder"]) / "content" / "numbers").write_bytes(bytes(100))
    match words[0]:
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"hang":
            time.sleep(1000)
        case b"work":
            process.limit_processor_time(message["seconds"])
            while True:
                pass
        case b"wait":
            process.limit_processor_time(message["seconds"])
            time.sleep(message["seconds"] + 0.5)
        case b"refuse":
            problem = {"code": "no_table", "title": "", "detail": "It is no table.", "status": 422, "errors": []}
            channel.send({"type": "reply", "id": message["id"], "ok": False, "problem": problem})
            return
    result = {"params": {"upload": message["upload"]}, "summary": f"{len(words)} words", "notes": [message["dataset"]]}
    channel.send({"type": "reply", "id": message["id"], "ok": True, "result": result})
    commands.get()


def check(request: Message) -> Message:
    kinds = [node["kind"] for node in request["graph"]]
    if SLOW_CHECK in kinds:
        time.sleep(1000)
    if "kill_the_inspector" in kinds:
        os.kill(os.getpid(), signal.SIGKILL)
    problems = [
        {"code": "unknown_kind", "path": f"graph.{place}.kind", "message": f"There is no layer called {kind}."}
        for place, kind in enumerate(kinds)
        if kind.startswith("unknown")
    ]
    data = {"dataset": "d", "title": "D", "task": "classification", "input_kind": "points", "input_shape": [2]}
    rest = {"output_shape": [2], "num_train": 640, "num_validation": 160}
    return {"ok": not problems, "data": {**data, **rest}, "problems": problems}


def main() -> None:
    channel = Channel(socket.socket(fileno=int(sys.argv[2])))
    commands: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def listen() -> None:
        while (message := channel.receive()) is not None:
            commands.put(message)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    if sys.argv[1] == "worker":
        StandInWorker(channel, commands).run()
    elif sys.argv[1] == "reader":
        read(channel, commands)
    else:
        inspect(channel, commands)


main()
