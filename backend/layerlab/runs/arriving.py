"""The bytes of a file as they arrive: counted, written to the disk, and given up where they stop coming."""

import asyncio
from asyncio import to_thread
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from layerlab.runs.refusals import FileRefused, FileTooLarge

MEGA = 1_000_000
#: A client that sends nothing for so long is given up.
_SILENT_SECONDS = 30.0
_WRITE_BYTES = 1 << 20


@dataclass(frozen=True)
class Wanted:
    """A file as it is announced."""

    name: str
    dataset: str
    largest: int


async def write(parts: AsyncIterator[bytes], path: Path, wanted: Wanted) -> tuple[str, int]:
    """Write what comes; returns its SHA-256 and how many bytes it has.

    Raises:
        FileRefused: It is empty, or stops coming.
        FileTooLarge: It is over its limit; nothing beyond it is kept in memory or written.
    """
    digest, size, waiting = sha256(), 0, bytearray()
    with await to_thread(path.open, "wb") as file:
        async for part in _lively(parts):
            size += len(part)
            check_size(size, wanted, is_all=False)
            digest.update(part)
            waiting += part
            if len(waiting) >= _WRITE_BYTES:
                await to_thread(file.write, bytes(waiting))
                waiting.clear()
        await to_thread(file.write, bytes(waiting))
    if size == 0:
        raise FileRefused(f"{wanted.name} is empty.", code="empty_file", hint="Save it again, then bring it.")
    return digest.hexdigest(), size


async def _lively(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts, as long as they keep coming."""
    while True:
        try:
            async with asyncio.timeout(_SILENT_SECONDS):
                part = await anext(parts, None)
        except TimeoutError as error:
            text = f"Nothing came for {_SILENT_SECONDS:g} seconds, so the upload was given up."
            raise FileRefused(text, code="silent_upload", hint="Try again.") from error
        if part is None:
            return
        yield part


def check_size(size: int, wanted: Wanted, *, is_all: bool = True) -> None:
    """Nothing where a file may have so many bytes.

    Args:
        size: That it has.
        wanted: The file.
        is_all: False where more may come.

    Raises:
        FileTooLarge: It may not; the words tell both numbers, where its own is known.
    """
    if size <= wanted.largest:
        return
    suffix, most = PurePath(wanted.name).suffix, f"{wanted.largest / MEGA:g} MB"
    if is_all:
        text = f"{wanted.name} has {_megabytes(size, wanted.largest)}, and a {suffix} may have at most {most}."
    else:
        text = f"{wanted.name} is larger than the {most} that a {suffix} may have."
    raise FileTooLarge(text, hint="Bring a part of it.")


def _megabytes(size: int, limit: int) -> str:
    """In words: as many digits as tell it from the limit."""
    rounded = f"{size / MEGA:.4g}"
    return f"{rounded if float(rounded) > limit / MEGA else f'{size / MEGA:.10g}'} MB"
