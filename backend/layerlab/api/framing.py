"""Messages as the frames of a websocket (RFC 6455): made once, and the same bytes for every viewer."""

_TEXT, _BINARY = 0x81, 0x82
#: Bytes of frames that are kept for those who get them later.
KEPT = 4 * 1024 * 1024


class Framing:
    """Puts messages into frames, whole and without a mask, as a server sends them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._size = 0
        # By the identity of the message, which is its own as long as the message is kept too.
        self._made: dict[int, tuple[str | bytes, bytes]] = {}

    def of(self, message: str | bytes) -> bytes:
        """The frame of a message, text as UTF-8."""
        known = self._made.get(id(message))
        if known is not None:
            return known[1]
        made = framed(message)
        self._made[id(message)] = (message, made)
        self._size += len(made)
        while self._size > self._kept:
            self._size -= len(self._made.pop(next(iter(self._made)))[1])
        return made


def framed(message: str | bytes) -> bytes:
    """One unmasked frame."""
    kind, body = (_TEXT, message.encode()) if isinstance(message, str) else (_BINARY, message)
    length = len(body)
    if length < 126:
        head = bytes((kind, length))
    elif length < 1 << 16:
        head = bytes((kind, 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((kind, 127)) + length.to_bytes(8, "big")
    return head + body
