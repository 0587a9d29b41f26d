import contextlib
import math
import socket
import struct

import pytest
from layerlab.runs.wire import LARGEST_MESSAGE, Channel, Unpacker, WireError, pack


def test_messages_come_out_of_any_cut_of_the_stream():
    sent = [{"type": "a", "n": n, "body": bytes(n)} for n in range(30)]
    stream = b"".join(pack(message) for message in sent)
    for size in (1, 3, 7, 1000, len(stream)):
        unpacker = Unpacker()
        got = [m for at in range(0, len(stream), size) for m in unpacker.feed(stream[at : at + size])]
        assert got == sent


def test_numbers_that_json_cannot_hold_travel():
    (message,) = Unpacker().feed(pack({"type": "scalars", "values": [math.nan, math.inf, -math.inf, 0.1]}))
    assert math.isnan(message["values"][0])
    assert message["values"][1:] == [math.inf, -math.inf, 0.1]


@pytest.mark.parametrize(
    "nonsense",
    [struct.pack(">I", LARGEST_MESSAGE + 1), struct.pack(">I", 1) + b"\xc1", struct.pack(">I", 1) + b"\x05",
     struct.pack(">I", 1) + b"\x80"],
    ids=["too long", "no message pack", "no map", "no type"],
)  # fmt: skip
def test_what_is_no_message_is_refused(nonsense):
    with pytest.raises(WireError):
        Unpacker().feed(nonsense)


def test_a_channel_reads_what_it_is_sent_and_sees_the_end():
    ours, theirs = socket.socketpair()
    channel = Channel(theirs)
    ours.sendall(pack({"type": "pause", "id": 1}) + pack({"type": "stop", "id": 2}))
    assert channel.receive() == {"type": "pause", "id": 1}
    assert channel.receive() == {"type": "stop", "id": 2}
    channel.send({"type": "ended", "step": 3})
    channel.finish()
    assert Unpacker().feed(ours.recv(1 << 16)) == [{"type": "ended", "step": 3}]
    assert ours.recv(1) == b""
    ours.sendall(pack({"type": "pause", "id": 1})[:5])
    ours.close()
    assert channel.receive() is None
    theirs.close()


def test_a_channel_has_no_room_when_nobody_reads():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(theirs)
        assert channel.has_room()
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                theirs.send(bytes(1 << 16))
        assert not channel.has_room()
