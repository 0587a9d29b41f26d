"""Whether a file is text, and in which encoding. Nothing is guessed: each try must fit the whole file."""

import codecs
from pathlib import Path

from layerlab.datasets.own_file import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_TRIES = (("utf-8", "UTF-8"), ("cp1252", "Windows-1252"))
_PART = 1 << 20
#: Characters that no text holds: control characters but for tab, line ends and form feed.
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r\f"}


def find_encoding(file: Path) -> tuple[str, str]:
    """The encoding that fits all of a file: its name in Python, and for people.

    A mark at the beginning decides; else it is UTF-8, or Windows-1252 where that does not fit.

    Raises:
        Unreadable: No encoding fits, or it is no text.
    """
    with file.open("rb") as opened:
        start = opened.read(4)
    marked = [(encoding, title) for mark, encoding, title in _MARKS if start.startswith(mark)]
    tries = marked[:1] or _TRIES
    if not marked:
        _check_bytes(file)
    problem = ""
    for encoding, title in tries:
        try:
            _check(file, encoding)
        except UnicodeDecodeError as error:
            problem = problem or f"It is not {title}: byte {error.object[error.start] if error.object else 0:#04x}"
        else:
            return encoding, title
    raise Unreadable(f"The text is in no known encoding. {problem} cannot be read.", hint="Save it as UTF-8.",
                     code="unknown_encoding")  # fmt: skip


def _check(file: Path, encoding: str) -> None:
    """Decode all of it.

    Raises:
        UnicodeDecodeError: It does not fit.
        Unreadable: It fits, but holds what no text does.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as opened:
        while part := opened.read(_PART):
            text = decoder.decode(part)
            if len(text.translate(_CONTROL)) < len(text):
                raise _no_text(next(ord(letter) for letter in text if ord(letter) in _CONTROL))
        decoder.decode(b"", final=True)


def _check_bytes(file: Path) -> None:
    """Look for what no text holds, whatever its encoding.

    Raises:
        Unreadable: It is there.
    """
    with file.open("rb") as opened:
        while part := opened.read(_PART):
            if len(part.translate(None, bytes(_CONTROL))) < len(part):
                raise _no_text(next(byte for byte in part if byte in _CONTROL))


def _no_text(code: int) -> Unreadable:
    message = f"This is no text: it holds the control character {code:#04x}."
    return Unreadable(message, code="not_text", hint="Save a spreadsheet as CSV first.")
