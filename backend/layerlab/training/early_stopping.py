"""Stopping when the validation loss no longer falls, with the best weights kept."""

import math
from typing import Any

from layerlab_schemas.run import EarlyStoppingSpec
from torch import Tensor

from layerlab.graph.network import Network


class EarlyStopping:
    """Watches the validation loss. Its state: best, best step, evaluations waited, and a copy of the best weights."""

    def __init__(self, spec: EarlyStoppingSpec) -> None:
        self.spec = spec
        self.best = math.inf
        self.best_step = 0
        self.waited = 0
        self.best_values: dict[str, Tensor] = {}

    def note(self, loss: float, step: int, network: Network) -> bool:
        """Take in an evaluation; True when the patience is at its end."""
        if loss < self.best - self.spec.min_delta:
            self.best, self.best_step, self.waited = loss, step, 0
            if self.spec.restore_best:
                self.best_values = {name: value.detach().clone() for name, value in network.state_dict().items()}
            return False
        self.waited += 1
        return self.waited >= self.spec.patience

    def restore(self, network: Network) -> bool:
        """Give the network its best weights back; False where there are none."""
        if self.best_values:
            network.load_state_dict(self.best_values)
        return bool(self.best_values)

    def facts(self) -> dict[str, Any]:
        """The state apart from the weights, as plain JSON data."""
        best = None if math.isinf(self.best) else self.best
        return {"best": best, "best_step": self.best_step, "waited": self.waited}

    def load(self, facts: dict[str, Any], values: dict[str, Tensor]) -> None:
        """Go on from an earlier state."""
        self.best = math.inf if facts["best"] is None else facts["best"]
        self.best_step, self.waited, self.best_values = facts["best_step"], facts["waited"], values
