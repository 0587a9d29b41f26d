"""Texts of the user's own: tokens that spell the text again, and one further on as targets."""

import re
from collections import Counter

import pytest
import torch
from layerlab.datasets.own_file import Unreadable
from layerlab.errors import SpecError

from tests.backend.datasets.test_datasets import load
from tests.uploads import put

UPLOAD = "u0000000000000001"
TEXT = "Der Käse – »well-aged«, isn't it?\n\tYes.\n" * 12


def read(**fields):
    return load("text_file", upload=UPLOAD, **fields)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_characters_spell_the_text_again(shelf, encoding):
    found = put(shelf, "text_file", TEXT.encode(encoding))
    assert found["params"] == {"upload": UPLOAD, "unit": "character"}
    assert found["summary"].startswith(f"{len(TEXT)} characters, ")
    assert any("UTF-8" in note or "UTF-16" in note or "Windows-1252" in note for note in found["notes"])
    loaded = load("text_file", length=16, **found["params"])
    spelt = "".join(loaded.vocabulary[token] for token in loaded.inputs.flatten())
    assert spelt == TEXT[: len(spelt)]
    assert len(spelt) == (len(TEXT) - 1) // 16 * 16
    told = "".join(loaded.vocabulary[token] for token in loaded.targets.flatten())
    assert told == TEXT[1 : len(spelt) + 1]
    assert loaded.inputs.shape == loaded.targets.shape == ((len(TEXT) - 1) // 16, 16)
    assert (loaded.inputs.dtype, loaded.targets.dtype) == (torch.int64, torch.int64)
    assert loaded.num_tokens == len(loaded.class_names) == len(set(TEXT))
    assert loaded.vocabulary == tuple(sorted(set(TEXT)))
    assert {"␣", "↵", "⇥"} <= set(loaded.class_names)


def test_line_ends_become_one_character(shelf):
    put(shelf, "text_file", b"one\r\ntwo\rthree\n" * 10)
    assert read().vocabulary == tuple(sorted(set("one\ntwothree")))


def test_words_keep_what_belongs_together(shelf):
    put(shelf, "text_file", TEXT.encode())
    loaded = read(unit="word", length=4)
    words = ["Der", "Käse", "–", "»", "well-aged", "«", ",", "isn't", "it", "?", "\n", "Yes", ".", "\n"]
    spelt = [loaded.vocabulary[token] for token in loaded.inputs.flatten()]
    assert spelt == (words * 12)[: len(spelt)]
    assert set(loaded.vocabulary) == set(words)


def test_rare_characters_become_one_token(shelf):
    put(shelf, "text_file", ("aaaabbbccd" * 20).encode())
    loaded = read(vocabulary=3, length=10)
    assert loaded.vocabulary == ("�", "a", "b")
    assert loaded.inputs[0].tolist() == [1, 1, 1, 1, 2, 2, 2, 0, 0, 0]


def test_the_most_frequent_words_are_kept(shelf):
    text = "the cat saw the dog and the dog saw a bird, so the cat ran. " * 3
    put(shelf, "text_file", text.encode())
    loaded = read(unit="word", vocabulary=4, length=5)
    counts = Counter(re.findall(r"\w+|[,.]", text))
    assert set(loaded.vocabulary[1:]) <= {word for word, count in counts.items() if count >= 6}
    assert len(loaded.vocabulary) == 4
    assert "the" in loaded.vocabulary


@pytest.mark.parametrize(("unit", "most"), [("character", 200), ("word", 1000)])
def test_as_many_tokens_are_kept_as_suit_the_unit(shelf, unit, most):
    # 1500 words of one letter, each its own, and the spaces between them.
    put(shelf, "text_file", " ".join(map(chr, range(0x4E00, 0x4E00 + 1500))).encode())
    assert read(unit=unit).num_tokens == most
    assert read(unit=unit, vocabulary=50).num_tokens == 50


def test_what_is_there_once_is_told_as_one(shelf):
    found = put(shelf, "text_file", b"a" * 500)
    assert found["summary"] == "500 characters, 1 word"
    assert "It has 1 different character and 1 different word; a sign counts as a word." in found["notes"]


def test_capitals_can_be_read_as_small_letters(shelf):
    put(shelf, "text_file", ("Ab" * 60).encode())
    assert read(length=5).vocabulary == ("A", "b")
    assert read(length=5, lower_case=True).vocabulary == ("a", "b")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"short", "too_short"),
        (b"\x00\x01\x02" * 100, "not_text"),
        (b"a\x1b[2J" * 100, "not_text"),
        (b"\x81\xff" * 100, "unknown_encoding"),
        (b"\xff\xfe" + b"\x00\xd8" * 100, "unknown_encoding"),
        (b"\xff\xfea" * 101, "unknown_encoding"),
    ],
)
def test_what_is_no_text_is_refused(shelf, body, code):
    with pytest.raises(Unreadable) as caught:
        put(shelf, "text_file", body)
    assert caught.value.code == code


def test_a_text_too_short_for_the_length_is_refused_at_it(shelf):
    put(shelf, "text_file", b"ab" * 60)
    with pytest.raises(SpecError) as caught:
        read(length=100)
    assert caught.value.problems()[0].path == "data.params.length"
