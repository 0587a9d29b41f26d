"""Memory that files of the user's own take: ``python -m tests.benchmarks.import_memory``. Prints, asserts nothing.

First the reader: a real server is sent files near its limits, and the peak of the process that reads each is looked
up while it lives: resident memory (VmHWM), and memory of its own (VmData), which the system holds to 2 GB. Then the
estimate: what a run is told that its data will take, beside what the process that builds the run and trains it for
some steps grows by (RssAnon), at its peak and afterwards. That process has built and trained a run on a small file of
the kind before, so that imports are not counted. A file or run that is refused is told with the server's own words.
"""

import argparse
import io
import json
import multiprocessing
import os
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.benchmarks.specs import machine
from tests.serving import Server, serve

MEGA = 1_000_000
LOOK_SECONDS = 0.005
#: Of training, the beginning with its evaluation: from there on memory stays what it is.
STEPS = 100
#: Reading is ended by the server after half an hour on the clock.
PATIENCE_SECONDS = 2000
#: Of a file that is stored in a zip with a name of twelve letters: its head, and its line in the list at the end.
ENTRY_BYTES = 30 + 12 + 46 + 12
Write = Callable[[Path, int], None]
#: Bytes told, at the peak and kept, and whether it streams; or the words of a refusal.
Grown = tuple[int, int, int, bool] | str


def _rows(path: Path, size: int, make: Callable[[np.random.Generator, int], str], head: str) -> None:
    """Whole lines of so many bytes together; empty ones fill the end."""
    chance = np.random.default_rng(0)
    with path.open("w", newline="\n") as file:
        left = size - file.write(head + "\n")
        while len(lines := make(chance, 2000)) <= left:
            left -= file.write(lines)
        left -= file.write(lines[: lines.rfind("\n", 0, left) + 1])
        file.write("\n" * left)


def numbers(path: Path, size: int) -> None:
    """A table of ten measurements, each with a dozen digits, and of a class."""

    def make(chance: np.random.Generator, count: int) -> str:
        values = chance.normal(size=(count, 10))
        return "".join(",".join(f"{value:.9f}" for value in row) + f",{n % 3}\n" for n, row in enumerate(values))

    _rows(path, size, make, ",".join(f"x{n}" for n in range(10)) + ",kind")


def gaps(path: Path, size: int) -> None:
    """The same with every twentieth value missing."""

    def make(chance: np.random.Generator, count: int) -> str:
        values, is_there = chance.normal(size=(count, 10)), chance.random((count, 10)) > 0.05
        return "".join(
            ",".join(f"{value:.9f}" if there else "" for value, there in zip(row, known, strict=True)) + f",{n % 3}\n"
            for n, (row, known) in enumerate(zip(values, is_there, strict=True))
        )

    _rows(path, size, make, ",".join(f"x{n}" for n in range(10)) + ",kind")


def digits(path: Path, size: int) -> None:
    """A table of twenty single digits a row between semicolons: as many values as a file can hold."""

    def make(chance: np.random.Generator, count: int) -> str:
        return "".join(";".join(map(str, row)) + "\n" for row in chance.integers(0, 10, (count, 20)).tolist())

    _rows(path, size, make, ";".join(f"x{n}" for n in range(20)))


def words(path: Path, size: int) -> None:
    """Five categories of fifty words and a number."""

    def make(chance: np.random.Generator, count: int) -> str:
        picked = chance.integers(0, 50, (count, 5)).tolist()
        return "".join(",".join(f"word{n}" for n in row) + f",{sum(row)}.5\n" for row in picked)

    _rows(path, size, make, "a,b,c,d,e,total")


