"""Changes made while training, on disk, so that a resume from an earlier checkpoint makes them again at their steps."""

import json
import os
from pathlib import Path
from typing import Any

from layerlab_schemas.run import RunChange

FILE = "changes.jsonl"


class ChangesLog:
    """One line a change, ``{"step", "change"}``, in the folder of the run."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE

    def add(self, step: int, change: RunChange) -> None:
        """Keep a change that was made after ``step`` updates; returns when it is on the disk."""
        line = json.dumps({"step": step, "change": change.model_dump(mode="json", exclude_none=True)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def until(self, step: int) -> list[RunChange]:
        """Changes made after ``step`` updates or earlier, in order."""
        return [change for at, change in self.since(0) if at <= step]

    def since(self, step: int) -> list[tuple[int, RunChange]]:
        """Changes made after ``step`` updates or later, in order. A line that was cut off by a crash is left out."""
        if not self._path.exists():
            return []
        found = [_read(line) for line in self._path.read_text("utf-8").splitlines()]
        return [entry for entry in found if entry is not None and entry[0] >= step]


def _read(line: str) -> tuple[int, RunChange] | None:
    try:
        fields: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return fields["step"], RunChange.model_validate(fields["change"])
