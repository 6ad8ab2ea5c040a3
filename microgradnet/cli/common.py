"""What the pages of the command share: errors in one line, consoles, tables, and running a user's file."""

from __future__ import annotations

import os
import runpy
import secrets
import select
import sys
import tokenize
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, TextIO, cast

import typer
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from microgradnet import article
from microgradnet.nn import Diverged
from microgradnet.nn.activate.registry import UnknownActivation
from microgradnet.tensor import Tensor
from microgradnet.text import legible, printable

__all__ = [
    "SOURCE",
    "SOURCE_HELP",
    "activation_of",
    "aside",
    "complain",
    "drawn",
    "errors",
    "function_in",
    "number",
    "open_console",
    "options",
    "running",
    "say",
    "table_of",
    "tensor_of",
    "unread",
    "worked_on",
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
    say(f"microgradnet: {' '.join(message.split())}", sys.stderr)
    return 2


def say(text: str, stream: TextIO | None = None) -> None:
    """Print text in which nothing of the user's, a label or the name of a file, can steer the terminal."""
    stream = stream or sys.stdout
    print(printable(_harmless(text), stream.encoding), file=stream)


def _harmless(text: str) -> str:
    return "\n".join(legible(line, len(line)) for line in text.split("\n"))


CLOSED_PIPE = 141
"""The exit status where the reader of a pipe has gone: what a shell reports of a program that SIGPIPE ended."""


def unread() -> int:
    """Stop writing to a standard output that nobody can take; return the exit status for a closed pipe."""
    with suppress(OSError, ValueError):  # a stream of a test's, or one that was closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return CLOSED_PIPE


@contextmanager
def errors() -> Iterator[None]:
    """Turn an error in what the user gave, or in what the machine has, into one line and exit status 2.

    Each command runs in it, to the end of its output.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise typer.Exit(unread()) from error
    except MemoryError as error:
        raise typer.Exit(complain(f"not enough memory: {error}")) from error
    except OSError as error:
        if error.filename is None:
            unread()
        where = f"{error.filename}: " if error.filename is not None else ""
        raise typer.Exit(complain(f"{where}{error.strerror or error}")) from error
    except Diverged as error:
        raise typer.Exit(complain(f"{error}; choose a smaller --learning-rate")) from error
    except (ImportError, ValueError, UnknownActivation) as error:
        raise typer.Exit(complain(str(error))) from error


@contextmanager
def aside() -> Iterator[TextIO]:
    """Hand out standard output, and send to standard error whatever else is written there, to the end of the process.

    That is what Python prints and what it starts does, now or in threads and at exit.
    """
    stream = sys.stdout
    stream.flush()
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # a stream of a test's
        with redirect_stdout(sys.stderr):
            yield stream
        return
    with open(os.dup(number), "w", encoding=stream.encoding, errors=stream.errors) as kept:
        os.dup2(sys.stderr.fileno(), number)
        cast(TextIOWrapper, stream).reconfigure(line_buffering=True)
        yield kept


def _reader_has_gone() -> bool:
    """Whether standard output is a pipe that nobody reads from any more; where that can't be told, it is none."""
    try:
        waiting = select.poll()
        waiting.register(sys.stdout.fileno(), 0)
        return bool(waiting.poll(0))
    except (AttributeError, OSError, ValueError):  # Windows has no poll; a stream of a test's
        return False


@contextmanager
def running(
    source: str,
    example: str,
    run: Callable[[str], dict[str, Any]] | None = None,
    instead: str = "",
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Run the file of ``FILE.py:NAME``, and hand out what has that name in it, and all of its names.

    The work done on it belongs in the ``with`` block: an exception raised there by the user's code is reported as
    the file's, and the file's folder is on the path for what it still imports. What runs it may be
    given, and what to say where there is no such name.

    Raises
    ------
    ValueError
        If it can't be run, or has no such name. The message is for the user.
    """
    file, colon, name = source.rpartition(":")  # the last one, for C:\graphs.py:loss has two
    if not colon or not name.isidentifier() or not file:
        raise ValueError(f"{source!r}: give {example}")
    if Path(file).is_dir():
        raise ValueError(f"{file}: it is a folder; give a file of Python's that is in it")
    if not Path(file).is_file():
        raise ValueError(f"{file}: no such file")
    _check_encoding(file)
    say(f"running {file}", sys.stderr)
    folder = str(Path(file).resolve().parent)
    sys.path.insert(0, folder)  # what the file imports from beside itself
    try:
        names = run(file) if run is not None else runpy.run_path(file, run_name="__microgradnet__")
        if name in names:
            yield names[name], names
            return
    except SystemExit as error:
        raise ValueError(f"{file}: it exited with {error.code!r} before {name} could be used") from error
    except Exception as error:
        raise _as_theirs(error, file) from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
    raise ValueError(f"{file} has no name {name!r}{instead}")


def _check_encoding(file: str) -> None:
    """Refuse a file of Python's whose bytes aren't in its encoding: Python itself would, run as a script or imported.

    Raises
    ------
    ValueError
    """
    if not file.endswith(".py"):
        return
    number, encoding = 1, "utf-8"
    try:
        with open(file, "rb") as source:
            encoding, _ = tokenize.detect_encoding(source.readline)
            source.seek(0)
            for line in source:
                line.decode(encoding)
                number += 1
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file}, line {number}: what stands there isn't in {encoding.upper()}, so that Python doesn't read it; "
            "save the file in UTF-8, or begin it with the encoding that it is in: # coding: latin-1"
        ) from error
    except SyntaxError as error:
        raise ValueError(f"{file}: {error}") from error


def _as_theirs(error: Exception, file: str) -> Exception:
    """Say of an error that the code in a file raised it; that nobody reads what it prints is no error of the file's."""
    if isinstance(error, BrokenPipeError) and _reader_has_gone():
        return error
    return ValueError(f"{file}{_line_of(error, file)}: {type(error).__name__}: {error}")


def _line_of(error: Exception, file: str) -> str:
    """Say in which line of a file an error was raised, or what raised it was called; nothing where in none."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if os.path.realpath(frame.f_code.co_filename) == os.path.realpath(file)
    ]
    return f", line {lines[-1]}" if lines else ""


@contextmanager
def worked_on(source: str) -> Iterator[None]:
    """Work on the tensor of a user's file, whose own operations may raise anything.

    Raises
    ------
    ValueError
        Of what the views raise too. The message is for the user.
    """
    try:
        yield
    except (ImportError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(str(error)) from error
    except Exception as error:
        raise _as_theirs(error, source) from error


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


@contextmanager
def activation_of(source: str) -> Iterator[Any]:
    """Hand out a name of an activation as it is, and of ``FILE.py:NAME`` the function, as `running` does.

    Raises
    ------
    ValueError
        If it can't be run, or is no function. The message is for the user.
    """
    if source.isidentifier():
        yield source
        return
    with running(source, "a file and a name in it: path/to/script.py:my_activation") as (found, _):
        if not callable(found):
            raise ValueError(f"not a function but of type {type(found).__name__}")
        yield found


def function_in(names: Mapping[str, Any], name: str, file: Path | str) -> Any:
    """Return the function that a file calls by a name.

    Raises
    ------
    ValueError
        If there is none. The message is for the user.
    """
    if not callable(names.get(name)):
        raise ValueError(f"{file} defines no function {name!r}")
    return names[name]


def drawn(seed: int | None) -> int:
    """Return the seed, or one drawn by the system."""
    return secrets.randbits(32) if seed is None else seed


_COLUMNS = 80


class _Console(Console):
    """A console on which only Rich steers the terminal, and that leaves a closed pipe to `errors`."""

    def render(self, *given: Any, **options: Any) -> Iterable[Segment]:
        """Render with what could steer the terminal taken out of the text, and what it can't show spelled."""
        for segment in super().render(*given, **options):
            shown = segment.text if segment.control else printable(_harmless(segment.text), self.encoding)
            yield segment._replace(text=shown)

    def on_broken_pipe(self) -> None:
        """Raise what was raised: Rich would end the program here, with a status of its own."""
        raise


def open_console(*, stderr: bool = False) -> Console:
    """Open a console that prints the user's text as it is: no markup, nothing highlighted."""
    console = _Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True)
    if not console.width:  # COLUMNS=0, or a terminal that doesn't know
        console.width = _COLUMNS
    return console


def number(value: float) -> str:
    """Write a number with ten significant digits."""
    return f"{value:.10g}"


def table_of(*columns: str, title: str) -> Table:
    """Make a table of numbers with these columns."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(Text(column), justify="right", overflow="fold")
    return table
