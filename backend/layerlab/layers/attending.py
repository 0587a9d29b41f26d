"""The modules of attention. What knows only PyTorch here is also written into scripts, word for word."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


def weigh(scores_nts: Tensor, mask_ns: Tensor | None, causal: bool) -> Tensor:
    """The softmax over the memory's steps, without those that are padding or, if ``causal``, come later."""
    hidden = None
    if causal:
        hidden = torch.ones(scores_nts.shape[-2:], dtype=torch.bool, device=scores_nts.device).triu(1)
    if mask_ns is not None:
        padding = ~mask_ns.reshape(len(mask_ns), *[1] * (scores_nts.dim() - 2), -1)
        hidden = padding if hidden is None else padding | hidden
    if hidden is not None:
        scores_nts = scores_nts.masked_fill(hidden, torch.finfo(scores_nts.dtype).min)
    return scores_nts.softmax(-1)


class DotAttention(nn.Module):
    """Weighted means of the memory's steps; a weight goes by the dot product of query and step.

    Args:
        query_size: Features of the queries.
        memory_size: Features of the memory.
        hidden_size: Features of the space both are compared in; None compares them as they are.
        causal: Whether step t sees only the memory's steps up to t.
    """

    def __init__(self, query_size: int, memory_size: int, hidden_size: int | None, causal: bool) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, hidden_size, bias=False) if hidden_size else nn.Identity()
        self.memory = nn.Linear(memory_size, hidden_size, bias=False) if hidden_size else nn.Identity()
        self.causal = causal

    def weights(self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)) -> Tensor:
        """[N, T, S]: how much of each step of the memory goes into each step of the output."""
        q, k = self.query(query), self.memory(query if memory is None else memory)
        return weigh(q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]), masks[-1], self.causal)

    def forward(self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)) -> Tensor:
        """[N, T, F] and [N, S, G] → [N, T, G]."""
        return self.weights(query, memory, masks=masks) @ (query if memory is None else memory)


class AdditiveAttention(nn.Module):
    """Weighted means of the memory's steps; a small network with tanh gives the weights.

    Args:
        query_size: Features of the queries.
        memory_size: Features of the memory.
        hidden_size: Units of the network.
        causal: Whether step t sees only the memory's steps up to t.
    """

    def __init__(self, query_size: int, memory_size: int, hidden_size: int, causal: bool) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, hidden_size, bias=False)
        self.memory = nn.Linear(memory_size, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)
        self.causal = causal

    def weights(self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)) -> Tensor:
        """[N, T, S]: how much of each step of the memory goes into each step of the output."""
        q, k = self.query(query), self.memory(query if memory is None else memory)
        scores = self.score(torch.tanh(q[:, :, None] + k[:, None])).squeeze(-1)
        return weigh(scores, masks[-1], self.causal)

    def forward(self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)) -> Tensor:
        """[N, T, F] and [N, S, G] → [N, T, G]."""
        return self.weights(query, memory, masks=masks) @ (query if memory is None else memory)


class MultiHeadModule(nn.MultiheadAttention):
    """``nn.MultiheadAttention`` that knows padding and drops weights by a module of ours."""

    def __init__(self, *sizes: Any, causal: bool, noise: nn.Module, **fields: Any) -> None:
        super().__init__(*sizes, **fields | {"batch_first": True})
        self.causal = causal
        self.noise = noise

    def weights(self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)) -> Tensor:
        """[N, heads, T, S]: how much of each step of the memory goes into each step of the output."""
        q, k = (self._heads(part, index) for index, part in enumerate((query, query if memory is None else memory)))
        return weigh(q @ k.transpose(2, 3) / math.sqrt(self.head_dim), masks[-1], self.causal)

    def forward(  # type: ignore[override]
        self, query: Tensor, memory: Tensor | None = None, *, masks: Any = (None,)
    ) -> Tensor:
        """[N, T, E] and [N, S, G] → [N, T, E]."""
        weights = self.noise(self.weights(query, memory, masks=masks))
        given = weights @ self._heads(query if memory is None else memory, 2)
        return self.out_proj(given.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]

    def _heads(self, x: Tensor, index: int) -> Tensor:
        """The projection to queries (0), keys (1) or values (2) as [N, heads, T, E / heads]."""
        if self._qkv_same_embed_dim:
            weight = self.in_proj_weight.chunk(3)[index]
        else:
            weight = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)[index]
        bias = None if self.in_proj_bias is None else self.in_proj_bias.chunk(3)[index]
        return linear(x, weight, bias).view(*x.shape[:2], self.num_heads, -1).transpose(1, 2)


class TransformerModule(nn.Module):
    """A block as ``nn.TransformerEncoderLayer``, with the same parameters in the same order."""

    def __init__(
        self, features: int, heads: int, hidden: int, *, activation: nn.Module, norm_first: bool, causal: bool,
        noise: nn.Module,
    ) -> None:  # fmt: skip
        super().__init__()
        self.self_attn = MultiHeadModule(features, heads, causal=causal, noise=noise)
        self.linear1 = nn.Linear(features, hidden)
        self.linear2 = nn.Linear(hidden, features)
        self.norm1 = nn.LayerNorm(features)
        self.norm2 = nn.LayerNorm(features)
        self.activation, self.noise, self.norm_first = activation, noise, norm_first

    def forward(self, x: Tensor, *, masks: Any = (None,)) -> Tensor:
        """[N, T, F] → [N, T, F]."""
        if self.norm_first:
            x = x + self.noise(self.self_attn(self.norm1(x), masks=masks))
            return x + self._feed(self.norm2(x))
        x = self.norm1(x + self.noise(self.self_attn(x, masks=masks)))
        return self.norm2(x + self._feed(x))  # type: ignore[no-any-return]

    def _feed(self, x: Tensor) -> Tensor:
        return self.noise(self.linear2(self.noise(self.activation(self.linear1(x)))))  # type: ignore[no-any-return]


def padding_of(mask: Tensor | None) -> Tensor | None:
    """A mask (True: real) as PyTorch's attention wants it (True: padding)."""
    return None if mask is None else ~mask


def later_steps(query: Tensor, memory: Tensor) -> Tensor:
    """[T, S]: True where step s of the memory comes after step t, and must not be seen."""
    return torch.ones(query.shape[1], memory.shape[1], dtype=torch.bool, device=query.device).triu(1)
