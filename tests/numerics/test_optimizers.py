"""Optimizers against torch.optim bit for bit, and one update by hand."""

import pytest
import torch
from layerlab import optimizers
from torch import nn

NUM_STEPS = 25
CASES = [
    ("sgd", {"lr": 0.1, "momentum": 0.0}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1, "amsgrad": True}),
    ("adamw", {"lr": 0.01}),
    ("adamw", {"lr": 0.01, "betas": [0.5, 0.9], "weight_decay": 0.3, "amsgrad": True}),
    ("rmsprop", {"lr": 0.01}),
    ("rmsprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-3, "momentum": 0.9, "centered": True, "weight_decay": 0.01}),
    ("adagrad", {"lr": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "eps": 1e-3, "weight_decay": 0.01, "initial_accumulator_value": 0.5}),
    ("gd", {"lr": 0.1}),
    ("gd", {"lr": 0.1, "weight_decay": 0.01}),
    ("adadelta", {}),
    ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, "weight_decay": 0.01}),
    ("nadam", {"lr": 0.01}),
    ("nadam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1, "momentum_decay": 0.1}),
    ("nadam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("adam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}),
]
#: Those without a fused kernel on the CPU.
FOREACH = ("rmsprop", "adadelta", "nadam")
TORCH = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
    "gd": torch.optim.SGD,
    "adadelta": torch.optim.Adadelta,
    "nadam": torch.optim.NAdam,
}


def net() -> nn.Module:
    made = nn.Sequential(nn.Linear(3, 17), nn.Tanh(), nn.Linear(17, 2))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / 3)
    return made


def trained(made: nn.Module, optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    """The weights after each of 25 steps on changing batches."""
    generator = torch.Generator().manual_seed(1)
    seen = []
    for _ in range(NUM_STEPS):
        inputs, targets = (torch.randn(8, width, generator=generator) for width in (3, 2))
        optimizer.zero_grad()
        (made(inputs) - targets).square().mean().backward()
        optimizer.step()
        seen.append(torch.cat([parameter.detach().flatten().clone() for parameter in made.parameters()]))
    return seen


def ours(kind: str, fields: dict, made: nn.Module) -> torch.optim.Optimizer:
    found = optimizers.REGISTRY.get(kind)
    return found.build(found.Params.model_validate(fields), list(made.parameters()))


@pytest.mark.parametrize(("kind", "fields"), CASES)
def test_bit_equal_to_the_same_kernel_of_torch(kind, fields):
    made, reference = net(), net()
    speed = {"foreach": True} if kind in FOREACH else {"fused": True}
    theirs = TORCH[kind](reference.parameters(), **fields, **speed)
    for mine, expected in zip(trained(made, ours(kind, fields, made)), trained(reference, theirs), strict=True):
        assert torch.equal(mine, expected)


@pytest.mark.parametrize(("kind", "fields"), CASES)
def test_equal_to_the_plain_kernel_of_torch_up_to_rounding(kind, fields):
    """Weight by weight, the way PyTorch does it when nothing is asked for."""
    made, reference = net(), net()
    theirs = TORCH[kind](reference.parameters(), **fields, foreach=False)
    for mine, expected in zip(trained(made, ours(kind, fields, made)), trained(reference, theirs), strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", TORCH)
def test_fields_left_out_are_torchs_own_but_for_rates_and_momentum(kind):
    """The learning rates of sgd and adagrad and the momentum of sgd are what a practitioner would start with."""
    defaults = optimizers.REGISTRY.get(kind).Params().model_dump()
    assert defaults.pop("decoupled_weight_decay", False) is False
    theirs = TORCH[kind]([nn.Parameter(torch.zeros(1))], lr=defaults["lr"]).defaults
    ours_only = {"sgd": {"momentum": 0.9}}.get(kind, {})
    for name, value in (defaults | ours_only).items():
        expected = theirs[name] if name not in ours_only else ours_only[name]
        assert value == (list(expected) if isinstance(expected, tuple) else expected), name


@pytest.mark.parametrize(("kind", "fields"), [("sgd", {"momentum": 0}), ("gd", {})])
def test_one_step_by_hand(kind, fields):
    """Weights (3, 1, 2, −5), gradients (8, 8, 16, 4), step 0.25."""
    weights = nn.Parameter(torch.tensor([3.0, 1.0, 2.0, -5.0]))
    found = optimizers.REGISTRY.get(kind)
    optimizer = found.build(found.Params(lr=0.25, **fields), [weights])
    weights.grad = torch.tensor([8.0, 8.0, 16.0, 4.0])
    optimizer.step()
    assert weights.tolist() == [1, -1, -2, -6]


def test_adam_by_hand():
    """Its first step is the rate times the sign of the gradient, whatever its size."""
    weights = nn.Parameter(torch.tensor([1.0, 1.0]))
    found = optimizers.REGISTRY.get("adam")
    optimizer = found.build(found.Params(lr=0.1), [weights])
    weights.grad = torch.tensor([1e3, -1e-3])
    optimizer.step()
    assert weights.tolist() == pytest.approx([0.9, 1.1], abs=1e-5)


@pytest.mark.parametrize(
    ("channels", "size"), [(1, 3), (4, 3), (4, 1)], ids=["one channel", "several channels", "1×1 kernels"]
)
def test_the_fused_kernel_is_right_for_any_memory_layout(channels, size):
    """Fused kernels walk raw memory, so weight and gradient must lie alike when channels are innermost."""

    def weights_after(fused: bool) -> torch.Tensor:
        generator = torch.Generator().manual_seed(0)
        conv = nn.Conv2d(channels, 6, size).to(memory_format=torch.channels_last)
        with torch.no_grad():
            for parameter in conv.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
        optimizer = torch.optim.SGD(conv.parameters(), lr=0.01, momentum=0.9, fused=fused, foreach=False)
        for _ in range(5):
            images = torch.randn(2, channels, 5, 5, generator=generator)
            optimizer.zero_grad()
            conv(images.contiguous(memory_format=torch.channels_last)).square().mean().backward()
            optimizer.step()
        return conv.weight.detach().contiguous()

    torch.testing.assert_close(weights_after(True), weights_after(False), rtol=1e-5, atol=1e-6)


def test_all_fields_but_the_start_value_are_live():
    for kind in optimizers.REGISTRY:
        fields = kind.describe().fields["properties"]
        fixed = {name for name, field in fields.items() if not field.get("x-live")}
        assert fixed == {"adagrad": {"initial_accumulator_value"}, "lbfgs": {"history_size"}}.get(kind.kind, set())
