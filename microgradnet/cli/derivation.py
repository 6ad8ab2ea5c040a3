"""``microgradnet derive``: a gradient written down, of the article's loss or of one in a user's file."""

from __future__ import annotations

from typing import Annotated

import typer

from microgradnet.cli.common import SOURCE, SOURCE_HELP, say, tensor_of, worked_on

__all__ = ["derive_gradient"]


def derive_gradient(
    source: Annotated[str, typer.Argument(metavar=SOURCE, help=SOURCE_HELP)],
    wrt: Annotated[
        list[str] | None,
        typer.Option(help="The name of a tensor to differentiate with respect to; may be repeated. Default: all."),
    ] = None,
    code: Annotated[bool, typer.Option("--source", help="Write a function of NumPy code.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Write LaTeX.")] = False,
    mode: Annotated[str, typer.Option(help="reverse: the gradient. forward: the tangent.")] = "reverse",
) -> None:
    """Write a gradient down, step by step, or a tangent; for FILE.py:NAME this runs the file, as Python would."""
    from microgradnet.views.derivation import derive

    if code and latex:
        raise ValueError("give --source or --latex, not both")
    tensor, names = tensor_of(source)
    with worked_on(source):
        derivation = derive(tensor, wrt, names, mode=mode)  # type: ignore[arg-type]
        text = derivation.source() if code else derivation.latex() if latex else str(derivation)
    say(text.rstrip())
