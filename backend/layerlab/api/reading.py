"""Reading a JSON body once, safely: what JSON or our stores cannot hold is refused before any model sees it.

Plain ``json.loads`` takes NaN, numbers of any size, half surrogate pairs and repeated keys, each of which breaks
something later, sometimes only while the error is being written.
"""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from layerlab.api.problems import Refusal

_LARGEST = 2**63 - 1
_LONG_BODY = 64 * 1024


def _refuse(code: str, detail: str, status: int = 400) -> NoReturn:
    raise Refusal(status, code, detail)


def _constant(name: str) -> NoReturn:
    _refuse("not_finite", f"The body holds {name}, which JSON has no word for. Send null, or leave the field out.")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _refuse("number_too_large", f"The body holds the number {text[:40]}, which is too large.")
    return value


def _int(text: str) -> int:
    if len(text) > 20 or abs(value := int(text)) > _LARGEST:
        _refuse("number_too_large", f"The body holds the number {text[:40]}…, whose size is beyond 2^63.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        _refuse("duplicate_key", f"The key {ascii(twice)[:80]} is there twice in one object.")
    return found


def _check_depth(value: Any, depth: int) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        children = (child for item in level for child in (item.values() if isinstance(item, dict) else item))
        level = [child for child in children if isinstance(child, dict | list)]
        if not level:
            return
    _refuse("too_deep", f"The body is nested deeper than {depth} levels.")


def parse(body: bytes, *, depth: int) -> Any:
    """The value that ``body`` holds.

    Raises:
        Refusal: 400 with what is wrong: not UTF-8, not JSON, NaN or infinite, a number beyond 2^63, half a surrogate
            pair, a key twice in one object, or nested deeper than ``depth``.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse("not_utf8", f"The body is not UTF-8: byte {error.start} cannot be read.")
    try:
        value = json.loads(
            text, parse_constant=_constant, parse_float=_float, parse_int=_int, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        _refuse("not_json", f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.")
    except RecursionError:
        _refuse("too_deep", f"The body is nested deeper than {depth} levels.")
    if "\\u" in text:
        _check_surrogates(value)
    _check_depth(value, depth)
    return value


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        _refuse(
            "lone_surrogate", "The body holds half of a surrogate pair (\\ud800 to \\udfff), which is no character."
        )
    except RecursionError:
        _refuse("too_deep", "The body is nested too deeply.")


class SafeRequest(Request):
    """A request whose body is bounded and whose JSON is read by ``parse``."""

    async def body(self) -> bytes:
        """The body.

        Raises:
            Refusal: 413 where it is too large, 415 where it does not say that it is JSON.
        """
        if not hasattr(self, "_body"):
            limit = self.app.state.settings.max_body_bytes
            self._body = await _read(self, limit)
            kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
            if self._body and kind != "application/json":
                _refuse("not_json", "The body must be JSON and say so: Content-Type: application/json.", 415)
        return self._body

    async def json(self) -> Any:
        """The value in the body."""
        if not hasattr(self, "_json"):
            body = await self.body()
            depth = self.app.state.settings.max_body_depth
            # A long body is read beside the event loop, which goes on serving the others.
            in_thread = len(body) > _LONG_BODY
            self._json = await asyncio.to_thread(parse, body, depth=depth) if in_thread else parse(body, depth=depth)
        return self._json


async def _read(request: Request, limit: int) -> bytes:
    too_large = f"The body is larger than {limit} bytes."
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > limit:
        _refuse("body_too_large", too_large, 413)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            _refuse("body_too_large", too_large, 413)
        parts.append(part)
    return b"".join(parts)


class SafeRoute(APIRoute):
    """A route that reads its body by ``SafeRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given the safe request in place of the plain one."""
        handler = super().get_route_handler()

        async def safe(request: Request) -> Response:
            return await handler(SafeRequest(request.scope, request.receive))

        return safe
