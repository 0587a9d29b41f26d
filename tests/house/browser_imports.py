"""Who imports whom in the page, read from the source: type-only and late imports count as well."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "frontend" / "src"

_IMPORT = re.compile(
    r"""(?:^|[;\s}])(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]"""
    r"""|(?:^|[;\s])import\s*['"]([^'"]+)['"]"""
    r"""|\bimport\s*\(\s*['"]([^'"]+)['"]""",
    re.MULTILINE,
)
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.DOTALL)


def names_imported(source: str) -> set[str]:
    """What follows ``from`` in imports and exports, bare imports, and ``import()``."""
    return {name for match in _IMPORT.findall(_COMMENT.sub("", source)) for name in match if name}


@cache
def files() -> list[Path]:
    """Every source file of the page that is not a test."""
    return sorted(
        path for path in SOURCE.rglob("*.ts*") if ".test." not in path.name and not path.name.endswith(".d.ts")
    )


@cache
def imports() -> dict[str, set[str]]:
    """By file (``stores/frames.ts``) the files of ours that it imports, and the packages, by name."""
    return {
        name_of(path): {resolve(path, name) for name in names_imported(path.read_text("utf-8"))} for path in files()
    }


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def resolve(path: Path, name: str) -> str:
    """A relative import as the file it means; anything else as it is."""
    if not name.startswith("."):
        return name
    target = (path.parent / name).resolve()
    stem = target.parent / target.stem if target.suffix in {".js", ".ts", ".tsx"} else target
    for candidate in (
        target,
        *(Path(f"{stem}{end}") for end in (".ts", ".tsx")),
        target / "index.ts",
        target / "index.tsx",
    ):
        if candidate.is_file():
            return candidate.relative_to(SOURCE).as_posix() if candidate.is_relative_to(SOURCE) else str(candidate)
    raise AssertionError(f"{name_of(path)} imports {name}, which is not there")
