"""The ``microgradnet`` command: reads options, calls the rooms below, prints.

There is no logic here. Each page holds a family of subcommands. An error in what the user gave is one line on
stderr and exit status 2; gradients that disagree, or an activation that fails its check, are exit status 1.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

__all__ = ["application", "main"]


def main() -> int:
    """Run the command on the program's arguments, and return its exit status."""
    try:
        import rich  # noqa: F401 - the pages need it
        import typer
    except ImportError:
        print('the microgradnet command needs its extra: pip install "microgradnet[cli]"', file=sys.stderr)
        return 2
    from microgradnet.cli.common import complain

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without → shows ? instead
    try:
        arguments = sys.argv[1:] or ["--help"]
        status = application()(arguments, prog_name="microgradnet", standalone_mode=False)
    except typer.Abort:
        return 130
    except Exception as error:
        if not hasattr(error, "format_message"):  # what a wrong option raises has it
            raise
        return complain(error.format_message())
    return status if isinstance(status, int) else 0


def application() -> typer.Typer:
    """Make the command with its subcommands."""
    import typer

    from microgradnet.cli import activations, common, comparing, derivation, drawing, training

    app = typer.Typer(
        help="See, check and trust a gradient.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(common.options)
    app.command()(training.demo)
    app.command()(training.train)
    app.command(name="compare")(comparing.compare_gradients)
    app.command(name="draw")(drawing.draw_graph)
    app.command(name="derive")(derivation.derive_gradient)
    app.command(name="activations")(activations.show)
    return app
