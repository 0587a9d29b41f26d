"""Specs for the tests of the server."""

from typing import Any

Spec = dict[str, Any]


def stand_in_spec(name: str = "plain", *, steps: int = 30, speed: float | None = None, **more: Any) -> Spec:
    """For the stand-in worker, which ignores the graph."""
    training = {"epochs": None, "max_steps": steps, "max_steps_per_second": speed}
    return {"name": name, "data": {"dataset": "d"}, "graph": [{"kind": "linear"}], "training": training, **more}
