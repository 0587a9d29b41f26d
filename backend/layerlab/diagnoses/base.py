"""What a diagnosis is, what it may go by, and how it says what it found."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any, ClassVar, Generic, Literal, TypeVar

import torch
from layerlab_schemas.catalog import Family
from layerlab_schemas.run import Remedy
from torch import Tensor

from layerlab.diagnoses.exam import Exam, Signs
from layerlab.diagnoses.history import History
from layerlab.figures import figure
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.params import Params
from layerlab.registry import Kind
from layerlab.training.assemble import Assembly
from layerlab.training.report import Outcome

P = TypeVar("P", bound=Params)
Severity = Literal["info", "warning", "problem"]
#: A training whose loss is below this share of its first one has learned something.
LEARNED = 0.9


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a kind has found.

    Attributes:
        what: What and where, as the start of a sentence without its full stop: "Units of relu_1 are dead".
        text: What was measured, with the numbers, and what follows from it.
        since: Step since which it holds; None: since it was first found.
        since_epoch: The same in epochs, where that is how it is told.
    """

    severity: Severity
    what: str
    text: str
    cause: str
    node: str | None = None
    since: int | None = None
    since_epoch: int | None = None
    remedies: Sequence[Remedy] = ()


@dataclass(kw_only=True)
class Evidence:
    """Everything that diagnoses may go by at one step.

    Attributes:
        assembly: The run: to be read, never touched.
        history: Losses so far.
        exams: The latest looks at the network, the oldest first.
        updates: Norm of the latest measured update over the norm of the weights that it moved, by node.
        standing: Kinds of what was told and is not over.
        at_step: Of the latest look, where the run has gone on since.
    """

    assembly: Assembly
    history: History
    exams: Sequence[Exam] = ()
    updates: dict[str, float] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    at_step: int | None = None

    @property
    def step(self) -> int:
        """Updates done when it was looked at."""
        return self.assembly.trainer.step if self.at_step is None else self.at_step

    @property
    def epoch(self) -> float:
        """Passes over the training data so far."""
        return self.assembly.trainer.epoch

    @property
    def exam(self) -> Exam | None:
        """The newest look."""
        return self.exams[-1] if self.exams else None

    @property
    def plan(self) -> Plan:
        """The nodes."""
        return self.assembly.plan

    @property
    def outcome(self) -> Outcome | None:
        """How the training ended by itself."""
        return self.assembly.trainer.outcome

    @property
    def learning_rate(self) -> float:
        """The base rate that is set now; a schedule multiplies it."""
        return float(self.assembly.trainer.settings.optimizer.params.lr)

    @property
    def has_learned(self) -> bool:
        """True where the training loss is clearly lower than at the start, or where that is not known."""
        first, recent = self.history.first_loss, self.history.recent()
        return first is None or (recent is not None and recent.loss < LEARNED * first)

    @property
    def is_late(self) -> bool:
        """True where so much was trained that a healthy run would have learned something."""
        return self.step >= 50 and self.epoch >= 1

    @cached_property
    def weighted(self) -> list[PlannedNode]:
        """Nodes with a weight matrix or kernel that is no table to look up in, in their order."""
        return [node for node in self.plan.nodes if node.layer.has_weights and not node.layer.is_lookup]

    @cached_property
    def class_shares(self) -> Tensor | None:
        """[K] shares of the classes among the training targets; None for regression."""
        targets = self.assembly.data.train_targets
        names = self.plan.data.class_names
        if not names or targets.is_floating_point():
            return None
        counted = targets[targets >= 0].flatten().bincount(minlength=len(names))
        return counted.double().cpu() / counted.sum().cpu()

    @cached_property
    def guessing_loss(self) -> float | None:
        """Cross-entropy of always giving the shares of the classes, ln(K) where they are even; None elsewhere."""
        shares = self.class_shares
        if shares is None or self.assembly.trainer.loss.kind.kind not in ("cross_entropy", "bce"):
            return None
        return float(-torch.special.xlogy(shares, shares).sum())

    @property
    def most_surprise(self) -> float:
        """ln(K)."""
        return log(max(2, len(self.plan.data.class_names)))

    def signs(self, node: str) -> Signs | None:
        """What the newest look found at a node."""
        return self.exam.signs.get(node) if self.exam else None

    # Remedies

    def place(self, node: str) -> str:
        """Path of a node in the spec: ``graph.3``."""
        return f"graph.{[one.id for one in self.assembly.check.nodes].index(node)}"

    def set_rate(self, factor: float, *, live: bool) -> Remedy:
        """Another learning rate, now or from the start."""
        rate = float(f"{self.learning_rate * factor:.2g}")
        return Remedy(
            label=f"{'Set' if live else 'Train with'} rate {figure(rate)}",
            changes={"optimizer.lr": rate},
            at_step=None if live else 0,
            live=live,
        )

    def other_init(self) -> Remedy | None:
        """The start that fits the activations; None where the run has it already."""
        bounded = any(node.layer.kind in ("tanh", "sigmoid", "softsign") for node in self.plan.nodes)
        scheme = "xavier_normal" if bounded else "kaiming_normal"
        usual = {"xavier_normal", "xavier_uniform"} if bounded else {"kaiming_normal", "kaiming_uniform"}
        has_own = [node for node in self.plan.nodes if node.init is not None]
        if self.assembly.spec.init.scheme in usual and not has_own:
            return None
        changes: dict[str, Any] = {"init": {"scheme": scheme}}
        changes |= {f"{self.place(node.id)}.init": None for node in has_own}
        return Remedy(label=f"Start from {'Xavier' if bounded else 'Kaiming'} normal", changes=changes, at_step=0)

    def other_activation(self, kind: str, title: str, *, instead_of: set[str]) -> Remedy | None:
        """Another activation in the hidden layers; None where there is none to replace."""
        found = [n.id for n in self.plan.nodes if n.layer.kind in instead_of and n.id != self.plan.output]
        if not found:
            return None
        graph = [node.model_dump(mode="json", exclude_none=True) for node in self.assembly.spec.graph]
        names = [one.id for one in self.assembly.check.nodes]
        for place, node in enumerate(graph):
            if names[place] in found:
                # With its name, so that whoever reads it finds it still.
                kept: dict[str, Any] = {name: node[name] for name in ("inputs", "block") if name in node}
                graph[place] = {"kind": kind, "id": names[place], **kept}
        return Remedy(label=f"Use {title}", changes={"graph": graph}, at_step=0)


class DiagnosisKind(Kind, Generic[P]):
    """One thing that may be wrong. ``severity`` is the gravest that it comes in.

    It is told when it was found ``patience`` times in a row, and is over when it was not found ``relief`` times in a
    row, so that what stands on the edge does not flicker.
    """

    family = Family.DIAGNOSIS
    group = "Diagnoses"
    severity: ClassVar[Severity]
    patience: ClassVar[int] = 2
    relief: ClassVar[int] = 4
    says_since: ClassVar[bool] = True
    """False where "since when" goes without saying, as with data."""

    def facts(self) -> dict[str, Any]:
        """Tells how grave it can be."""
        return {"severity": self.severity} | self.details

    @abstractmethod
    def look(self, evidence: Evidence, params: P, *, held: bool) -> Finding | None:
        """What is found now; None where there is nothing.

        Args:
            evidence: What was measured.
            params: Thresholds.
            held: True while it stands: then it takes more to say that it is over.
        """


def some(*remedies: Remedy | None) -> tuple[Remedy, ...]:
    """Those remedies that there are."""
    return tuple(one for one in remedies if one is not None)
