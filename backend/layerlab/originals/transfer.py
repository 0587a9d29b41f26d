"""One published file, fetched to disk: goes on where it broke off, is checked before it counts, can be given up."""

import hashlib
import os
import shutil
import urllib.error
import urllib.request
from contextlib import suppress
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from threading import Event
from typing import IO
from urllib.parse import urlsplit

from layerlab import __version__
from layerlab.errors import LayerlabError
from layerlab.originals.sets import OriginalFile

CHUNK = 64 * 1024
#: Seconds in which something must arrive.
PATIENCE = 15.0
_AGAIN = "Fetch it again: what has arrived is kept, and it goes on from there."


class TransferFailed(LayerlabError):
    """A file could not be fetched."""

    code = "fetch_failed"


class GivenUp(Exception):
    """The transfer was cancelled."""


def part_of(folder: Path, file: OriginalFile) -> Path:
    """Where what has arrived of a file waits for the rest."""
    return folder / f"{file.name}.part"


def transfer(
    file: OriginalFile,
    url: str,
    folder: Path,
    *,
    cancelled: Event,
    patience: float = PATIENCE,
) -> None:
    """Fetch ``file`` from ``url`` into ``folder``, where it appears whole and checked, or not at all.

    Args:
        file: Which it is: its size and checksum are known beforehand.
        url: Where it is published.
        folder: Made where it is not there.
        cancelled: Set by another thread to give it up.
        patience: Seconds in which something must arrive.

    Raises:
        TransferFailed: No network, a refusal, a break, no room on the disk, or another file than the published one.
        GivenUp: ``cancelled`` was set; what has arrived stays.
    """
    part = part_of(folder, file)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(folder, file, _size_of(part))
        if _size_of(part) < file.size:
            _fetch(file, url, part, cancelled, patience)
        _check(file, part, url)
        os.replace(part, folder / file.name)
    except urllib.error.URLError as error:
        raise _no_answer(url, error) from error
    except (TimeoutError, ConnectionError, HTTPException) as error:
        raise TransferFailed(f"The transfer of {file.name} broke off.", hint=_AGAIN) from error
    except OSError as error:
        message = f"{file.name} cannot be written into {folder}: {error.strerror or error}."
        raise TransferFailed(message, hint="Make room or give the server the right to write there.") from error
    finally:
        with suppress(OSError):  # it is not empty, or never was there
            folder.rmdir()


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _check_room(folder: Path, file: OriginalFile, have: int) -> None:
    free, needed = shutil.disk_usage(folder).free, file.size - have
    if needed > free:
        message = f"{file.name} needs {needed / 1e6:.1f} MB more, and {free / 1e6:.1f} MB are free in {folder}."
        raise TransferFailed(message, hint="Make room on that disk.")


def _fetch(file: OriginalFile, url: str, part: Path, cancelled: Event, patience: float) -> None:
    with _open(url, _size_of(part), patience) as answer:
        goes_on = answer.status == 206
        have = _size_of(part) if goes_on else 0
        with part.open("ab" if goes_on else "wb") as written:
            while chunk := answer.read1(CHUNK):
                have += len(chunk)
                if have > file.size:
                    break
                written.write(chunk)
                written.flush()  # its size tells how far it is
                if cancelled.is_set():
                    raise GivenUp
    if have > file.size:
        part.unlink()
        message = f"{url} sends more than the {file.size} bytes that {file.name} has."
        raise TransferFailed(message, hint=_elsewhere(file))
    if have < file.size:
        message = f"The transfer of {file.name} broke off after {have} of {file.size} bytes."
        raise TransferFailed(message, hint=_AGAIN)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows only to where the way is encrypted."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != "https":
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str, have: int, patience: float) -> HTTPResponse:
    """The answer from byte ``have`` on, or from the first where the other side cannot do that.

    Raises:
        URLError: There is none.
    """
    headers = {"User-Agent": f"Layerlab/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    answer: HTTPResponse = urllib.request.build_opener(_Redirects).open(request, timeout=patience)
    if answer.status == 206 and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        answer.close()
        raise urllib.error.URLError("it answered with another range than it was asked for")
    return answer


def _check(file: OriginalFile, part: Path, url: str) -> None:
    """What has arrived is the published file, or goes."""
    algorithm, _, expected = file.checksum.partition(":")
    with part.open("rb") as arrived:
        found = hashlib.file_digest(arrived, algorithm).hexdigest()
    if found == expected and _size_of(part) == file.size:
        return
    part.unlink()
    message = f"What {url} sent is not the published {file.name}: its {algorithm.upper()} is {found}, not {expected}."
    raise TransferFailed(message, hint=_elsewhere(file))


def _elsewhere(file: OriginalFile) -> str:
    return f"Fetch it again, or get {file.name} elsewhere and put it there by hand."


def _no_answer(url: str, error: urllib.error.URLError) -> TransferFailed:
    host = urlsplit(url).hostname
    if isinstance(error, urllib.error.HTTPError):
        with error:
            message = f"{host} answered {error.code} {error.reason} for {url}."
        hint = "Try again later, or set LAYERLAB_ORIGINAL_ADDRESSES to where the files are."
        return TransferFailed(message, hint=hint)
    reason = getattr(error.reason, "strerror", None) or error.reason
    message = f"{host} cannot be reached: {reason}."
    hint = "Is there a network? Without one, put the files into the folder by hand."
    return TransferFailed(message, hint=hint)
