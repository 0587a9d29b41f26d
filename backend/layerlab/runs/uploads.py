"""Files that users bring, from the first byte to the shelf. What is in them is read by a process of its own."""

import asyncio
import errno
import logging
import shutil
import signal
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from layerlab_schemas.dataset import TableForm, Upload

from layerlab.figures import counted
from layerlab.runs.arriving import MEGA, Wanted, check_size, write
from layerlab.runs.asking import Asking, problem_of
from layerlab.runs.children import Child, ChildGone, Executor
from layerlab.runs.refusals import FileRefused, NoSpace, NoSuchUpload, NotReady, TooMany
from layerlab.settings import Settings
from layerlab.shelf import READERS, Limits
from layerlab.store.uploads import FILE, UploadFolder

log = logging.getLogger(__name__)

#: Files that may come in at once; of these one is read at a time, for reading takes a core and memory.
MOST_AT_ONCE = 8
_SECONDS_BETWEEN_LOOKS = 0.5
_LONGEST_NAME = 200

IsGone = Callable[[], Awaitable[bool]]
#: Puts the file into a folder; gives the file's own id and its size.
Bring = Callable[[Path], Awaitable[tuple[str, int]]]


class Uploads:
    """All uploads of a server."""

    def __init__(self, settings: Settings, executor: Executor) -> None:
        self._settings = settings
        self._executor = executor
        self._folder = UploadFolder(settings.uploads_folder)
        self._limits = Limits(inflated_bytes=settings.inflated_megabytes * MEGA)
        self._num_open = 0
        self._reading = asyncio.Lock()

    async def clean(self) -> None:
        """Take away what the last server left half done."""
        await to_thread(self._folder.clean)

    async def all(self) -> list[Upload]:
        """All of them, the newest first."""
        return await to_thread(self._folder.all)

    async def get(self, upload: str) -> Upload:
        """One of them.

        Raises:
            NoSuchUpload: There is none of that id.
        """
        found = await to_thread(self._folder.get, upload)
        if found is None:
            raise NoSuchUpload(upload)
        return found

    async def delete(self, upload: str) -> None:
        """Take one away; runs that train on it keep what they have in memory.

        Raises:
            NoSuchUpload: There is none of that id.
        """
        if not await to_thread(self._folder.remove, upload):
            raise NoSuchUpload(upload)

    async def read_otherwise(self, upload: str, form: TableForm, *, is_gone: IsGone) -> tuple[Upload, bool]:
        """Read a table that is here in another form; that reading has an id of its own, and the other stays.

        Returns:
            The upload, and whether it is new.

        Raises:
            NoSuchUpload: There is none of that id.
            FileRefused: It is no table, or cannot be read like that.
            NoSpace: The disk, or what of it uploads may take, is full.
            TooMany: Files are coming in already.
            NotReady: No process could read it.
        """
        found = await self.get(upload)
        wanted = self._judge(found.name)
        _check_form(wanted, form)

        async def link(folder: Path) -> tuple[str, int]:
            await to_thread(_link, self._folder.file(upload), folder / FILE)
            return found.file or found.id, found.size

        return await self._receive(wanted, found.size, form, link, is_gone)

    async def receive(
        self,
        name: str,
        size: int | None,
        parts: AsyncIterator[bytes],
        *,
        is_gone: IsGone,
        form: TableForm | None = None,
    ) -> tuple[Upload, bool]:
        """Take a file in, read it and put it on the shelf; whatever fails leaves nothing behind.

        Args:
            name: Of the file; its end says what reads it.
            size: How many bytes were announced.
            parts: The bytes as they come.
            is_gone: Whether whoever brings it has gone away; asked when all bytes have come.
            form: How a table is to be read, where that is known.

        Returns:
            The upload, and whether it is new: the same file twice is one upload.

        Raises:
            FileRefused: It is of no kind that can be read, or is not what it should be.
            FileTooLarge: It is over its limit.
            NoSpace: The disk, or what of it uploads may take, is full.
            TooMany: Others are coming in already.
            NotReady: No process could read it.
        """
        wanted = self._judge(name)
        _check_form(wanted, form := form or TableForm())
        check_size(size or 0, wanted)

        async def take(folder: Path) -> tuple[str, int]:
            digest, found = await write(parts, folder / FILE, wanted)
            return f"u{digest[:16]}", found

        return await self._receive(wanted, size or 0, form, take, is_gone)

    async def _receive(
        self, wanted: Wanted, size: int, form: TableForm, bring: Bring, is_gone: IsGone
    ) -> tuple[Upload, bool]:
        """Have a file brought into a folder of its own, and read it there."""
        if self._num_open >= MOST_AT_ONCE:
            raise TooMany(f"{MOST_AT_ONCE} files are coming in already.", hint="Try again when one is done.")
        self._num_open += 1
        folder: Path | None = None
        try:
            await self._check_space(size)
            folder = await to_thread(self._folder.new)
            file, num_bytes = await bring(folder)
            return await self._take(wanted, folder, (file, num_bytes, form), is_gone)
        except OSError as error:
            raise _disk_refusal(error) from error
        finally:
            self._num_open -= 1
            if folder is not None:
                await asyncio.shield(to_thread(shutil.rmtree, folder, ignore_errors=True))

    def _judge(self, name: str) -> Wanted:
        """What reads a file of that name, and how large it may be."""
        plain = PurePath(name.replace("\\", "/")).name.strip()
        plain = "".join(letter for letter in plain if letter.isprintable())[-_LONGEST_NAME:]
        suffix = PurePath(plain).suffix.lower()
        if suffix not in READERS:
            raise FileRefused(
                f"Files that end in {suffix or 'nothing'} cannot be read.",
                code="unknown_file",
                hint="Bring a table (.csv, .tsv), images in class folders (.zip), a text (.txt) or arrays (.npz).",
            )
        return Wanted(plain, READERS[suffix], self.limits()[suffix])

    def limits(self) -> dict[str, int]:
        """Bytes of the largest file, by the end of its name."""
        settings = self._settings
        megabytes = {"csv": settings.csv_megabytes, "text_file": settings.text_megabytes}
        return {suffix: megabytes.get(kind, settings.zip_megabytes) * MEGA for suffix, kind in READERS.items()}

    async def _check_space(self, size: int) -> None:
        taken, most = await to_thread(self._folder.bytes_taken), self._settings.uploads_megabytes * MEGA
        if taken + size > most:
            raise NoSpace(
                f"All uploads take {taken / MEGA:.0f} MB of the {most / MEGA:.0f} MB that they may take.",
                hint="Delete some that are no longer needed.",
            )

    async def _take(
        self, wanted: Wanted, folder: Path, brought: tuple[str, int, TableForm], is_gone: IsGone
    ) -> tuple[Upload, bool]:
        file, size, form = brought
        number = _number(file, form)
        known = await to_thread(self._folder.get, number)
        if known is None:
            found = await _unless(is_gone, self._read(number, wanted, folder, form))
            created = datetime.now(UTC)
            made = Upload(
                id=number, file=file, name=wanted.name, dataset=wanted.dataset, size=size, created=created, asked=form,
                **found,
            )  # fmt: skip
            if await to_thread(self._folder.keep, folder, made):
                return made, True
            known = await self.get(number)
        if known.dataset != wanted.dataset:
            raise FileRefused(
                f"The same file is here already as {known.name}, which is read otherwise.",
                code="known_otherwise",
                hint="Delete that one first.",
            )
        return known, False

    async def _read(self, number: str, wanted: Wanted, folder: Path, form: TableForm) -> dict[str, Any]:
        """What a process of its own finds in the file.

        Raises:
            FileRefused: It cannot be read.
            NotReady: No process could be started.
        """
        async with self._reading:
            try:
                child = await self._executor.reader()
            except ChildGone as error:
                raise NotReady("The process that reads files could not be started.", hint="Try again.") from error
            asking = Asking(child)
            listening = asyncio.create_task(_listen(child, asking))
            try:
                return await self._ask(child, asking, self._question(number, wanted, folder, form), wanted.name)
            finally:
                child.kill()
                await listening

    def _question(self, number: str, wanted: Wanted, folder: Path, form: TableForm) -> dict[str, Any]:
        return {
            "type": "read", "upload": number, "dataset": wanted.dataset, "folder": str(folder.absolute()),
            "limits": asdict(self._limits), "seconds": self._settings.reading_seconds,
            "form": form.model_dump(mode="json"),
        }  # fmt: skip

    async def _ask(self, child: Child, asking: Asking, question: dict[str, Any], name: str) -> dict[str, Any]:
        """The answer of a reader, which holds itself to its processor time: a busy machine refuses no file."""
        most, most_wall = self._settings.reading_seconds, self._settings.reading_wall_seconds
        try:
            async with asyncio.timeout(most_wall):
                reply = await asking.ask(question)
        except TimeoutError as error:
            text = f"Reading {name} was not done after {counted(most_wall, 'second')} and was ended."
            hint = "Try again when the machine is less busy, or bring a smaller file."
            raise FileRefused(text, code="too_slow", hint=hint) from error
        except ChildGone as error:
            if (await child.ending()).signal == signal.SIGXCPU:
                text = f"Reading {name} took more processor time than the {counted(most, 'second')} that it may take."
                raise FileRefused(text, code="too_slow", hint="Bring a smaller file.") from error
            text = f"The process that read {name} ended over it: it may have needed too much memory."
            raise FileRefused(text, code="too_heavy", hint="Bring a smaller file.") from error
        if (problem := problem_of(reply)) is not None:
            if problem.get("code") == NoSpace.code:
                raise NoSpace(problem["detail"])
            raise FileRefused(problem["detail"], code=problem.get("code"))
        return dict(reply["result"])


