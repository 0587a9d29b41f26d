"""How a recurrent layer of PyTorch is run here: with a state to start from and past the padding.

``carry`` and ``carry_past_padding`` are also written into scripts, word for word; they know only PyTorch.
"""

from typing import Any

import torch
from torch import Tensor, nn


def carry_past_padding(run: Any, x_ntf: Tensor, start: Any, mask_nt: Tensor) -> tuple[Tensor, Any]:
    """Runs a recurrent layer over the real steps only, as if each sequence came alone; gives 0 at the others."""
    lengths = mask_nt.sum(1).clamp(min=1)
    real_first = (~mask_nt).to(torch.uint8).argsort(dim=1, stable=True)[:, :, None]
    packed = nn.utils.rnn.pack_padded_sequence(
        x_ntf.take_along_dim(real_first, dim=1), lengths.cpu(), batch_first=True, enforce_sorted=False
    )
    given, end = run(packed, start)
    steps, _ = nn.utils.rnn.pad_packed_sequence(given, batch_first=True, total_length=x_ntf.shape[1])
    return steps.take_along_dim(real_first.argsort(dim=1), dim=1), end


def carry(
    layer: Any, x_ntf: Tensor, state: Tensor | None, *, output: str, masks: Any = (None,), run: Any = None
) -> tuple[Tensor, Tensor]:
    """Runs a recurrent layer from a state (or 0) and gives its output and its final state, each as one tensor.

    A state is [N, S]: h of every layer and direction, then c where there is one. The output is h after the last step,
    of two directions both, or h at every step.
    """
    run = run or layer
    start: Any = None
    if state is not None:
        width = layer.num_layers * (2 if layer.bidirectional else 1) * layer.hidden_size
        start = tuple(
            part.reshape(len(part), -1, layer.hidden_size).transpose(0, 1).contiguous()
            for part in torch.split(state, width, dim=1)
        )
        start = start if layer.mode == "LSTM" else start[0]
    steps, end = run(x_ntf, start) if masks[0] is None else carry_past_padding(run, x_ntf, start, masks[0])
    parts = end if isinstance(end, tuple) else (end,)
    final = torch.cat([part.transpose(0, 1).flatten(1) for part in parts], dim=1)
    if output == "sequence":
        return steps, final
    last = parts[0]
    return (torch.cat([last[-2], last[-1]], dim=1) if layer.bidirectional else last[-1]), final


class RnnModule(nn.RNN):
    """``nn.RNN`` that gives its output and its state."""

    def __init__(self, *sizes: int, output: str, **fields: Any) -> None:
        super().__init__(*sizes, **fields)
        self.output = output

    def forward(  # type: ignore[override]
        self, x: Tensor, state: Tensor | None = None, *, masks: tuple[Tensor | None, ...] = (None,)
    ) -> tuple[Tensor, Tensor]:
        """[N, T, F], and a state [N, S] → [N, D·H], or [N, T, D·H] as a sequence, and the state [N, S]."""
        return carry(self, x, state, output=self.output, masks=masks, run=super().forward)


class LstmModule(nn.LSTM):
    """``nn.LSTM`` that gives its output and its state, h and c put together."""

    def __init__(self, *sizes: int, output: str, **fields: Any) -> None:
        super().__init__(*sizes, **fields)
        self.output = output

    def forward(  # type: ignore[override]
        self, x: Tensor, state: Tensor | None = None, *, masks: tuple[Tensor | None, ...] = (None,)
    ) -> tuple[Tensor, Tensor]:
        """[N, T, F], and a state [N, S] → [N, D·H], or [N, T, D·H] as a sequence, and the state [N, S]."""
        return carry(self, x, state, output=self.output, masks=masks, run=super().forward)


class GruModule(nn.GRU):
    """``nn.GRU`` that gives its output and its state."""

    def __init__(self, *sizes: int, output: str, **fields: Any) -> None:
        super().__init__(*sizes, **fields)
        self.output = output

    def forward(  # type: ignore[override]
        self, x: Tensor, state: Tensor | None = None, *, masks: tuple[Tensor | None, ...] = (None,)
    ) -> tuple[Tensor, Tensor]:
        """[N, T, F], and a state [N, S] → [N, D·H], or [N, T, D·H] as a sequence, and the state [N, S]."""
        return carry(self, x, state, output=self.output, masks=masks, run=super().forward)
