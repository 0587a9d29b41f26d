"""Runs in which nothing is gravely wrong: the ready experiments, and variants of data, activation, optimizer, norm."""

from itertools import chain
from typing import Any

from layerlab.experiments import EXPERIMENTS
from layerlab_schemas.run import RunSpec

#: Those that train for more than some seconds; the slow test trains them to their end.
SLOW = {
    "alexnet_shapes",
    "vgg_shapes",
    "plain20_shapes",
    "resnet20_shapes",
    "rnn_parity",
    "gru_parity",
    "lstm_text",
    "encoder_decoder_reverse",
    "attention_reverse",
    "transformer_text",
    "lstm_sequences",
    "lenet_digits",
    "autoencoder_digits",
}


def stack(
    *widths: int, activation: str = "relu", norm: str | None = None, dropout: float = 0.0
) -> list[dict[str, Any]]:
    """A plain stack; the last width is the answer."""
    hidden = [
        [
            {"kind": "linear", "out_features": width},
            *([{"kind": norm}] if norm else []),
            {"kind": activation},
            *([{"kind": "dropout", "p": dropout}] if dropout else []),
        ]
        for width in widths[:-1]
    ]
    return [{"kind": "flatten"}, *chain(*hidden), {"kind": "linear", "out_features": widths[-1]}]


def variant(dataset: str, graph: list[dict[str, Any]], *, epochs: int = 30, **rest: Any) -> dict[str, Any]:
    if dataset in ("moons", "circle", "xor", "spiral", "gaussians", "iris", "wine", "diabetes", "plane_regression"):
        graph = graph[1:] if graph[0]["kind"] == "flatten" else graph
    return {"data": {"dataset": dataset}, "graph": graph, "training": {"epochs": epochs, "seed": 0}} | rest


XAVIER = {"scheme": "xavier_normal"}
ADAM = {"kind": "adam", "lr": 0.01}
VARIANTS: dict[str, dict[str, Any]] = {
    "moons_relu_adam": variant("moons", stack(16, 16, 2), optimizer=ADAM),
    "moons_tanh_sgd": variant(
        "moons", stack(16, 2, activation="tanh"), init=XAVIER, optimizer={"kind": "sgd", "lr": 0.3}
    ),
    "circle_sigmoid_adam": variant(
        "circle", stack(16, 2, activation="sigmoid"), init=XAVIER, optimizer=ADAM, epochs=60
    ),
    "xor_leaky_rmsprop": variant(
        "xor", stack(16, 16, 2, activation="leaky_relu"), optimizer={"kind": "rmsprop", "lr": 0.003}
    ),
    "gaussians_logistic": variant("gaussians", stack(2), optimizer={"kind": "sgd", "lr": 0.1}),
    "spiral_silu_adamw": variant(
        "spiral", stack(32, 32, 2, activation="silu"), optimizer={"kind": "adamw", "lr": 0.01}, epochs=60
    ),
    "spiral_lbfgs": variant(
        "spiral", stack(16, 16, 2, activation="tanh"), init=XAVIER, optimizer={"kind": "lbfgs"}, epochs=40
    ),
    "moons_gd": variant(
        "moons", stack(16, 2, activation="tanh"), init=XAVIER, optimizer={"kind": "gd", "lr": 0.5}, epochs=150
    ),
    "iris_relu_nadam": variant("iris", stack(16, 3), optimizer={"kind": "nadam", "lr": 0.01}, epochs=60),
    "wine_layer_norm": variant("wine", stack(16, 16, 3, norm="layer_norm"), optimizer=ADAM, epochs=40),
    "wine_dropout": variant("wine", stack(32, 3, dropout=0.3), optimizer=ADAM, epochs=60),
    "diabetes_relu": variant("diabetes", stack(16, 1), optimizer=ADAM, epochs=60),
    "plane_tanh": variant("plane_regression", stack(16, 16, 1, activation="tanh"), init=XAVIER, optimizer=ADAM),
    "digits_elu_momentum": variant(
        "digits", stack(64, 10, activation="elu"), optimizer={"kind": "sgd", "lr": 0.05, "momentum": 0.9}, epochs=10
    ),
    "digits_batch_norm_deep": variant(
        "digits", stack(*[32] * 8, 10, norm="batch_norm"), optimizer={"kind": "adam", "lr": 0.003}, epochs=8
    ),
    "digits_gelu_adagrad": variant(
        "digits", stack(64, 10, activation="gelu"), optimizer={"kind": "adagrad", "lr": 0.02}, epochs=10
    ),
    "digits_muon": variant("digits", stack(64, 64, 10), optimizer={"kind": "muon", "lr": 0.01}, epochs=8),
    "digits_one_cycle": variant(
        "digits", stack(64, 10), optimizer={"kind": "sgd", "lr": 0.2}, schedule={"kind": "one_cycle"}, epochs=10
    ),
    "digits_adadelta": variant("digits", stack(64, 10), optimizer={"kind": "adadelta", "lr": 1.0}, epochs=10),
    "digits_small_steps": variant("digits", stack(64, 10), optimizer={"kind": "adam", "lr": 0.0003}, epochs=10),
    "noise_by_heart": variant("noise", stack(64, 10), optimizer={"kind": "adam", "lr": 0.001}, epochs=20),
    "cancer_tanh_deep": variant("breast_cancer", stack(16, 16, 16, 2, activation="tanh"), init=XAVIER, optimizer=ADAM),
}
EXPERIMENT_SPECS = {one.id: one.spec for one in EXPERIMENTS}


def all_healthy() -> dict[str, RunSpec]:
    """By name."""
    return EXPERIMENT_SPECS | {name: RunSpec.model_validate(body) for name, body in VARIANTS.items()}
