"""A layer as PyTorch code, for the script that does without Layerlab."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from torch import nn


@dataclass(frozen=True)
class Code:
    """How a layer is written.

    The script has ``math``, ``torch``, and by name ``Any``, ``Tensor`` and ``nn`` at hand.

    Attributes:
        module: The constructor, ``nn.Linear(64, 10)``; None where a plain expression does.
        call: What the forward pass computes: ``{self}`` is the module, ``{0}``, ``{1}`` … are the inputs, ``{masks}``
            the tuple of their padding masks, always written as ``, masks={masks}`` so that it can be left out where no
            input has padding. A layer with ports gives a tuple, as its module does.
        definitions: Source of helper classes and functions that the script needs, by name; each after those it uses.
    """

    module: str | None = None
    call: str = "{self}({0})"
    definitions: Mapping[str, str] = field(default_factory=dict)


#: The call of a module that wants the features of a sequence before its steps.
SWAPPED = "{self}({0}.transpose(1, 2)).transpose(1, 2)"


def written(made: type[nn.Module], *sizes: Any, **fields: Any) -> str:
    """The constructor as a person writes it: fields at the framework's default are left out, pairs of equals short."""
    usual = _defaults(made)
    name = f"nn.{made.__name__}" if made.__module__.startswith("torch.nn") else made.__name__
    parts = [_short(size) for size in sizes]
    parts += [f"{key}={_short(value)}" for key, value in fields.items() if _short(value) != usual.get(key)]
    return f"{name}({', '.join(parts)})"


def sources_of(*things: Callable[..., Any]) -> dict[str, str]:
    """The source of classes and functions of ours, by name."""
    return {thing.__name__: dedent(inspect.getsource(thing)) for thing in things}


def _defaults(made: type[nn.Module]) -> dict[str, str]:
    """Default of each argument as text; PyTorch's recurrent layers declare theirs in their base."""
    for ancestor in made.__mro__:
        fields = inspect.signature(vars(ancestor).get("__init__", object.__init__)).parameters.values()
        if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in fields):
            return {one.name: _short(one.default) for one in fields}
    return {}


def _short(value: Any) -> str:
    if isinstance(value, tuple | list) and len(value) == 2 and value[0] == value[1]:
        return repr(value[0])
    return repr(value).replace("'", '"')
