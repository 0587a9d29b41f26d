"""What the repository holds: its folders, names that say something, nothing heavy, nothing of one machine."""

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tracked import ROOT, text_of, tracked_files

TOP_LEVEL = {"backend", "frontend", "shared_schemas", "tests", ".ci"}
VAGUE_NAMES = re.compile(r"(^|[_\-.])(manager|managers|helper|helpers|utils?|common|misc)([_\-.]|$)", re.IGNORECASE)
VAGUE_CLASS = re.compile(r"^\s*(?:export\s+)?class\s+\w*(Manager|Helper|Utils?|Misc)\b", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(work|root|home/\w+|Users/\w+)/")
LARGEST = 1 << 20


def test_the_top_level_is_the_agreed_one():
    folders = {path.relative_to(ROOT).parts[0] for path in tracked_files() if len(path.relative_to(ROOT).parts) > 1}
    assert folders == TOP_LEVEL


@pytest.mark.parametrize("folder", ["backend", "frontend", "shared_schemas", "tests"])
def test_each_folder_explains_itself(folder):
    text = (ROOT / folder / "README.md").read_text("utf-8")
    assert len(text) > 1000
    for heading in ("What is in it", "The way of the data", "How to add"):
        assert heading in text, f"{folder}/README.md has no part '{heading}'"


def test_names_say_what_is_inside():
    vague = [str(path.relative_to(ROOT)) for path in tracked_files() if VAGUE_NAMES.search(path.stem)]
    classes = [
        f"{path.relative_to(ROOT)}: {match.group().strip()}"
        for path in tracked_files()
        if path.suffix in {".py", ".ts", ".tsx"}
        for match in VAGUE_CLASS.finditer(text_of(path) or "")
    ]
    assert vague + classes == []


def test_no_file_is_large():
    assert [str(path) for path in tracked_files() if path.stat().st_size > LARGEST] == []


def test_no_file_names_a_folder_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path.name != "test_files.py"
        for match in MACHINE_PATH.finditer(text_of(path) or "")
    ]
    assert found == []


def test_the_lock_names_no_registry():
    assert "resolved" not in (ROOT / "frontend" / "package-lock.json").read_text("utf-8")


def test_constraints_pin_every_version_without_local_labels():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", pin)] == []
    assert "torch==2.13.0" in pins


def test_every_package_that_we_install_is_pinned():
    pinned = {canonicalize_name(line.split("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    needed: set[tuple[str, str]] = set()
    todo = [("layerlab", ""), ("layerlab", "dev")]
    while todo:
        name, extra = todo.pop()
        for requirement in map(Requirement, metadata.requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                found = {(canonicalize_name(requirement.name), one) for one in ("", *requirement.extras)}
                todo += found - needed
                needed |= found
    assert {name for name, _ in needed} - pinned == set()


def test_the_version_is_the_same_everywhere():
    from layerlab import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f'"version": "{__version__}"' in (ROOT / "frontend" / "package.json").read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in (ROOT / "LICENSE").read_text("utf-8")


def test_the_patterns_find_what_they_are_for():
    assert VAGUE_NAMES.search("run_utils")
    assert VAGUE_NAMES.search("misc")
    assert not VAGUE_NAMES.search("commonmark")
    assert MACHINE_PATH.search("see /" + "work/main")
    assert not MACHINE_PATH.search("https://example.org/" + "work/main")
