"""The samples that a script draws or reads are those of the run, bit for bit."""

import subprocess
import sys
from dataclasses import replace
from math import prod

import numpy as np
import pytest
from layerlab import datasets, losses
from layerlab.datasets.base import LoadedData, PointsParams
from layerlab.datasets.rows import whole
from layerlab.datasets.spiral import Spiral
from layerlab.export.samples import samples
from layerlab.export.script import python_script
from layerlab.shelf import UPLOADS
from layerlab.training.data import prepare
from layerlab_schemas.run import DataSpec, RunSpec

from tests.backend.export.written import assert_alike, assert_each_name_once, lines_of, named, run, trained
from tests.uploads import arrays, put

#: Other forms of some kinds, beside each kind's example.
FORMS = [
    {"dataset": "cifar10", "params": {"part": "test"}},
    {"dataset": "cifar10", "params": {"part": "train", "samples": 15}, "validation_fraction": 0.4},
    {"dataset": "fashion_mnist", "params": {"samples": 15}, "preprocess": "standardize"},
    {"dataset": "mnist", "params": {"part": "test"}},
    {"dataset": "marked_digits", "params": {"validation": "other_corner", "place": "top_right", "share": 0.4}},
    {"dataset": "marked_digits", "params": {"validation": "absent", "size": 3}},
    {"dataset": "marked_digits", "params": {"validation": "same", "digit": 7}},
    {"dataset": "clips", "params": {"size": 8, "frames": 4, "colour": "colour", "samples": 24, "classes": 8}},
    {"dataset": "copy", "params": {"form": "encoder_decoder", "samples": 40}},
    {"dataset": "curve_regression", "params": {"curve": "steps", "outliers": 0.1, "samples": 40}},
    {"dataset": "curve_regression", "params": {"curve": "bumps", "noise": 0, "samples": 40}},
    {"dataset": "glyphs", "params": {"size": 12, "colour": "colour", "samples": 24, "classes": 12}},
    {"dataset": "noise", "params": {"shape": [2, 3, 4], "samples": 40, "classes": 3}},
    {"dataset": "parity", "params": {"encoding": "token", "samples": 40}},
    {"dataset": "parity", "params": {"encoding": "token", "shortest": 5, "length": 9, "samples": 40}},
    {"dataset": "reverse", "params": {"shortest": None, "samples": 40}},
    {"dataset": "shapes", "params": {"size": 12, "colour": "colour", "samples": 24, "classes": 8}},
]
SETTINGS = [
    {"dataset": "digits", "target": "input", "preprocess": "standardize", "subset": 50},
    {"dataset": "wine", "preprocess": "standardize", "validation_fraction": 0.3},
    {"dataset": "moons", "params": {"first_share": 0.8, "samples": 60}, "oversample": True},
    {"dataset": "wine", "preprocess": "whiten", "oversample": True, "subset": 40, "split_seed": 3},
    {"dataset": "digits", "oversample": True, "target": "input", "subset": 50},
    {"dataset": "adding", "preprocess": "channel_mean", "params": {"samples": 60}, "target": "input"},
    {"dataset": "reverse", "preprocess": "standardize", "params": {"samples": 60}, "subset": 20},
]


def run_of(data: dict) -> RunSpec:
    """The smallest network that gives what the data asks for."""
    facts = prepare(DataSpec.model_validate(data), None, 0).facts
    graph = [{"kind": "one_hot"}] if facts.input_is_index else []
    out = facts.output_shape
    if facts.input_kind == "sequence":
        each = len(out) == 2
        layer = {"kind": "rnn", "hidden_size": 4, "output": "sequence" if each else "last"}
        graph += [layer, {"kind": "linear", "out_features": out[-1]}]
    else:
        graph += [{"kind": "flatten"}] * (facts.input_kind in ("image", "video"))
        graph += [{"kind": "linear", "out_features": prod(out)}, {"kind": "reshape", "shape": out}]
    optimizer, training = {"kind": "sgd", "lr": 0.01}, {"max_steps": 2, "eval_every": 1, "device": "cpu"}
    return RunSpec.model_validate({"graph": graph, "data": data, "optimizer": optimizer, "training": training})


