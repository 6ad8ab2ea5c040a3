"""The ``microgradnet`` command: reads options, calls `microgradnet.nn` and `microgradnet.article`, prints.

There is no logic here. An error in what the user gave is one line on stderr and exit status 2; gradients
that disagree are exit status 1.
"""

from __future__ import annotations

import math
import runpy
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from microgradnet import article
from microgradnet.nn import (
    Comparison,
    Difference,
    Diverged,
    Examples,
    TwoLayers,
    activations,
    examples,
    initial_parameters,
    read_table,
)
from microgradnet.nn.registry import UnknownActivation
from microgradnet.nn.report import all_or_none, write_history, write_loss_plot, write_predictions, write_weights
from microgradnet.tensor import Tensor

try:
    import typer
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.table import Table
    from rich.text import Text
except ImportError:  # without the extra "cli"; `main` says so
    _HAVE_CLI = False
else:
    _HAVE_CLI = True

__all__ = ["application", "main"]

_ROWS_SHOWN = 10


def main() -> int:
    """Run the command on the program's arguments, and return its exit status."""
    if not _HAVE_CLI:
        print('the microgradnet command needs its extra: pip install "microgradnet[cli]"', file=sys.stderr)
        return 2
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
        return _complain(error.format_message())
    return status if isinstance(status, int) else 0


def application() -> typer.Typer:
    """Make the command with its subcommands."""
    app = typer.Typer(
        help="See, check and trust a gradient.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    app.command()(demo)
    app.command()(train)
    app.command(name="draw")(draw_graph)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"microgradnet {version('microgradnet')}")
        except PackageNotFoundError:
            print("microgradnet (not installed)")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """See, check and trust a gradient."""


# --- the subcommands -------------------------------------------------------------------------------

_ITERATIONS = "How many updates to make."
_SEED = "The same seed gives the same run. Default: drawn, and shown."


def demo(
    iterations: Annotated[int, typer.Option(min=1, help=_ITERATIONS)] = 1500,
    seed: Annotated[int | None, typer.Option(min=0, help=_SEED)] = None,
    output: Annotated[Path, typer.Option(help="The folder for loss.png, graph.svg and history.csv.")] = Path(
        "microgradnet-demo"
    ),
) -> None:
    """Train the article's network twice, by hand and automatically, and compare every gradient.

    Exit status 1 if the gradients disagree.
    """
    with _errors():
        seed = _drawn(seed)
        x, y = article.dataset()
        comparison = article.comparison(x, y, seed=seed)
        initial = comparison.manual
        with all_or_none(output) as folder:
            _run(comparison, iterations)
            missing = _write(folder, comparison, lambda: article.recorded_loss(x, y, **initial))
            written = sorted(file.name for file in folder.iterdir())
    console = _console()
    table = _table("y", "manual", "automatic", title="Predictions")
    predictions = (article.feedforward(x, **weights) for weights in (comparison.manual, comparison.automatic))
    for row in zip(y, *predictions, strict=True):
        table.add_row(*(_number(values[0]) for values in row))
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
    bias: Annotated[bool, typer.Option("--bias/--no-bias", help="Add a bias to each unit.")] = False,
    activation: Annotated[str, typer.Option(help=f"Of the hidden layer: {', '.join(activations)}.")] = "sigmoid",
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
) -> None:
    """Do the same on a table of your own: columns of numbers, and one or more columns to predict.

    A target of words, or one named in --categorical, gets one output per class. A target of zeros and ones is
    a yes or no. Any other target holds numbers, and is scored by R². Exit status 1 if the gradients disagree.
    """
    with _errors():
        seed = _drawn(seed)
        if learning_rate is not None and not (learning_rate > 0 and math.isfinite(learning_rate)):
            raise ValueError(f"--learning-rate must be a number above 0, got {learning_rate:g}")
        network = TwoLayers(activation, output_activation)
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
        initial = initial_parameters(x.shape[1], hidden, y.shape[1], bias=bias, seed=seed)
        comparison = Comparison.of(network, x, y, initial, learning_rate=learning_rate)
        with all_or_none(output) as folder:
            _run(comparison, iterations)
            manual, automatic = (network.feedforward(data.x, p) for p in (comparison.manual, comparison.automatic))
            write_weights(folder / "weights.npz", comparison, data)
            write_predictions(folder / "predictions.csv", data, manual, automatic)
            missing = _write(folder, comparison, lambda: network.recorded(x, y, initial)[0])
            written = sorted(file.name for file in folder.iterdir())
    console = _console()
    _print_data(console, data, comparison)
    _print_predictions(console, data, manual, automatic)
    _print_scores(console, data, manual, automatic)
    _conclude(console, comparison, seed, output, written, missing)


