"""Sequences of symbols with a second sequence to answer with: what copy and reverse share."""

from string import ascii_lowercase

import torch
from torch import Tensor

from layerlab.datasets.base import NO_ANSWER, LoadedData

START, PADDING = "⊢", "·"


def draw_symbols(num_samples: int, length: int, num_symbols: int, generator: torch.Generator) -> Tensor:
    """[N, T] symbols, each drawn by chance."""
    return torch.randint(num_symbols, (num_samples, length), generator=generator)


def draw_lengths(num_samples: int, shortest: int, longest: int, generator: torch.Generator) -> Tensor:
    """[N] lengths, uniform between both ends."""
    return torch.randint(shortest, longest + 1, (num_samples,), generator=generator)


def reversed_within(symbols_nt: Tensor, length_n: Tensor) -> Tensor:
    """Each sequence turned round within its own length; what lies beyond stays in place."""
    step_t = torch.arange(symbols_nt.shape[1])
    source_nt = torch.where(step_t < length_n[:, None], length_n[:, None] - 1 - step_t, step_t)
    return symbols_nt.gather(1, source_nt)


def translation(source_nt: Tensor, target_nt: Tensor, length_n: Tensor, num_symbols: int) -> LoadedData:
    """Data with a decoder input: the target shifted by one step, a start token first (teacher forcing).

    Args:
        source_nt: Symbols [N, T].
        target_nt: The symbols to answer with, [N, T].
        length_n: How many steps of each are real; the others become padding, and ask for no answer.
        num_symbols: Different symbols; the start token and the padding token come after them.
    """
    start, padding = num_symbols, num_symbols + 1
    is_real_nt = torch.arange(source_nt.shape[1]) < length_n[:, None]
    shifted_nt = torch.cat([torch.full((len(target_nt), 1), start), target_nt[:, :-1]], dim=1)
    inputs_n2t = torch.stack([source_nt, shifted_nt], dim=1)
    return LoadedData(
        inputs=torch.where(is_real_nt[:, None], inputs_n2t, padding),
        targets=torch.where(is_real_nt, target_nt, NO_ANSWER),
        task="classification",
        input_kind="sequence",
        class_names=tuple(ascii_lowercase[:num_symbols]),
        num_tokens=num_symbols + 2,
        vocabulary=(*ascii_lowercase[:num_symbols], START, PADDING),
        padding_token=padding,
        has_decoder_input=True,
    )
