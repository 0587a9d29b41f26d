"""Every ready experiment with the compiled engine: as the eager one over 200 steps, or refused with a reason."""

from statistics import median

import pytest
import torch
from layerlab.experiments import EXPERIMENTS
from layerlab.training.assemble import Assembly, assemble
from layerlab.training.engines.refusal import compiler
from layerlab_schemas.run import RunSpec

from tests.backend.training.engines.stepping import built, compiled, eager, run, tensors

NUM_STEPS = 200
#: How far a tensor may be away after a step, as a part of its length, and how far half of them. Of millions of ReLU
#: inputs a few lie so near to 0 that rounding turns them over, which moves gradients, as it does in the eager engine.
MOST_TURNED_OVER, HALF_TURNED_OVER = 0.2, 0.02
#: Refused: they draw, carry a state, have padding, or an answer at each step.
EAGER = {
    "lenet_digits", "mlp_digits", "alexnet_shapes", "vgg_shapes", "few_glyphs_affine", "few_glyphs_elastic",
    "conv_lstm_clips", "rnn_parity", "lstm_sequences", "gru_parity", "lstm_text", "encoder_decoder_reverse",
    "attention_reverse", "transformer_text",
}  # fmt: skip
#: Batch norm over twenty layers: a rounding grows to a tenth of the loss within 20 steps, in the eager engine too.
CHAOTIC = {"plain20_shapes", "resnet20_shapes"}
SPECS = {experiment.id: experiment.spec for experiment in EXPERIMENTS}


def asked(name: str) -> RunSpec:
    spec = SPECS[name]
    training = {"engine": "compiled", "epochs": None, "max_steps": NUM_STEPS}
    return spec.model_copy(update={"training": spec.training.model_copy(update=training)})


@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
@pytest.mark.parametrize("name", SPECS)
def test_compiled_or_refused_with_a_reason(name):
    found = assemble(asked(name)).trainer.compilation
    assert (found.begins is None) == (name in EAGER)
    assert (found.refusal is not None) == (name in EAGER)


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
@pytest.mark.parametrize("name", sorted(SPECS.keys() - EAGER - CHAOTIC))
def test_as_the_eager_engine(name, tmp_path, one_thread):
    folder = built(asked(name), tmp_path)
    made, samples, rates, reports = eager(as_eager(name), NUM_STEPS)
    mine = assemble(asked(name))
    block = run(compiled(mine, folder), samples, rates)
    losses = torch.tensor([report.loss for report in reports])
    torch.testing.assert_close(block.losses_k[:20], losses[:20], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(block.losses_k, losses, rtol=5e-2, atol=1e-2)
    assert tensors(mine).keys() == tensors(made).keys()


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
@pytest.mark.parametrize("name", sorted(CHAOTIC))
def test_each_step_as_the_eager_engine(name, tmp_path, one_thread):
    """From the second step on each one begins with the eager engine's weights, buffers and momentum."""
    folder = built(asked(name), tmp_path)
    made, mine = assemble(as_eager(name)), assemble(asked(name))
    steps, step = made.trainer.steps(), compiled(mine, folder)
    next(steps)
    for number in range(NUM_STEPS):
        if number:
            give_state(made, mine)
        samples, report = made.trainer.upcoming(), next(steps)
        told = run(step, [samples], [report.learning_rate])
        torch.testing.assert_close(told.losses_k, torch.tensor([report.loss]), rtol=1e-4, atol=1e-6)
        theirs, parts = tensors(mine), list[float]()
        for key, one in tensors(made).items():
            parts.append(float((theirs[key] - one).double().norm() / one.double().norm().clamp_min(1e-12)))
        assert max(parts) <= (MOST_TURNED_OVER if number else 1e-6), number
        assert median(parts) <= HALF_TURNED_OVER, number


def as_eager(name: str) -> RunSpec:
    return asked(name).model_copy(update={"training": SPECS[name].training})


@torch.no_grad()
def give_state(source: Assembly, to: Assembly) -> None:
    """Lets one go on from the state of the other; the tensors stay the same ones."""
    for one, other in zip(holdings(source), holdings(to), strict=True):
        other.copy_(one)


def holdings(made: Assembly) -> list[torch.Tensor]:
    weights = list(made.network.parameters())
    kept = [one for weight in weights for one in made.trainer._optimizer.state[weight].values()]
    return [*weights, *made.network.buffers(), *kept]
