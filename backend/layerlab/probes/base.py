"""What a probe is, and what it may look at.

A probe reads and never touches: it draws no random numbers, changes no buffer and leaves train and eval mode as they
were, so that a run that is watched and one that is not have equal weights, bit for bit.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

import torch
from layerlab_schemas.catalog import Family
from layerlab_schemas.frames import DataShape, Frame, PackedArray, SampleView
from layerlab_schemas.graph import CheckedData, Lack
from torch import Tensor

from layerlab.datasets.rows import Samples, whole
from layerlab.errors import BatchTooSmall
from layerlab.graph.network import Network, Recording
from layerlab.graph.plan import Plan
from layerlab.params import Params
from layerlab.probes.judged import Judged
from layerlab.probes.plane import Plane, plane_of
from layerlab.registry import Kind

Split = Literal["train", "validation"]
Mode = Literal["train", "eval"]


class NoParams(Params):
    """A probe without fields."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The one sample that the pictures in the network show.

    Attributes:
        index: Its place in the validation part.
        raw: Before preprocessing, [1, …].
        inputs: As the network reads it, [1, …].
        target: Its class number, its class numbers at each step, or its numbers: [1], [1, T] or [1, …].
    """

    index: int
    raw: Tensor
    inputs: Tensor
    target: Tensor


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """Counts [K, K] of an evaluation, rows true, columns predicted, and the step it was done at."""

    step: int
    counts: Tensor
    num_samples: int


class Look(NamedTuple):
    """A recorded forward pass, with the words that every picture of it must carry."""

    recording: Recording
    split: Split
    mode: Mode
    num_samples: int


@dataclass(kw_only=True)
class ProbeContext:
    """Everything that probes may look at after one step. What is computed is computed once for all probes.

    Attributes:
        run: Id of the run, for the frame.
        step: Updates done.
        network: In train mode, gradients of the last update in place.
        batch: The forward pass of the batch of that update; None where it was not recorded. At step 0, that of the
            batch which is to come.
        batch_size: Samples in that batch, recorded or not; 0 where there was none yet.
        probe_inputs: The fixed samples that are measured in eval mode, [M, …].
        probe_split: Which part of the data they are from.
        sample: For the pictures in the network; None where there is no validation sample.
        confusion: Of the newest evaluation; None for regression.
        raw_inputs: Training samples before preprocessing, [N, …].
        preprocess: From raw values to what the network reads.
        probe_targets: Of the probe samples, as the loss wants them; None where they are not at hand.
        loss: The run's own, a mean over a batch, of output and targets; None where it is not at hand.
        seed: Of the run, for what a probe draws from generators of its own.
        before: Each weight as it was before the last update; empty where it was not copied.
        remembered: What the optimizer remembers of each weight, by names, in the shape of the weight.
        memory: What probes keep from one look to the next, by probe. It is no part of the run: it begins empty when a
            run is gone on with.
        judged: The newest evaluation sample by sample; None where there was none, or where it was too large to keep.
        train_targets: Of the training samples, [N], [N, T] or [N, …]; None where they are not at hand.
    """

    run: str
    step: int
    network: Network
    batch: Recording | None
    batch_size: int
    probe_inputs: Tensor
    probe_split: Split
    sample: Sample | None
    confusion: Confusion | None
    raw_inputs: Samples
    preprocess: Callable[[Tensor], Tensor]
    probe_targets: Tensor | None = None
    loss: Callable[[Tensor, Tensor], Tensor] | None = None
    seed: int = 0
    before: Mapping[Tensor, Tensor] = field(default_factory=dict)
    remembered: Callable[[], Mapping[Tensor, Mapping[str, Tensor]]] = dict
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    judged: Judged | None = None
    train_targets: Tensor | None = None

    @property
    def facts(self) -> CheckedData:
        """The data in the words of the wire."""
        return self.network.plan.data

    @cached_property
    def evaluated(self) -> Look:
        """The probe samples in eval mode: no dropout, running statistics."""
        recording = self._look(self.probe_inputs)
        return Look(recording, self.probe_split, "eval", len(self.probe_inputs))

    @cached_property
    def shown(self) -> Recording | None:
        """The shown sample in eval mode; None where there is none, or where a norm cannot do with a single one."""
        try:
            return None if self.sample is None else self._look(self.sample.inputs)
        except BatchTooSmall:
            # A batch norm without running statistics uses those of the batch in eval mode too.
            return None

    @cached_property
    def over_plane(self) -> tuple[Plane, Recording]:
        """Places all over the plane that holds the points of the data, in eval mode: one look for all probes."""
        known = self.memory.setdefault("plane", {})
        if not known:
            known["plane"] = plane_of(whole(self.raw_inputs))
            known["inputs"] = self.preprocess(known["plane"].places())
        return known["plane"], self._look(known["inputs"])

    @torch.no_grad()
    def _look(self, inputs: Tensor) -> Recording:
        was_training = self.network.training
        self.network.eval()
        try:
            with self.network.recording() as recording:
                self.network(inputs.to(self.probe_inputs.device))
        finally:
            self.network.train(was_training)
        return recording

    def frame(
        self,
        probe: "ProbeKind",
        items: list[Any],
        *,
        split: Split | None = None,
        mode: Mode | None = None,
        num_samples: int = 0,
        step: int | None = None,
        sample: SampleView | None = None,
        lack: str | None = None,
    ) -> Frame:
        """A frame of this step with these items."""
        return Frame(
            run=self.run,
            probe=probe.kind,
            data_shape=probe.data_shape,
            step=self.step if step is None else step,
            split=split,
            mode=mode,
            num_samples=num_samples,
            sample=sample,
            lack=lack,
            items=items,
        )


class ProbeKind(Kind):
    """One probe. The panel that draws it is chosen by ``data_shape``."""

    family = Family.PROBE
    group = "Probes"
    Params = NoParams
    example: ClassVar[Any] = {
        "data": {"dataset": "digits"},
        "graph": [
            {"kind": "conv2d", "out_channels": 4, "kernel_size": 3},
            {"kind": "batch_norm"},
            {"kind": "relu"},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 10},
        ],
    }
    """A spec to which the probe applies."""
    data_shape: ClassVar[DataShape]
    needs_batch: ClassVar[bool] = False
    """True where it reads what went through the network with the training batch, which must then be recorded."""
    needs_before: ClassVar[bool] = False
    """True where it compares the weights with those before the last update, which must then be copied."""
    shows_sample: ClassVar[bool] = False
    """True where what it gives depends on the chosen sample."""
    comes_first: ClassVar[bool] = False
    """True where a hand that tries settings waits for it: measured and sent before the others when a run begins."""

    beside: ClassVar[tuple[str, ...]] = ()
    """Other probes whose frames its panel draws too."""
    has_panel: ClassVar[bool] = True
    """False where it is only drawn beside others."""

    def facts(self) -> dict[str, Any]:
        """Tells the browser which panel draws it."""
        told: dict[str, Any] = {"data_shape": self.data_shape.value, "shows_sample": self.shows_sample}
        return told | {"beside": list(self.beside), "has_panel": self.has_panel} | self.details

    def lacks(self, plan: Plan) -> Lack | None:
        """Why it will never find anything in such a network with such data; None where it may."""
        return None

    def applies(self, plan: Plan) -> bool:
        """Whether nothing is lacking."""
        return self.lacks(plan) is None

    @abstractmethod
    def measure(self, context: ProbeContext) -> Frame | None:
        """What there is to see after this step; None where the probe does not apply to the network or the data."""


def shares(output: Tensor, facts: CheckedData) -> Tensor:
    """Probabilities from the output of a classifier, classes last; the output itself for regression."""
    if not facts.class_names:
        return output
    return output.sigmoid() if output.shape[-1] == 1 else output.softmax(-1)


def pack_places(tensor: Tensor) -> PackedArray:
    """Whole numbers, such as places of samples or classes, as int32 bytes."""
    array = tensor.detach().to(device="cpu", dtype=torch.int32).contiguous().numpy().astype("<i4", copy=False)
    return PackedArray(dtype="int32", shape=list(array.shape), data=array.tobytes())


def pack(tensor: Tensor) -> PackedArray:
    """A tensor as float32 bytes, row-major, little-endian."""
    array = tensor.detach().to(device="cpu", dtype=torch.float32).contiguous().numpy().astype("<f4", copy=False)
    return PackedArray(dtype="float32", shape=list(array.shape), data=array.tobytes())
