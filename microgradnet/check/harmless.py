"""The user's functions that only compute: they may be called again, of other values, and nothing happens by that.

A function counts as one if its source says so: it gives values to variables of its own, and calls NumPy, builtins and
functions of the same kind. It is called as it was before anything was observed, and on copies of arrays.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Callable, Collection, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

__all__ = ["BUILTIN", "harmless", "is_of_numpy", "only_computes"]

MODULES = frozenset({"autograd", "cmath", "jax", "math", "microgradnet", "numpy", "scipy"})
"""What only computes, but for what writes."""

WRITES = frozenset(
    {
        "at", "copyto", "dump", "fill", "fill_diagonal", "itemset", "memmap", "place", "put", "put_along_axis",
        "putmask", "resize", "save", "savetxt", "savez", "savez_compressed", "set_printoptions", "setfield", "setflags",
        "seterr", "sort", "tofile",
    }
)  # fmt: skip
"""What writes into its arguments, or elsewhere."""

BUILTIN = frozenset({"len", "abs", "float", "int", "sum", "max", "min", "range", "reversed", "zip", "enumerate"})

_COMPUTING = ast.Return, ast.If, ast.Expr, ast.Pass, ast.Raise, ast.Assert

_REFUSED = (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def harmless(
    scope: Mapping[str, Any], trees: Mapping[str, ast.Module], plain: Mapping[FunctionType, CodeType]
) -> dict[str, Callable[..., Any]]:
    """Return the functions that only compute, by their names.

    Parameters
    ----------
    scope : mapping of str to object
        What the user's modules hold.
    trees : mapping of str to ast.Module
        The source of each file.
    plain : mapping of function to code
        The code of functions that something else was put in.
    """
    named = {name: f for name, f in scope.items() if isinstance(f, FunctionType) and not f.__code__.co_freevars}
    nodes = {name: node for name, f in named.items() if (node := _node_of(f, trees)) is not None}
    left = set(nodes)
    while refused := {name for name in left if not _only_computes(nodes[name], scope, left)}:
        left -= refused
    inside = dict(scope)
    for name in left:
        f = named[name]
        own = FunctionType(plain.get(f, f.__code__), inside, f.__name__, f.__defaults__)
        own.__kwdefaults__ = f.__kwdefaults__
        inside[name] = _of_copies(own)
    return {name: inside[name] for name in left}


def only_computes(
    f: FunctionType, scope: Mapping[str, Any], trees: Mapping[str, ast.Module], known: Collection[str]
) -> bool:
    """Whether a function, or a method, does no more than compute with what it is given, NumPy and what is known to."""
    node = _node_of(f, trees)
    return node is not None and _only_computes(node, scope, known)


def _of_copies(function: FunctionType) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*copy.deepcopy(args), **copy.deepcopy(kwargs))

    return call


def is_of_numpy(func: ast.expr, scope: Mapping[str, Any]) -> bool:
    """Whether a function is NumPy's or the like, and no random one or one that writes; or a method of an array."""
    root = func
    while isinstance(root, ast.Attribute):
        root = root.value
    module = scope.get(root.id) if isinstance(root, ast.Name) else None
    if isinstance(module, ModuleType):
        computes = module.__name__.split(".")[0] in MODULES and "random" not in ast.unparse(func)
        return computes and getattr(func, "attr", "") not in WRITES
    return isinstance(func, ast.Attribute) and hasattr(np.ndarray, func.attr) and func.attr not in WRITES


def _node_of(f: FunctionType, trees: Mapping[str, ast.Module]) -> ast.FunctionDef | ast.Lambda | None:
    """Find where a function is written; None if that can't be told."""
    tree, first = trees.get(f.__code__.co_filename), f.__code__.co_firstlineno
    nodes = () if tree is None else ast.walk(tree)
    found = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.Lambda) and n.lineno == first]
    own = [n for n in found if getattr(n, "name", "<lambda>") == f.__name__ and not getattr(n, "decorator_list", ())]
    return own[0] if len(own) == 1 else None


def _only_computes(function: ast.FunctionDef | ast.Lambda, scope: Mapping[str, Any], known: Collection[str]) -> bool:
    body = function.body if isinstance(function, ast.FunctionDef) else [ast.Return(function.body)]
    own = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    own |= {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return all(_is_harmless(n, scope, known, own) for s in body for n in ast.walk(s))


def _is_harmless(node: ast.AST, scope: Mapping[str, Any], known: Collection[str], own: Collection[str]) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return all(_is_own(t, own) for t in targets)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
            return _is_own(target, own)
        case ast.stmt():
            return isinstance(node, _COMPUTING)
        case ast.Call(func=ast.Name(name)):
            return name not in own and (name in BUILTIN or name in known)
        case ast.Call(func=func):
            return is_of_numpy(func, scope)
    return not isinstance(node, _REFUSED)


def _is_own(target: ast.expr, own: Collection[str]) -> bool:
    """Whether what is written to are variables of the function's own, or something in one."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_own(t, own) for t in target.elts)
    while isinstance(target, ast.Subscript):
        target = target.value
    return isinstance(target, ast.Name) and target.id in own
