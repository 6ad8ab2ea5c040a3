"""What the pages of the command share: errors in one line, consoles, tables, and running a user's file."""

from __future__ import annotations

import runpy
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from microgradnet import article
from microgradnet.nn import Diverged
from microgradnet.nn.activate.registry import UnknownActivation
from microgradnet.tensor import Tensor

__all__ = [
    "SOURCE",
    "SOURCE_HELP",
    "complain",
    "drawn",
    "errors",
    "number",
    "open_console",
    "options",
    "running",
    "table_of",
    "tensor_of",
]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"microgradnet {version('microgradnet')}")
        except PackageNotFoundError:
            print("microgradnet (not installed)")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """See, check and trust a gradient."""


def complain(message: str) -> int:
    """Print an error as one line on stderr; return exit status 2."""
    print(f"microgradnet: {' '.join(message.split())}", file=sys.stderr)
    return 2


@contextmanager
def errors() -> Iterator[None]:
    """Turn an error in what the user gave into one line and exit status 2."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        raise typer.Exit(complain(f"{where}{error.strerror or error}")) from error
    except Diverged as error:
        raise typer.Exit(complain(f"{error}; choose a smaller --learning-rate")) from error
    except (ValueError, UnknownActivation) as error:
        raise typer.Exit(complain(str(error))) from error


@contextmanager
def running(source: str, example: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Run the file of ``FILE.py:NAME``, and hand out what has that name in it, and all of its names.

    The work done on it belongs in the ``with`` block: an exception raised there by the user's code is reported as
    the file's, and the file's folder is on the path for what it still imports.

    Raises
    ------
    ValueError
        If it can't be run, or has no such name. The message is for the user.
    """
    file, colon, name = source.rpartition(":")  # the last one, for C:\graphs.py:loss has two
    if not colon or not name.isidentifier() or not file:
        raise ValueError(f"{source!r}: give {example}")
    if not Path(file).is_file():
        raise ValueError(f"{file}: no such file")
    print(f"running {file}", file=sys.stderr)
    folder = str(Path(file).resolve().parent)
    sys.path.insert(0, folder)  # what the file imports from beside itself
    try:
        names = runpy.run_path(file, run_name="__microgradnet__")
        if name in names:
            yield names[name], names
            return
    except SystemExit as error:
        raise ValueError(f"{file}: it exited with {error.code!r} before {name} could be used") from error
    except Exception as error:
        raise ValueError(f"{file}: {type(error).__name__}: {error}") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    raise ValueError(f"{file} has no name {name!r}")


SOURCE = "article|FILE.py:NAME"
SOURCE_HELP = (
    "article: one loss of the article's network. FILE.py:NAME: RUNS that file, and takes its tensor, or what its "
    "function without arguments returns."
)


def tensor_of(source: str) -> tuple[Any, dict[str, Any]]:
    """Return the article's loss, or the tensor that a user's file makes, and names for what it was computed from."""
    if source == "article":
        x, y = article.dataset()
        loss = article.recorded_loss(x, y, *article.initial_weights(x, y, seed=0))
        return loss, {"loss": loss}
    with running(source, "article, or a file and a name in it: path/to/script.py:loss") as (found, names):
        tensor = found() if callable(found) and not isinstance(found, Tensor) else found
    if not isinstance(tensor, Tensor):
        raise ValueError(f"{source}: not a Tensor but of type {type(tensor).__name__}")
    return tensor, names


def drawn(seed: int | None) -> int:
    """Return the seed, or one drawn by the system."""
    return secrets.randbits(32) if seed is None else seed


def open_console(*, stderr: bool = False) -> Console:
    """Open a console that prints the user's text as it is: no markup, nothing highlighted."""
    return Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True)


def number(value: float) -> str:
    """Write a number with ten significant digits."""
    return f"{value:.10g}"


def table_of(*columns: str, title: str) -> Table:
    """Make a table of numbers with these columns."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(Text(column), justify="right", overflow="fold")
    return table
