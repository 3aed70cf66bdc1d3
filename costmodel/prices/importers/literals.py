"""Reading Python data without running it: constructor calls become plain dictionaries."""

from __future__ import annotations

import ast
from datetime import date, time
from decimal import Decimal
from typing import Any

from costmodel.foundation.errors import InputError, Problem


def assigned(source: str, name: str, file: str) -> Any:  # noqa: ANN401
    """Return what a module assigns to `name`, as plain data.

    Calls of unknown constructors become dictionaries of their keyword
    arguments with the constructor's name under ``""``; ``Decimal``,
    ``datetime.date`` and ``datetime.time`` become themselves.

    Raises
    ------
    InputError
        If the module assigns no such name, or anything but such data.
    """
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(each, ast.Name) and each.id == name for each in targets):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            return _value(node.value, file)
    raise InputError(Problem(f"no '{name}'", f"a list called {name}", file=file))


def _value(node: ast.expr | None, file: str) -> Any:  # noqa: ANN401
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple() | ast.Set():
            return [_value(each, file) for each in node.elts]
        case ast.Dict():
            keys = [_value(key, file) for key in node.keys]
            return dict(zip(keys, (_value(each, file) for each in node.values), strict=True))
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, file)
        case ast.Call():
            return _call(node, file)
        case ast.Attribute():  # datetime.timezone.utc
            return node.attr
    raise InputError(_no_data(node, file))


def _call(node: ast.Call, file: str) -> Any:  # noqa: ANN401
    name = ast.unparse(node.func).rpartition(".")[2]
    given = [_value(each, file) for each in node.args]
    named = {str(each.arg): _value(each.value, file) for each in node.keywords}
    if name == "Decimal":
        return Decimal(given[0])
    if name == "date":
        return date(*given)
    if name == "time":
        return time(*given[:3])
    if given:
        raise InputError(_no_data(node, file))
    return {"": name, **named}


def _no_data(node: ast.expr | None, file: str) -> Problem:
    read = ast.unparse(node)[:60] if node is not None else "nothing"
    return Problem(read, "plain data", file=file, line=getattr(node, "lineno", 0))
