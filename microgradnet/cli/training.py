"""``microgradnet demo`` and ``train``: one network trained by hand and automatically, compared throughout."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from microgradnet import article
from microgradnet.cli.common import drawn, number, open_console, say, table_of
from microgradnet.cli.files import Force, keep_what_is_not_ours, write_marked
from microgradnet.nn import (
    Comparison,
    Difference,
    Examples,
    TwoLayers,
    examples,
    read_table,
)
from microgradnet.nn.activate import find
from microgradnet.nn.networks import with_derivatives
from microgradnet.nn.report import all_or_none, write_history, write_loss_plot, write_predictions, write_weights

__all__ = ["demo", "train"]

_ROWS_SHOWN = 10
_WRITTEN = ("graph.svg", "history.csv", "loss.png")
_WRITTEN_BY_THE_DEMO = ("explore.html",)
_WRITTEN_OF_A_TABLE = ("predictions.csv", "weights.npz")
_ITERATIONS = "How many updates to make."
_COMPILE = "Compute the automatic gradients with a compiled function, which takes less time."
_SEED = "The same seed gives the same run. Default: drawn, and shown."


def demo(
    iterations: Annotated[int, typer.Option(min=1, help=_ITERATIONS)] = 1500,
    seed: Annotated[int | None, typer.Option(min=0, help=_SEED)] = None,
    output: Annotated[
        Path, typer.Option(help="The folder for loss.png, graph.svg, explore.html and history.csv.")
    ] = Path("microgradnet-demo"),
    compiled: Annotated[bool, typer.Option("--compile/--no-compile", help=_COMPILE)] = True,
    force: Force = False,
) -> None:
    """Train the article's network twice, by hand and automatically, and compare every gradient.

    Exit status 1 if the gradients disagree.
    """
    seed = drawn(seed)
    keep_what_is_not_ours((output / name for name in (*_WRITTEN, *_WRITTEN_BY_THE_DEMO)), force)
    x, y = article.dataset()
    comparison = article.comparison(x, y, seed=seed, compiled=compiled)
    initial = comparison.manual
    with all_or_none(output) as folder:
        _run(comparison, iterations)
        missing = _write(folder, comparison, lambda: article.recorded_loss(x, y, **initial))
        missing += _write_page(folder, article.recorded_loss(x, y, **initial))
        written = sorted(file.name for file in folder.iterdir())
    console = open_console()
    table = table_of("y", "manual", "automatic", title="Predictions")
    predictions = (article.feedforward(x, **weights) for weights in (comparison.manual, comparison.automatic))
    for row in zip(y, *predictions, strict=True):
        table.add_row(*(number(values[0]) for values in row))
    console.print(table)
    _conclude(console, comparison, seed, output, written, missing)


def train(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A table: UTF-8, column names in the first line.")],
    target: Annotated[list[str], typer.Option(metavar="COLUMN", help="A column to predict. Repeatable.")],
    categorical: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A target whose numbers are classes. Repeatable; words always are."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out. Repeatable.")
    ] = None,
    hidden: Annotated[int, typer.Option(min=1, help="How many hidden units.")] = 4,
    iterations: Annotated[int, typer.Option(min=1, help=_ITERATIONS)] = 1500,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="Default: 4 / the number of training rows, and less for steep activations.", show_default=False
        ),
    ] = None,
    bias: Annotated[bool, typer.Option("--bias/--no-bias", help="Add a bias to each unit.")] = True,
    activation: Annotated[
        str, typer.Option(help="Of the hidden layer; `microgradnet activations` lists them.")
    ] = "sigmoid",
    output_activation: Annotated[
        str | None, typer.Option(help="Of the output layer. Default: the same.", show_default=False)
    ] = None,
    scale: Annotated[
        bool,
        typer.Option("--scale/--no-scale", help="Take columns to the range from 0 to 1, by the training rows."),
    ] = True,
    holdout: Annotated[float, typer.Option(help="The share of rows kept from training, to score on.")] = 0.2,
    seed: Annotated[int | None, typer.Option(min=0, help=_SEED)] = None,
    output: Annotated[
        Path, typer.Option(help="The folder for the plot, the graph, the history, the weights and the predictions.")
    ] = Path("microgradnet-train"),
    compiled: Annotated[bool, typer.Option("--compile/--no-compile", help=_COMPILE)] = True,
    force: Force = False,
) -> None:
    """Do the same on a table of your own: columns of numbers, and one or more columns to predict.

    A target of words, or one named in --categorical, gets one output per class. A target of zeros and ones is
    a yes or no. Any other target holds numbers, and is scored by R². Exit status 1 if the gradients disagree.
    """
    seed = drawn(seed)
    if learning_rate is not None and not (learning_rate > 0 and math.isfinite(learning_rate)):
        raise ValueError(f"--learning-rate must be a number above 0, got {learning_rate:g}")
    keep_what_is_not_ours((output / name for name in (*_WRITTEN, *_WRITTEN_OF_A_TABLE)), force, given=file)
    chosen = [find(name) for name in (activation, output_activation or activation)]
    network = TwoLayers(*map(with_derivatives, chosen))
    data = examples(
        read_table(file),
        target,
        categorical=categorical or (),
        ignore=ignore or (),
        scale=scale,
        holdout=holdout,
        seed=seed,
    )
    x, y = data.x[data.training], data.y[data.training]
    _check_memory(len(data.x), x.shape[1], hidden, y.shape[1])
    initial = network.initial_parameters(x.shape[1], hidden, y.shape[1], bias=bias, seed=seed)
    comparison = Comparison.of(network, x, y, initial, learning_rate=learning_rate, compiled=compiled)
    with all_or_none(output) as folder:
        _run(comparison, iterations)
        manual, automatic = (network.feedforward(data.x, p) for p in (comparison.manual, comparison.automatic))
        write_weights(folder / "weights.npz", comparison, data)
        write_predictions(folder / "predictions.csv", data, manual, automatic)
        missing = _write(folder, comparison, lambda: network.recorded(x, y, initial)[0])
        written = sorted(file.name for file in folder.iterdir())
    console = open_console()
    _print_data(console, data, comparison)
    _print_predictions(console, data, manual, automatic)
    _print_scores(console, data, manual, automatic)
    for name in dict.fromkeys(f.name for f in chosen if not f.derivatives):
        console.print(f"no derivative by hand of {name} is known: the formulas by hand take its automatic one")
    for column in _all_the_same(data, automatic):
        console.print(Text(f"all predictions of {column} are the same: the network tells no row from another"))
    _conclude(console, comparison, seed, output, written, missing)


def _check_memory(rows: int, inputs: int, hidden: int, outputs: int) -> None:
    """Refuse a network that can't be trained in the memory of this machine, before the system ends the program.

    Raises
    ------
    MemoryError
    """
    parameters = hidden * (inputs + outputs + 1)
    needed = 8 * (4 * parameters + 6 * rows * hidden)  # two runs and their gradients; both passes of the hidden layer
    try:
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf: NumPy raises MemoryError by itself
        return
    if needed > there:
        raise MemoryError(
            f"--hidden {hidden} with {rows} rows takes about {needed / 2**30:.0f} GiB, and this machine has "
            f"{there / 2**30:.0f}"
        )


def _all_the_same(data: Examples, outputs: Any) -> Iterator[str]:
    """List the targets of which all predictions are the same, though the rows differ."""
    for target, predicted in data.split(outputs):
        values = target.decode(predicted)
        if len(set(target.actual)) > 1 and (
            len(set(values)) == 1 or (isinstance(values[0], float) and np.ptp(values) <= 1e-6 * np.ptp(target.actual))
        ):
            yield target.column


# --- what is printed and written ------------------------------------------------------------------------


def _run(comparison: Comparison, iterations: int) -> None:
    """Train, with a progress bar where somebody looks on."""
    console = open_console(stderr=True)
    if not console.is_terminal:
        for _ in comparison.run(iterations):
            pass
        return
    columns = (TextColumn("training twice"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for _ in progress.track(comparison.run(iterations), total=iterations):
            pass


def _write(folder: Path, comparison: Comparison, recorded: Callable[[], Any]) -> list[str]:
    """Write the history, the plot and the graph; return what could not be written, and why."""
    missing = []
    write_history(folder / "history.csv", comparison.steps)
    try:
        write_loss_plot(folder / "loss.png", comparison.steps)
    except ImportError:
        missing.append('loss.png: Matplotlib is not installed; pip install "microgradnet[plot]"')
    except ValueError as error:  # what MPLBACKEND says is no backend
        missing.append(f"loss.png: {' '.join(str(error).split())}")
    try:
        from microgradnet.views.drawing import draw
        from microgradnet.views.rendering import to_bytes

        write_marked(to_bytes(draw(recorded()), "svg"), folder / "graph.svg")
    except (ImportError, RuntimeError) as error:
        missing.append(f"graph.svg: {' '.join(str(error).split())}")
    return missing


def _write_page(folder: Path, loss: Any) -> list[str]:
    """Write the live page of the article's network; return why it could not be written."""
    from microgradnet.exploring import explore

    try:
        page = explore(loss, step=1.0, manual=article.backprop, title="The article's network").html()
        write_marked(page.encode(), folder / "explore.html")
    except (ImportError, RuntimeError) as error:
        return [f"explore.html: {' '.join(str(error).split())}"]
    return []


