"""The source of a kind's method as a plain function, with all that it needs of our modules: one rule, written once."""

import ast
from dataclasses import dataclass, field
from inspect import getsource, isfunction
from textwrap import dedent
from typing import Any

from layerlab.export.sources import (
    BUILTINS,
    OURS,
    definitions_of,
    drop_our_annotations,
    free_names,
    home,
    imports_of,
    tidied,
)
from layerlab.params import Params


class CannotTransplant(Exception):
    """The method uses something that only lives here, such as a method of its fields."""


@dataclass
class Transplant:
    """Source under way: import lines, and definitions by name, each after what it needs.

    Attributes:
        suffix: At the end of the names of functions that fields were written into, so that the functions of another
            use of the kind, with other fields, have other names.
        extras: What a dataset gives beside inputs and targets, in order.
    """

    imports: set[str] = field(default_factory=set)
    definitions: dict[str, str] = field(default_factory=dict)
    suffix: str = ""
    extras: tuple[str, ...] = ()
    _under_way: set[str] = field(default_factory=set, init=False)

    def method(self, kind: object, params: Params, name: str, written_as: str) -> None:
        """Take the method ``name`` of ``kind`` as a function ``written_as``, without ``self`` and ``params``.

        What it reads of ``self`` becomes a function too, or the value that it has; a field of ``params`` its value.

        Raises:
            CannotTransplant: It needs what cannot be written.
        """
        if written_as in self.definitions:
            return
        owner = next(cls for cls in type(kind).__mro__ if name in vars(cls))
        source = dedent(getsource(vars(owner)[name]))
        self._written_out(source, kind, params, owner.__module__, written_as)

    def take(self, other: "Transplant") -> None:
        """All that another one has."""
        for name, text in other.definitions.items():
            assert self.definitions.get(name, text) == text, f"two functions are called {name}"
        self.imports |= other.imports
        self.definitions |= other.definitions

    def of_params(self, kind: object, params: Params, module: str, name: str) -> None:
        """Take a function of a module of ours that reads the fields, without its argument ``params``.

        Raises:
            CannotTransplant: It needs what cannot be written.
        """
        if name + self.suffix in self.definitions:
            return
        source = definitions_of(module).get(name)
        if source is not None:
            self._written_out(source, kind, params, module, name + self.suffix)
            return
        origin, original, _ = imports_of(module).get(name, ("", None, ""))
        if original is None or origin.split(".")[0] != OURS:
            raise CannotTransplant(f"{name} of {module}")
        self.of_params(kind, params, home(origin, original), original)

    def _written_out(self, source: str, kind: object, params: Params, module: str, written_as: str) -> None:
        function = ast.parse(source).body[0]
        if not isinstance(function, ast.FunctionDef):
            raise CannotTransplant(f"{written_as} of {module}")
        function.name, function.decorator_list = written_as, []
        function.args.args = [one for one in function.args.args if one.arg not in ("self", "params")]
        function = tidied(_Pairs(self).visit(_Plain(self, kind, params, module).visit(function)))
        drop_our_annotations(function, module)
        self._needs(function, module)
        self.definitions[written_as] = ast.unparse(ast.fix_missing_locations(function))

    def function(self, module: str, name: str) -> None:
        """Take the function (or class) ``name`` of a module of ours, as it is."""
        self._name(name, module)

    def _needs(self, tree: ast.AST, module: str) -> None:
        for name in sorted(free_names(tree)):
            self._name(name, module)

    def _name(self, name: str, module: str) -> None:
        """Bring along what ``name`` means in ``module``."""
        if name in BUILTINS or name in self.definitions or name in self._under_way:
            return
        imported = imports_of(module).get(name)
        if imported is not None:
            source, original, line = imported
            if source.split(".")[0] != OURS:
                self.imports.add(line)
            elif original is None:
                raise CannotTransplant(f"{name} of {module}")
            else:
                self._name(original, home(source, original))
            return
        segment = definitions_of(module).get(name)
        if segment is None:
            raise CannotTransplant(f"{name} of {module}")
        node = _Pairs(self).visit(ast.parse(segment))
        for function in ast.walk(node):
            if isinstance(function, ast.FunctionDef):
                drop_our_annotations(function, module)
        self._under_way.add(name)
        self._needs(node, module)
        self._under_way.remove(name)
        self.definitions[name] = ast.unparse(ast.fix_missing_locations(node))


