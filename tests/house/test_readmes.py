"""What the READMEs tell people to type exists."""

import re

import pytest

from tests.house.tracked import ROOT, tracked_files

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
READMES = [path for path in tracked_files() if path.suffix == ".md" and "node_modules" not in path.parts]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_named_exists(path):
    text = path.read_text("utf-8")
    blocks = "\n".join(body for language, body in BLOCK.findall(text) if language in {"", "sh", "bash", "console"})
    inline = "\n".join(re.findall(r"`([^`\n]+)`", text))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)\b", f"{blocks}\n{inline}"))
    assert named - targets() == set()


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(path):
    links = [link for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_has_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    commands = [line for language, body in BLOCK.findall(text) if language == "sh" for line in body.splitlines()]
    assert {"make run", "make test"} <= {line.split("#")[0].strip() for line in commands}


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert "LAYERLAB_REQUIRE_BROWSER=1" in script
