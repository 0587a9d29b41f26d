"""Who may come in: a token for scripts, a one-time code in the launch link, a cookie for the browser that used it.

The token is in a file that only its owner can read. Cookies are signed with it, so they outlive a restart of the
server, and taking the file away ends them all at once.
"""

import hmac
import os
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

_CODE_LIMIT = 64
#: How often the token file is looked at again.
_LOOK_SECONDS = 1.0


def read_or_make_token(file: Path) -> str:
    """The token in ``file``; where there is none, a new one is written, for its owner only."""
    try:
        token = file.read_text(encoding="ascii").strip()
        if token:
            file.chmod(0o600)
            return token
    except FileNotFoundError:
        pass
    token = secrets.token_urlsafe(32)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as handle:
        handle.write(token + "\n")
    new.replace(file)
    return token


class Credentials:
    """The token of one data folder, and what derives from it. Every comparison takes constant time."""

    def __init__(self, file: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._token = read_or_make_token(file)
        self._clock = clock
        self._looked = clock()
        self._codes: set[str] = set()

    def _current(self) -> str | None:
        """The token now: None after the file was taken away, another after it was replaced."""
        if self._clock() - self._looked >= _LOOK_SECONDS:
            self._looked = self._clock()
            try:
                self._token = self._file.read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError):
                self._token = ""
        return self._token or None

    def new_code(self) -> str:
        """A code that opens the door once."""
        if len(self._codes) >= _CODE_LIMIT:
            self._codes.pop()
        code = secrets.token_urlsafe(24)
        self._codes.add(code)
        return code

    def use_code(self, code: str) -> bool:
        """True the first time that a code of ours is shown."""
        found = [known for known in self._codes if hmac.compare_digest(known.encode(), code.encode("utf-8", "replace"))]
        self._codes.difference_update(found)
        return bool(found)

    def new_cookie(self) -> str:
        """A cookie's value: a random name and its signature."""
        token = self._current()
        assert token, "a cookie needs the token"
        name = secrets.token_urlsafe(16)
        return f"{name}.{_sign(token, name)}"

    def accepts_cookie(self, value: str) -> bool:
        """True for a cookie that this data folder's server gave."""
        token = self._current()
        name, _, signature = value.partition(".")
        return token is not None and _same(signature, _sign(token, name))

    def accepts_token(self, value: str) -> bool:
        """True for the token itself."""
        token = self._current()
        return token is not None and _same(value, token)


def _sign(token: str, name: str) -> str:
    return hmac.new(token.encode(), b"layerlab cookie " + name.encode("utf-8", "replace"), sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
