"""Point features: what is refused, the code that does the same, and a circle that one layer tells apart with them."""

import pytest
import torch
from layerlab.errors import SpecError
from layerlab.layers import REGISTRY
from layerlab.layers.base import Site
from layerlab.registry import read_params
from layerlab.seeding import generator
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

LAYER = REGISTRY.get("point_features")


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (["x", "y", "x"], "must name each feature once"),
        ([], "at least 1"),
        (["x", "x_cubed"], "must be"),
        ("x", "must be a list"),
    ],
)
def test_wrong_features_are_refused(features, words):
    with pytest.raises(SpecError) as refused:
        read_params(LAYER, {"features": features})
    (problem,) = refused.value.problems()
    assert problem.field == "features"
    assert words in f"{problem.message} {problem.expected}"


def test_what_is_no_point_is_refused():
    site = Site(node="features", path="graph.0", inputs=("input",))
    (problem,) = LAYER.check_inputs(read_params(LAYER, {}), [(3,)], site)
    assert (problem.code, problem.node, problem.got) == ("needs_point", "features", "3")
    assert LAYER.check_inputs(read_params(LAYER, {}), [(2,)], site) == []


@pytest.mark.parametrize("frequency", [3.0, 0.5])
def test_values_and_gradients_are_those_of_the_formulas(frequency):
    names = ["sin_y", "x", "y", "x_squared", "y_squared", "xy", "sin_x"]
    module = LAYER.build(
        read_params(LAYER, {"features": names, "frequency": frequency}), [(2,)], generator=generator(0, "layer")
    )
    points = torch.randn(50, 2, generator=torch.Generator().manual_seed(1), requires_grad=True)
    x, y = points.detach().unbind(1)
    sines = [torch.sin(frequency * x), torch.sin(frequency * y)]
    assert torch.equal(module(points), torch.stack([sines[1], x, y, x * x, y * y, x * y, sines[0]], dim=1))
    module(points).sum().backward()
    slope_x = 1 + 2 * x + y + frequency * torch.cos(frequency * x)
    slope_y = 1 + 2 * y + x + frequency * torch.cos(frequency * y)
    assert torch.allclose(points.grad, torch.stack([slope_x, slope_y], dim=1), atol=1e-5)


def test_the_code_computes_the_same():
    names = ["xy", "sin_x", "x", "y_squared", "sin_y", "x_squared", "y"]
    params = read_params(LAYER, {"features": names, "frequency": 1.7})
    code = LAYER.code(params, [(2,)])
    points = torch.randn(9, 2, generator=torch.Generator().manual_seed(0))
    written = eval(code.call.format("points", self="self"), {"torch": torch, "points": points})
    module = LAYER.build(params, [(2,)], generator=generator(0, "layer"))
    assert torch.allclose(written, module(points), atol=1e-6)


@pytest.mark.parametrize(("features", "is_enough"), [(["x_squared", "y_squared"], True), (["x", "y"], False)])
def test_with_squares_one_layer_learns_the_circle(features, is_enough):
    spec = {
        "data": {"dataset": "circle", "params": {"samples": 400, "noise": 0.1}, "batch_size": 32},
        "graph": [{"kind": "point_features", "features": features}, {"kind": "linear", "out_features": 1}],
        "loss": {"kind": "bce"},
        "optimizer": {"kind": "adam", "lr": 0.1},
        "training": {"epochs": 20, "seed": 0},
    }
    *_, last = assemble(RunSpec.model_validate(spec)).trainer.steps()
    assert (last.evaluation.accuracy > 0.95) == is_enough
