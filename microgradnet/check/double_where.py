"""The rewriting that mends a NaN from the branch that a ``where`` didn't take: a second ``where``, inside of it.

The operand of the step that isn't finite is replaced by a harmless number wherever the branch isn't taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from microgradnet import ops
from microgradnet.graph import Entry, Graph
from microgradnet.views.source import Program

__all__ = ["double_where"]

MOST = 40
"""How many operations and operands are written as code; more would be no advice."""


def double_where(
    graph: Graph, values: Sequence[Any], chooses: int, branch: int, step: int, operand: int, harmless: int | float
) -> str | None:
    """Write the two ``where`` as NumPy code.

    Parameters
    ----------
    graph : Graph
    values : sequence of array
        Those of its entries.
    chooses : int
        The position of the ``where``.
    branch : {1, 2}
        Which of its inputs was not taken.
    step : int
        The operation in that branch that is to be mended.
    operand : int
        Which of its inputs.
    harmless : number
        What that can be replaced by.

    Returns
    -------
    str or None
        None where the branch is too long to be written, can't be, or would have other values.
    """
    inside = _inside(graph, chooses)
    if inside is None or step not in inside:
        return None
    entries: list[Entry] = []
    position: dict[int, int] = {}

    def copy(i: int, other: Mapping[int, int]) -> int:
        """Add an entry whose inputs are those that were added, or others in their places."""
        entry = graph[i]
        inputs = tuple(other.get(k, position[k]) for k in entry.inputs) if entry.name is None else ()
        if entry.operation is not None and not inputs:  # it has a name, and stands for itself
            entry = replace(entry, kind="input", operation=None)
        value = None if other else values[i]  # what is changed is computed again
        entries.append(replace(entry, id=len(entries), inputs=inputs, name=_name(entry), value=value))
        return len(entries) - 1

    for i in inside:
        position[i] = copy(i, {})
    condition, *branches = graph[chooses].inputs
    one = Entry(len(entries), "constant", None, (), {}, harmless, (), None, None, (), None, False)
    entries.append(one)
    x = position[graph[step].inputs[operand]]
    choice = (position[condition], *((one.id, x) if branch == 2 else (x, one.id)))
    safe = Entry(
        len(entries), "operation", graph[chooses].operation, choice, {}, None, entries[x].shape, entries[x].dtype,
        None, (), None, True,
    )  # fmt: skip
    entries.append(safe)
    # What depends on the step is written again in this branch: the condition and the other one keep the step as it is.
    again: dict[int, int] = {}
    for i in inside:
        if i == step:
            again[i] = copy(i, {graph[step].inputs[operand]: safe.id})
        elif i != chooses and not again.keys().isdisjoint(graph[i].inputs):
            again[i] = copy(i, again)
    untaken = branches[branch - 1]
    if untaken not in again:
        return None
    asked = position[condition] if graph[condition].operation is None else copy(condition, {})  # it is written twice
    end = copy(chooses, {untaken: again[untaken], condition: asked})
    whole = Graph(entries, [end])
    computed: Any = whole.values()[end]
    if not np.array_equal(computed, values[chooses], equal_nan=True):
        return None  # the elements are mixed between the step and the choice
    try:
        program = Program(whole, [end], [safe.id], lambda _: {safe.id: "safe"}, longest=200)
    except (TypeError, ValueError):  # an operation doesn't say how it is written
        return None
    lines = [f"{program.names[i]} = {program.code(i)}" for i in program.lines if i != end]
    code = "; ".join([*lines, program.code(end)])
    ours = [name for name in program.helpers if name in ops.__all__]  # NumPy has none, this package has
    return re.sub(rf"\b({'|'.join(ours)})\(", r"mg.\1(", code) if ours else code


def _inside(graph: Graph, end: int) -> list[int] | None:
    """Find what an entry is written with, down to what has a name; None if that is too much."""
    found = {end}
    stack = [end]
    while stack and len(found) <= MOST:
        entry = graph[stack.pop()]
        new = set(entry.inputs if entry.name is None else ()) - found
        found |= new
        stack += new
    return sorted(found) if len(found) <= MOST else None


def _name(entry: Entry) -> str | None:
    """Name what was given and has no name."""
    if entry.name is not None or entry.operation is not None or entry.is_number:
        return entry.name
    return "mask" if getattr(entry.dtype, "kind", "") == "b" else "c"
