"""Who imports whom in our Python, read from the source: type-only and late imports count as well."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"layerlab": ROOT / "backend" / "layerlab", "layerlab_schemas": ROOT / "shared_schemas" / "layerlab_schemas"}


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for name, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = [name, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def names_imported(source: str, module: str, *, is_package: bool) -> set[str]:
    """Dotted names that a source imports; ``from a import b`` gives ``a`` and ``a.b``, for b may be a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                above = parts[: len(parts) - node.level + (1 if is_package else 0)]
                base = ".".join([*above, base] if base else above)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


@cache
def all_imports() -> dict[str, set[str]]:
    """For each of our modules every name it imports, ours and others'."""
    return {
        module: names_imported(path.read_text("utf-8"), module, is_package=path.name == "__init__.py")
        for module, path in modules().items()
    }


@cache
def our_imports() -> dict[str, set[str]]:
    """For each of our modules those of ours it imports. A package counts only where nothing deeper was meant."""
    ours = modules()
    result = {}
    for module, names in all_imports().items():
        found = {name for name in names if name in ours and name != module}
        deeper = {name.rpartition(".")[0] for name in found}
        result[module] = {name for name in found if name not in deeper or _takes_own_name(module, name)}
    return result


def _takes_own_name(module: str, package: str) -> bool:
    """True where ``module`` takes from ``package`` a name that is no module of it."""
    for node in ast.walk(ast.parse(modules()[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module == package:
            if any(f"{package}.{alias.name}" not in modules() for alias in node.names):
                return True
        elif isinstance(node, ast.Import) and any(alias.name == package for alias in node.names):
            return True
    return False
