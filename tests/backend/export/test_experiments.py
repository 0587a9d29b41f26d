"""Every ready experiment as a script that runs by itself, and trains as our run does."""

import json
import subprocess
import sys

import pytest
from layerlab import datasets
from layerlab.experiments import EXPERIMENTS
from layerlab.export.script import python_script
from layerlab_schemas.run import RunSpec

from tests.backend.export.written import assert_alike, assert_each_name_once, lines_of, trained, without_dropout

STEPS, SAMPLES = 2, 80
#: Runs the scripts it is given, one after the other: no second import of PyTorch, and nothing of ours to be had.
DRIVER = """
import contextlib, io, json, runpy, sys, traceback
sys.modules["layerlab"] = sys.modules["layerlab_schemas"] = None
import torch
torch.set_num_threads(1)
said = {}
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as said[path]:
        try:
            runpy.run_path(path, run_name="__main__")
        except Exception:
            print(traceback.format_exc())
print(json.dumps({path: words.getvalue() for path, words in said.items()}))
"""


def cut(spec: RunSpec) -> RunSpec:
    """A few steps on a few samples, evaluated after each; the network and all that trains it stay."""
    body = without_dropout(spec).model_dump(mode="json")
    if "samples" in datasets.REGISTRY.get(body["data"]["dataset"]).Params.model_fields:
        body["data"]["params"]["samples"] = SAMPLES
    body["data"] |= {"subset": SAMPLES // 2, "batch_size": SAMPLES // 4}
    body["training"] |= {"device": "cpu", "epochs": None, "max_steps": STEPS, "eval_every": 1}
    return RunSpec.model_validate(body)


SPECS = {one.id: cut(one.spec) for one in EXPERIMENTS}


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> dict[str, str]:
    """What each script prints, by the name of its experiment."""
    folder = tmp_path_factory.mktemp("scripts")
    files = {name: folder / f"{name}.py" for name in SPECS}
    for name, file in files.items():
        file.write_text(python_script(SPECS[name]), "utf-8")
    command = [sys.executable, "-I", "-W", "error", "-c", DRIVER, *map(str, files.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    return {name: said[str(file)] for name, file in files.items()}


@pytest.mark.parametrize("name", SPECS)
def test_it_trains_as_ours(name, printed):
    theirs = lines_of(printed[name])
    assert len(theirs) == STEPS, printed[name]
    assert_alike(theirs, trained(SPECS[name]))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.id)
def test_as_it_is_it_reads_well(experiment):
    text = python_script(experiment.spec)
    assert not [line for line in text.splitlines() if "layerlab" in line]
    assert "data.npz" not in text
    assert_each_name_once(text)
