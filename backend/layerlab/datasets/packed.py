"""A zip that came from anywhere, looked through before anything of it is unpacked. Nothing is ever unpacked to a file
of a name that it brings."""

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from layerlab.datasets.own_file import Unreadable
from layerlab.shelf import Limits

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")
#: The ratio says nothing of what is smaller than this.
_SMALL = 1_000_000
_LONGEST_TOLD = 80
_PART = 1 << 20


@contextlib.contextmanager
def open_packed(file: Path, limits: Limits, *, judges_entries: bool = True) -> Iterator[zipfile.ZipFile]:
    """The zip in ``file``, every entry within the limits.

    Args:
        file: Where it is.
        limits: What may be in it.
        judges_entries: Each entry by itself packs no better than ``limits.ratio``; else that holds of all together.
            Labels one class after the other pack nearly to nothing, and are no bomb.

    Raises:
        Unreadable: It is no zip, is damaged, or holds what must not be unpacked.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check(archive, file.stat().st_size, limits, judges_entries)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> Unreadable:
    return Unreadable("It is no zip, or the zip is damaged.", code="damaged_zip", hint="Pack it again.")


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An entry, unpacked: not more than it announced.

    Raises:
        Unreadable: It is not what the zip says of it.
    """
    try:
        with archive.open(entry) as packed:
            content = packed.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        text = f"{shown(entry.filename)} in the zip is damaged: it is not what the zip says of it."
        raise Unreadable(text, code="damaged_zip", hint="Pack it again.") from error
    if len(content) != entry.file_size:
        text = f"{shown(entry.filename)} has {len(content)} bytes, but the zip says {entry.file_size}."
        raise Unreadable(text, code="damaged_zip", hint="Pack it again.")
    return content


def copy_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Unpack an entry to a file of our own naming: not more than it announced.

    Raises:
        Unreadable: It is not what the zip says of it.
    """
    left = entry.file_size
    try:
        with archive.open(entry) as packed, path.open("wb") as file:
            while part := packed.read(min(left + 1, _PART)):
                left -= len(part)
                file.write(part[: max(left + len(part), 0)])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        text = f"{shown(entry.filename)} in the zip is damaged: it is not what the zip says of it."
        raise Unreadable(text, code="damaged_zip", hint="Pack it again.") from error
    if left:
        text = f"{shown(entry.filename)} has another size than the {entry.file_size} bytes that the zip says."
        raise Unreadable(text, code="damaged_zip", hint="Pack it again.")


def shown(name: str) -> str:
    """A name from anywhere, as it may be shown."""
    text = "".join(letter if letter.isprintable() else "�" for letter in name)
    return text if len(text) <= _LONGEST_TOLD else "…" + text[1 - _LONGEST_TOLD :]


def _check(archive: zipfile.ZipFile, size: int, limits: Limits, judges_entries: bool) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise _too_large(f"The zip holds {len(entries)} files, and {limits.entries} are the most.")
    inflated = sum(entry.file_size for entry in entries)
    if inflated > limits.inflated_bytes:
        most = f"{limits.inflated_bytes / 1e6:.4g} MB"
        raise _too_large(f"The zip would be {inflated / 1e6:.4g} MB when unpacked, and {most} are the most.")
    packed = sum(entry.compress_size for entry in entries)
    if packed > size:
        raise Unreadable("Files in the zip lie over each other, as only a bomb has it.", code="zip_bomb")
    for entry in entries:
        _check_entry(entry)
        if judges_entries and entry.file_size > max(_SMALL, limits.ratio * entry.compress_size):
            raise _bomb(shown(entry.orig_filename), entry.file_size, entry.compress_size, limits)
    if inflated > max(_SMALL, limits.ratio * size):
        raise _bomb("The zip", inflated, size, limits)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if "\0" in name or any(not letter.isprintable() for letter in name):
        raise Unreadable(
            f"The name {shown(name)} in the zip holds characters that no name has.",
            code="unsafe_name",
            hint="Rename it.",
        )
    places = name.replace("\\", "/").split("/")
    if ".." in places or places[0] == "" or _DRIVE.match(name):
        text = f"The name {shown(name)} in the zip leads out of it."
        raise Unreadable(text, code="unsafe_name", hint="Pack the folder itself, with names relative to it.")
    if entry.flag_bits & _ENCRYPTED:
        raise Unreadable("The zip is encrypted.", code="encrypted_zip", hint="Pack it without a password.")
    if entry.compress_type not in _METHODS:
        text = f"{shown(name)} is packed by a method that is not read here."
        raise Unreadable(text, code="unknown_packing", hint="Pack it as a common zip (deflate).")


def _bomb(what: str, inflated: int, packed: int, limits: Limits) -> Unreadable:
    text = f"{what} unpacks to {inflated / max(packed, 1):.0f} times its size, and {limits.ratio} times is the most."
    return Unreadable(text, code="zip_bomb", hint="Real images and numbers do not pack so well; leave it out.")


def _too_large(text: str) -> Unreadable:
    return Unreadable(text, code="too_large", hint="Bring a part of it.")
