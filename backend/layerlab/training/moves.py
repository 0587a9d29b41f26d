"""A field of a run that gets another value, in the words of the curves. Free of torch: the server says it too."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from layerlab_schemas.run import EventKind, RunEvent

WORDS = {
    "optimizer.lr": "rate",
    "data.augment": "augmentation",
    "regularization.l1": "L1",
    "regularization.l2": "L2",
    "regularization.clip_grad_norm": "gradient limit",
    "regularization.clip_grad_value": "gradient limit by value",
    "training.max_steps_per_second": "steps a second",
    "dropout": "dropout",
}


@dataclass(frozen=True)
class Move:
    """One field that gets another value."""

    path: str
    before: Any
    after: Any

    def event(self, step: int) -> RunEvent:
        """The move as it is drawn on the curves."""
        name = WORDS.get(self.path) or self.path.split(".", 1)[-1].removesuffix(".kind").replace("_", " ")
        if self.path == "optimizer.kind":
            name = "optimizer"
        if self.path.startswith(("nodes.", "weights.")):
            name = " ".join(self.path.split(".")[1:])
        text = f"{name} {_text(self.before)} → {_text(self.after)}"
        return RunEvent(
            kind=EventKind.CHANGE, step=step, time=datetime.now(UTC), text=text, path=self.path,
            before=self.before, after=self.after,
        )  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "off"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value) or "off"
    if isinstance(value, dict):
        fields = ", ".join(f"{name} {_text(field)}" for name, field in value.items() if name != "kind")
        name = str(value.get("kind", "")).replace("_", " ")
        return f"{name} ({fields})" if fields else name
    return f"{value:.6g}" if isinstance(value, float) else str(value)