def _check_form(wanted: Wanted, form: TableForm) -> None:
    """Nothing where that can be asked of such a file.

    Raises:
        FileRefused: Only tables are read in several ways.
    """
    if form != TableForm() and wanted.dataset != "csv":
        text = f"{wanted.name} is no table, so it has no delimiter, decimals, names or types."
        raise FileRefused(text, code="no_table", hint="Leave these out.")


def _number(file: str, form: TableForm) -> str:
    """The id of a file as it is read: its own where nothing is asked."""
    if form == TableForm():
        return file
    return f"u{sha256(f'{file} {form.model_dump_json()}'.encode()).hexdigest()[:16]}"


def _link(source: Path, target: Path) -> None:
    """The same file in another folder; a copy where the disk knows no links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


async def _unless(is_gone: IsGone, reading: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """What is read, as long as somebody waits for it.

    Raises:
        FileRefused: Nobody does.
    """
    work = asyncio.create_task(reading)
    try:
        while True:
            await asyncio.wait([work], timeout=_SECONDS_BETWEEN_LOOKS)
            if work.done():
                return work.result()
            if await is_gone():
                raise FileRefused("Whoever brought the file went away before it was read.", code="given_up")
    finally:
        work.cancel()
        await asyncio.wait([work])


async def _listen(child: Child, asking: Asking) -> None:
    while messages := await child.receive():
        for message in messages:
            asking.answered(message)
    asking.give_up()


def _disk_refusal(error: OSError) -> NoSpace | NotReady:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace("The disk of the server is full.", hint="Free some space there, or delete uploads.")
    log.error("An upload could not be written", exc_info=error)
    return NotReady(f"The server could not write the file: {error.strerror}.", hint="Try again.")
