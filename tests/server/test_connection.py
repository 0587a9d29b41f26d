"""From an outbox to a socket: frames as RFC 6455 has them, one piece a turn, and viewers who stop reading."""

import asyncio

import pytest
from layerlab.api.connection import Pump
from layerlab.api.framing import Framing, framed
from layerlab.runs.outbox import Outbox
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader


class Line:
    """A socket that keeps what is written, and is as full as it is told to be."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_ready = True
        self.is_cut_off = False
        self.on_ready = lambda: None

    def send_frames(self, data: bytes) -> None:
        self.written.append(data)

    def cut_off(self) -> None:
        self.is_cut_off = True


def parsed(data: bytes) -> list[Frame]:
    """What a client of another make reads."""
    reader, frames = StreamReader(), []
    reader.feed_data(data)
    reader.feed_eof()
    while reader.buffer:
        steps = Frame.parse(reader.read_exact, mask=False, max_size=None)
        with pytest.raises(StopIteration) as ended:
            next(steps)
        frames.append(ended.value.value)
    return frames


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_frames_are_those_that_another_implementation_reads(length):
    (binary,) = parsed(framed(b"x" * length))
    assert (binary.opcode, binary.fin, binary.data) == (Opcode.BINARY, True, b"x" * length)
    (text,) = parsed(framed("é" * length))
    assert (text.opcode, bytes(text.data).decode()) == (Opcode.TEXT, "é" * length)


def test_a_message_is_put_into_a_frame_once_and_never_mistaken_for_another():
    framing = Framing(kept=1000)
    message = "a" * 100
    assert framing.of(message) is framing.of(message)
    for number in range(10_000):
        text = f"message {number}"
        assert framing.of(text) == framed(text)


def run(check) -> None:
    async def inside() -> None:
        outbox, line = Outbox(1000), Line()
        await check(outbox, line, Pump(outbox, line, Framing()))

    asyncio.run(inside())


def test_what_comes_in_one_turn_goes_out_in_one_piece_and_in_order():
    async def check(outbox, line, pump):
        for message in ("one", "two"):
            outbox.put_text(message)
            pump.wake()
        outbox.put_frame("r", "weights", b"three")
        pump.wake()
        await asyncio.sleep(0)
        assert len(line.written) == 1
        assert [bytes(frame.data) for frame in parsed(line.written[0])] == [b"one", b"two", b"three"]

    run(check)


def test_a_full_line_gets_nothing_more_until_it_is_ready_and_then_the_newest_frame():
    async def check(outbox, line, pump):
        line.is_ready = False
        outbox.put_text("text")
        pump.wake()
        await asyncio.sleep(0)
        for body in (b"old", b"new"):
            outbox.put_frame("r", "weights", body)
            pump.wake()
        await asyncio.sleep(0.03)
        assert line.written == []
        assert pump.has_stalled(0.02)
        assert not pump.has_stalled(60)
        line.is_ready = True
        line.on_ready()
        await asyncio.sleep(0)
        assert [bytes(frame.data) for frame in parsed(b"".join(line.written))] == [b"text", b"new"]
        assert not pump.has_stalled(0)

    run(check)


def test_too_much_text_cuts_the_line_off():
    async def check(outbox, line, pump):
        line.is_ready = False
        for _ in range(3):
            outbox.put_text("x" * 500)
            pump.wake()
        assert line.is_cut_off

    run(check)
