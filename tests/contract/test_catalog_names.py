"""Every kind that contract.md names for this version is there, with the framework's own field names."""

import inspect
from importlib import import_module

import pytest
import torch

FAMILIES = {
    "layers": """linear conv1d conv2d max_pool2d avg_pool2d global_avg_pool max_pool1d flatten reshape dropout
        dropout2d batch_norm layer_norm instance_norm group_norm rms_norm embedding one_hot bag_of_words
        positional_encoding rnn lstm gru attention multi_head_attention transformer_block add concat multiply maxout
        upsample conv_transpose2d residual relu leaky_relu elu gelu silu sigmoid tanh softmax identity""",
    "inits": "zeros normal xavier_uniform xavier_normal kaiming_uniform kaiming_normal",
    "optimizers": "sgd adam adamw rmsprop adagrad",
    "schedules": "constant",
    "losses": "cross_entropy mse bce",
    "datasets": "digits spiral circle xor gaussians moons",
    "probes": "activations weights weight_gradients filters norm_statistics feature_maps confusion decision_surface",
}
ALIASES = {"glorot_uniform": "xavier_uniform", "glorot_normal": "xavier_normal"}
ALIASES |= {"he_uniform": "kaiming_uniform", "he_normal": "kaiming_normal"}

#: What the framework calls the class; its constructor has the names.
TORCH_LAYERS = {
    "linear": (torch.nn.Linear, "out_features bias"),
    "conv2d": (torch.nn.Conv2d, "out_channels kernel_size stride padding dilation groups bias"),
    "max_pool2d": (torch.nn.MaxPool2d, "kernel_size stride padding"),
    "avg_pool2d": (torch.nn.AvgPool2d, "kernel_size stride padding"),
    "dropout": (torch.nn.Dropout, "p"),
    "batch_norm": (torch.nn.BatchNorm2d, "eps momentum affine"),
    "layer_norm": (torch.nn.LayerNorm, "eps"),
    "instance_norm": (torch.nn.InstanceNorm2d, "eps affine"),
    "group_norm": (torch.nn.GroupNorm, "num_groups eps affine"),
    "leaky_relu": (torch.nn.LeakyReLU, "negative_slope"),
    "embedding": (torch.nn.Embedding, "embedding_dim"),
    "conv1d": (torch.nn.Conv1d, "out_channels kernel_size stride padding dilation groups bias"),
    "conv_transpose2d": (
        torch.nn.ConvTranspose2d,
        "out_channels kernel_size stride padding output_padding groups bias",
    ),
    "max_pool1d": (torch.nn.MaxPool1d, "kernel_size stride padding ceil_mode"),
    "dropout2d": (torch.nn.Dropout2d, "p"),
    "rms_norm": (torch.nn.RMSNorm, "eps elementwise_affine"),
    "elu": (torch.nn.ELU, "alpha"),
    "gelu": (torch.nn.GELU, "approximate"),
    "upsample": (torch.nn.Upsample, "scale_factor mode"),
    "multi_head_attention": (torch.nn.MultiheadAttention, "num_heads dropout bias embed_dim"),
    "transformer_block": (torch.nn.TransformerEncoderLayer, "dim_feedforward dropout activation norm_first d_model"),
}
RECURRENT = ("rnn", "lstm", "gru")
TORCH_OPTIMIZERS = {
    "sgd": (torch.optim.SGD, "lr momentum nesterov weight_decay"),
    "adam": (torch.optim.Adam, "lr betas eps weight_decay"),
    "adamw": (torch.optim.AdamW, "lr betas eps weight_decay"),
    "rmsprop": (torch.optim.RMSprop, "lr alpha eps momentum weight_decay"),
    "adagrad": (torch.optim.Adagrad, "lr eps weight_decay"),
}


def registry(package: str):
    return import_module(f"layerlab.{package}").REGISTRY


def fields(package: str, kind: str) -> set[str]:
    return set(registry(package).get(kind).describe().fields.get("properties", {}))


@pytest.mark.parametrize(("package", "names"), FAMILIES.items())
def test_every_name_is_there(package, names):
    assert set(names.split()) - set(registry(package).names()) == set()


def test_there_is_a_sequence_dataset():
    kinds = [kind.describe() for kind in registry("datasets")]
    assert any("sequence" in str(kind.details) + kind.group for kind in kinds)


@pytest.mark.parametrize(("alias", "kind"), ALIASES.items())
def test_an_alias_is_the_kind(alias, kind):
    assert registry("inits").get(alias) is registry("inits").get(kind)


@pytest.mark.parametrize(("kind", "framework", "names"), [(kind, *rest) for kind, rest in TORCH_LAYERS.items()])
def test_layer_fields_are_called_as_in_the_framework(kind, framework, names):
    assert set(names.split()) <= set(inspect.signature(framework).parameters)
    assert set(names.split()) - fields("layers", kind) == set()


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_layers_have_ports(kind):
    facts = registry("layers").get(kind).describe().details
    assert facts["input_ports"] == ["sequence", "state"]
    assert facts["output_ports"] == ["state"]
    assert facts["num_inputs"] == [1, 2]


@pytest.mark.parametrize("kind", ["attention", "multi_head_attention"])
def test_attention_has_ports(kind):
    facts = registry("layers").get(kind).describe().details
    assert facts["input_ports"] == ["query", "memory"]
    assert facts["num_inputs"] == [1, 2]


def test_attention_scores_in_two_ways():
    score = registry("layers").get("attention").describe().fields["properties"]["score"]
    assert set(score["enum"]) == {"additive", "scaled_dot_product"}


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_fields_are_called_as_in_the_framework(kind):
    assert {"hidden_size", "num_layers", "bidirectional"} - fields("layers", kind) == set()


@pytest.mark.parametrize(("kind", "framework", "names"), [(kind, *rest) for kind, rest in TORCH_OPTIMIZERS.items()])
def test_optimizer_fields_are_called_as_in_the_framework(kind, framework, names):
    assert set(names.split()) <= set(inspect.signature(framework).parameters)
    assert set(names.split()) - fields("optimizers", kind) == set()


@pytest.mark.parametrize(("package", "kind", "field"), [("optimizers", kind, "lr") for kind in TORCH_OPTIMIZERS])
def test_the_rate_is_live(package, kind, field):
    assert registry(package).get(kind).describe().fields["properties"][field].get("x-live") is True


def test_dropout_is_live():
    assert registry("layers").get("dropout").describe().fields["properties"]["p"].get("x-live") is True
