"""What is not compiled, and why; nothing is compiled here."""

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.engines import refusal as rule
from layerlab_schemas.run import RunSpec

from tests.backend.training.specs import DIGITS, TOKENS, digits, plane, spec

CPU = torch.device("cpu")


def refused(run: RunSpec, device: torch.device = CPU):
    made = assemble(run)
    chosen = made.trainer.settings
    return rule.refusal(made.network, made.data, chosen.optimizer, chosen.augment, device)


def test_a_plain_net_is_not_refused():
    assert refused(plane()) is None


@pytest.mark.parametrize(
    ("run", "node"),
    [
        (digits(), "dropout_1"),
        (spec(data={"dataset": "parity", "params": {"length": 6, "samples": 60}}, graph=TOKENS[1:]), "lstm_1"),
    ],
    ids=["draws", "recurrent"],
)
def test_the_node_is_named(run, node):
    found = refused(run)
    assert found.node == node
    assert found.reason.startswith(f"{node} ")


@pytest.mark.parametrize("kind", ["gd", "lbfgs", "muon"])
def test_optimizers_without_a_pure_update(kind):
    assert kind in refused(plane(optimizer={"kind": kind})).reason


def test_augmentation():
    still = [node for node in DIGITS if node["kind"] != "dropout"]
    found = refused(digits(graph=still, data={"augment": [{"kind": "translate"}]}))
    assert "random numbers" in found.reason


def test_another_device():
    assert "mps" in refused(plane(), torch.device("mps")).reason


def test_no_compiler(monkeypatch):
    monkeypatch.setattr(rule.shutil, "which", lambda name: None)
    assert "C++ compiler" in refused(plane()).reason


def test_a_card_needs_no_compiler_and_refuses_the_same_nodes(monkeypatch):
    monkeypatch.setattr(rule.shutil, "which", lambda name: None)
    assert refused(plane(), torch.device("cuda", 1)) is None
    assert refused(digits(), torch.device("cuda")).node == "dropout_1"


def test_the_compiler_of_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("CXX", "mine")
    monkeypatch.setattr(rule.shutil, "which", lambda name: f"/bin/{name}")
    assert rule.compiler() == "/bin/mine"
