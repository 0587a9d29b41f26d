"""Every ready experiment with the compiled engine: as the eager one over 200 steps, or refused with a reason."""

import pytest
import torch
from layerlab.experiments import EXPERIMENTS
from layerlab.training.assemble import assemble
from layerlab.training.engines.refusal import compiler
from layerlab_schemas.run import RunSpec

from tests.backend.training.engines.stepping import built, compiled, eager, run, tensors

NUM_STEPS = 200
#: Refused: they draw, carry a state, have padding, or an answer at each step.
EAGER = {
    "lenet_digits", "mlp_digits", "alexnet_shapes", "vgg_shapes", "few_glyphs_affine", "few_glyphs_elastic",
    "conv_lstm_clips", "rnn_parity", "lstm_sequences", "gru_parity", "lstm_text", "encoder_decoder_reverse",
    "attention_reverse", "transformer_text",
}  # fmt: skip
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


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler")
@pytest.mark.parametrize("name", sorted(SPECS.keys() - EAGER))
def test_as_the_eager_engine(name, tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        folder = built(asked(name), tmp_path)
        made, samples, rates, reports = eager(asked(name).model_copy(update={"training": SPECS[name].training}), 200)
        mine = assemble(asked(name))
        block = run(compiled(mine, folder), samples, rates)
    finally:
        torch.set_num_threads(before)
    losses = torch.tensor([report.loss for report in reports])
    torch.testing.assert_close(block.losses_k[:20], losses[:20], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(block.losses_k, losses, rtol=5e-2, atol=1e-2)
    assert tensors(mine).keys() == tensors(made).keys()
