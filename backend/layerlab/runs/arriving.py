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
            check_size(size, wanted)
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


def check_size(size: int, wanted: Wanted) -> None:
    """Nothing where a file may have so many bytes.

    Raises:
        FileTooLarge: It may not.
    """
    if size > wanted.largest:
        most = f"{wanted.largest / MEGA:g} MB"
        raise FileTooLarge(
            f"{wanted.name} is larger than the {most} that a {PurePath(wanted.name).suffix} may have.",
            hint="Bring a part of it.",
        )
