"""Everything that can go wrong by the user's doing, as one tree.

LayerlabError            code, plain words, remedy, place
├── SpecError            a spec with problems, each with its own place
├── UnknownKind          no kind of that name in a family
└── BatchTooSmall        statistics over a batch were asked of a single value

The user's mistake raises one of these; a mistake of our own is an assert.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Self

from layerlab_schemas.problems import Problem, Severity


class LayerlabError(Exception):
    """Something the user can understand and mend.

    Args:
        message: What is wrong, in one plain sentence.
        code: A short stable name for programs; each subclass has its own.
        hint: What would mend it.
        place: The node or field it belongs to.
    """

    code = "layerlab_error"

    def __init__(
        self, message: str, *, code: str | None = None, hint: str | None = None, place: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return " ".join(part for part in (where + self.message, self.hint) if part)

    def at(self, place: str) -> Self:
        """The same error, now knowing the node it belongs to; the first place named is kept."""
        self.place = self.place or place
        return self

    def problems(self) -> list[Problem]:
        """The error in the words of the wire."""
        return [Problem(code=self.code, node=self.place, message=self.message, hint=self.hint)]


class SpecError(LayerlabError):
    """A spec that cannot be used, with every problem found in it."""

    code = "invalid_spec"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = list(problems)
        errors = [problem for problem in self._problems if problem.severity is Severity.ERROR]
        assert errors, "a SpecError needs at least one problem that is an error"
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(first.message + more, hint=first.hint, place=first.node or first.path or None)

    def problems(self) -> list[Problem]:
        """All problems, warnings too."""
        return list(self._problems)


class UnknownKind(LayerlabError):
    """A name that no kind of the family has. Names the nearest one that exists."""

    code = "unknown_kind"

    def __init__(self, name: str, family: str, names: Sequence[str]) -> None:
        self.nearest = nearest(name, names)
        hint = f"Did you mean {self.nearest}?" if self.nearest else f"There are: {', '.join(sorted(names))}."
        super().__init__(f"There is no {family} called {name}.", hint=hint)


class BatchTooSmall(LayerlabError):
    """A norm over the batch had only one value for each channel, so its variance would be 0."""

    code = "batch_too_small"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that ``name`` most likely meant, or None when nothing is close."""
    known = list(names)
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return found[0] if found else next((word for word in known if word.replace("_", "") == name.lower()), None)
