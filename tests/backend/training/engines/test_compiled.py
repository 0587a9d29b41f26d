"""Compiled blocks against the eager trainer: numbers, blocks, states. Compiling takes 10 s and more each."""

import math
import subprocess
import sys

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab.training.engines.refusal import compiler

from tests.backend.training.engines.stepping import PLAIN, built, compiled, eager, run, tensors
from tests.backend.training.engines.test_functional import NORMED, SPECS
from tests.backend.training.specs import digits, plane, spec

pytestmark = pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
NUM_STEPS = 200
TOKENS = [
    {"kind": "embedding", "embedding_dim": 4},
    {"kind": "flatten"},
    {"kind": "linear", "out_features": 2},
]
SLOW = {
    "numbers": SPECS["numbers"].model_copy(update={"training": PLAIN.training}),
    "images and norm": digits(
        graph=NORMED, optimizer={"kind": "sgd", "momentum": 0.5}, data={"batch_size": 50}, training={"epochs": 100}
    ),
    "limits": plane(
        regularization={"l1": 1e-3, "l2": 1e-2, "clip_grad_norm": 0.5, "clip_grad_value": 0.1},
        optimizer={"kind": "adamw"}, training={"epochs": 100},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Packages are for a number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def agrees(asked, folder):
    made, samples, rates, reports = eager(asked, NUM_STEPS)
    mine = assemble(asked)
    block = run(compiled(mine, folder), samples, rates)
    losses = torch.tensor([report.loss for report in reports])
    torch.testing.assert_close(block.losses_k, losses, rtol=1e-3, atol=1e-4)
    found, expected = tensors(mine), tensors(made)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if not name.startswith("generator."):
            torch.testing.assert_close(
                found[name], value, rtol=1e-2, atol=1e-3, msg=lambda text, name=name: name + text
            )
    return block, reports


def test_as_the_trainer(packages):
    block, reports = agrees(PLAIN, packages)
    sizes = torch.tensor([report.batch_size for report in reports])
    right = torch.tensor([report.accuracy for report in reports]) * sizes
    assert (block.hits_k - right).abs().max() <= 1
    assert block.penalties_k.abs().max() == 0
    assert block.losses_k.isfinite().all()


def test_the_same_bits_in_any_blocks(packages):
    _, samples, rates, _ = eager(PLAIN, NUM_STEPS)
    states, losses = [], []
    for sizes in ([NUM_STEPS], [1, 7, 64, NUM_STEPS - 72], [50] * 4):
        made = assemble(PLAIN)
        step, start, told = compiled(made, packages), 0, []
        for size in sizes:
            told.append(run(step, samples[start : start + size], rates[start : start + size]).losses_k)
            start += size
        states.append(tensors(made))
        losses.append(torch.cat(told))
    for state, seen in zip(states[1:], losses[1:], strict=True):
        assert torch.equal(seen, losses[0])
        assert all(torch.equal(state[name], value) for name, value in states[0].items())


def test_goes_on_bit_for_bit_from_a_state(packages):
    _, samples, rates, _ = eager(PLAIN, 60)
    made = assemble(PLAIN)
    step = compiled(made, packages)
    run(step, samples[:25], rates[:25])
    state = made.trainer.state()
    run(step, samples[25:], rates[25:])
    again = assemble(PLAIN)
    again.trainer.load_state(state)
    run(compiled(again, packages), samples[25:], rates[25:])
    found, expected = tensors(again), tensors(made)
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def drawn(num_steps: int) -> torch.Tensor:
    """[K, 10] sample numbers."""
    return torch.randint(48, (num_steps, 10), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("begun", [0, 20])
def test_back_to_before_the_block(packages, begun):
    samples_kb, made = drawn(60), assemble(PLAIN)
    step = compiled(made, packages)
    if begun:
        step.run(samples_kb[:begun], [0.05] * begun)
    before = made.trainer.state().tensors
    first = step.run(samples_kb[begun:], [0.05] * (60 - begun))
    step.undo()
    after = made.trainer.state().tensors
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert step.run(samples_kb[begun:], [0.05] * (60 - begun)).losses == first.losses


def test_a_bad_loss_is_found(packages):
    samples_kb, rates = drawn(40), [0.05] * 20 + [math.inf] + [0.05] * 19
    step = compiled(assemble(PLAIN), packages)
    bad = step.run(samples_kb, rates).first_bad()
    assert bad == 21
    step.undo()
    assert step.run(samples_kb[:bad], rates[:bad]).first_bad() is None


def test_more_steps_than_a_call_takes(packages):
    samples_kb = drawn(600)
    whole, parts = assemble(PLAIN), assemble(PLAIN)
    compiled(whole, packages).run(samples_kb, [0.05] * 600)
    step = compiled(parts, packages)
    for start in range(0, 600, 200):
        step.run(samples_kb[start : start + 200], [0.05] * 200)
    expected = tensors(whole)
    assert all(torch.equal(value, expected[name]) for name, value in tensors(parts).items())


def test_a_package_that_is_there_is_not_compiled_again(packages):
    before = {path: path.stat().st_mtime_ns for path in packages.glob("*.pt2")}
    built(PLAIN, packages)
    assert {path: path.stat().st_mtime_ns for path in packages.glob("*.pt2")} == before


def test_running_needs_no_compiler_in_the_process(packages):
    code = (
        "import sys; from pathlib import Path; import torch; torch.set_num_threads(1)\n"
        "from layerlab.training.assemble import assemble; from layerlab_schemas.run import RunSpec\n"
        "from tests.backend.training.engines.stepping import compiled\n"
        f"made = assemble(RunSpec.model_validate_json(Path({str(packages / 'spec.json')!r}).read_text()))\n"
        f"step = compiled(made, Path({str(packages)!r}))\n"
        "step.run(made.trainer.upcoming()[None].expand(3, -1), [0.1] * 3)\n"
        "print('torch._inductor.compile_fx' in sys.modules, 'fastapi' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.returncode) == ("False False\n", 0), answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_others_as_the_trainer(name, tmp_path):
    agrees(SLOW[name], built(SLOW[name], tmp_path))


@pytest.mark.slow
def test_tokens_as_the_trainer(tmp_path):
    data = {"dataset": "parity", "params": {"length": 6, "samples": 100, "encoding": "token"}, "batch_size": 20}
    agrees(spec(data=data, graph=TOKENS, training={"epochs": 100}), built(spec(data=data, graph=TOKENS), tmp_path))
