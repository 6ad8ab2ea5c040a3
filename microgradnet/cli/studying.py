"""``microgradnet activations study``: activations side by side, as text, as a page, in somebody's own class."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from microgradnet.cli.common import activation_of, open_console, say
from microgradnet.cli.files import Force, keep_what_is_not_ours, write_marked
from microgradnet.nn import study_activation

__all__ = ["study"]


def study(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME", help="Activations by name, or FILE.py:NAME, which RUNS that file."),
    ],
    seeds: Annotated[int, typer.Option(min=0, help="Train small networks with each, from so many seeds.")] = 0,
    page: Annotated[
        Path | None, typer.Option("--html", help="Write the study as a page: page.html.", show_default=False)
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.py:CLASS",
            help="RUN that file, and print which lines of the class to change for the first activation.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    force: Force = False,
) -> None:
    """Study activations side by side: signals through layers, shape, rounding, cost, and what they are kin to.

    One alone is put beside ReLU and tanh.
    """
    if page is not None:
        if page.suffix != ".html":
            raise ValueError(f"--html writes a page of HTML, and {str(page)!r} doesn't end in .html")
        keep_what_is_not_ours([page], force)
    with ExitStack() as files:
        try:
            found = study_activation(
                *(files.enter_context(activation_of(name)) for name in names),
                seeds=seeds,
                progress=lambda line: say(line, sys.stderr),
            )
        except TypeError as error:
            raise ValueError(str(error)) from error
        if as_json:
            print(json.dumps(found.to_dict(), indent=2))
        else:
            say(found.text(max(60, min(open_console().width, 120))))
        if network is not None:
            try:
                say(f"\n{found.in_class(network)}")
            except TypeError as error:
                raise ValueError(str(error)) from error
    if page is not None:
        write_marked(found.html().encode(), page)
        say(f"written to {page}", sys.stderr)
