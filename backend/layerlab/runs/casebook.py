"""What was found so far, and when that is to be told: a finding must last, and so must its absence. A pure core."""

from dataclasses import dataclass
from typing import Any

from layerlab_schemas.run import Diagnosis

from layerlab.diagnoses.base import DiagnosisKind, Finding
from layerlab.figures import count

#: Only a graver form of what stands is told again.
_RANK = {"info": 0, "warning": 1, "problem": 2}


@dataclass
class Case:
    """One kind as it stands: how often in a row it was found or missed, since when, and what was told of it."""

    first_seen: int = 0
    num_found: int = 0
    num_missed: int = 0
    told: Diagnosis | None = None

    @property
    def is_open(self) -> bool:
        """True from being told until it is over."""
        return self.told is not None and not self.told.is_over


class Casebook:
    """All kinds of one run."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}

    def holds(self, kind: str) -> bool:
        """True while a diagnosis of that kind stands."""
        return kind in self.standing

    @property
    def standing(self) -> frozenset[str]:
        """Kinds of what was told and is not over."""
        return frozenset(kind for kind, case in self._cases.items() if case.is_open)

    def doubts(self, kind: DiagnosisKind[Any]) -> bool:
        """True where the newest look found what has not lasted long enough to be told."""
        case = self._cases.get(kind.kind)
        return case is not None and not case.is_open and 0 < case.num_found < kind.patience

    def note(self, kind: DiagnosisKind[Any], finding: Finding | None, *, step: int) -> list[Diagnosis]:
        """Take in what one look found; returns what is to be told, at most one."""
        case = self._cases.setdefault(kind.kind, Case())
        if finding is None:
            return self._missed(kind, case)
        if not case.num_found and not case.is_open:
            case.first_seen = step
        case.num_found, case.num_missed = case.num_found + 1, 0
        if case.num_found < kind.patience and not case.is_open:
            return []
        if case.told is not None and case.is_open and _RANK[finding.severity] <= _RANK[case.told.severity]:
            return []
        since = case.told.step if case.told is not None and case.is_open else finding.since
        case.told = _diagnosis(kind, finding, since=case.first_seen if since is None else since)
        return [case.told]

    def _missed(self, kind: DiagnosisKind[Any], case: Case) -> list[Diagnosis]:
        case.num_found, case.num_missed = 0, case.num_missed + 1
        if not case.is_open or case.told is None or case.num_missed < kind.relief:
            return []
        case.told = case.told.model_copy(update={"is_over": True})
        return [case.told]

    def dump(self) -> dict[str, Any]:
        """What was told, as JSON can hold it."""
        return {kind: case.told.model_dump(mode="json") for kind, case in self._cases.items() if case.told}

    def load(self, told: dict[str, Any]) -> None:
        """What ``dump`` gave."""
        for kind, one in told.items():
            diagnosis = Diagnosis.model_validate(one)
            self._cases[kind] = Case(first_seen=diagnosis.step, told=diagnosis)


def _diagnosis(kind: DiagnosisKind[Any], finding: Finding, *, since: int) -> Diagnosis:
    return Diagnosis(
        kind=kind.kind,
        severity=finding.severity,
        step=since,
        node=finding.node,
        title=finding.what + (_since(finding, since) if kind.says_since else "") + ".",
        text=finding.text,
        cause=finding.cause,
        remedies=list(finding.remedies),
    )


def _since(finding: Finding, since: int) -> str:
    if finding.since_epoch is not None:
        return f" since epoch {finding.since_epoch}"
    return f" since step {count(since)}" if since else " from the start"
