"""A text of the user's own, cut into pieces; the target at each step is the next character or word."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from layerlab_schemas.base import Boolean, PositiveCount
from numpy.typing import NDArray
from pydantic import Field

from layerlab.datasets.base import DataSize, LoadedData
from layerlab.datasets.own_file import OwnFileKind, Reading, Unreadable, UploadParams, wrong
from layerlab.datasets.plain_text import find_encoding
from layerlab.figures import counted
from layerlab.shelf import Limits

#: What stands for all that is too rare for a token of its own.
RARE = "�"
#: What can be seen of characters that cannot.
_SEEN = {" ": "␣", "\n": "↵", "\t": "⇥"}
_TEXT, _COUNTS = "text.txt", "counts.json"
_LEAST = 100
#: Different tokens, where nobody says how many.
_USUAL = {"character": 200, "word": 1000}
_BEGINNING = 300
#: A word with its inner hyphens and apostrophes, or a single sign; the end of a line is a sign too.
_WORDS = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]|\n")


class TextFileParams(UploadParams):
    """How the text becomes tokens."""

    unit: Literal["character", "word"] = Field(default="character", description="What one token is.")
    length: Annotated[PositiveCount, Field(ge=4, le=512)] = Field(default=40, description="Tokens in a sample.")
    vocabulary: Annotated[PositiveCount, Field(ge=2, le=20_000)] | None = Field(
        default=None,
        description="At most so many different tokens, the most frequent ones; all others become �. "
        "Empty: 200 characters or 1000 words.",
    )
    lower_case: Boolean = Field(default=False, description="Read capitals as small letters.")


class TextFile(OwnFileKind):
    """A text file, cut into pieces of equal length; the target at each step is the token that comes next.

    Every token but the last is read once, and every one but the first is told once. What is left at the end and does
    not fill a piece is left out.
    """

    kind = "text_file"
    title = "Your text"
    help = "A text of your own, character by character or word by word: which one comes next?"
    formula = r"y_t = x_{t+1}"
    task = "classification"
    input_kind = "sequence"
    Params = TextFileParams
    example: ClassVar[dict[str, Any]] = {
        "dataset": "text_file",
        "params": {"upload": "u000000000007e475", "length": 8},
        "batch_size": 8,
    }

    def read(self, file: Path, content: Path, limits: Limits) -> Reading:
        """Find the encoding, and keep the text as UTF-8 with plain line ends."""
        encoding, title = find_encoding(file)
        with file.open(encoding=encoding) as opened:
            text = opened.read().replace("\f", "\n")
        if len(text) < _LEAST:
            message = f"The text has {counted(len(text), 'character')}, and {_LEAST} are the least."
            raise Unreadable(message, code="too_short", hint="Bring a longer one.")
        (content / _TEXT).write_text(text, encoding="utf-8", newline="\n")
        characters, words = Counter(text), Counter(_words(text))
        counts = {"character": len(text), "word": words.total()}
        (content / _COUNTS).write_text(json.dumps(counts), encoding="utf-8")
        beginning = " ".join(text[:_BEGINNING].split())
        return Reading(
            params={"unit": "character"},
            summary=f"{counted(len(text), 'character')}, {counted(words.total(), 'word')}",
            notes=[
                f"Read as {title}.",
                f"It has {counted(len(characters), 'different character')} and "
                f"{counted(len(words), 'different word')}; a sign counts as a word.",
                f"It begins: {beginning}{'…' if len(text) > _BEGINNING else ''}",
            ],
        )

    def load(self, params: TextFileParams, *, seed: int) -> LoadedData:
        """Tokens [N, T], and those one further on, [N, T]; the seed has no part in it."""
        text = (self.content(params.upload) / _TEXT).read_text(encoding="utf-8")
        if params.lower_case:
            text = text.lower()
        most = params.vocabulary or _USUAL[params.unit]
        tokens, vocabulary = (_by_character if params.unit == "character" else _by_word)(text, most)
        num_samples = (len(tokens) - 1) // params.length
        if num_samples < 2:
            message = f"The text has {counted(len(tokens), 'token')}, too few for two samples of {params.length}."
            raise wrong("length", message, hint="Take a smaller length.", got=str(params.length))
        size = num_samples * params.length
        return LoadedData(
            inputs=torch.from_numpy(tokens[:size]).reshape(num_samples, params.length),
            targets=torch.from_numpy(tokens[1 : size + 1].copy()).reshape(num_samples, params.length),
            task="classification",
            input_kind="sequence",
            class_names=tuple(_SEEN.get(token, token) for token in vocabulary),
            num_tokens=len(vocabulary),
            vocabulary=vocabulary,
        )

    def size(self, params: TextFileParams) -> DataSize:
        """As counted when the text came."""
        counts: dict[str, int] = json.loads((self.content(params.upload) / _COUNTS).read_text("utf-8"))
        num_samples = (counts[params.unit] - 1) // params.length
        return DataSize(samples=num_samples, numbers=params.length, bytes_each=8, target_bytes=8 * params.length)


def _words(text: str) -> Iterator[str]:
    """One after another: a list of all would take many times the memory of the text."""
    return (found.group() for found in _WORDS.finditer(text))


def _by_character(text: str, most: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Tokens and what each is; characters in the order of their codes."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    counts = np.bincount(codes, minlength=ord(RARE) + 1)
    kept = _kept({chr(code): int(counts[code]) for code in np.flatnonzero(counts).tolist()}, most)
    # A place for each code up to the largest takes less memory than sorting the text.
    number_of = np.full(len(counts), kept.index(RARE) if RARE in kept else 0)
    number_of[[ord(character) for character in kept]] = range(len(kept))
    return number_of[codes], kept


def _by_word(text: str, most: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Tokens and what each is; words in the order of the alphabet."""
    kept = _kept(Counter(_words(text)), most)
    number_of = {word: number for number, word in enumerate(kept)}
    rare = number_of.get(RARE, 0)
    return np.fromiter((number_of.get(word, rare) for word in _words(text)), np.int64), kept


def _kept(counts: dict[str, int], most: int) -> tuple[str, ...]:
    """The most frequent tokens, sorted, and where some are left out the one for rare ones before them."""
    if len(counts) <= most:
        return tuple(sorted(counts))
    frequent = islice(sorted(counts, key=lambda token: (-counts[token], token)), most - 1)
    return (RARE, *sorted(set(frequent) - {RARE}))
