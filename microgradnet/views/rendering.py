"""Rendering: DOT text to SVG, PNG, PDF or TikZ.

The layout is Graphviz's: its program ``dot`` where that is on the PATH, otherwise the Graphviz libraries that
come inside pygraphviz's wheel, so that no system package is needed. Both run in a process of their own: a
layout can then be interrupted, and a crash in it doesn't take the session along.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from microgradnet.views.labels import with_free_labels
from microgradnet.views.tikz import as_tikz

try:
    import graphviz
except ImportError as error:
    raise ImportError("pictures need the package graphviz, which is missing: pip install graphviz") from error

__all__ = ["Drawing", "format_of", "render", "to_bytes", "write_whole"]

FORMATS = ("svg", "png", "pdf", "tex")
_TEXT = ("dot", "gv")
_OURS = FORMATS + _TEXT
_RENDERERS = {"eps": "eps:cairo", "ps": "ps:cairo"}  # by default they have no letters beyond Latin ones
_KNOWN = ", ".join(f".{form}" for form in _OURS)

_PNG_DPI = "192"  # twice a screen's 96: sharp on today's screens and in print at half the size

_PYGRAPHVIZ = """
import sys
form, *sys.path[:] = sys.argv[1:]
import pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
if form == "png":
    graph.graph_attr["dpi"] = "{dpi}"
try:
    picture = graph.draw(format=form, prog="dot")
except TypeError:  # of what it has no renderer for
    sys.exit(f"it renders no {form.upper()} here")
sys.stdout.buffer.write(picture)
""".replace("{dpi}", _PNG_DPI)

_WAYS = (
    "install Graphviz (graphviz.org) so that its program dot is on the PATH, "
    'or, without a system package: pip install "microgradnet[render]"'
)


def to_bytes(drawing: graphviz.Digraph | graphviz.Source | str, form: str) -> bytes:
    """Lay out and render a drawing.

    Parameters
    ----------
    drawing : graphviz.Digraph, graphviz.Source or str
        DOT text, or what has some.
    form : {"svg", "png", "pdf", "tex", "dot", "gv"}
        TeX is a ``tikzpicture``. The last two are the DOT text itself, which needs no Graphviz.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the format is not one of these.
    RuntimeError
        If there is no Graphviz, or it fails.
    """
    if form not in _OURS:
        raise ValueError(f"unknown format {form!r}; choose one of {', '.join(_OURS)}")
    source = drawing if isinstance(drawing, str) else drawing.source
    text = str(source)
    if form in _TEXT:
        return text.encode()
    return as_tikz(_with_labels(text, "svg")).encode() if form == "tex" else _with_labels(text, form)


def _with_labels(text: str, form: str) -> bytes:
    """Render DOT text whose labels stand where there is room."""
    return _laid_out(with_free_labels(text, lambda text: _laid_out(text, "svg")), form)


def _laid_out(text: str, form: str) -> bytes:
    """Have Graphviz lay out and render DOT text."""
    dot = shutil.which("dot")
    renderer = _RENDERERS.get(form, form)
    if dot is not None:
        resolution = [f"-Gdpi={_PNG_DPI}"] if form == "png" else []
        return _piped([dot, f"-T{renderer}", *resolution], text.encode())
    if importlib.util.find_spec("pygraphviz") is None or not sys.executable:
        raise RuntimeError(f"no Graphviz was found to render {form.upper()}; {_WAYS}")
    return _piped([sys.executable, "-P", "-c", _PYGRAPHVIZ, renderer, *sys.path], text.encode())


def _piped(command: list[str], text: bytes) -> bytes:
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    if done.returncode or not done.stdout:
        which = "pygraphviz" if command[0] == sys.executable else command[0]
        said = done.stderr.decode(errors="replace").strip().splitlines()[-5:]
        raise RuntimeError(
            f"Graphviz ({which}) failed with exit status {done.returncode}"
            + (":\n" + "\n".join(said) if said else "")
            + f"\nIf it is not installed properly: {_WAYS}"
        )
    return done.stdout


def render(drawing: graphviz.Digraph | graphviz.Source | str, path: str | os.PathLike[str]) -> Path:
    """Render a drawing to a file: all of it, or, on any error, nothing.

    Parameters
    ----------
    drawing : graphviz.Digraph, graphviz.Source or str
        DOT text, or what has some.
    path : str or path
        Its suffix says the format: .svg, .png or .pdf; .tex for TikZ; .dot or .gv for the DOT text.

    Returns
    -------
    pathlib.Path
        Where it was written.

    Raises
    ------
    ValueError
        If the suffix is not one of these.
    RuntimeError
        If there is no Graphviz, or it fails.
    """
    path = Path(path)
    write_whole(to_bytes(drawing, format_of(path)), path)
    return path


def format_of(path: Path) -> str:
    """Tell the format of a picture by the suffix of its file; ValueError for one that isn't known."""
    form = path.suffix[1:].lower()
    if form not in _OURS:
        raise ValueError(f"can't tell the format of {str(path)!r} by its suffix {path.suffix!r}; use one of {_KNOWN}")
    return form


