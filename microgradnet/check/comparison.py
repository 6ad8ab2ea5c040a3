"""A gradient derived by hand, compared with the automatic one, which is itself compared with finite differences."""

from __future__ import annotations

import html
import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np

from microgradnet.check.agreement import ParameterReport
from microgradnet.check.by_hand import Automatically, ByHand
from microgradnet.check.explain.search import search
from microgradnet.check.findings import Diagnoses
from microgradnet.check.listing import Listing
from microgradnet.check.located import drawing_of, explained, listing_of
from microgradnet.check.plotting import heat_maps
from microgradnet.check.report import Report
from microgradnet.check.text import aligned, groups, place, shown
from microgradnet.check.verdicts import judge
from microgradnet.check.without_record import judge_without_record
from microgradnet.text import legible, printable

__all__ = ["GradientReport", "compare"]

Array = np.ndarray[Any, np.dtype[Any]]

HEADER = (
    "parameter", "shape", "verdict", "agree", "absolute", "relative", "ulps", "cosine", "ratio", "tolerance",
    "finite differences",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class GradientReport(Report):
    """What `compare` found: true if every manual gradient is right as far as anything can tell.

    It is printed as a table below its headline, and indexed by a parameter's name.

    Attributes
    ----------
    function : str
        The name of the loss.
    loss : float
        Its value.
    descent : bool
        Whether the gradients point down the loss.
    parameters : tuple of ParameterReport
    headline : str
        What no column says, in plain words: that the automatic gradient is not to be believed here, and why; that the
        loss has a kink exactly at its arguments; what it is that isn't finite; what was not compared. Usually empty.
    automatic : {"recorded", "numerical"}
        Where the automatic gradients are from.
    notes : tuple of (str, str)
        Of a network, what was compared, how it was found, and what was assumed: what it is about, and the words.
    missing : tuple of str
        The parameters of which no manual gradient was given, though one was of others beside them: not compared.
    """

    function: str
    loss: float
    descent: bool
    parameters: tuple[ParameterReport, ...]
    headline: str = ""
    _diagnose: Callable[..., Diagnoses] = field(default=Diagnoses, repr=False, compare=False)
    _list: Callable[[Diagnoses], Listing] = field(default=lambda found: Listing(), repr=False, compare=False)
    automatic: Automatically = "recorded"
    notes: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    _beside: Callable[[Diagnoses, list[str], str], Any] | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the gradients of all parameters are right, as far as anything can tell."""
        return all(p.ok for p in self.parameters)

    @cached_property
    def diagnosis(self) -> Diagnoses:
        """What is wrong, as `diagnose` finds it; searched for when first asked for, empty if nothing is wrong."""
        return Diagnoses() if self.ok else self._diagnose()

    @cached_property
    def listing(self) -> Listing:
        """The manual gradient's own source, with the quantity that each statement computes, and what is wrong there.

        Of a right derivation too. What the automatic derivation doesn't have is "unknown", which is no mistake.
        """
        return self._list(self.diagnosis)

    def draw(self, *, theme: Literal["light", "dark"] = "light") -> Any:
        """Draw the manual derivation beside the automatic one, as one picture; where they part, arrows are red.

        At the left stand the statements through which something flows back, at the right ∂loss/∂ of what the loss
        computes, and what is the same side by side. Dashed is what the derivation doesn't have.

        Parameters
        ----------
        theme : {"light", "dark"}

        Returns
        -------
        graphviz.Digraph
            As `draw` returns it.

        Raises
        ------
        ValueError
            If the derivation has no source, as for arrays, or is too large for a picture.
        """
        if self._beside is None:
            raise ValueError("draw: what was compared here has no source to draw")
        return self._beside(self.diagnosis, [p.name for p in self.parameters if not p.ok], theme)

    def __getitem__(self, name: str) -> ParameterReport:
        for p in self.parameters:
            if p.name == name:
                return p
        raise KeyError(f"no parameter {name!r} was compared; there are {[p.name for p in self.parameters]}")

    @property
    def _title(self) -> str:
        which = f"−∂{self.function}" if self.descent else f"∂{self.function}"
        what = "automatic" if self.automatic == "recorded" else "numerical"
        return f"{which}: manual against {what}, {self.function} = {self.loss:.9g}"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                legible(p.name, 24),
                str(p.shape) if p.manual.shape == p.shape else f"{p.shape}, not {p.manual.shape}",
                p.verdict,
                f"{100 * p.share:.3g} %",
                _largest(p.largest_absolute, p.where_absolute),
                _largest(p.largest_relative, p.where_relative),
                shown(p.ulps),
                shown(p.cosine, 4),
                shown(p.ratio, 4),
                f"{p.atol:.1g} + {p.rtol:g}·|g|",
                shown(p.finite_difference),
            )
            for p in self.parameters
        ]

    def __str__(self) -> str:
        width = shutil.get_terminal_size().columns
        said = [textwrap.fill(self.headline, max(width, 20), break_on_hyphens=False)] * bool(self.headline)
        return printable("\n".join([*self._noted(width), self._title, *said, aligned(HEADER, self._rows())]))

    def _noted(self, width: int) -> list[str]:
        """Write the notes below each other, with room for what each is about."""
        room = max((len(about) for about, _ in self.notes), default=0) + 2
        return [
            textwrap.fill(
                legible(words, len(words)), max(width, room + 20), initial_indent=about.ljust(room),
                subsequent_indent=" " * room, break_on_hyphens=False,
            )
            for about, words in self.notes
        ]  # fmt: skip

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        """Yield what Rich prints: a table, or several below each other where one is too wide."""
        from rich.table import Table
        from rich.text import Text

        for line in self._noted(options.max_width):
            yield Text(printable(line, options.encoding))
        yield Text(printable(self._title, options.encoding))
        if self.headline:
            yield Text(printable(self.headline, options.encoding), style="bold")
        rows = [tuple(printable(cell, options.encoding) for cell in row) for row in self._rows()]
        for columns in groups([HEADER, *rows], options.max_width - 4, gap=3):
            table = Table(*(HEADER[i] for i in columns))
            for p, row in zip(self.parameters, rows, strict=True):
                table.add_row(*(Text(row[i]) for i in columns), style=None if p.ok else "bold red")
            yield table

    def _repr_html_(self) -> str:
        def cells(tag: str, texts: Sequence[str]) -> str:
            return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)

        red = ' style="background: #d5002033"'  # see-through: the text stays readable in a dark notebook
        rows = "".join(
            f"<tr{'' if p.ok else red}>{cells('td', row)}</tr>"
            for p, row in zip(self.parameters, self._rows(), strict=True)
        )
        said = f"<br>{html.escape(self.headline)}" if self.headline else ""
        noted = "".join(f"<br>{html.escape(about)}: {html.escape(words)}" for about, words in self.notes)
        return (
            f"<table><caption>{html.escape(self._title)}{said}{noted}</caption>"
            f"<thead><tr>{cells('th', HEADER)}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the table, the diagnosis and the lines that are wrong, unless all agree."""
        if not self.ok:
            raise AssertionError(f"{self}\n\n{self.explained()}")

    def explained(self) -> str:
        """Return the diagnosis and the lines that are wrong, with their neighbours, as text."""
        return f"{self.diagnosis}" + f"\n\n{self.listing.excerpt()}" * bool(self.listing)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it; `diagnosis` has a ``to_dict`` of its own."""
        return {
            "function": self.function,
            "loss": self.loss,
            "descent": self.descent,
            "automatic": self.automatic,
            "ok": self.ok,
            "headline": self.headline,
            "notes": dict(self.notes),
            "missing": list(self.missing),
            "parameters": [p.to_dict() for p in self.parameters],
        }

    def plot(self) -> Any:
        """Draw the manual and the automatic gradient and their difference as heat maps, a row for each parameter.

        All three of a row share a diverging scale around zero; the difference of gradients that agree is
        therefore blank.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If Matplotlib is not installed.
        """
        return heat_maps(self._title, self.parameters)


def _largest(difference: float, where: tuple[int, ...] | None) -> str:
    return f"{shown(difference)} at {place(where)}" if where and difference else shown(difference)


def compare(
    f: Callable[..., Any],
    manual: Any,
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    descent: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
    automatic: Automatically = "recorded",
) -> GradientReport:
    """Compare a gradient derived by hand with the automatic one; where finite differences contradict that, they decide.

    Parameters
    ----------
    f : callable
        The loss: a function of arrays that returns one number, or a tuple that begins with it, as ``(loss, cache)``.
    manual : callable, mapping, array_like or sequence of array_like
        The gradients derived by hand, or a function of the same arguments that returns them: one for each parameter,
        in the order of `argnums`; a mapping from the parameters' names, which may be written ``dW``, ``d_W``,
        ``grad_W``, ``W_grad`` or ``dL_dW`` too; nested as the parameters are; or one vector of all of them, each laid
        out row after row. The loss may stand beside them: ``(loss, gradients)``. What else a mapping holds is named
        in the report's headline, and so is a parameter without a gradient beside others that have one, which
        `missing` lists. Arrays of PyTorch's and JAX's are taken, in the memory of the CPU.
    *args : array_like
        The arguments of f. Parameters may be in containers, as for `mg.grad`; they are called what the code calls them
        then, such as ``params["W1"]``.
    argnums : int or sequence of int, optional
        The positions of the parameters. The default is those that a mapping names; otherwise all floating-point
        arguments, or those in the containers, if there are as many of them as gradients and their shapes say so.
    descent : bool
        Whether the manual gradients point down the loss, −∂f/∂parameter, as updates that are added do.
    rtol, atol : float, optional
        A difference may be ``atol + rtol * |automatic|``. The defaults: for float64 an `rtol` of 1e-9 and an
        `atol` of 1e-12 times the largest element of the gradient; for float32 1e-4 and 1e-5 times; for float16
        1e-2 and 1e-2 times; and no less than a 64th of the smallest number with all digits. The coarser dtype of both
        gradients counts. Where that is exceeded, `atol` is at
        least 16 times what rounding every step of both computations at random changes: of the automatic gradient,
        and of the manual one if it is a function.
    automatic : {"recorded", "numerical"}
        "numerical" holds the manual gradients against numerical derivatives, extrapolated differences of the loss: for
        a loss that can't be recorded, because it calls compiled code for instance. It takes some thirty evaluations
        of the loss for each number in the parameters; the tolerance is an `rtol` of 1e-6 and what the differences may
        be off by; and a diagnosis then says no more than that a factor is missing.

    Returns
    -------
    GradientReport
        Gradients of another shape, or with elements that are not finite, are findings, not errors; so is an automatic
        gradient that is not to be believed. See `ParameterReport` for the verdicts.

    Raises
    ------
    TypeError
        If f is not callable, or returns no floating-point number; a gradient is no array of real numbers, a
        parameter is not floating-point, or `argnums` is needed.
    ValueError
        If the loss is not one finite number, with the operation that made it so; a gradient is missing or one too
        many, or a tolerance is negative.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> report = mg.compare(lambda w: mg.sum(w**2), lambda w: 2 * w, np.array([1.0, 2.0]))
    >>> report.ok, report["w"].largest_absolute
    (True, 0.0)
    >>> wrong = mg.compare(lambda w: mg.sum(w**2), lambda w: w, np.array([1.0, 2.0]))
    >>> wrong.ok, wrong.diagnosis[0].kind
    (False, 'scale')
    >>> def loss(params, x):
    ...     return np.sum((x @ params["w"] + params["b"]) ** 2)
    >>> def backprop(params, x):
    ...     delta = 2 * (x @ params["w"] + params["b"])
    ...     return loss(params, x), {"dw": x.T @ delta, "db": delta.sum()}
    >>> params, x = {"w": np.array([1.0, 2.0]), "b": 0.5}, np.array([[1.0, 0.0], [2.0, 3.0]])
    >>> [p.name for p in mg.compare(loss, backprop, params, x).parameters]
    ['params["w"]', 'params["b"]']
    >>> mg.compare(loss, backprop, params, x, automatic="numerical").ok
    True
    """
    derivation = ByHand.read(f, manual, args, argnums, descent, automatic, caller="compare")
    if derivation.recorded:
        judgement = judge(derivation, rtol, atol, "compare", thorough=True)
        diagnose = partial(explained, derivation, judgement, rtol, atol)
    else:
        judgement = judge_without_record(derivation, rtol, atol, "compare")
        diagnose = partial(search, derivation, judgement, rtol, atol)
    return GradientReport(
        derivation.function, judgement.loss, descent, judgement.parameters, judgement.headline, diagnose,
        partial(listing_of, derivation), automatic, missing=derivation.missing,
        _beside=partial(drawing_of, derivation),
    )  # fmt: skip