def _print_data(console: Console, data: Examples, comparison: Comparison) -> None:
    parts = {
        "rows to train on": len(data.training),
        "rows held out": len(data.held_out),
        "inputs": len(data.features),
        "outputs": data.y.shape[1],
    }
    counts = ", ".join(f"{what}: {count}" for what, count in parts.items())
    console.print(f"{counts}, learning rate: {comparison.learning_rate:.6g}\n")


def _print_predictions(console: Console, data: Examples, manual: Any, automatic: Any) -> None:
    """Show the first rows that were held out, or, where none were, the first."""
    chosen = data.held_out if len(data.held_out) else data.training
    rows = chosen[:_ROWS_SHOWN]
    for (target, m), (_, a) in zip(data.split(manual[rows]), data.split(automatic[rows]), strict=True):
        table = table_of("row", target.column, "manual", "automatic", title=f"Predictions of {target.column}")
        for row, *predicted in zip(rows, target.decode(m), target.decode(a), strict=True):
            shown = (number(v) if isinstance(v, float) else str(v) for v in (target.actual[row], *predicted))
            table.add_row(str(row + 1), *map(Text, shown))
        console.print(table)
    if len(rows) < len(chosen):
        console.print(f"and {len(chosen) - len(rows)} more rows, in predictions.csv\n")


