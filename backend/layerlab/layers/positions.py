"""The tables of positional encodings, as they also stand in scripts."""

import torch
from torch import Tensor, nn


def sinusoids(steps: int, features: int, like: Tensor) -> Tensor:
    """[T, F]: sine and cosine in turn, each pair of features with a longer wavelength, 2π to 10000·2π steps."""
    time_t1 = torch.arange(steps, dtype=torch.float64, device=like.device)[:, None]
    rate_f = 10000.0 ** (-torch.arange(0, features, 2, dtype=torch.float64, device=like.device) / features)
    table_tf = torch.stack([torch.sin(time_t1 * rate_f), torch.cos(time_t1 * rate_f)], dim=2).flatten(1)
    return table_tf[:, :features].to(like.dtype)


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the step's number."""

    def forward(self, x: Tensor) -> Tensor:
        """[N, T, F] → [N, T, F]."""
        return x + sinusoids(x.shape[1], x.shape[2], x)


class LearnedPositions(nn.Module):
    """Adds a learned vector for each step."""

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(steps, features))
        nn.init.normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """[N, T, F] → [N, T, F]."""
        return x + self.weight