def _zip(path: Path, size: int, side: int) -> None:
    """Images that do not pack well, the same two again under other names; a file that is none fills the end."""
    chance, images = np.random.default_rng(0), []
    for _ in range(2):
        file = io.BytesIO()
        Image.fromarray(chance.integers(0, 256, (side, side, 3), np.uint8)).save(file, "PNG", compress_level=1)
        images.append(file.getvalue())
    each = max(map(len, images)) + ENTRY_BYTES
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for place in range(max(2, size // each - 1)):
            archive.writestr(f"{place % 2}/{place:06}.png", images[place % 2])
    _fill(path, size)


def _fill(path: Path, size: int) -> None:
    """So many bytes, where it has fewer, by a file that nobody reads."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        if (left := size - path.stat().st_size - ENTRY_BYTES) >= 0:
            archive.writestr("filled.bytes", bytes(left))


def small_images(path: Path, size: int) -> None:
    """Very many pictures of 32 × 32."""
    _zip(path, size, 32)


def large_images(path: Path, size: int) -> None:
    """Pictures of nearly 25 million pixels, the most that one may have."""
    _zip(path, size, 4900)


def pixels(path: Path, size: int) -> None:
    """Arrays of bytes: pictures of 3 × 32 × 32."""
    count = max(2, size // (3 * 32 * 32 + 8) - 1)
    chance = np.random.default_rng(0)
    np.savez(path, x=chance.integers(0, 256, (count, 3, 32, 32), np.uint8), y=np.arange(count) % 10)
    _fill(path, size)


def doubles(path: Path, size: int) -> None:
    """Arrays that are packed: 20 numbers of eight bytes a sample, four and a half times as much as the file."""
    count = max(2, size * 9 // (2 * 8 * 21))
    x = np.random.default_rng(0).integers(-100, 100, (count, 20)).astype(np.float64)
    np.savez_compressed(path, x=x, y=np.arange(count) % 3)
    _fill(path, size)


def letters(path: Path, size: int) -> None:
    """A text of the twenty-six letters in words of up to nine."""
    _write_text(path, size, 1)


def rare_words(path: Path, size: int) -> None:
    """A text in which hardly a word comes twice, of two bytes a letter: many entries in every count."""
    _write_text(path, size, 2)


def _write_text(path: Path, size: int, bytes_each: int) -> None:
    first = ord("a" if bytes_each == 1 else "а")
    letters_n = np.random.default_rng(0).integers(first, first + 26, size // bytes_each)
    letters_n[7::9] = ord(" ")
    text = "".join(map(chr, letters_n.tolist())).encode()[:size].decode(errors="ignore")
    path.write_text(text + " " * (size - len(text.encode())), encoding="utf-8", newline="\n")


#: What is made, the end of its name, and megabytes of the largest such file.
FILES: tuple[tuple[Write, str, int], ...] = (
    (numbers, ".csv", 100), (gaps, ".csv", 100), (digits, ".csv", 100), (words, ".csv", 100),
    (small_images, ".zip", 200), (large_images, ".zip", 200), (pixels, ".npz", 200), (doubles, ".npz", 200),
    (letters, ".txt", 20), (rare_words, ".txt", 20),
)  # fmt: skip


def _status(pid: int) -> dict[str, int]:
    """Fields of ``/proc`` in kB; empty where the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest}


def _readers() -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().strip() == "layerlab-reader":
                yield int(path.parent.name)
        except OSError:
            continue


@dataclass
class Peak:
    """The largest numbers that a reader had, bytes, and those that it began with."""

    resident: int = 0
    own: int = 0
    resident_before: int = 0

    def watch(self, done: threading.Event) -> None:
        """Look until ``done``."""
        while not done.is_set():
            for pid in _readers():
                found = _status(pid)
                self.resident = max(self.resident, found.get("VmHWM", 0) * 1024)
                self.own = max(self.own, found.get("VmData", 0) * 1024)
                self.resident_before = self.resident_before or found.get("VmRSS", 0) * 1024
            time.sleep(LOOK_SECONDS)


def sent(server: Server, path: Path) -> tuple[dict[str, Any], Peak, float]:
    """The answer to a file, the peak of its reader, and the seconds that it took."""
    token = (server.data_dir / "token").read_text("ascii").strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    url = f"{server.url}/api/datasets?name={path.name}"
    request = urllib.request.Request(url, path.read_bytes(), headers, method="POST")
    done, peak = threading.Event(), Peak()
    watching = threading.Thread(target=peak.watch, args=(done,))
    watching.start()
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            found = json.loads(error.read())
    finally:
        done.set()
        watching.join()
    return found, peak, time.perf_counter() - begun


def _grown(data: dict[str, Any], warm: dict[str, Any], shelf: str, limit: int) -> Grown:
    """Estimate, growth at the peak and growth afterwards of a run, bytes, and whether it streams; or why it cannot."""
    os.environ.update(LAYERLAB_UPLOADS_DIR=shelf, LAYERLAB_DATA_MEGABYTES=str(limit))
    import torch
    from layerlab.errors import SpecError
    from layerlab.training.assemble import Assembly, assemble
    from layerlab.training.data import prepare
    from layerlab_schemas.run import DataSpec, RunSpec

    def run_on(fields: dict[str, Any]) -> RunSpec:
        facts = prepare(DataSpec.model_validate(fields), None, 0).facts
        last = {"kind": "linear", "out_features": facts.output_shape[0]}
        before = [{"kind": "flatten"}] if len(facts.input_shape) > 1 else []
        if facts.input_is_index:
            last = {"kind": "linear", "out_features": len(facts.class_names)}
            before = [{"kind": "embedding", "embedding_dim": 4}]
        graph = [*before, last]
        return RunSpec.model_validate({"data": fields, "graph": graph, "training": {"device": "cpu"}})

    def trained(fields: dict[str, Any]) -> Assembly:
        run = assemble(run_on(fields))
        for _ in islice(run.trainer.steps(), STEPS):
            pass
        return run

    torch.set_num_threads(1)
    trained(warm)
    before, done, peaks = own_bytes(), threading.Event(), list[int]()
    looking = threading.Thread(target=_look, args=(done, peaks))
    looking.start()
    try:
        found = trained(data)
        after = own_bytes()
    except SpecError as error:
        return " ".join(problem.message for problem in error.problems)
    finally:
        done.set()
        looking.join()
    memory = found.check.data.memory if found.check.data else None
    assert memory is not None
    return memory.bytes, max(peaks) - before, after - before, memory.is_streamed


def own_bytes() -> int:
    """Resident bytes of this process that are no pages of files: these the system takes back as it likes."""
    return _status(os.getpid())["RssAnon"] * 1024


def _look(done: threading.Event, found: list[int]) -> None:
    while not done.is_set():
        found.append(own_bytes())
        time.sleep(0.002)


def _put(queue: Any, *arguments: Any) -> None:
    queue.put(_grown(*arguments))


def grown(*arguments: Any) -> Grown:
    """``_grown`` in a process of its own."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    child = context.Process(target=_put, args=(queue, *arguments))
    child.start()
    found: Grown = queue.get(timeout=PATIENCE_SECONDS)
    child.join()
    return found


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help=f"Only these: {', '.join(one[0].__name__ for one in FILES)}.")
    parser.add_argument("--share", type=float, default=1.0, help="Of the largest files that may be brought.")
    parser.add_argument("--limit", type=int, default=4000, help="LAYERLAB_DATA_MEGABYTES of the runs.")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="layerlab-import-"))
    server = serve(folder / "data")
    try:
        print(machine())
        print(f"\n{'reader':14} file MB  began MB  resident MB  own MB  seconds  answer")
        brought: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        for write, suffix, most in (one for one in FILES if not given.files or one[0].__name__ in given.files):
            path = folder / f"{write.__name__}{suffix}"
            write(path, int(most * MEGA * given.share))
            found, peak, seconds = sent(server, path)
            size = path.stat().st_size / MEGA
            sizes = f"{size:8.0f}{peak.resident_before / MEGA:10.0f}{peak.resident / MEGA:13.0f}{peak.own / MEGA:8.0f}"
            said = found.get("summary") or f"{found.get('code')}: {found.get('detail')}"
            print(f"{write.__name__:14}{sizes}{seconds:9.1f}  {said}", flush=True)
            path.unlink()
            write(path, MEGA // 10)
            warm, _, _ = sent(server, path)
            path.unlink()
            if "summary" in found:
                brought.append((write.__name__, found, warm))
        print(f"\n{'run':14} told MB  peak MB  ratio  kept MB  ratio")
        for name, found, warm in brought:
            data, first = ({"dataset": one["dataset"], "params": one["params"]} for one in (found, warm))
            measured = grown(data, first, str(folder / "data" / "uploads"), given.limit)
            if isinstance(measured, str):
                print(f"{name:14}  {measured}", flush=True)
                continue
            told, peak_bytes, kept, streams = measured
            words_of = f"{told / MEGA:8.0f}{peak_bytes / MEGA:9.0f}{peak_bytes / told:7.2f}"
            print(
                f"{name:14}{words_of}{kept / MEGA:9.0f}{kept / told:7.2f}{'  streamed' if streams else ''}", flush=True
            )
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
