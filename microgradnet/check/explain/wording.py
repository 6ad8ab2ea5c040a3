"""How the steps of a derivation are called: by the user's names and scopes, else by what was computed."""

from __future__ import annotations

import re

import numpy as np

from microgradnet.graph import Graph
from microgradnet.text import arguments, legible, number

__all__ = ["closed", "constant", "cotangent", "expression", "power", "prime", "step"]

MOST = 6
"""How many inputs of an operation are written out."""


def expression(graph: Graph, node: int, depth: int = 4) -> str:
    """Write what an entry is: its name, or the operation on its inputs to some depth."""
    entry = graph[node]
    if entry.name is not None:
        return legible(entry.name, 24)
    if entry.operation is None:
        value = entry.value
        return number(value) if entry.is_number and value is not None else "a constant"
    if depth == 0:
        return "…"
    symbol = legible(entry.operation.symbol, 16)
    inputs = [expression(graph, i, depth - 1) for i in entry.inputs[:MOST]]
    inputs += ["…"] * (len(entry.inputs) > MOST)
    source = entry.operation.source
    if isinstance(source, str) and (infix := re.fullmatch(r"\(\{0\}( \S+ )\{1\}\)", source)):
        return f"{closed(inputs[0])}{infix[1]}{closed(inputs[1])}"
    if source == "(-{0})":
        return f"-{closed(inputs[0])}"
    if symbol == "[·]":
        index = ", ".join(inputs[1:]) or arguments(entry.given).partition("=")[2].removeprefix("(").removesuffix(")")
        return f"{closed(inputs[0])}[{index}]"
    if symbol == "·":  # handed on as it is
        return inputs[0]
    if symbol.startswith("·"):
        return f"({inputs[0]}){symbol[1:]}"
    if "·" in symbol:
        return symbol.replace("·", closed(inputs[0]) if symbol[-1] == "·" else ", ".join(inputs))
    return f"{symbol}({', '.join(inputs)})"


def closed(text: str) -> str:
    """Put parentheses around what has an operator outside of any."""
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == " " and depth == 0:
            return f"({text})"
    return text


def step(graph: Graph, node: int) -> str:
    """Name the step that an operation is: its scope, if the user gave one, and what it computes."""
    scope = legible(" / ".join(graph[node].scope), 60)
    text = expression(graph, node)
    return f"{scope}: {text}" if scope else text


def cotangent(graph: Graph, node: int) -> str:
    """Write ∂loss/∂entry."""
    text = expression(graph, node, 3)
    return f"∂loss/∂{closed(text)}"


def prime(graph: Graph, node: int) -> str:
    """Write the derivative of an operation as a factor: σ′, exp′."""
    operation = graph[node].operation
    symbol = legible(operation.symbol, 16) if operation is not None else ""
    return f"{symbol}′" if symbol and (symbol[0].isalpha()) else f"({symbol})′"


def constant(c: float) -> str:
    """Write a constant factor: as a fraction of one where that is rounder."""
    if c and abs(c) < 1 and np.isclose(1 / c, round(1 / c), rtol=1e-6) and abs(round(1 / c)) not in (10, 100, 1000):
        return f"{'−' if c < 0 else ''}1/{abs(round(1 / c))}"
    return number(c)


def power(letter: str, p: int) -> str:
    """Write a whole power of a letter: y, y², 1/y."""
    raised = letter + {1: "", 2: "²", 3: "³"}[abs(p)]
    return raised if p > 0 else f"1/{raised}"