def assert_same_data(spec: RunSpec, names: dict) -> None:
    """What ``load_data`` of a script gives."""
    ours = prepare(spec.data, None, spec.training.seed)
    wanted = [ours.train_inputs, ours.train_targets, ours.validation_inputs, ours.validation_targets]
    for theirs, expected in zip(names["load_data"](), wanted, strict=True):
        assert theirs.dtype == expected.dtype
        assert theirs.equal(whole(expected))


@pytest.mark.parametrize(
    "data",
    [kind.example for kind in datasets.REGISTRY if not kind.details.get("own_file")] + FORMS + SETTINGS,
    ids=lambda data: data["dataset"],
)
def test_every_dataset(data):
    spec = run_of(data)
    text = python_script(spec)
    assert "data.npz" not in text
    assert_each_name_once(text)
    assert_same_data(spec, named(text))


@pytest.mark.parametrize(
    "loss", [kind.kind for kind in losses.REGISTRY if "classification" in kind.tasks and kind.refuses(8) is None]
)
def test_every_loss_of_answers_at_each_step(loss):
    """Padding has no answer, and is in no mean."""
    spec = run_of({"dataset": "reverse", "params": {"length": 5, "shortest": 2, "samples": 60}, "batch_size": 16})
    spec = RunSpec.model_validate(spec.model_dump(mode="json") | {"loss": {"kind": loss}})
    assert_each_name_once(python_script(spec))
    assert_alike(run(spec), trained(spec))


def test_a_script_reads_original_files_beside_it(original_files):
    spec = run_of({"dataset": "mnist", "batch_size": 16, "preprocess": "standardize"})
    text = python_script(spec)
    assert 'FOLDER = Path("mnist")  # the files of MNIST, from https://' in text
    assert str(original_files) not in text
    command = [sys.executable, "-I", "-W", "error", "-c", text]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=original_files)
    assert (done.returncode, done.stderr) == (0, "")
    assert_alike(lines_of(done.stdout), trained(spec))


TABLE = "age,colour,price\n" + "\n".join(
    f"{'' if place % 5 == 1 else place},{'' if place % 7 == 2 else 'red' if place % 3 else 'blue'},{place * 1.5}"
    for place in range(40)
)


@pytest.mark.parametrize("params", [{"missing": "median"}, {"missing": "drop"}, {"target": "colour"}])
def test_a_table_of_the_users_own_is_filled_as_the_run_does_it(params, tmp_path, monkeypatch):
    monkeypatch.setenv(UPLOADS, str(tmp_path / "uploads"))
    put(tmp_path / "uploads", "csv", TABLE.encode())
    put(tmp_path / "uploads", "npz", arrays(x=np.eye(12), y=np.arange(12.0)), upload="u0000000000000002")
    tables = {"dataset": "csv", "params": {"upload": "u0000000000000001"} | params, "preprocess": "standardize"}
    numbers = {"dataset": "npz", "params": {"upload": "u0000000000000002", "scale_target": True}}
    monkeypatch.chdir(tmp_path)
    for data in (tables, numbers):
        spec = run_of(data)
        (tmp_path / "data.npz").write_bytes(samples(spec))
        text = python_script(spec)
        assert_each_name_once(text)
        assert_same_data(spec, named(text))
        assert_alike(run(spec), trained(spec))


class Mirrored(Spiral):
    """A set that no script can draw: it goes by what its base does."""

    kind = "mirrored_spiral"
    title = "Mirrored spiral"

    def load(self, params: PointsParams, *, seed: int) -> LoadedData:
        """The spiral, turned over."""
        drawn = super().load(params, seed=seed)
        return replace(drawn, inputs=-drawn.inputs)


def test_what_cannot_be_drawn_is_read(tmp_path, monkeypatch):
    monkeypatch.setitem(datasets.REGISTRY._kinds, Mirrored.kind, Mirrored())
    spec = run_of({"dataset": Mirrored.kind, "params": {"samples": 60}, "batch_size": 16})
    text = python_script(spec)
    assert "POST /api/export/data of Layerlab gives that file" in text
    (tmp_path / "run.py").write_text(text, "utf-8")
    (tmp_path / "data.npz").write_bytes(samples(spec))
    command = [sys.executable, "-I", "-W", "error", "run.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert_alike(lines_of(done.stdout), trained(spec))
