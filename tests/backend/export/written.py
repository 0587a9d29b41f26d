"""Scripts run in this process, as a reader would run them."""

import contextlib
import io
import re

from layerlab import layers
from layerlab.experiments import EXPERIMENTS
from layerlab.export.script import python_script
from layerlab_schemas.run import RunSpec

LINE = re.compile(r"step (\d+)  train loss (\S+)(?:  validation loss (\S+)  \w+ (\S+))?")


def named(text: str) -> dict:
    """What the script defines; nothing is trained."""
    names: dict = {"__name__": "script"}
    exec(compile(text, "script", "exec"), names)
    return names


def run(spec: RunSpec) -> list[tuple[float, ...]]:
    """Trains by the script: (step, training loss, validation loss, measure) of each line that it prints."""
    said = io.StringIO()
    names = named(python_script(spec))
    with contextlib.redirect_stdout(said):
        names["train"]()
    return [tuple(map(float, filter(None, match.groups()))) for match in LINE.finditer(said.getvalue())]


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
