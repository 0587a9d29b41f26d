"""Norms and dropouts that are parts of a node: those of residual and transformer blocks, and of attention."""

from torch import nn

from layerlab.layers.masking import DropoutModule

#: PyTorch's classes of norms.
NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)


def parts_inside(layers: nn.ModuleDict) -> list[tuple[str, nn.Module]]:
    """Each norm and dropout inside a node, with a name that begins with the node's: ``block.norm1``."""
    return [
        (f"{node}.{name}", part)
        for node, module in layers.items()
        for name, part in module.named_modules()
        if name and isinstance(part, (*NORMS, DropoutModule))
    ]
