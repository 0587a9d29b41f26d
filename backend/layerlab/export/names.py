"""Names of nodes as Python can bear them."""

import builtins
import keyword
from collections.abc import Iterable

from torch import nn

#: What the text of a model says itself.
_OWN = {"self", "torch", "nn", "functional", "math", "masks", "Model", "Tensor"}
#: What a module has already, so that an attribute of that name would hide it.
_OF_MODULES = set(dir(nn.Module()))


def attribute_names(nodes: Iterable[str]) -> dict[str, str]:
    """The attribute that each node's module is; as the node is called where Python and PyTorch allow it."""
    return _fitting(nodes, _OF_MODULES)


def value_names(nodes: Iterable[str]) -> dict[str, str]:
    """The local name that each node's value has."""
    return _fitting(nodes, _OWN | set(dir(builtins)))


def _fitting(nodes: Iterable[str], taken: set[str]) -> dict[str, str]:
    nodes = list(nodes)
    found: dict[str, str] = {}
    for node in nodes:
        name = node
        # Two underscores at the front would be mangled in a class.
        while keyword.iskeyword(name) or name in taken or name in found.values() or name.startswith("__"):
            name = f"node{name}" if name.startswith("_") else f"{name}_"
            if name in nodes:
                name += "_"
        found[node] = name
    return found
