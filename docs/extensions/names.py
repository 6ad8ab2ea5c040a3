"""``{names}``: public names of the reference, a table of them and after it each in full, from its docstring.

The lines of the block are the names as a user writes them after ``microgradnet.``. What each is, a function or a
class, is seen by importing it.
"""

from __future__ import annotations

import importlib
import inspect
from contextlib import suppress
from operator import attrgetter
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

PACKAGE = "microgradnet"


def found(name: str) -> Any:
    """Return what a name stands for; a room that is loaded when it is asked for is imported."""
    room = name.rpartition(".")[0]
    with suppress(ModuleNotFoundError):  # linalg is an attribute, and no module of the package's folder
        importlib.import_module(f"{PACKAGE}.{room}" if room else PACKAGE)
    return attrgetter(name)(importlib.import_module(PACKAGE))


def directive(name: str) -> str:
    """Write the directive of autodoc that documents a name."""
    value = found(name)
    if inspect.isclass(value) and issubclass(value, Exception):
        kind = "autoexception"
    elif inspect.isclass(value):
        kind = "autoclass"
    elif inspect.isroutine(value):
        kind = "autofunction"
    else:
        kind = "autodata"
    lines = [f".. {kind}:: {PACKAGE}.{name}"]
    lines += ["   :members:", "   :member-order: bysource"] if kind == "autoclass" else []
    lines += ["   :no-value:"] if kind == "autodata" else []
    return "\n".join(lines)


class Names(SphinxDirective):
    """Document what the block lists."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Write the table and the directives of autodoc, and have them read."""
        names = " ".join(self.content).split()
        table = [".. autosummary::", "   :nosignatures:", "", *(f"   ~{PACKAGE}.{name}" for name in names)]
        text = "\n\n".join(["\n".join(table), *map(directive, names)])
        where, _ = self.get_source_info()
        lines = ["```{eval-rst}", *text.splitlines(), "```"]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, where), self.content_offset, node)
        return node.children


def resolved(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement) -> nodes.Node | None:
    """Find what a docstring names between backticks under its public name, or leave it as it is: an argument, say.

    Whoever writes ``py:func`` or ``py:class`` means a public name, and is told where there is none.
    """
    if node.get("reftype") != "obj" or node.get("refdomain") != "py":
        return None
    public = f"{PACKAGE}.{node['reftarget']}"
    known = env.domains.python_domain.objects.get(public)
    if known is None:
        return shown
    return make_refnode(app.builder, node["refdoc"], known.docname, known.node_id, shown, public)


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("names", Names)
    app.connect("missing-reference", resolved)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
