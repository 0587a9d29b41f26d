"""The recorder of a card: on one where there is one; elsewhere that it asks PyTorch for the right things in order."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.engines.graphed import Graphs
from layerlab.training.engines.recorder import RECORDERS, WARM_UP, CudaRecorder
from layerlab_schemas.run import RunSpec

from tests.backend.training.engines.stepping import pure_step
from tests.backend.training.engines.test_compilation import curve
from tests.backend.training.engines.test_functional import SPECS
from tests.backend.training.engines.test_graphed import TEMPLATES
from tests.backend.training.engines.test_templates import CHAOTIC, EAGER

needs_card = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
CARD = torch.device("cuda:0")


class Fake:
    """What ``CudaRecorder`` takes of ``torch.cuda``, each call written down."""

    def __init__(self, *, fails: bool = False) -> None:
        self.done: list[str] = []
        self.now = "default"
        self._fails = fails

    def Stream(self, device):
        return _Stream("side", self)

    def current_stream(self):
        return _Stream(self.now, self)

    def CUDAGraph(self):
        graph = torch.nn.Identity()
        graph.replay = lambda: self.done.append("replay")
        return graph

    def synchronize(self):
        self.done.append("wait for all")

    @contextmanager
    def device(self, device):
        self.done.append(f"on {device}")
        yield

    @contextmanager
    def stream(self, stream):
        before, self.now = self.now, stream.name
        try:
            yield
        finally:
            self.now = before

    @contextmanager
    def graph(self, graph, *, stream):
        """As PyTorch's: where recording has failed, its stream stays the current one."""
        self.done.append(f"record on {stream.name}")
        self.now = stream.name
        yield
        if self._fails:
            raise RuntimeError("operation failed due to a previous error during capture")
        self.done.append("recorded")


class _Stream:
    def __init__(self, name, cuda):
        self.name = name
        self._cuda = cuda

    def wait_stream(self, other):
        self._cuda.done.append(f"{self.name} waits for {other.name}")

    def synchronize(self):
        self._cuda.done.append(f"wait for {self.name}")


def faked(monkeypatch, **how) -> Fake:
    fake = Fake(**how)
    for name in ("Stream", "current_stream", "CUDAGraph", "synchronize", "device", "stream", "graph"):
        assert hasattr(torch.cuda, name)
        monkeypatch.setattr(CudaRecorder, "_failed", [])
        monkeypatch.setattr(torch.cuda, name, getattr(fake, name))
    return fake


def test_it_warms_up_and_records_on_one_stream_aside(monkeypatch):
    fake = faked(monkeypatch)
    replay = CudaRecorder(CARD)(lambda: fake.done.append(f"work on {fake.now}"))
    replay()
    replay()
    assert fake.done == [
        "on cuda:0", "side waits for default", *["work on side"] * WARM_UP, "wait for side", "record on side",
        "work on side", "recorded", "default waits for side", "wait for all", "replay", "replay",
    ]  # fmt: skip
    assert fake.now == "default"


def test_where_recording_fails_the_stream_is_the_one_from_before(monkeypatch):
    fake = faked(monkeypatch, fails=True)
    with pytest.raises(RuntimeError, match="previous error"):
        CudaRecorder(CARD)(lambda: None)
    assert fake.now == "default"
    done = len(fake.done)
    with pytest.raises(RuntimeError, match="an earlier recording"):
        CudaRecorder(CARD)(lambda: None)
    assert len(fake.done) == done


def test_what_runs_is_waited_for_before_it_is_said_that_it_failed(monkeypatch):
    fake = faked(monkeypatch)

    def work():
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        CudaRecorder(CARD)(work)
    assert fake.done[-1] == "wait for side"
    assert fake.now == "default"


def test_only_cuda_is_recorded():
    assert list(RECORDERS) == ["cuda"]


def on_card(spec: RunSpec, engine: str, num_steps: int) -> RunSpec:
    training = {"engine": engine, "epochs": None, "max_steps": num_steps, "device": "cuda:0"}
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


@needs_card
@pytest.mark.parametrize("name", [*SPECS, *sorted(TEMPLATES.keys() - EAGER)])
def test_on_a_card_it_trains_as_the_eager_engine(name):
    """Refused and taken as the tests with a tape have it; this is the only one that asks a card."""
    num_steps = 3 if name in CHAOTIC else 100
    curves = {}
    for engine in ("eager", "auto"):
        trainer = assemble(on_card((SPECS | TEMPLATES)[name], engine, num_steps)).trainer
        trainer.at_most = 1000
        curves[engine] = curve(trainer.steps(), "train/loss")
        assert trainer.compilation.refusal is None
    assert trainer.compilation.is_ready
    assert curves["auto"].keys() == curves["eager"].keys()
    first = range(1, min(20, num_steps) + 1)
    assert [curves["auto"][step] for step in first] == pytest.approx(
        [curves["eager"][step] for step in first], rel=1e-2, abs=1e-3
    )


@needs_card
def test_on_a_card_the_eager_engine_goes_on_after_a_recording_that_failed():
    """In a process of its own: nobody knows what such a failure leaves behind."""
    code = (
        "import json, sys, torch\n"
        "from layerlab.training.assemble import assemble; from layerlab_schemas.run import RunSpec\n"
        "from layerlab.training.engines import graphed\n"
        "flat_step = graphed.flat_step\n"
        "def waiting(step, form):\n"
        "    flat = flat_step(step, form)\n"
        "    def run(*given):\n"
        "        given[0].sum().item()\n"
        "        return flat(*given)\n"
        "    return run\n"
        "graphed.flat_step = waiting\n"
        "trainer = assemble(RunSpec.model_validate_json(sys.argv[1])).trainer\n"
        "losses = [report.loss for report in trainer.steps()]\n"
        "print(json.dumps([trainer.engine, trainer.compilation.refusal.reason, len(losses), losses[-1] > 0]))"
    )
    spec = on_card(SPECS["images and norm"], "auto", 8)
    command = [sys.executable, "-c", code, spec.model_dump_json()]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    engine, reason, num_reports, is_positive = json.loads(answer.stdout)
    assert (engine, num_reports, is_positive) == ("eager", 9, True)
    assert reason.startswith("The steps of this network could not be recorded as a CUDA graph")


@needs_card
def test_on_a_card_nothing_of_the_network_changes_while_it_records():
    made = assemble(on_card(SPECS["images and norm"], "eager", 8))
    before = {name: value.clone() for name, value in made.network.state_dict().items()}
    inputs, targets = made.data.train_inputs, made.data.train_targets
    step, record = pure_step(made, is_compiled=False), CudaRecorder(CARD)
    Graphs(step, made.network, [16, 5], inputs=inputs, targets=targets, record=record)
    assert all(torch.equal(value, before[name]) for name, value in made.network.state_dict().items())
