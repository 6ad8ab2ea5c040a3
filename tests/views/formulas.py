"""A reader of formulas: by the rules of NumPy, whatever was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import microgradnet as mg


class Infix:
    """A function of two that is written between them."""

    __array_ufunc__ = None

    def __init__(self, f: Callable[..., Any], *given: Any) -> None:
        self.f, self.given = f, given

    def __rmul__(self, left: Any) -> Infix:
        return Infix(self.f, left)

    def __mul__(self, right: Any) -> Any:
        return self.f(*self.given, right)


class Over:
    """A function that takes axes away, before what it is of: it binds as a power does."""

    __array_ufunc__ = None

    def __init__(self, f: Callable[..., Any], *axes: int) -> None:
        self.f, self.axes = f, axes

    def __pow__(self, of: Any) -> Any:
        return self.f(of, axis=self.axes)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("tanh", "cos", "sin", "exp", "log", "max", "mean", "var")},
    "softmax": mg.softmax, "norm": mg.linalg.norm, "SUM": np.sum, "inv": np.linalg.inv,
    "broadcast_to": np.broadcast_to, "reshape": np.reshape, "tensordot": np.tensordot,
    "slope_tanh": lambda z: 1 - np.tanh(z) ** 2,
    "right_length": lambda length, x, axis: length, "einsum": np.einsum, "sgn": np.sign,
    "slope_σ": lambda z: (s := 1 / (1 + np.exp(-z))) * (1 - s), "σ": lambda z: 1 / (1 + np.exp(-z)),
}  # fmt: skip


def closing(text: str, start: int, also: str = "") -> int:
    """Find where the bracket ends that is open at a place, or before that one of some signs at its depth."""
    depth = 0
    for k in range(start, len(text)):
        if depth == 0 and (text[k] in ")]," or any(text.startswith(sign, k) for sign in also.split("|") if sign)):
            return k
        depth += (text[k] in "([") - (text[k] in ")]")
    return len(text)


def read(formula: str, names: Mapping[str, Any]) -> Any:
    """Read a formula by the rules of NumPy."""
    values = dict(FUNCTIONS)
    text = formula
    for k, name in enumerate(sorted(names, key=len, reverse=True)):
        text = re.sub(rf"(?<![\w∂/]){re.escape(name)}(?![a-zA-Z0-9_₀-₉])", f"N{k}_", text)
        values[f"N{k}_"] = names[name]
    text = re.sub(r"(\w+)′\(", r"slope_\1(", text)
    for found in reversed([*re.finditer(r"1\[", text)]):  # Iverson's bracket
        end = closing(text, found.end())
        text = f"{text[: found.start()]}(1 * ({text[found.end() : end]})){text[end + 1 :]}"
    text = text.replace(" = ", " == ").replace("≠", "!=").replace("∨", "|").replace("⁻¹", ".I")
    text = re.sub(r"axis==", "axis=", text)
    for shape in re.findall(r"in shape ([0-9×]+)", text):
        text = text.replace(f"in shape {shape}", f"*INTO* ({shape.replace('×', ', ')},)")
    for symbol, what in re.findall(r"(Σ|max|mean|var|Π) over (\w+(?: and \w+)?) of", text):
        axes = ", ".join("01"[word == "columns"] for word in what.split(" and "))
        f = {"Σ": "SUM", "Π": "PROD"}.get(symbol, symbol)
        text = text.replace(f"{symbol} over {what} of ", f"Over({f}, {axes})**")
    while (at := text.find("Σ ")) >= 0:
        end = closing(text, at + 2, " + | − | == | != ")
        text = f"{text[:at]}SUM({text[at + 2 : end]}){text[end:]}"
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(raised)})", text.replace("Σ", "SUM"))
    text = re.sub(r"(\w+|\([^()]*\))\.I", r"inv(\1)", text.replace("ᵀ", ".T").replace("−", "-"))
    text = re.sub(r"√(\w+)", r"np.sqrt(\1)", text).replace("√(", "np.sqrt(")
    text = re.sub(r"(?<![\w.])([0-9.]+) (?=[\w(])", r"\1 * ", text)
    text = text.replace("⊙", "*").replace("·", "@").replace("⊗", "*OUTER*")
    values |= {"np": np, "Over": Over, "PROD": np.prod, "OUTER": Infix(np.outer)}
    values["INTO"] = Infix(
        lambda x, shape: np.reshape(x, shape) if np.size(x) == np.prod(shape) else np.broadcast_to(x, shape)
    )
    return eval(text, values)
