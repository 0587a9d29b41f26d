"""Families of kinds: found by their files, described for the catalogue, read with mistakes in plain words."""

import sys
from typing import Any

import pytest
from layerlab.errors import LayerlabError, SpecError, UnknownKind
from layerlab.inits import REGISTRY as INITS
from layerlab.layers import REGISTRY as LAYERS
from layerlab.registry import Kind, Params, Registry, live, read_params
from layerlab_schemas.base import Count, Number
from layerlab_schemas.catalog import Family
from layerlab_schemas.problems import Problem, Severity
from pydantic import Field, model_validator

BASE = """
from layerlab.registry import Kind, Params
from layerlab_schemas.catalog import Family

class ToyKind(Kind):
    family = Family.LAYER
    title = help = source = group = "toy"
    Params = Params
    example = {}
"""
KIND = """
from toys.base import ToyKind

class Toy(ToyKind):
    kind = "{name}"
    aliases = ("{name}_alias",)
"""


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A family of two kinds, written to disk."""
    folder = tmp_path / "toys"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "base.py").write_text(BASE)
    for name in ("ball", "doll"):
        (folder / f"{name}.py").write_text(KIND.format(name=name))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "toys"]:
        del sys.modules[name]


def registry(folder) -> Registry[Any]:
    from toys.base import ToyKind

    return Registry(ToyKind, "toys", [str(folder)])


def test_a_new_file_is_a_new_kind(toys):
    assert [kind.kind for kind in registry(toys)] == ["ball", "doll"]
    (toys / "kite.py").write_text(KIND.format(name="kite"))
    assert [kind.kind for kind in registry(toys)] == ["ball", "doll", "kite"]


def test_two_kinds_of_one_name_are_our_mistake(toys):
    (toys / "again.py").write_text(KIND.format(name="ball"))
    with pytest.raises(AssertionError, match="two kinds are called ball"):
        list(registry(toys))


def test_aliases_lead_to_the_kind():
    assert LAYERS.get("dense") is LAYERS.get("linear")
    assert INITS.get("he_normal") is INITS.get("kaiming_normal")
    assert "dense" in LAYERS
    assert "dens" not in LAYERS


@pytest.mark.parametrize(("name", "nearest"), [("conv2", "conv2d"), ("Relu", "relu"), ("maxpool2d", "max_pool2d")])
def test_an_unknown_kind_names_the_nearest(name, nearest):
    with pytest.raises(UnknownKind) as caught:
        LAYERS.get(name)
    assert caught.value.nearest == nearest
    assert str(caught.value) == f"There is no layer called {name}. Did you mean {nearest}?"


def test_an_unknown_kind_like_no_other_lists_all():
    with pytest.raises(UnknownKind) as caught:
        INITS.get("qqqq")
    assert caught.value.nearest is None
    assert "kaiming_normal" in caught.value.hint


@pytest.mark.parametrize("kind", [*LAYERS, *INITS], ids=lambda kind: kind.kind)
def test_every_kind_says_what_it_is(kind):
    described = kind.describe()
    assert described.formula
    assert len(described.source) > 10
    assert len(described.help) > 20
    assert described.help.endswith(".")
    assert described.example
    for name, field in described.fields.get("properties", {}).items():
        assert field.get("description"), f"{kind.kind}.{name} has no description"


def test_live_fields_are_marked_in_the_schema():
    marked = {
        (kind.kind, name)
        for kind in LAYERS
        for name, field in kind.describe().fields.get("properties", {}).items()
        if field.get("x-live") is True
    }
    assert marked == {
        ("dropout", "p"),
        ("dropout2d", "p"),
        ("multi_head_attention", "dropout"),
        ("transformer_block", "dropout"),
        ("batch_norm", "momentum"),
        ("instance_norm", "momentum"),
    }


class ToyParams(Params):
    count: Count = Field(description="How many.")
    rate: Number = live(0.5, "How fast.")

    @model_validator(mode="after")
    def _not_both(self):
        if self.count > 5 and self.rate > 5:
            raise ValueError("must be slow when there are many")
        return self


class Toy(Kind):
    kind = "toy"
    family = Family.LAYER
    Params = ToyParams


def mistakes(fields):
    with pytest.raises(SpecError) as caught:
        read_params(Toy(), fields, path="graph.2", node="toy_1")
    return caught.value.problems()


class TestReadParams:
    def test_right_fields(self):
        params = read_params(Toy(), {"count": 3})
        assert params == ToyParams(count=3, rate=0.5)
        assert params.live_fields() == ["rate"]

    def test_every_mistake_has_its_path(self):
        found = mistakes({"rate": "fast", "cuont": 2})
        assert [(problem.code, problem.path, problem.node) for problem in found] == [
            ("missing_field", "graph.2.count", "toy_1"),
            ("invalid_field", "graph.2.rate", "toy_1"),
            ("unknown_field", "graph.2.cuont", "toy_1"),
        ]
        assert [problem.message for problem in found] == [
            "toy_1 needs count.",
            "rate of toy_1 must be a number.",
            "toy has no field cuont.",
        ]
        assert found[2].hint == "Did you mean count?"
        assert (found[2].mend.field, found[2].mend.value) == ("cuont", None)

    def test_numbers_out_of_range(self):
        (problem,) = mistakes({"count": -1})
        assert (problem.message, problem.expected, problem.got) == (
            "count of toy_1 must be at least 0.",
            "at least 0",
            "-1",
        )

    @pytest.mark.parametrize(
        "value", [float("nan"), float("inf"), 2**70, True, None, [1], {"a": 1}, "x" * 500, "\ud800"]
    )
    def test_odd_values_are_problems_with_short_words(self, value):
        (problem,) = mistakes({"count": value})
        assert problem.path == "graph.2.count"
        assert len(problem.got) <= 80
        assert len(problem.message) < 200
        problem.model_dump_json()

    def test_odd_names_of_fields_can_be_told(self):
        for name in ("\ud800", "x" * 5000, "", "a.b"):
            (problem,) = mistakes({"count": 1, name: 1})
            assert problem.code in {"unknown_field", "invalid_field"}
            assert len(problem.model_dump_json()) < 1000

    def test_fields_that_do_not_fit_each_other(self):
        (problem,) = mistakes({"count": 6, "rate": 6})
        assert (problem.path, problem.field) == ("graph.2", None)
        assert problem.message == "toy_1 must be slow when there are many."


class TestErrors:
    def test_words(self):
        error = LayerlabError("It is broken.", hint="Mend it.", code="broken", place="toy_1")
        assert str(error) == "toy_1: It is broken. Mend it."
        assert error.problems() == [Problem(code="broken", node="toy_1", message="It is broken.", hint="Mend it.")]

    def test_the_first_place_is_kept(self):
        assert LayerlabError("It is broken.").at("inner").at("outer").place == "inner"

    def test_a_spec_error_tells_its_first_error_and_how_many_more(self):
        problems = [
            Problem(code="w", message="A word.", severity=Severity.WARNING),
            Problem(code="a", message="First.", node="x"),
            Problem(code="b", message="Second."),
        ]
        error = SpecError(problems)
        assert error.message == "First. (and 1 more)"
        assert error.place == "x"
        assert error.problems() == problems
