"""Every kind is documented, and its example trains a step."""

import math
import re
from importlib import import_module
from typing import Any

import pytest
from layerlab_schemas.run import RunSpec

FAMILIES = (
    "layers", "inits", "optimizers", "schedules", "losses", "datasets", "augment", "probes", "analyses", "diagnoses",
)  # fmt: skip
#: Kinds that no formula defines, and why.
NO_FORMULA = {
    "digits": "pixels of real handwriting",
    "iris": "measured flowers",
    "wine": "measured wines",
    "breast_cancer": "measured cells",
    "mnist": "pixels of real handwriting",
    "fashion_mnist": "photos of clothes",
    "cifar10": "photos",
    "painted": "whatever a hand paints",
}
PLAIN_NET = [{"kind": "flatten"}, {"kind": "linear", "out_features": 8}, {"kind": "tanh"}]


def kinds() -> list[Any]:
    found = [kind for family in FAMILIES for kind in import_module(f"layerlab.{family}").REGISTRY]
    assert len(found) > 40
    return found


def name_of(kind: Any) -> str:
    return f"{kind.family.value}-{kind.kind}"


@pytest.mark.parametrize("kind", kinds(), ids=name_of)
def test_a_kind_is_documented(kind):
    described = kind.describe()
    assert described.title.strip()
    assert len(described.help) > 20
    assert not described.help[0].islower()
    assert described.help.endswith((".", "?"))
    assert "\n" not in described.help
    assert len(described.source) > 5
    assert described.example
    assert described.group
    assert (described.formula is None) == (described.kind in NO_FORMULA)
    assert type(kind).__doc__


@pytest.mark.parametrize("kind", kinds(), ids=name_of)
def test_a_formula_is_balanced_latex(kind):
    formula = kind.describe().formula or ""
    assert formula.count("{") - formula.count(r"\{") == formula.count("}") - formula.count(r"\}")
    assert len(re.findall(r"\\begin", formula)) == len(re.findall(r"\\end", formula))
    assert len(re.findall(r"\\left(?![a-z])", formula)) == len(re.findall(r"\\right(?![a-z])", formula))


@pytest.mark.parametrize("kind", kinds(), ids=name_of)
def test_every_field_says_what_it_is(kind):
    for name, field in kind.describe().fields.get("properties", {}).items():
        assert len(field.get("description", "")) >= 5, f"{name} of {kind.kind} has no description"


def spec_of(kind: Any) -> RunSpec:
    """A run that uses the kind as its example says."""
    family, example = kind.family.value, kind.describe().example
    if family in ("layer", "diagnosis"):
        body = dict(example)
    elif family == "dataset":
        body = {"data": example, "graph": network_for(kind)}
    elif family == "augmentation":
        dataset = import_module("layerlab.datasets").REGISTRY.get("digits" if "image" in kind.takes else "clips")
        body = {"data": {**dataset.describe().example, "augment": [example]}, "graph": network_for(dataset)}
    else:
        # One output tells two classes apart, which is what binary cross-entropy is for.
        dataset, outputs = ("circle", 1) if kind.kind == "bce" else ("digits", 10)
        body = {"data": {"dataset": dataset}, "graph": [*PLAIN_NET, {"kind": "linear", "out_features": outputs}]}
        body |= {family: example}
    return RunSpec.model_validate(body | {"training": {"max_steps": 1}})


def network_for(kind: Any) -> list[dict[str, Any]]:
    """A small network for a dataset, made as its facts say."""
    from layerlab.training.inspection import inspect
    from layerlab_schemas.run import CheckRequest

    wide = {"kind": "linear", "out_features": 8}
    seen = inspect(CheckRequest.model_validate({"data": kind.describe().example, "graph": [wide]})).data
    assert seen is not None
    first = [{"kind": "embedding", "embedding_dim": 4}] if seen.input_is_index else []
    # A net that keeps the steps where an answer is wanted at each.
    middle = PLAIN_NET if len(seen.output_shape) == 1 else PLAIN_NET[1:]
    return [*first, *middle, {"kind": "linear", "out_features": seen.output_shape[-1]}]


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if kind.family.value not in ("probe", "analysis")], ids=name_of
)
def test_its_example_trains_a_step(kind):
    from layerlab.training.assemble import assemble

    reports = list(assemble(spec_of(kind)).trainer.steps())
    assert [report.step for report in reports] == [0, 1]
    assert math.isfinite(reports[1].loss)


def test_an_experiment_is_what_the_page_opens_on():
    from layerlab.experiments import EXPERIMENTS

    assert EXPERIMENTS[0].spec.data.dataset == "digits"
    assert len({experiment.id for experiment in EXPERIMENTS}) == len(EXPERIMENTS)
