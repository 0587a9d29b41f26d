"""The files of the repository: those that git tracks, or, in an unpacked archive, those that are there."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Tracked files and new ones that git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(ROOT / name for name in sorted(answer.stdout.split("\0")) if name and (ROOT / name).is_file())


def text_of(path: Path) -> str | None:
    """The text of a file, None where it is no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None
