"""Who watches what, and handing each published message to them. A pure core: no socket, no clock, no store.

A channel is one run: its numbered history and the newest frame of each probe. A viewer is one connection with its
bounded outbox. Text reaches a viewer exactly once and in order, because each subscription remembers the last number it
was given; publishing and joining both go by that number.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from layerlab.runs.history import History
from layerlab.runs.outbox import Outbox

#: Channels of ended runs kept for viewers that may come back.
_IDLE_CHANNELS = 32
#: More viewers of one run are a crowd.
MANY = 100


@dataclass
class Subscription:
    """One viewer's interest in one run. ``cursor`` is the last number given; None until a snapshot has come."""

    probes: frozenset[str]
    sample: int | None
    cursor: int | None
    order: int


@dataclass(eq=False)
class Viewer:
    """One connection. ``wake`` is called whenever its outbox may have something to send."""

    outbox: Outbox
    wake: Callable[[], None]
    subscriptions: dict[str, Subscription] = field(default_factory=dict)


@dataclass(frozen=True)
class Watch:
    """What the viewers of a run want measured, together; in a crowd of them, every write is made a thousand times."""

    probes: frozenset[str] = frozenset()
    sample: int | None = None
    in_crowd: bool = False


#: Nobody watches.
NOTHING = Watch()


@dataclass(eq=False)
class _Channel:
    history: History
    live: bool
    frames: dict[str, bytes] = field(default_factory=dict)
    viewers: set[Viewer] = field(default_factory=set)


