"""The original files that are there and those that are on their way: one thread for each set that is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from layerlab_schemas.dataset import Original

from layerlab.errors import LayerlabError
from layerlab.originals.places import find_file, parts_there
from layerlab.originals.sets import ORIGINALS, OriginalFile, OriginalSet
from layerlab.originals.transfer import PATIENCE, GivenUp, TransferFailed, part_of, transfer

_PARTS = {"train": "training", "test": "test"}


class NoSuchOriginal(LayerlabError):
    """No dataset of that name is read from original files."""

    code = "no_such_original"


@dataclass
class _Fetching:
    """One try to fetch what lacks of a set."""

    cancelled: Event = field(default_factory=Event)
    failure: TransferFailed | None = None
    thread: Thread | None = None

    @property
    def is_under_way(self) -> bool:
        return self.thread is not None and self.thread.is_alive() and not self.cancelled.is_set()


class Fetcher:
    """Fetches original files into one folder, and tells how things stand.

    Its methods look at the disk, so an event loop calls them in a thread.

    Args:
        folder: Of original files.
        addresses: Where a set is fetched from instead, by its name: the folder on the web that holds its files.
        sets: Which sets there are; None: the well-known ones.
        patience: Seconds in which something must arrive.
    """

    def __init__(
        self,
        folder: Path,
        addresses: Mapping[str, str] | None = None,
        *,
        sets: tuple[OriginalSet, ...] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._folder = folder
        self._sets = ORIGINALS if sets is None else sets
        self._patience = patience
        self._addresses = dict(addresses or {})
        self._tries: dict[str, _Fetching] = {}
        self._starting = Lock()

    def originals(self) -> list[Original]:
        """Every set that is read from original files."""
        return [self._view(original) for original in self._sets]

    def start(self, dataset: str) -> Original:
        """Begin to fetch what lacks, unless that is under way; returns at once.

        Raises:
            NoSuchOriginal: There is no such set.
        """
        original = self._find(dataset)
        with self._starting:
            before = self._tries.get(dataset)
            if before is None or not before.is_under_way:
                self._tries[dataset] = self._begin(original, before.thread if before is not None else None)
        return self._view(original)

    def _begin(self, original: OriginalSet, last: Thread | None) -> _Fetching:
        began = _Fetching()
        # A daemon: it must not keep the server from ending while the other side is silent.
        began.thread = Thread(target=self._run, args=(original, began, last), daemon=True)
        began.thread.start()
        return began

    def cancel(self, dataset: str) -> Original:
        """Give a transfer up; what has arrived is kept, so that another goes on from there.

        Raises:
            NoSuchOriginal: There is no such set.
        """
        original = self._find(dataset)
        if dataset in self._tries:
            self._tries[dataset].cancelled.set()
        return self._view(original)

    def close(self) -> None:
        """Give all transfers up; their threads do not keep a process alive."""
        for one in self._tries.values():
            one.cancelled.set()

    def _run(self, original: OriginalSet, this: _Fetching, last: Thread | None) -> None:
        if last is not None:
            last.join()  # two threads must not write one file
        folder = self._folder / original.folders[0]
        try:
            for file in self._lacking(original):
                url = f"{self._address(original)}/{file.name}"
                transfer(file, url, folder, cancelled=this.cancelled, patience=self._patience)
        except TransferFailed as failure:
            this.failure = failure
        except GivenUp:
            pass

    def _address(self, original: OriginalSet) -> str:
        return self._addresses.get(original.dataset, original.address).rstrip("/")

    def _lacking(self, original: OriginalSet) -> list[OriginalFile]:
        return [file for file in original.files if find_file(self._folder, original, file.name) is None]

    def _view(self, original: OriginalSet) -> Original:
        this = self._tries.get(original.dataset)
        # Asked before the folder is looked at: what a transfer that ends meanwhile has brought would not be seen.
        is_under_way = this is not None and this.is_under_way
        there = parts_there(self._folder, original)
        is_complete = len(there) == len(original.parts)
        lacking = [] if is_complete else self._lacking(original)
        status, message = "ready" if there else "missing", None
        if there and not is_complete:
            lacks = next(part for part in original.parts if part not in there)
            message = f"Only the {_PARTS[there[0]]} part is there. Fetching adds the {_PARTS[lacks]} part."
        if is_under_way:
            status, message = "fetching", None
        elif this is not None and this.failure is not None and not is_complete:
            status, message = "failed", str(this.failure)
        return Original(
            dataset=original.dataset,
            title=original.title,
            status=status,
            files=[file.name for file in original.files],
            folder=str((self._folder / original.folders[0]).absolute()),
            received=original.size - sum(file.size - self._arrived(original, file) for file in lacking),
            size=original.size,
            source=self._address(original),
            message=message,
            parts=list(there),
        )

    def _arrived(self, original: OriginalSet, file: OriginalFile) -> int:
        part = part_of(self._folder / original.folders[0], file)
        try:
            return min(part.stat().st_size, file.size)
        except OSError:  # it is not there, or has just become the whole file
            return file.size if find_file(self._folder, original, file.name) else 0

    def _find(self, dataset: str) -> OriginalSet:
        for original in self._sets:
            if original.dataset == dataset:
                return original
        names = ", ".join(original.dataset for original in self._sets)
        raise NoSuchOriginal(f"There are no original files of {dataset[:40]}.", hint=f"There are of: {names}.")
