"""What all files of the user's own have: a size told before, a state that is looked at, and a kind for each ending."""

import os

import numpy as np
import pytest
from layerlab.datasets import REGISTRY
from layerlab.datasets.own_file import OwnFileKind
from layerlab.errors import SpecError
from layerlab.export.samples import samples
from layerlab.export.script import python_script
from layerlab.shelf import READERS
from layerlab.training.assemble import assemble
from layerlab.training.inspection import inspect
from layerlab.training.memory import size_of
from layerlab_schemas.run import CheckRequest, RunSpec

from tests.uploads import EXAMPLES, arrays, put, put_examples

KINDS = [kind for kind in REGISTRY if isinstance(kind, OwnFileKind)]


def params_of(kind, **fields):
    return kind.Params.model_validate({**kind.example["params"], **fields})


def test_every_ending_has_its_kind():
    assert set(READERS.values()) == {kind.kind for kind in KINDS} == set(EXAMPLES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_size_is_told_before(shelf, kind):
    put_examples(shelf)
    assert kind.size(params_of(kind)) == size_of(kind.load(params_of(kind), seed=0))


def test_the_size_of_words_and_arrays_on_the_disk(shelf):
    put(shelf, "text_file", EXAMPLES["text_file"])
    text = REGISTRY.get("text_file")
    words = text.Params(upload="u0000000000000001", unit="word", length=7)
    assert text.size(words) == size_of(text.load(words, seed=0))
    x = np.zeros((4, 3, 5, 5), np.uint8)
    put(shelf, "npz", arrays(x=x, f=x.astype("f4"), o=np.asfortranarray(x), y=np.arange(4)), upload="u0000000000000002")
    npz = REGISTRY.get("npz")
    for name, layout, is_mapped in (
        ("x", "auto", True), ("f", "auto", True), ("o", "auto", False), ("x", "channels_last", False),
    ):  # fmt: skip
        params = npz.Params(upload="u0000000000000002", x=name, layout=layout)
        assert npz.size(params) == size_of(npz.load(params, seed=0))
        assert npz.size(params).is_mapped is is_mapped


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_file_that_is_gone_is_missed_at_once(shelf, kind):
    put_examples(shelf)
    request = CheckRequest.model_validate({"data": kind.example, "graph": [{"kind": "flatten"}]})
    assert inspect(request).data is not None
    upload = kind.example["params"]["upload"]
    os.rename(shelf / upload, shelf / "elsewhere")
    (problem,) = [found for found in inspect(request).problems if found.path.startswith("data")]
    assert (problem.code, problem.path) == ("upload_missing", "data.params.upload")
    assert upload in problem.message
    with pytest.raises(SpecError):
        kind.stamp(params_of(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_script_reads_the_samples_from_a_file(shelf, kind, tmp_path, monkeypatch):
    put_examples(shelf)
    first = [{"kind": "embedding", "embedding_dim": 4}] if kind.input_kind == "sequence" else [{"kind": "flatten"}]
    loaded = kind.load(params_of(kind), seed=0)
    graph = [*first, {"kind": "linear", "out_features": len(loaded.class_names)}]
    spec = RunSpec.model_validate({"data": kind.example, "graph": graph, "training": {"max_steps": 2}})
    script = python_script(spec)
    assert 'np.load("data.npz")' in script
    (tmp_path / "data.npz").write_bytes(samples(spec))
    monkeypatch.chdir(tmp_path)
    space: dict = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), space)
    inputs = space["load"](seed=0)[0]
    assert inputs.float().equal(loaded.inputs.float())
    assert [report.step for report in assemble(spec).trainer.steps()] == [0, 1, 2]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_file_gives_the_same_samples_whatever_the_seed(shelf, kind):
    put_examples(shelf)
    first, second = (kind.load(params_of(kind), seed=seed) for seed in (0, 7))
    assert first.inputs.equal(second.inputs)
    assert first.targets.equal(second.targets)
    assert len(first.inputs) == len(first.targets) > 1
    assert first.inputs.isfinite().all()
    assert 0 <= first.targets.min() <= first.targets.max() < max(len(first.class_names), first.num_tokens or 0)
