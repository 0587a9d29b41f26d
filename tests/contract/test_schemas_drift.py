"""What is generated from the schemas equals what is committed, in JSON and in TypeScript."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from layerlab_schemas import generate

ROOT = Path(__file__).resolve().parents[2]
TYPES = ROOT / "shared_schemas" / "typescript" / "layerlab.ts"
MODULES = ROOT / "frontend" / "node_modules"


def test_the_json_bundle_is_fresh():
    assert generate.BUNDLE.read_text("utf-8") == generate.text(), "run: make schemas"


def test_the_typescript_types_are_fresh(tmp_path):
    if not MODULES.is_dir():
        pytest.skip("frontend/node_modules is not there; make test installs it")
    fresh = tmp_path / "layerlab.ts"
    # The same command as the package script "types", into another file.
    flags = ["--root-types", "--root-types-no-schema-prefix", "--alphabetize", "-o", str(fresh)]
    command = [str(MODULES / ".bin" / "openapi-typescript"), str(generate.BUNDLE), *flags]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PATH": path}, cwd=ROOT / "frontend")
    assert TYPES.read_text("utf-8") == fresh.read_text("utf-8"), "run: make schemas"


def test_the_package_script_has_the_same_flags():
    script = (ROOT / "frontend" / "package.json").read_text("utf-8")
    assert (
        "--root-types --root-types-no-schema-prefix --alphabetize -o ../shared_schemas/typescript/layerlab.ts" in script
    )


def test_every_model_of_the_schemas_is_in_the_bundle_or_part_of_one():
    """A model that nothing sends is dead; one that is sent but missing here would have no TypeScript type."""
    from layerlab_schemas import base, catalog, frames, graph, problems, run, server, stream

    schemas = generate.bundle()["components"]["schemas"]
    models = {
        name
        for module in (catalog, frames, graph, problems, run, server, stream)
        for name, member in vars(module).items()
        if isinstance(member, type)
        and issubclass(member, base.Schema | base.OpenSchema)
        and member.__module__ == module.__name__
    }
    bases_only = {"Numbered", "FrameHeader"}
    assert models - set(schemas) - bases_only == set()
