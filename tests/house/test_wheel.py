"""``pip install .`` makes a package that carries the page: built here from a copy of the tree, as pip does it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tracked import ROOT, tracked_files

MODULES = ROOT / "frontend" / "node_modules"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is in the wheel."""
    if not MODULES.is_dir():
        pytest.skip("frontend/node_modules is not there; make test installs it")
    source = tmp_path_factory.mktemp("source")
    for path in tracked_files():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    # Links to the packages, not to their folder: should the build install anew, it takes away links only.
    copied = source / "frontend" / "node_modules"
    copied.mkdir()
    for entry in MODULES.iterdir():
        (copied / entry.name).symlink_to(entry)
    shutil.copy2(MODULES / ".package-lock.json", source / "installed")
    (copied / ".package-lock.json").unlink()
    (source / "installed").rename(copied / ".package-lock.json")
    environment = {name: value for name, value in os.environ.items() if name != "LAYERLAB_BUILD_PAGE"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert made.returncode == 0, made.stdout + made.stderr
    (wheel,) = folder.glob("layerlab-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_carries_the_page(names):
    assert "layerlab/static/index.html" in names
    assert any(name.startswith("layerlab/static/assets/") and name.endswith(".js") for name in names)


def test_the_wheel_carries_the_code_of_both_packages(names):
    assert {"layerlab/cli.py", "layerlab/api/app.py", "layerlab_schemas/run.py"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_carries_nothing_else(names):
    assert {name.split("/")[0].split("-")[0] for name in names} == {"layerlab", "layerlab_schemas"}
    assert [name for name in names if "node_modules" in name or name.endswith((".pyc", ".map"))] == []
