"""Ready specs to open with, one file each. The first is what the page opens on."""

from layerlab_schemas.catalog import Experiment

from layerlab.experiments import lenet_digits, lstm_sequences, mlp_digits, mlp_spiral, regression_plane

EXPERIMENTS: tuple[Experiment, ...] = (
    lenet_digits.EXPERIMENT,
    mlp_spiral.EXPERIMENT,
    lstm_sequences.EXPERIMENT,
    mlp_digits.EXPERIMENT,
    regression_plane.EXPERIMENT,
)