class Hub:
    """All channels. ``on_watch`` is told when what the viewers of a run want together has changed."""

    def __init__(self, *, history_bytes: int, on_watch: Callable[[str, Watch], None] = lambda run, watch: None) -> None:
        self._history_bytes = history_bytes
        self._channels: dict[str, _Channel] = {}
        self._on_watch = on_watch
        self._num_subscriptions = 0

    def open(self, run: str, last_seq: int, *, live: bool) -> None:
        """Make sure the run has a channel; ``live`` keeps it while nobody watches."""
        channel = self._channels.get(run)
        if channel is None:
            self._channels[run] = _Channel(History(last_seq, self._history_bytes), live)
        else:
            channel.live = channel.live or live
        self._drop_idle(keep=run)

    def retire(self, run: str) -> None:
        """The run has ended; its channel stays while it is watched, and some time after."""
        if channel := self._channels.get(run):
            channel.live = False
            self._drop_idle()

    def _drop_idle(self, keep: str | None = None) -> None:
        idle = [run for run, channel in self._channels.items() if not channel.live and not channel.viewers]
        for run in idle[: max(0, len(idle) - _IDLE_CHANNELS)]:
            if run != keep:
                del self._channels[run]

    def publish_text(self, run: str, seq: int, text: str) -> None:
        """Hand out a numbered message that is stored already."""
        channel = self._channels.get(run)
        if channel is None:
            return  # nobody has watched it for long; whoever comes gets a snapshot
        channel.history.append(seq, text)
        for viewer in channel.viewers:
            subscription = viewer.subscriptions[run]
            if subscription.cursor is not None and seq > subscription.cursor:
                subscription.cursor = seq
                viewer.outbox.put_text(text, run=run)
                viewer.wake()

    def publish_frame(self, run: str, probe: str, message: bytes) -> None:
        """Hand out a frame to those who watch its probe, and keep it as the newest."""
        channel = self._channels.get(run)
        if channel is None:
            return
        channel.frames[probe] = message
        for viewer in channel.viewers:
            subscription = viewer.subscriptions[run]
            if subscription.cursor is not None and probe in subscription.probes:
                viewer.outbox.put_frame(run, probe, message)
                viewer.wake()

    def subscribe(
        self, viewer: Viewer, run: str, *, probes: Iterable[str], sample: int | None, from_seq: int | None
    ) -> bool:
        """Join, or change what is watched. False where a snapshot must be made and given to ``admit``.

        On a connection that already follows the run, its own cursor counts and not ``from_seq``: what was sent is on
        its way. Null asks for a new snapshot even then.
        """
        channel = self._channels[run]
        before = viewer.subscriptions.get(run)
        self._num_subscriptions += 1
        wanted = frozenset(probes)
        cursor = before.cursor if before is not None and from_seq is not None else None
        viewer.subscriptions[run] = Subscription(wanted, sample, cursor, self._num_subscriptions)
        channel.viewers.add(viewer)
        self._on_watch(run, self.watched(run))
        if cursor is not None:
            new = wanted - before.probes if before else wanted
            self._give_frames(viewer, run, new)
            return True
        viewer.outbox.forget(run)
        return from_seq is not None and from_seq <= channel.history.last_seq and self._join(viewer, run, from_seq)

    def admit(self, viewer: Viewer, run: str, seq: int, snapshot: str) -> bool:
        """Give a snapshot made at ``seq`` and all that came since. False where too much came: make a new one."""
        if run not in viewer.subscriptions:
            return True  # it left meanwhile
        channel = self._channels[run]
        if seq <= channel.history.last_seq and channel.history.since(seq) is None:
            return False
        viewer.outbox.put_text(snapshot, run=run, counted=False)
        return self._join(viewer, run, seq)

    def _join(self, viewer: Viewer, run: str, seq: int) -> bool:
        channel = self._channels[run]
        subscription = viewer.subscriptions[run]
        if seq > channel.history.last_seq:
            # Stored but not yet published: the snapshot knows it, so it will be passed over when it comes.
            subscription.cursor = seq
        else:
            rest = channel.history.since(seq)
            if rest is None:
                return False
            for _, text in rest:
                viewer.outbox.put_text(text, run=run, counted=False)
            subscription.cursor = channel.history.last_seq
        self._give_frames(viewer, run, subscription.probes)
        viewer.wake()
        return True

    def _give_frames(self, viewer: Viewer, run: str, probes: Iterable[str]) -> None:
        for probe in sorted(probes):
            if (message := self._channels[run].frames.get(probe)) is not None:
                viewer.outbox.put_frame(run, probe, message)
        viewer.wake()

    def missing_frames(self, run: str, probes: Iterable[str]) -> list[str]:
        """Of ``probes`` those of which no frame is in memory; the store may have one."""
        return [probe for probe in probes if probe not in self._channels[run].frames]

    def remember_frame(self, run: str, probe: str, message: bytes) -> None:
        """A frame from the store, unless a newer one has come meanwhile."""
        if channel := self._channels.get(run):
            channel.frames.setdefault(probe, message)

    def unsubscribe(self, viewer: Viewer, run: str) -> None:
        """Stop watching a run; not watching it is fine too."""
        if viewer.subscriptions.pop(run, None) is None:
            return
        viewer.outbox.forget(run)
        self._channels[run].viewers.discard(viewer)
        self._on_watch(run, self.watched(run))
        self._drop_idle()

    def leave(self, viewer: Viewer) -> None:
        """The connection is gone."""
        for run in list(viewer.subscriptions):
            self.unsubscribe(viewer, run)

    def remove(self, run: str, text: str) -> None:
        """The run is deleted: tell its viewers and forget it."""
        channel = self._channels.pop(run, None)
        for viewer in channel.viewers if channel else ():
            viewer.subscriptions.pop(run, None)
            viewer.outbox.forget(run)
            viewer.outbox.put_text(text)
            viewer.wake()

    def watched(self, run: str) -> Watch:
        """What the viewers of a run want together: all their probes, and the sample chosen last."""
        channel = self._channels.get(run)
        wants = [viewer.subscriptions[run] for viewer in channel.viewers] if channel else []
        chosen = max((want for want in wants if want.sample is not None), key=lambda want: want.order, default=None)
        probes: frozenset[str] = frozenset().union(*(want.probes for want in wants))
        return Watch(probes, chosen.sample if chosen else None, self.is_crowded(run))

    def is_crowded(self, run: str) -> bool:
        """Whether so many watch a run that points and pictures are sent together."""
        channel = self._channels.get(run)
        return channel is not None and len(channel.viewers) > MANY
