"""``microgradnet compare``: a gradient derived by hand in a user's file, against the automatic one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from microgradnet.check import Diagnoses, GradientReport, compare, diagnose
from microgradnet.check.text import argument_names
from microgradnet.cli.common import aside, open_console, running

__all__ = ["compare_gradients"]


def compare_gradients(
    file: Annotated[Path, typer.Argument(metavar="FILE.py", help="RUNS that file, which defines the three functions.")],
    loss: Annotated[str, typer.Option(help="The function that returns the loss.")] = "loss",
    backprop: Annotated[
        str, typer.Option(help="The gradients derived by hand: a function of the same arguments.")
    ] = "backprop",
    data: Annotated[
        str, typer.Option(help="The function that returns the arguments: a tuple, or a mapping by name.")
    ] = "data",
    parameters: Annotated[
        str | None,
        typer.Option(
            help="The arguments that the gradients are of, in order: w1,w2. Default: those named in what "
            "backprop returns, or as many floating-point ones as it returns.",
            show_default=False,
        ),
    ] = None,
    descent: Annotated[bool, typer.Option("--descent", help="The gradients by hand point down the loss.")] = False,
    budget: Annotated[float, typer.Option(min=0, help="Seconds that the search for the mistake may take.")] = 5.0,
    listing: Annotated[
        bool, typer.Option("--listing", help="Print backprop's own source, with what each statement computes.")
    ] = False,
    patch: Annotated[
        bool,
        typer.Option("--patch", help="Print the corrections as a diff that patch and git apply take; change nothing."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare a gradient derived by hand with the automatic one, and say which step of it is wrong.

    This runs the file, as Python would: compare no file you don't trust. Exit status 0 if the gradients by hand are
    right as far as anything can tell, 1 if they aren't, 2 if they can't be compared.
    """  # fmt: skip
    with aside() if as_json else nullcontext() as kept:
        with running(f"{file}:{loss}", "a file: path/to/script.py") as (f, names):
            by_hand, arguments = _of(names, backprop, file), _arguments(_of(names, data, file)(), f)
            options: dict[str, Any] = {"argnums": _positions(parameters, f, arguments), "descent": descent}
            report = compare(f, by_hand, *arguments, **options)
            found = Diagnoses() if report.ok else diagnose(f, by_hand, *arguments, **options, budget=budget)
            report.__dict__["diagnosis"] = found  # it is the same, within the budget that was asked for
        if kept is not None:
            diagnosis = [d.to_dict() for d in found]
            print(json.dumps({**report.to_dict(), "diagnosis": diagnosis}, indent=2), file=kept, flush=True)
        else:
            _print(report, found)
            if listing:
                print(f"\n{report.listing}")
            if patch:
                print("\n" + "".join(d.patch for d in found if d.patch))
    if not report.ok:
        raise typer.Exit(1)


def _of(names: Mapping[str, Any], name: str, file: Path) -> Any:
    if not callable(names.get(name)):
        raise ValueError(f"{file} defines no function {name!r}")
    return names[name]


def _arguments(given: Any, f: Any) -> list[Any]:
    """Put what the file's data are in the order of the loss's arguments."""
    if not isinstance(given, Mapping):
        return list(given) if isinstance(given, tuple | list) else [given]
    wanted = argument_names(f, len(given))
    if missing := [name for name in wanted if name not in given]:
        raise ValueError(f"the data have no {', '.join(missing)}; there are {', '.join(map(str, given))}")
    return [given[name] for name in wanted]


def _positions(parameters: str | None, f: Any, arguments: list[Any]) -> list[int] | None:
    if parameters is None:
        return None
    known = argument_names(f, len(arguments))
    wanted = [name.strip() for name in parameters.split(",")]
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"--parameters: {', '.join(unknown)}: the loss takes {', '.join(known)}")
    return [known.index(name) for name in wanted]


def _print(report: GradientReport, found: Any) -> None:
    """Print the table, with lines in a terminal, and the diagnosis."""
    console = open_console()
    console.print(report if console.is_terminal else str(report))
    if not report.ok:
        console.print()
        for diagnosis in found:
            console.print(str(diagnosis))
