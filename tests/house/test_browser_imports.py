"""The import rules of the page: cores know neither React nor the wire, pictures and editor stand apart."""

import pytest

from tests.house.browser_imports import files, imports, names_imported
from tests.house.circles import circles

#: From the ground up; what stands on one floor never imports its neighbours.
FLOORS: list[set[str]] = [
    {"generated"},
    {"words"},
    {"wire", "stores"},
    {"draw", "session"},
    {"context"},
    {"forms"},
    {"panels", "editor", "points"},
    {"data"},
    {"run", "lessons"},
    {"app"},
]


def part_of(name: str) -> str:
    """The folder of a file. How components reach stores and session has a floor of its own, below them."""
    return "context" if name == "app/context.ts" else name.split("/")[0]


def floor_of(part: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if part in parts)


def test_there_is_a_page():
    assert len(files()) > 10


def test_every_part_has_its_floor():
    parts = {part_of(name) for name in imports() if "/" in name}
    assert parts - set().union(*FLOORS) == set()


def test_imports_go_down():
    ours = set(imports())
    wrong = [
        f"{name} imports {target}"
        for name, targets in imports().items()
        for target in targets & ours
        if "/" in name and part_of(name) != part_of(target) and floor_of(part_of(target)) >= floor_of(part_of(name))
    ]
    assert wrong == []


def test_no_circle():
    assert circles(imports()) == []


@pytest.mark.parametrize("package", ["react", "react-dom", "@mantine/core", "@mantine/hooks", "@xyflow/react"])
def test_the_stores_know_no_view(package):
    wrong = [name for name, targets in imports().items() if part_of(name) in {"stores", "wire"} and package in targets]
    assert wrong == []


def test_session_alone_joins_wire_and_stores():
    joined = {
        part_of(name)
        for name in imports()
        if {"wire", "stores"} <= {part_of(target) for target in imports()[name] if target in imports()}
    }
    assert joined <= {"session"}


@pytest.mark.parametrize("package", ["plotly.js-cartesian-dist-min", "@xyflow/react", "@dagrejs/dagre"])
def test_a_large_library_is_behind_one_file(package):
    users = [name for name, targets in imports().items() if package in targets]
    assert len(users) == 1, users


def test_the_reader_sees_every_form_of_import():
    source = """
import a from 'a';
import { b,
  c } from "b";
import type { D } from './d';
export { e } from './e';
import './f.css';
const g = await import('g');
// import h from 'h';
/* import i from 'i'; */
"""
    assert names_imported(source) == {"a", "b", "./d", "./e", "./f.css", "g"}
