"""English-like sentences from a small grammar, for a network that writes character by character."""

import random
from typing import Annotated, Any, ClassVar

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params

#: What each part of speech may become, with how often out of all its weights. Capitals name parts; the rest is text.
GRAMMAR: dict[str, tuple[tuple[str, int], ...]] = {
    "TEXT": (("CLAUSE.", 6), ("CLAUSE, and CLAUSE.", 2), ("when CLAUSE, CLAUSE.", 2)),
    "CLAUSE": (("NOUN VERB", 3), ("NOUN SEES NOUN", 4), ("NOUN VERB PLACE", 3)),
    "NOUN": (("the THING", 4), ("a THING", 3), ("the QUALITY THING", 2), ("a QUALITY THING", 1)),
    "THING": (("cat", 4), ("dog", 4), ("bird", 3), ("fox", 2), ("child", 2), ("river", 1), ("moon", 1)),
    "QUALITY": (("small", 3), ("shy", 3), ("red", 2), ("quiet", 1)),
    "VERB": (("sleeps", 3), ("runs", 3), ("sings", 2), ("waits", 1)),
    "SEES": (("sees", 3), ("follows", 2), ("likes", 2), ("hears", 1)),
    "PLACE": (("in the garden", 2), ("by the water", 2), ("under a tree", 1)),
}
ALPHABET = " ,.abcdefghijklmnopqrstuvwxyz"
#: A space that can be seen.
SPACE = "␣"


class GrammarTextParams(Params):
    """How much text, and how much of it at a time."""

    length: Annotated[PositiveCount, Field(ge=8, le=256)] = Field(default=40, description="Characters in a sample.")
    samples: Annotated[PositiveCount, Field(ge=10, le=20_000)] = Field(
        default=2000, description="How many pieces the text is cut into."
    )


class GrammarText(DatasetKind):
    """One long text, cut into pieces; the target at each step is the next character.

    A net first learns which letters are frequent, then words, then which word may follow which. The grammar chooses by
    chance, so the loss has a floor above 0: nobody can know which animal comes next.
    """

    kind = "grammar_text"
    title = "Text of a small grammar"
    help = "Sentences such as 'the shy fox sees a bird.': which character comes next? Letters first, then words."
    formula = r"y_t = x_{t+1}"
    source = "J. Elman, Distributed representations, simple recurrent networks, and grammatical structure (1991)"
    group = "Sequences"
    task = "classification"
    input_kind = "sequence"
    Params = GrammarTextParams
    example: ClassVar[dict[str, Any]] = {"dataset": "grammar_text", "params": {"length": 12, "samples": 200}}

    def load(self, params: GrammarTextParams, *, seed: int) -> LoadedData:
        """Characters [N, T], and those one further on, [N, T]."""
        size = params.samples * params.length
        text = write(size + 1, random.Random(seed))
        tokens = torch.tensor([ALPHABET.index(character) for character in text])
        return LoadedData(
            inputs=tokens[:-1].reshape(params.samples, params.length).clone(),
            targets=tokens[1:].reshape(params.samples, params.length).clone(),
            task="classification",
            input_kind="sequence",
            class_names=tuple(ALPHABET.replace(" ", SPACE)),
            num_tokens=len(ALPHABET),
            vocabulary=tuple(ALPHABET),
        )


def write(size: int, chance: random.Random) -> str:
    """``size`` characters of sentences, one after the other."""
    sentences: list[str] = []
    missing = size
    while missing > 0:
        sentences.append(sentence(chance) + " ")
        missing -= len(sentences[-1])
    return "".join(sentences)[:size]


def sentence(chance: random.Random, part: str = "TEXT") -> str:
    """What a part of speech becomes, all the way down to letters."""
    choices = GRAMMAR[part]
    (chosen,) = chance.choices([text for text, _ in choices], [weight for _, weight in choices])
    words = [_expand(word, chance) for word in chosen.split(" ")]
    return " ".join(words)


def _expand(word: str, chance: random.Random) -> str:
    part = word.rstrip(".,")
    return sentence(chance, part) + word[len(part) :] if part in GRAMMAR else word