def _print_scores(console: Console, data: Examples, manual: Any, automatic: Any) -> None:
    table = table_of("target", "score", "rows", "manual", "automatic", title="Scores")
    for part, rows in (("training", data.training), ("held out", data.held_out)):
        if not len(rows):
            continue
        for (target, y), (_, m), (_, a) in zip(
            data.split(data.y[rows]), data.split(manual[rows]), data.split(automatic[rows]), strict=True
        ):
            scores = (target.score(y, outputs) for outputs in (m, a))
            shown = ("undefined" if math.isnan(s) else f"{s:.4f}" for s in scores)
            table.add_row(Text(target.column), target.measure, part, *shown)
    console.print(table)


def _print_differences(console: Console, absolute: Difference, relative: Difference) -> None:
    """Show where the gradients differed most; where they never did, say so."""
    if absolute.value == 0:
        console.print("largest gradient difference, absolute and relative: 0, the two are equal to the last bit")
        return
    table = table_of("", "absolute", "relative", title="Largest gradient difference of all iterations")
    both = (absolute, relative)
    table.add_row("difference", *(f"{d.value:.3e}" for d in both))
    table.add_row("iteration", *(str(d.iteration) for d in both))
    table.add_row("element", *(Text(f"{d.parameter}[{', '.join(map(str, d.element))}]") for d in both))
    table.add_row("manual", *(repr(d.manual) for d in both))
    table.add_row("automatic", *(repr(d.automatic) for d in both))
    console.print(table)
    console.print("relative: to the sum of the absolute values of the terms that an element is the sum of")


def _conclude(
    console: Console, comparison: Comparison, seed: int, output: Path, written: list[str], missing: list[str]
) -> None:
    """Say how the gradients compare and where the files are; exit with status 1 where they disagree."""
    _print_differences(console, comparison.absolute, comparison.relative)
    first, last = comparison.steps[0], comparison.steps[-1]
    console.print(f"loss: {first.automatic_loss:.6g} at first, {last.automatic_loss:.6g} at last (seed {seed})")
    if last.automatic_loss > first.automatic_loss:
        console.print("the loss has risen; a smaller --learning-rate may help")
    elif last.automatic_loss == first.automatic_loss and len(comparison.steps) > 1:
        console.print("the loss did not fall; another --seed, --activation or --learning-rate may help")
    say(f"written to {output}: {', '.join(written)}")
    sys.stdout.flush()
    for line in missing:
        say(f"not written: {line}", sys.stderr)
    count = len(comparison.steps)
    verdict = f"relative differences of at most {comparison.tolerance:g} count as agreement"
    if comparison.agree:
        console.print(f"the gradients agree at all {count} iterations ({verdict})")
    else:
        differing = sum(step.relative.value > comparison.tolerance for step in comparison.steps)
        console.print(f"the gradients DISAGREE at {differing} of {count} iterations ({verdict})")
        raise typer.Exit(1)
