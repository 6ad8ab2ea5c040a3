"""A graph in a terminal: a tree from the output down to what it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.notation import named_apart, written_order
from microgradnet.text import arguments, legible, printable, shape_text, short

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["tree"]


class _Text(str):
    """Text that a notebook, or the prompt of Python, shows as it is printed: with its lines."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_DEEPEST = 24  # levels of indentation, after which a branch goes on at the left margin


def tree(output: Tensor, *, names: Mapping[str, Any] | None = None, max_nodes: int = 1000) -> str:
    """Write what a tensor was computed from as a tree, with box-drawing characters.

    What is used more than once has a number in brackets; it is expanded where it first appears, and
    afterwards referred to, with an arrow. A branch that gets too deep is continued at the left margin. Of two that
    have one name, the second is told apart as `derive` does it: ``w_2``.

    Parameters
    ----------
    output : Tensor
    names : mapping of str to Tensor, optional
        Names for tensors, such as ``locals()``; see `Graph.of`.
    max_nodes : int
        Stop after this many lines, and say how many nodes are left out.

    Returns
    -------
    str
        In ASCII, where standard output can't encode these characters.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> y = mg.exp(x)
    >>> print(mg.tree(mg.sum(y * y)))
    Σ scalar
    └─ ⊙ 2
       ├─ [1] exp 2
       │  └─ x 2 parameter
       └─ → [1] exp
    """
    graph = named_apart(Graph.of(output, names=names))
    uses = [0] * len(graph)
    for node in graph:
        for i in node.inputs:
            uses[i] += 1
    lines: list[str] = []
    expanded: set[int] = set()
    root = graph.outputs[0]
    # Entries of the stacks: (position, prefix of its line, prefix of the lines below it, depth).
    stack: list[tuple[int, str, str, int]] = [(root, "", "", 0)]
    continued: list[int] = []
    while (stack or continued) and len(lines) < max_nodes:
        if not stack:
            i = continued.pop(0)
            if i in expanded:
                continue
            lines.append("")
            stack.append((i, "", "", 0))
        i, prefix, below, depth = stack.pop()
        node = graph[i]
        label = f"[{i}] " if uses[i] > 1 or i in continued else ""
        if i in expanded:
            lines.append(f"{prefix}→ {label}{_title(node)}")
            continue
        if depth == _DEEPEST and node.inputs:
            lines.append(f"{prefix}→ [{i}] {_title(node)}, continued below")
            continued.append(i)
            continue
        if depth == 0 and i != root:
            label = f"[{i}] "
        expanded.add(i)
        lines.append(prefix + label + _line(node))
        inputs = [node.inputs[k] for k in written_order(node)] if node.inputs else []
        children = [(i, below + "├─ ", below + "│  ", depth + 1) for i in inputs]
        if children:
            children[-1] = (inputs[-1], below + "└─ ", below + "   ", depth + 1)
        stack.extend(reversed(children))
    rest = len(graph) - len(expanded)
    if rest:
        lines.append(f"… and {rest:,} nodes more; pass max_nodes= to see them")
    return _Text(printable("\n".join(lines)))


def _title(node: Entry) -> str:
    """Name a node in one word or two: an operation by its symbol, and its name if it has one."""
    return f"{node.title} {short(node.name)}" if node.name and node.operation is not None else node.title


def _line(node: Entry) -> str:
    """Describe a node: its name or symbol, static arguments, shape, dtype unless float64, and kind."""
    if node.is_number and not node.name and node.value is not None:
        return node.title
    parts = [_title(node), arguments(node.given), shape_text(node.shape)]
    if node.dtype is not None and node.dtype != np.float64:
        parts.append(legible(str(node.dtype), 16))
    if node.name and node.operation is None:
        parts.append(node.kind)
    return " ".join(p for p in parts if p)
