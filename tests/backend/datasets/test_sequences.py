"""Sequences: what is asked at which step, padding, the decoder's input, and text that the grammar makes."""

import math
import re

import pytest
import torch

from tests.backend.datasets.test_datasets import load

NOTHING = -100


def spelled(loaded, tokens) -> str:
    return "".join(loaded.vocabulary[token] for token in tokens.tolist())


@pytest.mark.parametrize("kind", ["copy", "adding", "reverse", "grammar_text"])
def test_another_seed_gives_others(kind):
    assert not torch.equal(load(kind).inputs, load(kind, seed=1).inputs)


@pytest.mark.parametrize(("length", "shortest"), [(8, 4), (8, None), (5, 5), (12, 1)])
def test_reverse_is_backwards_and_padded(length, shortest):
    loaded = load("reverse", length=length, shortest=shortest, samples=500)
    assert (loaded.inputs.shape, loaded.targets.shape) == ((500, 2, length), (500, length))
    seen = set()
    for (source, decoder), target in zip(loaded.inputs, loaded.targets, strict=True):
        real = int((source != loaded.padding_token).sum())
        seen.add(real)
        assert source[:real].flip(0).tolist() == target[:real].tolist()
        assert (target[real:] == NOTHING).all()
        assert spelled(loaded, decoder[:real]) == "⊢" + spelled(loaded, target[: real - 1])
        assert spelled(loaded, source[real:]) == spelled(loaded, decoder[real:]) == "·" * (length - real)
    assert seen == set(range(shortest or length, length + 1))
    assert loaded.has_decoder_input
    assert loaded.num_tokens == len(loaded.vocabulary) == len(loaded.class_names) + 2 == 10


def test_symbols_are_equally_frequent():
    targets = load("reverse", samples=20_000).targets
    shares = targets[targets != NOTHING].bincount() / (targets != NOTHING).sum()
    assert shares.tolist() == pytest.approx([1 / 8] * 8, abs=0.01)


def test_plain_copy_asks_after_the_go_sign():
    loaded = load("copy", length=3, lag=5, samples=50)
    assert loaded.inputs.shape == loaded.targets.shape == (50, 11)
    assert (loaded.padding_token, loaded.has_decoder_input) == (None, False)
    for tokens, target in zip(loaded.inputs, loaded.targets, strict=True):
        assert re.fullmatch(r"[a-h]{3}·{5}!··", spelled(loaded, tokens))
        assert (target[:8] == NOTHING).all()
        assert target[8:].tolist() == tokens[:3].tolist()


def test_copy_with_a_decoder_says_the_same():
    loaded = load("copy", form="encoder_decoder", length=4, samples=50)
    assert torch.equal(loaded.inputs[:, 0], loaded.targets)
    assert torch.equal(loaded.inputs[:, 1, 1:], loaded.targets[:, :-1])
    assert loaded.has_decoder_input


@pytest.mark.parametrize("length", [4, 5, 40])
def test_adding_adds_one_of_each_half(length):
    loaded = load("adding", length=length, samples=2000)
    numbers, marks = loaded.inputs.unbind(2)
    assert loaded.inputs.shape == (2000, length, 2)
    torch.testing.assert_close(loaded.targets[:, 0], (numbers * marks).sum(1))
    assert (marks[:, : length // 2].sum(1) == 1).all()
    assert (marks[:, length // 2 :].sum(1) == 1).all()
    assert ((loaded.targets - 1) ** 2).mean().item() == pytest.approx(1 / 6, rel=0.1)


def test_parity_of_variable_length_counts_only_what_is_there():
    loaded = load("parity", encoding="token", length=10, shortest=3, samples=1000)
    assert (loaded.num_tokens, loaded.padding_token) == (3, 2)
    lengths = (loaded.inputs != 2).sum(1)
    assert sorted(set(lengths.tolist())) == list(range(3, 11))
    for tokens, length, target in zip(loaded.inputs, lengths, loaded.targets, strict=True):
        assert (tokens[length:] == 2).all()
        assert tokens[:length].sum() % 2 == target


def test_text_is_made_of_sentences_of_the_grammar():
    loaded = load("grammar_text", samples=300, length=40)
    text = spelled(loaded, loaded.inputs.flatten())
    assert loaded.inputs.shape == loaded.targets.shape == (300, 40)
    assert torch.equal(loaded.targets.flatten()[:-1], loaded.inputs.flatten()[1:])
    noun = r"(?:the|a) (?:(?:small|shy|red|quiet) )?(?:cat|dog|bird|fox|child|river|moon)"
    verb = r"(?:sleeps|runs|sings|waits)(?: in the garden| by the water| under a tree)?"
    clause = rf"{noun} (?:{verb}|(?:sees|follows|likes|hears) {noun})"
    sentence = re.compile(rf"(?:when {clause}, )?{clause}(?:, and {clause})?\. ")
    at = 0
    while found := sentence.match(text, at):
        at = found.end()
    assert len(text) - at < 150  # the last one is cut off
    assert at > 0.98 * len(text)


def test_text_has_a_floor_far_below_chance():
    """Which letters follow which two is much, but not all, of what there is to learn."""
    loaded = load("grammar_text")
    pairs = loaded.inputs[:, :-1] * 100 + loaded.inputs[:, 1:]
    found: dict[int, list[int]] = {}
    for pair, following in zip(pairs.flatten().tolist(), loaded.targets[:, 1:].flatten().tolist(), strict=True):
        found.setdefault(pair, []).append(following)
    total, count = 0.0, 0
    for following in found.values():
        counts = torch.tensor(following).bincount()
        share = counts[counts > 0] / counts.sum()
        total -= float((share * share.log()).sum()) * len(following)
        count += len(following)
    assert 0.3 < total / count < 1.2 < math.log(len(loaded.vocabulary))