class _Plain(ast.NodeTransformer):
    """Methods of ``self`` become functions, its attributes and the fields values."""

    def __init__(self, transplant: Transplant, kind: object, params: Params, module: str) -> None:
        self._transplant = transplant
        self._kind = kind
        self._params = params
        self._module = module

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """``self.draw`` → ``draw``; ``self.kind`` and ``params.noise`` → their values."""
        if isinstance(node.value, ast.Name) and node.value.id == "params":
            return _literal(getattr(self._params, node.attr))
        if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            self.generic_visit(node)
            return node
        if isfunction(getattr(type(self._kind), node.attr, None)):
            name = node.attr.removeprefix("_") + self._transplant.suffix
            self._transplant.method(self._kind, self._params, node.attr, name)
            return ast.Name(name, ast.Load())
        return _literal(getattr(self._kind, node.attr))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """``self.draw(params, …)`` → ``draw(…)``, and the same for a function that is given the fields."""
        others = [one for one in node.args if not (isinstance(one, ast.Name) and one.id == "params")]
        if len(others) < len(node.args) and isinstance(node.func, ast.Name):
            self._transplant.of_params(self._kind, self._params, self._module, node.func.id)
            node.func.id += self._transplant.suffix
        if _is_of_self(node.func) or isinstance(node.func, ast.Name):
            node.args = others
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The fields as a whole cannot be written, nor can what a base does."""
        if node.id in ("self", "params", "super"):
            raise CannotTransplant(f"{node.id} as a whole")
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """``"token" == "number"`` → ``False``."""
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        if len(sides) == 2 and all(isinstance(side, ast.Constant) for side in sides):
            left, right = (side.value for side in sides if isinstance(side, ast.Constant))
            if isinstance(node.ops[0], ast.Eq | ast.NotEq):
                return ast.Constant((left == right) is isinstance(node.ops[0], ast.Eq))
            if isinstance(node.ops[0], ast.Is | ast.IsNot):
                return ast.Constant((left is right) is isinstance(node.ops[0], ast.Is))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """``None or length`` → ``length``; ``4 or length`` → ``4``."""
        self.generic_visit(node)
        first, *others = node.values
        if not (isinstance(first, ast.Constant) and isinstance(node.op, ast.Or)):
            return node
        if first.value or not others:
            return first
        return others[0] if len(others) == 1 else ast.BoolOp(node.op, others)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Only the side that is taken, where that is known."""
        node.test = self.visit(node.test)
        if isinstance(node.test, ast.Constant):
            taken: ast.expr = self.visit(node.body if node.test.value else node.orelse)
            return taken
        self.generic_visit(node)
        return node

    def visit_If(self, node: ast.If) -> ast.stmt | list[ast.stmt]:
        """Only the side that is taken, where that is known."""
        node.test = self.visit(node.test)
        if isinstance(node.test, ast.Constant):
            return [self.visit(one) for one in (node.body if node.test.value else node.orelse)] or ast.Pass()
        self.generic_visit(node)
        return node


#: What a dataset may give beside inputs and targets that a script needs.
_EXTRAS = ("held_out", "validation_inputs")


class _Pairs(ast.NodeTransformer):
    """``LoadedData(inputs=…, targets=…, …)`` → ``(inputs, targets)``, and what else is needed where there is any."""

    def __init__(self, transplant: Transplant) -> None:
        self._transplant = transplant

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Of loaded data, a tuple."""
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == "LoadedData"):
            return node
        given = {one.arg: one.value for one in node.keywords}
        if not {"inputs", "targets"} <= set(given):
            raise CannotTransplant("data by place")
        extras = tuple(name for name in _EXTRAS if name in given)
        if self._transplant.extras not in ((), extras):
            raise CannotTransplant("data with this and that")
        self._transplant.extras = extras
        return ast.Tuple([given[name] for name in ("inputs", "targets", *extras)], ast.Load())


def _is_of_self(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "self"


def _literal(value: Any) -> ast.expr:
    try:
        return ast.parse(repr(value), mode="eval").body
    except SyntaxError:
        raise CannotTransplant(repr(value)) from None
