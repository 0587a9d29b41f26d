"""A real server process on a free port, and its REST as a script sees it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LINK = re.compile(r"(http://[^\s/]+)(/login\?code=\S+)")
START_SECONDS = 60.0


@dataclass
class Server:
    """A running ``layerlab serve``."""

    process: subprocess.Popen[str]
    data_dir: Path
    lines: list[str] = field(default_factory=list)
    url: str = ""
    link: str = ""

    def call(self, path: str, body: Any = None, *, method: str | None = None, expect: int | None = None) -> Any:
        """The JSON answer to a request with the token of the data folder."""
        token = (self.data_dir / "token").read_text("ascii").strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        assert expect is None or status == expect, f"{path}: {status} {text[:500]!r}"
        assert expect is not None or status < 400, f"{path}: {status} {text[:500]!r}"
        return json.loads(text) if text else None

    def new_link(self) -> str:
        """A further link that logs one browser in, once."""
        return self.url + str(self.call("/api/links", method="POST")["path"])

    def curve(self, run: str, name: str) -> tuple[list[int], list[float]]:
        """A recorded curve, whole."""
        series = self.call(f"/api/runs/{run}/scalars?names={name}")["scalars"].get(name, {"steps": [], "values": []})
        return series["steps"], series["values"]

    def wait_for(self, run: str, *states: str, seconds: float = 120.0) -> dict[str, Any]:
        """The run once it is in one of these states."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            view: dict[str, Any] = self.call(f"/api/runs/{run}")
            if view["status"] in states:
                return view
            time.sleep(0.1)
        raise AssertionError(f"run {run} is {view['status']} after {seconds} s, not {states}")

    def stop(self) -> int:
        """End it as a service manager would; kill it where that does not help."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode


def serve(data_dir: Path, *flags: str, port: int = 0) -> Server:
    """Start a server and wait until it prints its link.

    Raises:
        AssertionError: It ended, or said no link in time; the message holds what it printed.
    """
    command = [str(Path(sys.executable).with_name("layerlab")), "serve", "--no-browser"]
    command += ["--port", str(port), "--data-dir", str(data_dir), *flags]
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("LAYERLAB_")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**quiet, "PYTHONUNBUFFERED": "1"}
    )
    server = Server(process, data_dir)
    reader = threading.Thread(target=_read, args=(server,), daemon=True)
    reader.start()
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and not server.link:
        if process.poll() is not None:
            break
        time.sleep(0.02)
    if not server.link:
        process.kill()
        raise AssertionError("the server printed no link:\n" + "".join(server.lines))
    return server


def _read(server: Server) -> None:
    assert server.process.stdout is not None
    with server.process.stdout as lines:
        for line in lines:
            server.lines.append(line)
            found = LINK.search(line)
            if found and not server.link:
                server.url, server.link = found.group(1), found.group(0)
