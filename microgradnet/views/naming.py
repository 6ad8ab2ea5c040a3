"""What tensors are called where a reader sees them: by the user's names, or by names made for them."""

from __future__ import annotations

from collections.abc import Iterable

from microgradnet.graph import Entry
from microgradnet.text import legible

__all__ = ["delta", "titles_of", "word"]


def titles_of(nodes: Iterable[Entry], end: int) -> dict[int, str]:
    """Name entries for a reader: as the user did, or after the scope whose result they are. No two names are alike."""
    nodes = tuple(nodes)
    is_result = [True] * len(nodes)
    for node in nodes:
        for i in node.inputs:
            if node.scope[: len(nodes[i].scope)] == nodes[i].scope:
                is_result[i] = False  # it is used inside its scope
    given: list[tuple[int, str]] = []
    made: list[tuple[int, str]] = []
    for node in nodes:
        if node.name:
            given.append((node.id, node.name))
        elif node.operation is not None and node.scope and node.scope[-1] != "backward" and is_result[node.id]:
            made.append((node.id, node.scope[-1]))
        elif node.operation is None and node.kind != "constant":
            made.append((node.id, "w" if node.kind == "parameter" else "x"))
        elif node.id == end and node.operation is not None:
            made.append((node.id, "output"))
    titles: dict[int, str] = {}
    taken: set[str] = set()
    count: dict[str, int] = {}
    for i, text in (*given, *made):
        unique = text
        while unique in taken:
            count[text] = count.get(text, 1) + 1
            unique = f"{text}_{count[text]}"
        taken.add(unique)
        titles[i] = unique
    return titles


def word(text: str) -> str:
    """Write a name as one word."""
    return legible(text).replace(" ", "_")


def delta(k: int) -> str:
    """Name the gradient with respect to the k-th of what has no name."""
    return "δ" + str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
