"""What an analysis is, and what it may use.

An analysis gets a copy of a run at one step: its own network, its own data. It may do with them what it likes, for the
run itself is somewhere else and does not notice. What it draws, it draws from generators made of seed and name.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, TypeVar

from layerlab_schemas.catalog import Family
from layerlab_schemas.frames import DataShape, Frame, SampleView
from layerlab_schemas.graph import CheckedData, Lack

from layerlab.errors import LayerlabError
from layerlab.graph.network import Network
from layerlab.graph.plan import Plan
from layerlab.params import Params
from layerlab.registry import Kind
from layerlab.training.assemble import Assembly
from layerlab.training.choice import LossChoice
from layerlab.training.data import TrainingData
from layerlab.training.state import State

P = TypeVar("P", bound=Params)


class Cancelled(LayerlabError):
    """Somebody does not want it any more."""

    code = "cancelled"


class NoParams(Params):
    """An analysis without fields."""


@dataclass(frozen=True, kw_only=True)
class AnalysisContext:
    """A copy of a run at one step.

    Attributes:
        run: Id of the run, for the frame.
        step: Updates done.
        assembly: The run, built anew and with the state of that step: network in train mode, data, trainer.
        sample: Place in the validation part of the sample that it is about.
        start: The run at step 0; None for a fork, which began with the state of another.
        checkpoints: All checkpoints of the run, the oldest first, for what looks back over the training.
        threads: With which the run itself trains; another number could change the last bits of a step.
        progress: To be told the share done, from 0 to 1, often; raises ``Cancelled`` when it is to end.
    """

    run: str
    step: int
    assembly: Assembly
    sample: int = 0
    start: State | None = None
    checkpoints: tuple[Path, ...] = ()
    progress: Callable[[float], None] = lambda share: None
    threads: int = 1

    @property
    def network(self) -> Network:
        """The network at that step, in train mode; whoever evaluates puts it in eval mode."""
        return self.assembly.network

    @property
    def plan(self) -> Plan:
        """Its nodes."""
        return self.assembly.plan

    @property
    def data(self) -> TrainingData:
        """Both parts of the data, preprocessed and raw."""
        return self.assembly.data

    @property
    def loss(self) -> LossChoice:
        """The loss of the run with its fields."""
        return self.assembly.trainer.loss

    @property
    def facts(self) -> CheckedData:
        """The data in the words of the wire."""
        return self.plan.data

    def frame(
        self,
        analysis: "AnalysisKind[Any]",
        items: list[Any],
        *,
        split: Literal["train", "validation"] | None = None,
        mode: Literal["train", "eval"] | None = None,
        num_samples: int = 0,
        sample: SampleView | None = None,
    ) -> Frame:
        """A frame of this step with these items."""
        return Frame(
            run=self.run,
            probe=analysis.kind,
            data_shape=analysis.data_shape,
            step=self.step,
            split=split,
            mode=mode,
            num_samples=num_samples,
            sample=sample,
            items=items,
        )


class AnalysisKind(Kind, Generic[P]):
    """One analysis. The panel that draws it is chosen by ``data_shape``, its form is made from ``Params``."""

    family = Family.ANALYSIS
    group = "Analyses"
    Params: ClassVar[type[Params]] = NoParams
    data_shape: ClassVar[DataShape]
    is_quick: ClassVar[bool] = False
    """True where it takes well under a second, so that the page asks for it by itself, and again when a hand moves."""
    shows_sample: ClassVar[bool] = False
    """True where what it gives depends on the chosen sample."""
    reads_state: ClassVar[bool] = True
    """False where it is the same at every step, because it does not look at the weights."""

    def facts(self) -> dict[str, Any]:
        """Tells the browser which panel draws it, and when to ask."""
        told = {"data_shape": self.data_shape.value} | {
            name: getattr(self, name) for name in ("shows_sample", "is_quick", "reads_state")
        }
        return told | self.details

    def lacks(self, plan: Plan) -> Lack | None:
        """Why it will never find anything in such a network with such data; None where it may."""
        return None

    def applies(self, plan: Plan) -> bool:
        """Whether nothing is lacking."""
        return self.lacks(plan) is None

    @abstractmethod
    def analyse(self, context: AnalysisContext, params: P) -> Frame:
        """Compute it.

        Raises:
            Cancelled: Through ``context.progress``.
            SpecError: A field names something that is not there, or would need too much memory or time.
        """