def _asks_for_a_format(path: Path) -> bool:
    """Whether a file name ends in what is, or is meant to be, a format, and not in a part of the name such as .v2."""
    suffix = path.suffix[1:].lower()
    return suffix.isalpha() or suffix in graphviz.FORMATS


def write_whole(data: bytes, path: Path) -> None:
    """Write a file all at once: under another name first, which then takes its place.

    Raises
    ------
    OSError
        If it can't be written; of the file that was asked for, not of the other.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    unfinished = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
        os.replace(unfinished, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _need_program() -> None:
    """Refuse what Graphviz's own program alone can do, where there is none."""
    if shutil.which("dot") is None:
        raise RuntimeError(
            "another engine, a renderer or a formatter needs Graphviz's program dot, which is not on the PATH: install "
            "Graphviz (graphviz.org), or leave them out"
        )


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no type hints
    """A `graphviz.Digraph` that renders and shows itself in a notebook without a system Graphviz too.

    Everything of `graphviz.Digraph` holds. What needs more than a format (another engine, renderer or
    formatter) needs Graphviz's own program, as there. The formats ``dot`` and ``gv`` are the DOT text.
    """

    def pipe(
        self,
        format: str | None = None,  # noqa: A002 - graphviz's name
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> Any:
        """Return the picture, as bytes or decoded; see `graphviz.Digraph.pipe`.

        Raises
        ------
        ValueError
            If nothing renders the format.
        RuntimeError
            If there is no Graphviz, or it fails, or has no renderer for the format.
        """
        form = (format or self.format).lower()
        if self._alone(renderer, formatter, neato_no_op, engine):
            theirs = form not in _OURS and form in graphviz.FORMATS
            picture = _with_labels(str(self.source), form) if theirs else to_bytes(self, form)
            return picture if encoding is None else picture.decode(encoding)
        _need_program()
        return super().pipe(format, renderer, formatter, neato_no_op, quiet, engine=engine, encoding=encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = True,
        format: str | None = None,  # noqa: A002
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Render to a file, and return its path; see `graphviz.Digraph.render`.

        A file name that ends in a format is the picture's; .dot and .gv are the DOT text. With ``cleanup=False`` it is
        saved beside the picture.

        Raises
        ------
        ValueError
            If it ends in what is no format, and none is given. Nothing is written then.
        RuntimeError
            If there is no Graphviz, or it fails, or has no renderer for the format.
        """
        if outfile is None and format is None and filename and _asks_for_a_format(Path(filename)):
            filename, outfile = None, filename
        suffix = Path(outfile).suffix[1:] if outfile is not None else ""
        if format is None and suffix and suffix.lower() not in graphviz.FORMATS:
            format_of(Path(str(outfile)))
        form = format or suffix or self.format
        if not self._alone(renderer, formatter, neato_no_op, engine):
            _need_program()
            return str(
                super().render(
                    filename, directory, view, cleanup, format, renderer, formatter, neato_no_op, quiet, quiet_view,
                    outfile=outfile, engine=engine, raise_if_result_exists=raise_if_result_exists,
                    overwrite_source=overwrite_source,
                )
            )  # fmt: skip
        if outfile is not None:
            target = Path(directory or self.directory or "", outfile)
            source = Path(filename) if filename is not None else target.with_suffix(".gv")
        else:
            source = Path(directory or self.directory or "", filename or self.filename)
            target = Path(f"{source}.{form}")
        if raise_if_result_exists and target.exists():
            raise graphviz.FileExistsError(f"output file exists: {str(target)!r}")
        picture = self.pipe(form, quiet=quiet)  # before anything is written
        target.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            source.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.source.encode(), source)
        write_whole(picture, target)
        if view or quiet_view:
            self._view(str(target), format=form.lower(), quiet=quiet_view)
        return str(target)

    def tikz(self) -> str:
        r"""Return the drawing as a ``tikzpicture``, for a paper; ``render("drawing.tex")`` writes it to a file.

        LaTeX with ``\usepackage{tikz}`` sets its words and formulas in the paper's own type.

        Raises
        ------
        ValueError
            If it is too large for a page.
        RuntimeError
            If there is no Graphviz, which lays it out, or it fails.
        """
        return to_bytes(self, "tex").decode()

    def _alone(self, *more: Any) -> bool:
        """Whether a format is all that is asked for, laid out by dot."""
        plain = self.engine == "dot" and self.renderer is None and self.formatter is None
        return plain and all(m is None for m in more)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **more: Any) -> dict[str, Any]:
        """Show itself in a notebook: the picture, or, where there is no Graphviz, why not and the DOT text."""
        try:
            shown = dict(super()._repr_mimebundle_(include, exclude, **more))
            if (svg := shown.get("image/svg+xml")) is not None:  # no wider than the page
                shown["image/svg+xml"] = svg.replace("<svg ", '<svg style="max-width: 100%; height: auto" ', 1)
            return shown
        except RuntimeError as error:
            return {"text/plain": f"{error}\n\n{self.source}"}
