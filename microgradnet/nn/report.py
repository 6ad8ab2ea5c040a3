"""What a comparison leaves behind as files: the history, the plot of the losses, weights and predictions.

Files are written all or none: into a folder of their own first, and moved to their places once all are there.
"""

from __future__ import annotations

import csv
import errno
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from microgradnet.nn.comparison import Comparison, Iteration
from microgradnet.nn.networks import Array
from microgradnet.nn.table import Examples

__all__ = ["all_or_none", "write_history", "write_loss_plot", "write_predictions", "write_weights"]


@contextmanager
def all_or_none(directory: Path) -> Iterator[Path]:
    """Make a directory, and in it a folder for a ``with`` block to write files in.

    At the end of the block every file moves to the directory, in place of what has its name there. If the
    block fails or is interrupted, nothing is left of it.

    Raises
    ------
    OSError
        If the directory can't be made or written to.
    """
    if directory.exists() and not directory.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory))
    made = [d for d in (directory, *directory.parents) if not d.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=directory) as name:
            unfinished = Path(name)
            yield unfinished
            files = sorted(unfinished.iterdir())
            for file in files:
                if (place := directory / file.name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
            with _undisturbed():
                for file in files:
                    os.replace(file, directory / file.name)
    except BaseException:
        for empty in made:
            with suppress(OSError):
                empty.rmdir()
        raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals that would end the program wait for the end of a ``with`` block, where the system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


HISTORY = (
    "iteration",
    "manual_loss",
    "automatic_loss",
    "largest_absolute_difference",
    "largest_relative_difference",
)
MARK = "written by microgradnet"
"""What a picture says of itself, where its format has room for that."""
PREDICTIONS = ("row", "part")
"""The names of the columns, in the tables of the history, and of the predictions, which have others behind these."""


def write_history(path: Path, steps: Sequence[Iteration]) -> None:
    """Write one line per iteration as CSV, every number with all of its digits."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HISTORY)
        writer.writerows(
            (s.iteration, s.manual_loss, s.automatic_loss, s.absolute.value, s.relative.value) for s in steps
        )


def write_loss_plot(path: Path, steps: Sequence[Iteration]) -> None:
    """Plot the losses of both runs over the iterations, on a logarithmic scale.

    Raises
    ------
    ImportError
        If there is no Matplotlib (the extra "plot").
    ValueError
        If the environment asks Matplotlib for a backend that there isn't (MPLBACKEND).
    """
    from matplotlib.figure import Figure

    iterations = [s.iteration for s in steps]
    figure = Figure(figsize=(7, 4.2), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    # The two lines coincide: a wide pale one under a thin dark one shows both. One point makes no line.
    by_hand: dict[str, Any] = {"color": "#f0a500", "linewidth": 6, "label": "gradients by hand"}
    automatic: dict[str, Any] = {
        "color": "#10375c",
        "linewidth": 1.6,
        "linestyle": (0, (4, 2)),
        "label": "automatic gradients",
    }
    marker = "o" if len(steps) == 1 else ""
    axes.plot(iterations, [s.manual_loss for s in steps], marker=marker, markersize=10, **by_hand)
    axes.plot(iterations, [s.automatic_loss for s in steps], marker=marker, markersize=5, **automatic)
    if all(s.manual_loss > 0 and s.automatic_loss > 0 for s in steps):
        axes.set_yscale("log")
    axes.set(xlabel="iteration", ylabel="loss  Σ (y − output)²")
    axes.grid(which="both", alpha=0.25, linewidth=0.6)
    axes.margins(x=0.01)
    axes.legend(frameon=False)
    figure.savefig(path, format="png", metadata={"Software": MARK})


def write_predictions(path: Path, examples: Examples, manual: Array, automatic: Array) -> None:
    """Write, for every row of a table in its order, what it was used for, and y and both predictions as CSV."""
    header = list(PREDICTIONS)
    columns: list[Sequence[Any]] = [range(1, len(examples.y) + 1), _parts(examples)]
    for (target, by_hand), (_, by_machine) in zip(examples.split(manual), examples.split(automatic), strict=True):
        header += [target.column, f"{target.column} (manual)", f"{target.column} (automatic)"]
        columns += [target.actual, target.decode(by_hand), target.decode(by_machine)]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for row in (header, *zip(*columns, strict=True)):
            writer.writerow(map(_no_formula, row))


def _no_formula(cell: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would take for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _parts(examples: Examples) -> list[str]:
    parts = ["training"] * len(examples.y)
    for i in examples.held_out:
        parts[i] = "held out"
    return parts


def write_weights(path: Path, comparison: Comparison, examples: Examples) -> None:
    """Write what the automatic run ended with as NPZ, with all that is needed to predict from it.

    The arrays are the parameters by name; ``features`` and ``feature_low``, ``feature_span``, by which a
    table's columns become x = (columns − low) / span; and ``outputs``, one name for each output, with
    ``output_low`` and ``output_span``, by which outputs become numbers again: outputs · span + low.
    """
    names = [f"{t.column}={label}" if label else t.column for t in examples.targets for label in t.labels or [""]]
    ranges = [(float(t.range.low[0]), float(t.range.span[0])) for t in examples.targets for _ in range(t.outputs)]
    np.savez(
        path,
        **comparison.automatic,
        features=np.array(examples.features),
        feature_low=examples.range.low,
        feature_span=examples.range.span,
        outputs=np.array(names),
        output_low=np.array([low for low, _ in ranges]),
        output_span=np.array([span for _, span in ranges]),
    )
