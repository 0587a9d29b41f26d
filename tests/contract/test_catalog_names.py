"""Every kind that contract.md names for this version is there, with the framework's own field names."""

import inspect
from importlib import import_module

import pytest
import torch
from torch.optim import lr_scheduler

FAMILIES = {
    "layers": """linear conv1d conv2d max_pool2d avg_pool2d global_avg_pool max_pool1d flatten reshape dropout
        dropout2d batch_norm layer_norm instance_norm group_norm rms_norm embedding one_hot bag_of_words
        positional_encoding rnn lstm gru attention multi_head_attention transformer_block add concat multiply maxout
        upsample conv_transpose2d residual relu leaky_relu elu gelu silu sigmoid tanh softmax identity""",
    "inits": """zeros constant normal uniform xavier_uniform xavier_normal kaiming_uniform kaiming_normal lecun_normal
        orthogonal dcgan sparse""",
    "optimizers": "gd sgd adagrad rmsprop adadelta adam adamw nadam lbfgs muon",
    "schedules": """constant step exponential cosine cosine_restarts one_cycle linear warmup reduce_on_plateau
        range_test""",
    "losses": "cross_entropy bce hinge mse l1 huber",
    "datasets": """noise circle xor gaussians spiral moons plane_regression curve_regression iris wine breast_cancer
        diabetes linnerud digits marked_digits mnist fashion_mnist cifar10 shapes glyphs copy adding parity reverse
        grammar_text clips""",
    "probes": """activations weights weight_gradients filters norm_statistics feature_maps confusion decision_surface
        examples class_accuracy roc regression_fit residuals""",
    "analyses": "loss_landscape optimizer_ways slow_motion",
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
    "sgd": (torch.optim.SGD, "lr momentum dampening nesterov weight_decay"),
    "adam": (torch.optim.Adam, "lr betas eps weight_decay amsgrad decoupled_weight_decay"),
    "adamw": (torch.optim.AdamW, "lr betas eps weight_decay amsgrad"),
    "rmsprop": (torch.optim.RMSprop, "lr alpha eps momentum centered weight_decay"),
    "adagrad": (torch.optim.Adagrad, "lr lr_decay eps weight_decay initial_accumulator_value"),
    "gd": (torch.optim.SGD, "lr weight_decay"),
    "adadelta": (torch.optim.Adadelta, "lr rho eps weight_decay"),
    "nadam": (torch.optim.NAdam, "lr betas eps weight_decay momentum_decay decoupled_weight_decay"),
    "lbfgs": (
        torch.optim.LBFGS,
        "lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn",
    ),
    "muon": (
        torch.optim.Muon,
        "lr weight_decay momentum nesterov ns_coefficients eps ns_steps adjust_lr_fn",
    ),
}
TORCH_SCHEDULES = {
    "step": (lr_scheduler.StepLR, "step_size gamma"),
    "exponential": (lr_scheduler.ExponentialLR, "gamma"),
    "cosine": (lr_scheduler.CosineAnnealingLR, "T_max eta_min"),
    "cosine_restarts": (lr_scheduler.CosineAnnealingWarmRestarts, "T_0 T_mult eta_min"),
    "one_cycle": (lr_scheduler.OneCycleLR, "pct_start anneal_strategy div_factor final_div_factor three_phase"),
    "linear": (lr_scheduler.LinearLR, "start_factor end_factor total_iters"),
    "warmup": (lr_scheduler.LinearLR, "start_factor total_iters"),
    "reduce_on_plateau": (
        lr_scheduler.ReduceLROnPlateau,
        "factor patience threshold threshold_mode cooldown min_lr",
    ),
}
TORCH_LOSSES = {
    "cross_entropy": (torch.nn.CrossEntropyLoss, "label_smoothing"),
    "hinge": (torch.nn.MultiMarginLoss, "margin"),
    "huber": (torch.nn.HuberLoss, "delta"),
}
TORCH_INITS = {
    "constant": (torch.nn.init.constant_, "val"),
    "normal": (torch.nn.init.normal_, "mean std"),
    "uniform": (torch.nn.init.uniform_, "a b"),
    "xavier_uniform": (torch.nn.init.xavier_uniform_, "gain"),
    "xavier_normal": (torch.nn.init.xavier_normal_, "gain"),
    "kaiming_uniform": (torch.nn.init.kaiming_uniform_, "a mode nonlinearity"),
    "kaiming_normal": (torch.nn.init.kaiming_normal_, "a mode nonlinearity"),
    "orthogonal": (torch.nn.init.orthogonal_, "gain"),
    "sparse": (torch.nn.init.sparse_, "sparsity std"),
}
FRAMEWORK = [
    (family, kind, *rest)
    for family, table in (
        ("optimizers", TORCH_OPTIMIZERS),
        ("schedules", TORCH_SCHEDULES),
        ("losses", TORCH_LOSSES),
        ("inits", TORCH_INITS),
    )
    for kind, rest in table.items()
]


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


@pytest.mark.parametrize(("family", "kind", "framework", "names"), FRAMEWORK)
def test_fields_are_called_as_in_the_framework(family, kind, framework, names):
    assert set(names.split()) <= set(inspect.signature(framework).parameters)
    assert set(names.split()) - fields(family, kind) == set()


@pytest.mark.parametrize("kind", TORCH_OPTIMIZERS)
def test_each_optimizer_with_a_decay_can_decouple_it(kind):
    """AdamW and Muon always do; L-BFGS has no decay."""
    assert "decoupled_weight_decay" in fields("optimizers", kind) or kind in ("adamw", "muon", "lbfgs")


@pytest.mark.parametrize(("package", "kind", "field"), [("optimizers", kind, "lr") for kind in TORCH_OPTIMIZERS])
def test_the_rate_is_live(package, kind, field):
    assert registry(package).get(kind).describe().fields["properties"][field].get("x-live") is True


def test_dropout_is_live():
    assert registry("layers").get("dropout").describe().fields["properties"]["p"].get("x-live") is True
