"""The scales γ of norms, for schemes that do not leave them at 1."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from layerlab.inits.base import InitKind
from layerlab.params import Params
from layerlab.seeding import generator

_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


@torch.no_grad()
def fill_norm_scales(
    modules: Mapping[str, nn.Module], schemes: Mapping[str, tuple[InitKind[Any], Params]], *, seed: int
) -> None:
    """Lets the scheme of each node, both by node name, fill the scales of the norms in its module.

    Each scale draws from a generator of its own, made from seed, node and parameter name.
    """
    for node, module in modules.items():
        scheme, fields = schemes[node]
        for name, part in module.named_modules():
            scale = part.weight if isinstance(part, _NORMS) else None
            if scale is not None:
                draws = generator(seed, f"init.{node}.{name}.weight" if name else f"init.{node}.weight")
                scheme.fill_norm_scale(fields, scale, draws)
