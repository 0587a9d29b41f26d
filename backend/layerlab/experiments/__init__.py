"""Ready specs to open with, one file each. The first is what the page opens on; a menu lists them by group."""

from layerlab_schemas.catalog import Experiment

from layerlab.experiments import (
    alexnet_shapes,
    attention_reverse,
    autoencoder_digits,
    clever_hans,
    conv_lstm_clips,
    encoder_decoder_reverse,
    gru_parity,
    lenet_digits,
    logistic_breast_cancer,
    lstm_sequences,
    lstm_text,
    mlp_digits,
    mlp_spiral,
    plain20_shapes,
    regression_plane,
    resnet20_shapes,
    rnn_parity,
    transformer_text,
    vgg_shapes,
)

EXPERIMENTS: tuple[Experiment, ...] = (
    lenet_digits.EXPERIMENT,
    mlp_spiral.EXPERIMENT,
    regression_plane.EXPERIMENT,
    logistic_breast_cancer.EXPERIMENT,
    mlp_digits.EXPERIMENT,
    alexnet_shapes.EXPERIMENT,
    vgg_shapes.EXPERIMENT,
    plain20_shapes.EXPERIMENT,
    resnet20_shapes.EXPERIMENT,
    autoencoder_digits.EXPERIMENT,
    clever_hans.EXPERIMENT,
    conv_lstm_clips.EXPERIMENT,
    rnn_parity.EXPERIMENT,
    lstm_sequences.EXPERIMENT,
    gru_parity.EXPERIMENT,
    lstm_text.EXPERIMENT,
    encoder_decoder_reverse.EXPERIMENT,
    attention_reverse.EXPERIMENT,
    transformer_text.EXPERIMENT,
)
