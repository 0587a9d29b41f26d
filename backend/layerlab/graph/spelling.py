"""Tokens and answers of a sequence as text that a person reads."""

from layerlab_schemas.graph import CheckedData
from torch import Tensor


def spell_tokens(tokens_t: Tensor, data: CheckedData) -> str | None:
    """Tokens [T] as text, without the padding; None where the data has no words for them.

    Single characters stand side by side; words, or tokens among longer ones, are parted by spaces.
    """
    if not data.vocabulary:
        return None
    wanted = [token for token in tokens_t.tolist() if token != data.padding_token]
    return _joined([data.vocabulary[token] for token in wanted])


def spell_answers(classes_t: Tensor, wanted_t: Tensor, data: CheckedData) -> str:
    """Classes [T] as text, of the steps alone where ``wanted_t`` [T] is True."""
    names = data.vocabulary or data.class_names
    return _joined([names[number] for number in classes_t[wanted_t].tolist()])


def _joined(words: list[str]) -> str:
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)
