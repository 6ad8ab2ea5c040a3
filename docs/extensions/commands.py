"""``{command} NAME``: a subcommand of ``microgradnet``, its arguments and options, as the command itself has them."""

from __future__ import annotations

import re
from typing import Any

import typer
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from microgradnet.cli import application


def described(name: str) -> str:
    """Write a subcommand in reStructuredText: how it is called, what it does, each argument and option."""
    commands: Any = typer.main.get_command(application())
    command = commands.commands[name]
    full = f"microgradnet {name}"
    context = command.make_context(full, [], resilient_parsing=True)
    usage = command.get_usage(context).removeprefix("Usage: ")
    blocks = [".. code-block:: text\n\n   " + " ".join(usage.split()), _escaped(command.help), f".. program:: {full}"]
    for parameter in command.params:
        spelled, told = parameter.get_help_record(context)
        if parameter.param_type_name == "argument":
            spelled = spelled.rpartition(" <")[0] or spelled
        told = " ".join(told.split())
        blocks.append(f".. option:: {spelled.replace(' range>', '>')}\n\n   {_escaped(told)}")
    return "\n\n".join(blocks)


def _escaped(text: str) -> str:
    """Write text with nothing in it that reStructuredText has a meaning for; options and code as such."""
    parts = re.split(r"(`[^`]+`|--[a-z][-a-z]*)", text)
    return "".join(
        f"``{part.strip('`')}``" if i % 2 else re.sub(r"([*`|_\\])", r"\\\1", part) for i, part in enumerate(parts)
    )


class Command(SphinxDirective):
    """Document one subcommand."""

    required_arguments = 1
    final_argument_whitespace = True  # activations study

    def run(self) -> list[nodes.Node]:
        """Have what the command says of itself read as reStructuredText."""
        where, _ = self.get_source_info()
        lines = ["```{eval-rst}", *described(self.arguments[0]).splitlines(), "```"]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, where), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("command", Command)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
