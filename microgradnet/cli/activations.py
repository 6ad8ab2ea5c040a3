"""``microgradnet activations``: a list of them, one in full, a check, a gallery, source for another library."""

from __future__ import annotations

import inspect
import io
import sys
import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from microgradnet.cli.common import activation_of, open_console, say
from microgradnet.cli.files import Force, keep_what_is_not_ours, write_marked
from microgradnet.nn import activations, check_activation, export_activation
from microgradnet.nn.activate.export import TARGETS
from microgradnet.nn.activate.pictures import curve, gallery

__all__ = ["show"]

_NARROW = 60
"""On a terminal of fewer columns than this, what would stand in columns stands in lines."""


def show(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Show this one in full. Default: list them all.")
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE.py:NAME",
            help="Check this activation; of a file, RUN it, and check the one in it.",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(TARGETS), help="Write NAME, or FILE.py:NAME, as source for this.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where --export writes: a .py or .tex file.", show_default=False),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option("--gallery", help="Draw them all into a picture: .svg, .png or .pdf.", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """List the activations, show one in full, draw them all, check one, or write one for another library.

    FILE.py:NAME runs the file, as Python would: give no file you don't trust. Exit status 1 if --check finds the
    activation wrong.
    """
    if sum(given is not None for given in (name, check, picture)) > 1:
        raise ValueError("give one of NAME, --check and --gallery")
    if output is not None and export is None:
        raise ValueError("--output is where --export writes; give NAME --export torch, say")
    if export is not None:
        if name is None:
            raise ValueError("--export needs the NAME of an activation, or FILE.py:NAME")
        _export(name, export, output, force)
    elif check is not None:
        _check(check)
    elif picture is not None:
        _draw(picture, force)
    elif name is not None:
        _print_one(open_console(), name)
    else:
        _print_all(open_console())


def _check(source: str) -> None:
    with activation_of(source) as found:
        report = check_activation(found)
    say(str(report))
    if not report.ok:
        raise typer.Exit(1)


def _export(source: str, to: str, output: Path | None, force: bool) -> None:
    with activation_of(source) as found:
        try:
            text = export_activation(found, to)
        except TypeError as error:
            raise ValueError(str(error)) from error
    if output is None:
        say(text.rstrip("\n"))
        return
    keep_what_is_not_ours([output], force)
    write_marked(text.encode(), output)
    say(f"written to {output}")


def _draw(path: Path, force: bool) -> None:
    keep_what_is_not_ours([path], force)
    picture = io.BytesIO()
    try:
        gallery().savefig(picture, format=path.suffix[1:].lower() or "png")
    except ImportError as error:
        raise ValueError(str(error)) from error
    write_marked(picture.getvalue(), path)
    say(f"written to {path}")


def _drawn(activation: Any, width: int, height: int) -> list[str]:
    """Draw the curve in what the terminal can show; an activation along an axis has none."""
    if not activation.elementwise:
        return ["(along an axis)".ljust(width), *[" " * width] * (height - 1)]
    return curve(activation, width, height, encoding=sys.stdout.encoding)


def _range(activation: Any) -> str:
    return "" if activation.range is None else "{:.4g} to {:.4g}".format(*activation.range)


def _print_all(console: Console) -> None:
    if console.width < _NARROW:
        for name, activation in activations.items():
            for line in (name, *_drawn(activation, 12, 2)):
                console.print(line)
            for line in filter(None, (activation.formula, _range(activation))):
                console.print("\n".join(textwrap.wrap(line, console.width)))
        return
    table = Table.grid(padding=(0, 2, 1, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, activation in activations.items():
        about = "\n".join(filter(None, (activation.formula, _range(activation))))
        table.add_row(Text(name), Text("\n".join(_drawn(activation, 15, 2))), Text(about))
    console.print(table)
    console.print("microgradnet activations NAME shows one in full")


def _print_one(console: Console, name: str) -> None:
    activation = activations[name]
    console.print(Text(name, style="bold"))
    for line in _drawn(activation, min(40, console.width), 6):
        console.print(line)
    monotonic, kinks = activation.monotonic, activation.kinks
    facts = {
        "formula": activation.formula,
        "range": _range(activation),
        "source": activation.source,
        "parameters": ", ".join(
            f"{k} = {v!r}{' (learnable)' if k in activation.learnable else ''}"
            for k, v in activation.parameters.items()
        ),
        "monotonic": None if monotonic is None else "yes" if monotonic else "no",
        "kinks": None if kinks is None else ", ".join(f"{k:g}" for k in kinks) or "none",
    }
    for what, words in facts.items():
        if words:
            indent = " " * 12 if console.width >= _NARROW else "  "
            for line in textwrap.wrap(f"{what}:".ljust(12) + words, console.width, subsequent_indent=indent):
                console.print(line)
    if activation.__doc__:
        console.print()
        console.print(inspect.cleandoc(activation.__doc__))
