"""Where a layer stands, and the words in which it tells what is wrong there."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from layerlab_schemas.problems import Mend, Problem

#: Of one sample: [F] features, [T, F] a sequence, [C, H, W] an image, [T, C, H, W] a clip; [T] of whole numbers is a
#: sequence of tokens.
Shape = tuple[int, ...]

_THIN_SPACE = "\N{THIN SPACE}"


def count_text(count: int) -> str:
    """A count for a sentence, thousands apart by a thin space: 2 450."""
    return f"{count:,}".replace(",", _THIN_SPACE)


def shape_text(shape: Sequence[int]) -> str:
    """A shape for a sentence: 50×7×7."""
    return "×".join(count_text(size) for size in shape)


@dataclass(frozen=True)
class Site:
    """A layer's node, its path in the spec, the names of the nodes it reads, and how many tokens the data has."""

    node: str
    path: str
    inputs: tuple[str, ...]
    num_tokens: int | None = None

    @property
    def source(self) -> str:
        """The first thing it reads, in words."""
        return self.source_of(0)

    def source_of(self, index: int) -> str:
        """What it reads at ``index``, in words."""
        name = self.inputs[index]
        return "the data" if name == "input" else name

    def problem(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        expected: Any = None,
        got: Any = None,
        hint: str | None = None,
        mend: Mend | None = None,
    ) -> Problem:
        """A problem of this node; ``field`` goes into its path."""
        return Problem(
            code=code,
            path=f"{self.path}.{field}" if field else self.path,
            node=self.node,
            field=field,
            message=message,
            expected=None if expected is None else str(expected),
            got=None if got is None else str(got),
            hint=hint,
            mend=mend,
        )

    def mend(self, field: str, value: Any, label: str | None = None) -> Mend:
        """The one-click mend that sets ``field`` of this node to ``value``."""
        return Mend(label=label or f"Set {field} to {value}", node=self.node, field=field, value=value)

    def mend_before(self, kind: str, **fields: Any) -> Mend:
        """The one-click mend that puts a node of ``kind`` in front of this one."""
        return Mend(label=f"Insert {kind}", node=self.node, field="insert_before", value={"kind": kind, **fields})

    def needs_tokens_known(self, field: str, stated: int | None) -> list[Problem]:
        """A problem where the number of tokens is unknown, or stated as less than the data has."""
        if stated is None:
            message = f"{self.node} needs {field}; the data does not say how many tokens there are."
            hint = f"Set {field} to the largest token plus 1."
            return [self.problem("missing_field", message, field=field, hint=hint)]
        if self.num_tokens is None or stated >= self.num_tokens:
            return []
        message = f"{self.node} has room for {count_text(stated)} tokens, and the data has {self.num_tokens}."
        return [
            self.problem(
                "too_few_tokens",
                message,
                field=field,
                expected=f"at least {self.num_tokens}",
                got=stated,
                hint=f"Set {field} to {self.num_tokens}.",
                mend=self.mend(field, self.num_tokens),
            )
        ]

    def needs_flatten(self, shape: Shape, doing: str) -> list[Problem]:
        """A problem when a clip, or an image of more than one pixel, comes where features are read."""
        if len(shape) < 3 or (len(shape) == 3 and prod(shape[1:]) == 1):
            return []
        what = "an image" if len(shape) == 3 else "a clip"
        message = (
            f"{doing} at {self.node} expects a row of features and gets {what} {shape_text(shape)} from {self.source}."
        )
        hint, mend = f"Insert flatten before {self.node}.", self.mend_before("flatten")
        return [
            self.problem(
                "needs_flatten",
                message,
                field="inputs",
                expected="features",
                got=shape_text(shape),
                hint=hint,
                mend=mend,
            )
        ]

    def stated_size(self, field: str, stated: int | None, actual: int, what: str, doing: str) -> list[Problem]:
        """A problem when a size that was stated is not the one that arrives.

        Args:
            field: The field that states it, ``in_features``.
            stated: Its value; None where it is inferred.
            actual: The size that arrives.
            what: The plural of what is counted, ``features``.
            doing: Who counts, ``The matrix product``.
        """
        if stated is None or stated == actual:
            return []
        gets = f"expects {count_text(stated)} {what} and gets {count_text(actual)} from {self.source}"
        return [
            self.problem(
                "size_mismatch",
                f"{doing} at {self.node} {gets}.",
                field=field,
                expected=stated,
                got=actual,
                hint=f"Set {field} to {actual}.",
                mend=self.mend(field, actual),
            )
        ]

    def needs_image(self, shape: Shape) -> list[Problem]:
        """A problem when what arrives is not an image [C, H, W]."""
        if len(shape) == 3:
            return []
        message = f"{self.node} slides over an image and gets {shape_text(shape)} from {self.source}."
        hint = "Place it before the flatten, or choose image data."
        mend = self.mend_before("reshape", shape=[1, *shape]) if len(shape) == 2 else None
        wanted, got = "channels×height×width", shape_text(shape)
        return [self.problem("needs_image", message, field="inputs", expected=wanted, got=got, hint=hint, mend=mend)]

    def needs_sequence(self, shape: Shape, index: int = 0) -> list[Problem]:
        """A problem when what arrives at ``index`` is not a sequence [T, F]."""
        if len(shape) == 2:
            return []
        message = f"{self.node} reads a sequence and gets {shape_text(shape)} from {self.source_of(index)}."
        if len(shape) == 4:
            return [self._needs_rows(shape, index, message)]
        hint = "Choose sequence data; a recurrent layer before it must give the whole sequence (output: sequence)."
        # A row as steps of one number, a grey image as a sequence of its rows.
        steps = [*shape, 1] if len(shape) == 1 else list(shape[1:])
        mend = self.mend_before("reshape", shape=steps) if index == 0 and (len(shape) == 1 or shape[0] == 1) else None
        wanted, got = "steps×features", shape_text(shape)
        return [self.problem("needs_sequence", message, field="inputs", expected=wanted, got=got, hint=hint, mend=mend)]

    def _needs_rows(self, shape: Shape, index: int, message: str) -> Problem:
        """The problem of a clip where a sequence is read: each frame must become a row of features first."""
        hint = f"Insert flatten with start_dim 2 before {self.node}: each frame becomes a row, and frames are steps."
        mend = self.mend_before("flatten", start_dim=2) if index == 0 else None
        return self.problem(
            "needs_sequence", message, field="inputs", expected="steps×features", got=shape_text(shape), hint=hint,
            mend=mend,
        )  # fmt: skip
