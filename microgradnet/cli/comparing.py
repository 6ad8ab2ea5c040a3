"""``microgradnet compare``: a gradient derived by hand in a user's file, against the automatic one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer

from microgradnet.check import Diagnoses, GradientReport, compare, diagnose
from microgradnet.check.explain.search import BUDGET
from microgradnet.check.network.reader import read_network
from microgradnet.check.network.watching import Watch
from microgradnet.check.networks import compared, diagnosed
from microgradnet.check.text import argument_names
from microgradnet.cli.common import aside, function_in, open_console, running, say
from microgradnet.cli.files import Force, keep_what_is_not_ours, write_marked

__all__ = ["compare_gradients"]


class JudgedBy(Enum):
    """Where the gradients are from that those by hand are held against."""

    RECORDED = "recorded"
    NUMERICAL = "numerical"


def compare_gradients(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.py", help="RUNS that file, which defines three functions, or a network.")
    ],
    loss: Annotated[
        str | None,
        typer.Option(
            help="The function that returns the loss. Of a network: a method, a function, or an expression such as "
            "'sum((y - output)**2)'; default: its own, else one that is said.",
            show_default="loss",
        ),
    ] = None,
    backprop: Annotated[
        str | None,
        typer.Option(
            help="The gradients derived by hand: a function of the same arguments. Of a network: the method.",
            show_default="backprop",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="The function that returns the arguments: a tuple, or a mapping by name. Of a network: those of its "
            "constructor; default: as the file makes it.",
            show_default="data",
        ),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            help="A class with a derivation in it, compared as it is: the file is run until the first step back.",
            show_default=False,
        ),
    ] = None,
    forward: Annotated[
        str | None, typer.Option(help="The network's method that goes forward.", show_default=False)
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="What the network's updates are multiplied by.", show_default=False)
    ] = None,
    parameters: Annotated[
        str | None,
        typer.Option(
            help="The arguments that the gradients are of, in order: w1,w2. Default: those named in what "
            "backprop returns, or as many floating-point ones as it returns. Of a network: attributes.",
            show_default=False,
        ),
    ] = None,
    descent: Annotated[bool, typer.Option("--descent", help="The gradients by hand point down the loss.")] = False,
    automatic: Annotated[
        JudgedBy, typer.Option(help="numerical: differences of the loss, for one that can't be recorded.")
    ] = JudgedBy.RECORDED,
    budget: Annotated[float, typer.Option(min=0, help="Seconds that the search for the mistake may take.")] = BUDGET,
    listing: Annotated[
        bool, typer.Option("--listing", help="Print backprop's own source, with what each statement computes.")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option("--html", help="Write the listing as a page, with formulas: page.html.", show_default=False),
    ] = None,
    patch: Annotated[
        bool,
        typer.Option("--patch", help="Print the corrections as a diff that patch and git apply take; change nothing."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    force: Force = False,
) -> None:
    """Compare a gradient derived by hand with the automatic one, and say which step of it is wrong.

    This runs the file, as Python would: compare no file you don't trust. Exit status 0 if the gradients by hand are
    right as far as anything can tell, 1 if they aren't, 2 if they can't be compared.
    """  # fmt: skip
    if page is not None:
        if page.suffix != ".html":
            raise ValueError(f"--html writes a page of HTML, and {str(page)!r} doesn't end in .html")
        keep_what_is_not_ours([page], force, given=file)
    with aside() if as_json else _unheard() as kept:
        if network is not None:
            said = {"loss": loss, "backward": backprop, "forward": forward, "parameters": parameters, "rate": rate}
            said |= {"descent": descent or None}
            report, found = _of_network(file, network, data, said, automatic.value, budget)
        elif forward is not None or rate is not None:
            raise ValueError("--forward and --rate are for a network: say which class, --network NAME")
        else:
            options = {"descent": descent, "automatic": automatic.value}
            report, found = _of_functions(file, (loss, backprop, data), parameters, options, budget)
        report.__dict__["diagnosis"] = found  # it is the same, within the budget that was asked for
        listed, written = str(report.listing) if listing else "", report.listing.html() if page is not None else ""
        if kept is not None:
            diagnosis = [d.to_dict() for d in found]
            print(json.dumps({**report.to_dict(), "diagnosis": diagnosis}, indent=2), file=kept, flush=True)
    if not as_json:
        _print(report, found)
        if listing:
            print(f"\n{listed}")
        if patch and not report.ok:
            if diff := found.patch or "".join(d.patch for d in found if d.patch):
                print(f"\n{diff}", end="")
            else:
                say("no correction was found that makes the gradients right", sys.stderr)
    if page is not None:
        write_marked(written.encode(), page)
        say(f"written to {page}", sys.stderr)
    if not report.ok:
        raise typer.Exit(1)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep back what the user's file prints, since its functions are called dozens of times, and say so.

    Where it raises an error, what it printed before may tell why.
    """
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            yield
    except BaseException:
        print(printed.getvalue(), end="")
        raise
    if printed.getvalue():
        say("what the file prints is left out: its functions are called again and again", sys.stderr)


def _of_functions(
    file: Path,
    given: tuple[str | None, str | None, str | None],
    parameters: str | None,
    options: dict[str, Any],
    budget: float,
) -> tuple[GradientReport, Diagnoses]:
    """Compare what a file's functions say."""
    loss, backprop, data = (name or usual for name, usual in zip(given, ("loss", "backprop", "data"), strict=True))
    instead = "; a class that has the derivation in it is compared with --network NAME"
    with running(f"{file}:{loss}", "a file: path/to/script.py", instead=instead) as (f, names):
        by_hand, arguments = function_in(names, backprop, file), _arguments(function_in(names, data, file)(), f)
        options |= {"argnums": _positions(parameters, f, arguments)}
        report = compare(f, by_hand, *arguments, **options)
        return report, Diagnoses() if report.ok else diagnose(f, by_hand, *arguments, **options, budget=budget)


def _of_network(
    file: Path, name: str, data: str | None, said: Mapping[str, Any], automatic: Any, budget: float
) -> tuple[GradientReport, Diagnoses]:
    """Compare what the methods of a network say that a file makes."""
    watch = Watch(name, said["backward"])
    run = watch.run if data is None else None
    with running(f"{file}:{name}", "a file: path/to/script.py", run) as (found, names):
        if watch.network is not None:
            reading = read_network(watch.network, *watch.data, **said)
        elif data is not None or "data" in names:
            given = _arguments(function_in(names, data or "data", file)(), found)
            made = isinstance(found, type) and bool(given) and isinstance(given[0], found)
            reading = read_network(*([] if made else [found]), *given, **said)
        else:
            reading = read_network(found, **said)
        report = compared(reading, automatic=automatic)
        return report, diagnosed(report, budget)


def _arguments(given: Any, f: Any) -> list[Any]:
    """Put what the file's data are in the order of the loss's arguments."""
    if not isinstance(given, Mapping):
        return list(given) if isinstance(given, tuple | list) else [given]
    wanted = argument_names(f, len(given))
    if wanted[1:2] in ([], ["argument 1"]) and wanted[0] not in given:
        return [given]  # all there is to the loss is one mapping
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
