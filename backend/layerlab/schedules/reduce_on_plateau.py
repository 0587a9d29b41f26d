"""The learning rate falls when the validation loss no longer does."""

import math
from typing import Annotated, Any, ClassVar, Literal

from layerlab_schemas.base import Count, NonNegative, Positive
from pydantic import Field

from layerlab.schedules.base import Memory, Moment, ScheduleKind, ScheduleParams

#: A fall by less than this is not made, as in PyTorch.
_EPS = 1e-8


class ReduceOnPlateauParams(ScheduleParams):
    """How long it waits, and how much is left."""

    factor: Annotated[Positive, Field(lt=1)] = Field(default=0.1, description="What is left of the rate after a fall.")
    patience: Count = Field(default=5, description="Evaluations without a better validation loss that it puts up with.")
    threshold: NonNegative = Field(default=1e-4, description="How much better a loss must be to count.")
    threshold_mode: Literal["rel", "abs"] = Field(
        default="rel", description="rel: better by a share of the best loss; abs: by an amount."
    )
    cooldown: Count = Field(default=0, description="Evaluations after a fall in which it does not count.")
    min_lr: NonNegative = Field(default=0.0, description="The lowest rate: a rate, not a share of one.")


class ReduceOnPlateau(ScheduleKind[ReduceOnPlateauParams]):
    """Needs no plan of the run: it waits until training stalls. Looks at the loss at each evaluation."""

    kind = "reduce_on_plateau"
    title = "ReduceLROnPlateau"
    help = "The rate falls by a factor when the validation loss has not become better for some evaluations."
    formula = r"\eta \leftarrow \max(\gamma\, \eta, \eta_{\min}) \text{ when } L_{\mathrm{val}} \text{ stalls}"
    source = "Bengio 2012, Practical Recommendations for Gradient-Based Training; torch ReduceLROnPlateau"
    Params = ReduceOnPlateauParams
    example: ClassVar[dict[str, Any]] = {"kind": "reduce_on_plateau", "factor": 0.5, "patience": 2}
    watches_validation = True

    def scheduled(self, params: ReduceOnPlateauParams, lr: float, moment: Moment) -> float:
        """What the falls so far have left of it."""
        return lr * float(moment.memory.get("share", 1.0))

    def remember(self, params: ReduceOnPlateauParams, memory: Memory, *, loss: float, lr: float) -> Memory:
        """Best loss, evaluations waited, cool-down left and the share of the rate that is left, as PyTorch counts."""
        best = memory.get("best")
        waited, cooling = int(memory.get("waited", 0)), int(memory.get("cooling", 0))
        share = float(memory.get("share", 1.0))
        if _is_better(params, loss, math.inf if best is None else best):
            best, waited = loss, 0
        else:
            waited += 1
        if cooling > 0:
            cooling, waited = cooling - 1, 0
        if waited > params.patience:
            share, waited, cooling = _fallen(params, share, lr), 0, params.cooldown
        return {"best": best, "waited": waited, "cooling": cooling, "share": share}

    def earliest_surprise(self, params: ReduceOnPlateauParams, evaluation_every: int) -> int:
        """The first evaluation is the best so far, unless no loss can be; the fall can come ``patience`` + 1 later."""
        has_best = params.threshold_mode == "abs" or params.threshold < 1
        return (params.patience + 1 + has_best) * evaluation_every + 1


def _is_better(params: ReduceOnPlateauParams, loss: float, best: float) -> bool:
    if not math.isfinite(loss):
        return False
    if params.threshold_mode == "rel":
        return loss < best * (1 - params.threshold)
    return loss < best - params.threshold


def _fallen(params: ReduceOnPlateauParams, share: float, lr: float) -> float:
    """The share after a fall; as it was where the fall would be too small, or end above."""
    rate = lr * share
    lower = max(rate * params.factor, params.min_lr)
    return lower / lr if rate - lower > _EPS else share
