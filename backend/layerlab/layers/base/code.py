"""A layer as PyTorch code, for the script that does without Layerlab."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Code:
    """How a layer is written.

    Attributes:
        module: The constructor, ``nn.Linear(64, 10)``; None where a plain expression does.
        call: What the forward pass computes: ``{self}`` is the module, ``{0}``, ``{1}`` … are the inputs, ``{masks}``
            the tuple of their padding masks. A layer with ports gives a tuple, as its module does.
        definitions: Source of helper classes and functions that the script needs, by name.
    """

    module: str | None = None
    call: str = "{self}({0})"
    definitions: Mapping[str, str] = field(default_factory=dict)
