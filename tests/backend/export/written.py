"""Scripts run in this process, as a reader would run them."""

import ast
import contextlib
import io
import re

import pytest
from layerlab import layers
from layerlab.experiments import EXPERIMENTS
from layerlab.export.script import python_script
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

LINE = re.compile(r"step (\d+)  train loss (\S+)(?:  validation loss (\S+)  \w+ (\S+))?")
#: Of one evaluation: step, training loss, validation loss, accuracy or error.
Line = tuple[float, ...]


def named(text: str) -> dict:
    """What the script defines; nothing is trained."""
    names: dict = {"__name__": "script"}
    exec(compile(text, "script", "exec"), names)
    return names


def run(spec: RunSpec) -> list[Line]:
    """Trains by the script."""
    said = io.StringIO()
    names = named(python_script(spec))
    with contextlib.redirect_stdout(said):
        names["train"]()
    return lines_of(said.getvalue())


def lines_of(printed: str) -> list[Line]:
    """The numbers of each line that a script printed."""
    return [tuple(map(float, filter(None, match.groups()))) for match in LINE.finditer(printed)]


def trained(spec: RunSpec) -> list[Line]:
    """What our trainer measures at the same steps."""
    found = []
    for report in assemble(spec).trainer.steps():
        seen = report.evaluation
        if report.step and seen is not None:
            measure = seen.error if seen.accuracy is None else seen.accuracy
            found.append((report.step, report.loss, seen.loss, measure))
    return found


def assert_alike(theirs: list[Line], ours: list[Line]) -> None:
    """The same numbers, up to rounding and to what is printed of them."""
    assert len(theirs) == len(ours) > 0
    for one, other in zip(theirs, ours, strict=True):
        assert one == pytest.approx(other, rel=5e-4, abs=2e-6), (one, other)


def assert_each_name_once(text: str) -> None:
    """No two parts of a script define one name, and none takes that of an import."""
    names: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign):
            names += [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    assert [name for name in set(names) if names.count(name) > 1] == []


def experiment(name: str, **training) -> RunSpec:
    """A ready experiment, with another end."""
    spec = next(one.spec for one in EXPERIMENTS if one.id == name).model_dump(mode="json")
    spec["training"] |= {"device": "cpu", "eval_every": 1, **training}
    return RunSpec.model_validate(spec)


def without_dropout(spec: RunSpec) -> RunSpec:
    """Dropout draws other numbers in a script, and is left out where every number is compared."""
    body = spec.model_dump(mode="json")
    for node in body["graph"]:
        if node["kind"].startswith("dropout"):
            node["p"] = 0.0
        if "dropout" in layers.REGISTRY.get(node["kind"]).Params.model_fields:
            node["dropout"] = 0.0
    return RunSpec.model_validate(body)
