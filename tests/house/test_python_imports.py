"""The import rules of the backend: floors downward only, families apart, no circle, torch and FastAPI in place."""

import subprocess
import sys

import pytest

from tests.house.circles import circles
from tests.house.python_imports import all_imports, modules, names_imported, our_imports

#: From the ground up. What stands on one floor never imports its neighbours.
FLOORS: list[set[str]] = [
    {"errors"},
    {"figures", "params", "settings", "seeding", "shelf"},
    {"registry", "originals"},
    {
        "layers",
        "inits",
        "optimizers",
        "schedules",
        "losses",
        "regularizers",
        "datasets",
        "augment",
        "experiments",
        "lessons",
    },
    {"graph"},
    {"training", "probes"},
    {"analyses", "diagnoses", "gallery"},
    {
        "catalog",
        "checking",
        "export",
    },  # below runs: the inspector writes scripts, for they are made from a network's plan
    {"store"},
    {"runs"},
    {"api"},
    {"client"},
    {"cli"},
    {"__main__"},
]
#: Parts of the server process that must start without torch.
TORCH_FREE = (
    "layerlab.api", "layerlab.store", "layerlab.originals",
    "layerlab.runs.hub", "layerlab.runs.outbox", "layerlab.runs.history",
)  # fmt: skip


def part_of(module: str) -> str:
    """``layerlab.graph.check`` belongs to ``graph``."""
    return module.split(".")[1] if "." in module else ""


def floor_of(part: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if part in parts)


def pairs() -> list[tuple[str, str]]:
    return [(module, target) for module, targets in our_imports().items() for target in targets]


def test_every_part_has_its_floor():
    parts = {part_of(module) for module in modules() if module.startswith("layerlab.")}
    assert parts - set().union(*FLOORS) == set()


def test_imports_go_down():
    wrong = [
        f"{module} imports {target}"
        for module, target in pairs()
        if module.startswith("layerlab.")
        and target.startswith("layerlab.")
        and part_of(module) != part_of(target)
        and floor_of(part_of(target)) >= floor_of(part_of(module))
    ]
    assert wrong == []


def test_the_schemas_know_only_pydantic():
    allowed = {"layerlab_schemas", "pydantic", "pydantic_core"} | set(sys.stdlib_module_names)
    wrong = [
        f"{module} imports {name}"
        for module, names in all_imports().items()
        if module.split(".")[0] == "layerlab_schemas"
        for name in names
        if name.split(".")[0] not in allowed
    ]
    assert wrong == []


def test_no_circle():
    assert circles(our_imports()) == []


def test_a_kind_imports_only_its_familys_base():
    families = FLOORS[3] | {"probes", "analyses", "diagnoses"}
    wrong = []
    for module, target in pairs():
        parts, target_parts = module.split("."), target.split(".")
        if len(parts) < 3 or parts[1] not in families or parts[2] == "base" or target_parts[:2] != parts[:2]:
            continue
        # A helper module of the family (no kind in it) may be shared; another kind may not.
        if len(target_parts) > 2 and target_parts[2] != "base" and declares_a_kind(target):
            wrong.append(f"{module} imports {target}")
    assert wrong == []


def declares_a_kind(module: str) -> bool:
    source = modules()[module].read_text("utf-8")
    return "\n    kind = " in source or "\n    kind: ClassVar[str] = " in source


def test_nothing_below_the_api_knows_fastapi():
    wrong = [
        f"{module} imports {name}"
        for module, names in all_imports().items()
        for name in names
        if name.split(".")[0] in {"fastapi", "starlette", "uvicorn"} and part_of(module) not in {"api", "cli"}
    ]
    assert wrong == []


@pytest.mark.parametrize("start", TORCH_FREE)
def test_the_server_process_reaches_no_torch(start):
    """Follows our own imports from each module of the part, type-only ones too."""
    reached = {module: module for module in modules() if module == start or module.startswith(start + ".")}
    assert reached
    todo = list(reached)
    while todo:
        module = todo.pop()
        assert not any(name.split(".")[0] == "torch" for name in all_imports()[module]), (
            f"torch by way of {reached[module]}"
        )
        for target in our_imports()[module] - set(reached):
            reached[target] = f"{reached[module]} → {target}"
            todo.append(target)


def test_the_running_server_has_no_torch():
    code = "import sys, layerlab.cli, layerlab.api.app; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.stderr) == ("False\n", "")


def test_the_reader_sees_every_form_of_import():
    source = "import a.b\nfrom c import d\ndef f():\n    from . import e\n    from ..g import h\n"
    found = names_imported(source, "layerlab.graph.check", is_package=False)
    assert {"a.b", "c", "c.d", "layerlab.graph.e", "layerlab.g.h"} <= found


def test_the_reader_finds_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
