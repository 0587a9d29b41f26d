"""Clips are learnt by what keeps the order of frames, and by nothing else; equal seeds and resumed runs agree."""

from layerlab.training.assemble import assemble
from layerlab.training.state import weights_digest
from layerlab_schemas.run import RunSpec

DATA = {
    "dataset": "clips",
    "params": {"classes": 2, "frames": 5, "size": 8, "samples": 500, "noise": 0},
    "batch_size": 20,
    "preprocess": "standardize",
}
EYES = [
    {"kind": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten", "start_dim": 2},
]
MEMORY = {"kind": "lstm", "hidden_size": 24}
#: The mean over all frames, which is the same whichever way they go.
NO_MEMORY = {"kind": "global_avg_pool"}


def run(memory: dict, epochs: int = 12):
    body = {"data": DATA, "graph": [*EYES, memory, {"kind": "linear", "out_features": 2}]}
    optimizer, training = {"kind": "adam", "lr": 0.005}, {"epochs": epochs, "device": "cpu"}
    return assemble(RunSpec.model_validate(body | {"optimizer": optimizer, "training": training}))


def accuracy(memory: dict) -> float:
    """On the validation part, at the end."""
    return [one.evaluation.accuracy for one in run(memory).trainer.steps() if one.evaluation][-1]


def test_a_memory_tells_right_from_left():
    assert accuracy(MEMORY) > 0.9


def test_without_a_memory_it_is_a_guess():
    """100 coins: beyond 0.7 once in 30 000 times."""
    assert accuracy(NO_MEMORY) < 0.7


def test_a_run_that_goes_on_from_its_state_is_the_same():
    whole, first, second = (run(MEMORY, epochs=1) for _ in range(3))
    for _ in whole.trainer.steps():
        pass
    for report in first.trainer.steps():
        if report.step == 7:
            break
    second.trainer.load_state(first.trainer.state())
    for _ in second.trainer.steps():
        pass
    assert weights_digest(second.network) == weights_digest(whole.network)
