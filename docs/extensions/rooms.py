"""``{rooms}``: the figure of the package's rooms, its floors as the tests know them, its arrows as the code imports."""

from __future__ import annotations

import ast
import base64
from collections.abc import Mapping
from typing import Any

import graphviz
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from microgradnet.views.rendering import to_bytes
from tests.test_package import FLOORS, PACKAGE


def imports() -> dict[str, set[str]]:
    """Find which rooms each room imports, anywhere in its files."""
    rooms = set().union(*FLOORS)
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room in rooms:
            for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("microgradnet"):
                    names = (f"{statement.module}.{a.name}".split(".")[1] for a in statement.names)
                    found[room].update(rooms.intersection(names) - {room})
    return found


def reaching(found: Mapping[str, set[str]], start: str) -> set[str]:
    """Find what a room reaches through others."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        new = found[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def drawing(found: Mapping[str, set[str]]) -> graphviz.Digraph:
    """Draw rooms on their floors; an arrow that follows from others is left out."""
    graph = graphviz.Digraph(
        graph_attr={"rankdir": "TB", "ranksep": "0.3", "nodesep": "0.25", "bgcolor": "white"},
        node_attr={"shape": "box", "style": "rounded,filled", "fillcolor": "#eef4fa", "fontname": "Helvetica"},
        edge_attr={"arrowsize": "0.7", "color": "#555555"},
    )
    for floor in FLOORS:
        with graph.subgraph() as level:
            level.attr(rank="same")
            for room in sorted(floor):
                level.node(room, tooltip=f"{room} imports {', '.join(sorted(found[room])) or 'no other room'}")
    for room, others in sorted(found.items()):
        for other in sorted(others):
            if not any(other in reaching(found, between) for between in others - {other}):
                graph.edge(room, other)
    for above, below in zip(FLOORS[::-1], FLOORS[-2::-1], strict=False):
        graph.edge(min(above), min(below), style="invis")
    return graph


class Rooms(SphinxDirective):
    """Show the figure."""

    def run(self) -> list[nodes.Node]:
        """Draw it, and put it into the page as an image."""
        found = imports()
        data = base64.b64encode(to_bytes(drawing(found), "svg")).decode()
        told = "; ".join(f"{room} imports {', '.join(sorted(found[room]))}" for room in sorted(found) if found[room])
        return [nodes.raw("", f'<img alt="{told}" src="data:image/svg+xml;base64,{data}">', format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("rooms", Rooms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
