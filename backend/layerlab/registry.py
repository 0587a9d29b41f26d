"""Families of kinds: a kind is declared once, as a class in a file of its family's package, and found there.

The form in the browser, the catalogue, the documentation and the check are all made from the declaration. Adding a kind
is adding a file; nothing lists the kinds.
"""

from abc import ABC
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules
from typing import Any, ClassVar, Generic, TypeVar

from layerlab_schemas import catalog
from pydantic import ValidationError

from layerlab.errors import SpecError, UnknownKind
from layerlab.params import Params, live, problems_of

__all__ = ["Kind", "Params", "Registry", "live", "read_params"]

Fields = Params  # inside Kind the name Params is the class variable


class Kind(ABC):
    """One kind of a family. A subclass fills these in and is found by its family's registry."""

    kind: ClassVar[str]
    family: ClassVar[catalog.Family]
    title: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str | None] = None
    source: ClassVar[str]
    group: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    Params: ClassVar[type[Fields]]
    example: ClassVar[Any]
    details: ClassVar[dict[str, Any]] = {}

    def facts(self) -> dict[str, Any]:
        """What the catalogue tells beyond the common words; a family's base may add to ``details``."""
        return dict(self.details)

    def describe(self) -> catalog.Kind:
        """The kind as the catalogue lists it."""
        return catalog.Kind(
            kind=self.kind,
            family=self.family,
            title=self.title,
            help=self.help,
            formula=self.formula,
            source=self.source,
            group=self.group,
            aliases=list(self.aliases),
            fields=self.Params.model_json_schema(),
            example=self.example,
            details=self.facts(),
        )


K = TypeVar("K", bound=Kind)


class Registry(Generic[K]):
    """All kinds of one family, each made once, in the order of their names.

    Written in the family's ``__init__.py`` as ``REGISTRY = Registry(LayerKind, __name__, __path__)``.
    """

    def __init__(self, base: type, package: str, path: list[str]) -> None:
        assert issubclass(base, Kind)
        self._base: type[Kind] = base
        self._package = package
        self._path = path

    @cached_property
    def _kinds(self) -> dict[str, K]:
        """By name. Found when first asked for, so that a module of the family may import the package."""
        found: dict[str, K] = {}
        for module in sorted(info.name for info in iter_modules(self._path)):
            members = vars(import_module(f"{self._package}.{module}"))
            for member in members.values():
                if self._is_kind(member, f"{self._package}.{module}"):
                    assert member.kind not in found, f"two kinds are called {member.kind}"
                    found[member.kind] = member()
        return dict(sorted(found.items()))

    def _is_kind(self, member: Any, module: str) -> bool:
        """True for a finished subclass that this module defines; imported and abstract ones are passed over."""
        is_ours = isinstance(member, type) and issubclass(member, self._base) and member.__module__ == module
        return is_ours and not isabstract(member) and "kind" in vars(member)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {alias: kind.kind for kind in self for alias in kind.aliases}

    def __iter__(self) -> Iterator[K]:
        return iter(self._kinds.values())

    def __contains__(self, name: str) -> bool:
        return name in self._kinds or name in self._aliases

    def names(self) -> list[str]:
        """Every name that ``get`` knows, aliases too."""
        return [*self._kinds, *self._aliases]

    def get(self, name: str) -> K:
        """The kind called ``name``.

        Raises:
            UnknownKind: No kind has that name; the error tells the nearest one.
        """
        found = self._kinds.get(self._aliases.get(name, name))
        if found is None:
            raise UnknownKind(name, self._base.family.value, self.names())
        return found

    def describe(self) -> list[catalog.Kind]:
        """The family as the catalogue lists it."""
        return [kind.describe() for kind in self]


def read_params(kind: Kind, fields: dict[str, Any], *, path: str = "", node: str | None = None) -> Params:
    """The fields of one use of a kind, checked.

    Args:
        kind: Whose fields they are.
        fields: As they came, without the fixed ones (``kind``, ``id`` …).
        path: Where they stand in the spec, ``graph.3`` or ``optimizer``.
        node: The node they belong to, if any.

    Raises:
        SpecError: One problem for each wrong field, with its path.
    """
    try:
        return kind.Params.model_validate(fields)
    except ValidationError as error:
        raise SpecError(problems_of(error, kind.kind, kind.Params, path=path, node=node)) from None
