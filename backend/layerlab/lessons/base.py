"""What lessons share: networks that several of them train, and short ways to write a spec."""

from typing import Any

from layerlab_schemas.run import RunSpec

DIGITS: dict[str, Any] = {"dataset": "digits"}
#: The textbook's case for signals at the start: 500 inputs from N(0, 1).
NOISE: dict[str, Any] = {"dataset": "noise", "params": {"features": 500, "samples": 500}}


def stack(
    depth: int, width: int, activation: str, *, outputs: int = 10, norm: dict[str, Any] | None = None
) -> list[Any]:
    """Hidden layers of one width, ``linear1``, ``tanh1``, ``linear2`` …, and a last one called ``logits``."""
    graph: list[Any] = []
    for number in range(1, depth + 1):
        graph.append({"id": f"linear{number}", "kind": "linear", "out_features": width})
        if norm is not None:
            graph.append({"id": f"norm{number}"} | norm)
        graph.append({"id": f"{activation}{number}", "kind": activation})
    return [*graph, {"id": "logits", "kind": "linear", "out_features": outputs}]


def on_images(graph: list[Any]) -> list[Any]:
    """The same for images, whose pixels are laid out in a row first."""
    return [{"kind": "flatten"}, *graph]


def run(name: str, **parts: Any) -> RunSpec:
    """A run of seed 0, so that the figures in the text are those on the screen."""
    training = {"seed": 0} | parts.pop("training", {})
    return RunSpec.model_validate({"name": name, "training": training} | parts)
