"""The source of our modules in pieces: what a module defines and imports, and which names a piece reads."""

import ast
import builtins
import sys
from functools import cache
from pathlib import Path

OURS = "layerlab"
BUILTINS = frozenset(dir(builtins))


def home(package: str, name: str) -> str:
    """The module in which ``name`` is defined, where a package only passes it on."""
    thing = getattr(sys.modules[package], name)
    return str(getattr(thing, "__module__", package)) if callable(thing) else package


@cache
def _tree(module: str) -> ast.Module:
    path = sys.modules[module].__file__
    assert path is not None
    return ast.parse(Path(path).read_text("utf-8"))


@cache
def imports_of(module: str) -> dict[str, tuple[str, str | None, str]]:
    """By name: the module it comes from, its name there (None: it is that module), and the line that says so."""
    found: dict[str, tuple[str, str | None, str]] = {}
    for node in _tree(module).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                line = ast.unparse(ast.Import(names=[alias]))
                found[alias.asname or alias.name.split(".")[0]] = (alias.name, None, line)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                line = ast.unparse(ast.ImportFrom(module=node.module, names=[alias], level=0))
                found[alias.asname or alias.name] = (node.module, alias.name, line)
    return found


@cache
def definitions_of(module: str) -> dict[str, str]:
    """Source of each function, class and constant at the top of a module."""
    found = {}
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = ast.unparse(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        found[name.id] = ast.unparse(node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = ast.unparse(ast.Assign(targets=[node.target], value=node.value, lineno=0))
    return found


def drop_our_annotations(function: ast.FunctionDef, module: str) -> None:
    """Annotations with types of ours go; the others stay."""

    def is_ours(annotation: ast.expr | None) -> bool:
        names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)} if annotation else set()
        foreign = {name for name, (source, _, _) in imports_of(module).items() if source.split(".")[0] != OURS}
        return bool(names - foreign - BUILTINS)

    for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
        if is_ours(argument.annotation):
            argument.annotation = None
    if is_ours(function.returns):
        function.returns = None


def free_names(tree: ast.AST) -> set[str]:
    """Names that are read and not bound anywhere inside; good enough for code that does not shadow its globals."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return {node.id for node in names} - bound


def tidied(function: ast.FunctionDef) -> ast.FunctionDef:
    """Without what is left over where a side was taken: statements behind a return, and empty ones."""
    for node in ast.walk(function):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            ends = next((at for at, one in enumerate(body) if isinstance(one, ast.Return)), len(body))
            body = body[: ends + 1]
            node.body = [one for one in body if not isinstance(one, ast.Pass)] or body  # type: ignore[attr-defined]
    said = ast.get_docstring(function)
    if said is not None:
        lines = [line for line in said.splitlines() if not line.lstrip().startswith("params:")]
        text = "\n".join(f"    {line}" if line else "" for line in lines).strip()
        function.body[0] = ast.Expr(ast.Constant(text if len(lines) == 1 else f"{text}\n    "))
    return function