def draw_graph(
    source: Annotated[
        str,
        typer.Argument(
            metavar="article|FILE.py:NAME",
            help="article: one loss of the article's network. FILE.py:NAME: RUNS that file, and draws its tensor, or "
            "what its function without arguments returns.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The picture: .svg, .png or .pdf; .dot or .gv for DOT text.")
    ] = Path("graph.svg"),
    values: Annotated[str, typer.Option(help="Below a name: shape, statistics or numbers.")] = "shape",
    gradients: Annotated[bool, typer.Option("--gradients", help="Show the size of the gradient everywhere.")] = False,
    direction: Annotated[str, typer.Option(help="forward, backward or both.")] = "forward",
    depth: Annotated[
        int | None, typer.Option(help="How many levels of scopes stay open. Default: all.", show_default=False)
    ] = None,
    rankdir: Annotated[str, typer.Option(help="LR, from left to right, or TB, from top to bottom.")] = "LR",
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    max_nodes: Annotated[int, typer.Option(help="Fold what would take more nodes than that.")] = 80,
) -> None:
    """Draw a computation graph; for FILE.py:NAME this runs the file, as Python would: draw no file you don't trust."""
    from microgradnet.views.drawing import draw

    with _errors():
        tensor, names = _tensor_to_draw(source)
        try:
            from microgradnet.views.rendering import render

            options: dict[str, Any] = {
                "values": values,
                "gradients": gradients,
                "direction": direction,
                "depth": depth,
                "rankdir": rankdir,
                "theme": theme,
                "max_nodes": max_nodes,
            }
            path = render(draw(tensor, names=names, **options), output)
        except (ImportError, RuntimeError) as error:
            raise ValueError(str(error)) from error
    print(f"written to {path}")


def _tensor_to_draw(source: str) -> tuple[Any, dict[str, Any] | None]:
    """Return the article's loss, or the tensor that a user's file makes, and its names."""
    if source == "article":
        x, y = article.dataset()
        loss = article.recorded_loss(x, y, *article.initial_weights(x, y, seed=0))
        return loss, {"loss": loss}
    file, colon, name = source.rpartition(":")  # the last one, for C:\graphs.py:loss has two
    if not colon or not name.isidentifier() or not file:
        raise ValueError(f"{source!r}: give article, or a file and a name in it: path/to/script.py:loss")
    if not Path(file).is_file():
        raise ValueError(f"{file}: no such file")
    print(f"running {file}", file=sys.stderr)
    folder = str(Path(file).resolve().parent)
    sys.path.insert(0, folder)  # what the file imports from beside itself
    try:
        names = runpy.run_path(file, run_name="__microgradnet__")
        if name not in names:
            raise KeyError(name)
        found = names[name]
        tensor = found() if callable(found) and not isinstance(found, Tensor) else found
    except KeyError as error:
        if error.args == (name,):
            raise ValueError(f"{file} has no name {name!r}") from error
        raise ValueError(f"{file}: KeyError: {error}") from error
    except SystemExit as error:
        raise ValueError(f"{file}: it exited with {error.code!r} before there was anything to draw") from error
    except Exception as error:
        raise ValueError(f"{file}: {type(error).__name__}: {error}") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    if not isinstance(tensor, Tensor):
        raise ValueError(f"{source}: not a Tensor but of type {type(tensor).__name__}")
    return tensor, names


# --- their common parts --------------------------------------------------------------------------------


def _complain(message: str) -> int:
    print(f"microgradnet: {' '.join(message.split())}", file=sys.stderr)
    return 2


@contextmanager
def _errors() -> Iterator[None]:
    """Turn an error in what the user gave into one line and exit status 2."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        raise typer.Exit(_complain(f"{where}{error.strerror or error}")) from error
    except Diverged as error:
        raise typer.Exit(_complain(f"{error}; choose a smaller --learning-rate")) from error
    except (ValueError, UnknownActivation) as error:
        raise typer.Exit(_complain(str(error))) from error


def _drawn(seed: int | None) -> int:
    return secrets.randbits(32) if seed is None else seed


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True)


def _run(comparison: Comparison, iterations: int) -> None:
    """Train, with a progress bar where somebody looks on."""
    console = _console(stderr=True)
    columns = (TextColumn("training twice"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
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
    try:
        from microgradnet.views.drawing import draw
        from microgradnet.views.rendering import render

        render(draw(recorded()), folder / "graph.svg")
    except (ImportError, RuntimeError) as error:
        missing.append(f"graph.svg: {' '.join(str(error).split())}")
    return missing


def _number(value: float) -> str:
    return f"{value:.10g}"


def _table(*columns: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(Text(column), justify="right", overflow="fold")
    return table


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
        table = _table("row", target.column, "manual", "automatic", title=f"Predictions of {target.column}")
        for row, *predicted in zip(rows, target.decode(m), target.decode(a), strict=True):
            shown = (_number(v) if isinstance(v, float) else str(v) for v in (target.actual[row], *predicted))
            table.add_row(str(row + 1), *map(Text, shown))
        console.print(table)
    if len(rows) < len(chosen):
        console.print(f"and {len(chosen) - len(rows)} more rows, in predictions.csv\n")


def _print_scores(console: Console, data: Examples, manual: Any, automatic: Any) -> None:
    table = _table("target", "score", "rows", "manual", "automatic", title="Scores")
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
    table = _table("", "absolute", "relative", title="Largest gradient difference of all iterations")
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
    console.print(f"written to {output}: {', '.join(written)}")
    sys.stdout.flush()
    for line in missing:
        print(f"not written: {line}", file=sys.stderr)
    count = len(comparison.steps)
    verdict = f"relative differences of at most {comparison.tolerance:g} count as agreement"
    if comparison.agree:
        console.print(f"the gradients agree at all {count} iterations ({verdict})")
    else:
        differing = sum(step.relative.value > comparison.tolerance for step in comparison.steps)
        console.print(f"the gradients DISAGREE at {differing} of {count} iterations ({verdict})")
        raise typer.Exit(1)
