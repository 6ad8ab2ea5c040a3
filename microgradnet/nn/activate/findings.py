"""What `check_activation` found, as data, as text and as HTML. It computes nothing."""

from __future__ import annotations

import html
import shutil
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from microgradnet.check.report import Report, for_json
from microgradnet.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ActivationReport", "Finding"]

Verdict = Literal["ok", "note", "wrong", "does not apply"]

_SHOWN = {"ok": "ok", "note": "note", "wrong": "WRONG", "does not apply": "-"}

_WIDTH = 110


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked at, such as ``derivative`` or ``saturation``.
    verdict : {"ok", "note", "wrong", "does not apply"}
        A note is worth knowing, and no fault.
    words : str
        What was found, in a sentence.
    values : mapping of str to object
        The same in numbers.
    """

    name: str
    verdict: Verdict
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class ActivationReport(Report):
    """What `check_activation` found: true if nothing is wrong, printed as text, indexed by a finding's name.

    Attributes
    ----------
    name : str
        The activation's.
    function : callable
        What was checked.
    low, high : float
        The interval that was looked at closely.
    elementwise : bool
        Whether each element of the result depends on the one at its place alone.
    findings : tuple of Finding
    """

    name: str
    function: Callable[[Any], Any] = field(repr=False)
    low: float
    high: float
    elementwise: bool
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not any(f.verdict == "wrong" for f in self.findings)

    def __getitem__(self, name: str) -> Finding:
        for finding in self.findings:
            if finding.name == name:
                return finding
        raise KeyError(f"{name!r} was not looked at; there are {[f.name for f in self.findings]}")

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        wrong = [f.name for f in self.findings if f.verdict == "wrong"]
        if wrong:
            return f"{self.name}: WRONG in {', '.join(wrong)}"
        made = sum(f.verdict != "does not apply" for f in self.findings)
        return f"{self.name}: nothing wrong in {made} checks"

    def __str__(self) -> str:
        names = max(len(f.name) for f in self.findings)
        width = min(max(40, shutil.get_terminal_size((_WIDTH, 0)).columns), _WIDTH)
        lines = [self.verdict]
        for f in self.findings:
            margin = f"  {f.name.ljust(names)}  {_SHOWN[f.verdict].ljust(5)}  "
            lines += textwrap.wrap(f.words, width, initial_indent=margin, subsequent_indent=" " * len(margin))
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(f.name)}</td><td>{_SHOWN[f.verdict]}</td>"
            f'<td style="text-align: left">{html.escape(f.words)}</td></tr>'
            for f in self.findings
        )
        return f"<p><b>{html.escape(self.verdict)}</b></p><table>{rows}</table>"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the function, as JSON knows it: what isn't finite becomes None."""
        return {
            "name": self.name,
            "ok": self.ok,
            "low": self.low,
            "high": self.high,
            "elementwise": self.elementwise,
            "findings": [
                {"name": f.name, "verdict": f.verdict, "words": f.words, "values": for_json(f.values)}
                for f in self.findings
            ],
        }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw f, f′ and f″ from `low` to `high`, with kinks and saturation marked.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            What to draw into. The default is that of a new figure, ``report.plot().figure``.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ValueError
            If the function is not elementwise: then it is no curve.
        ImportError
            If there is no Matplotlib (the extra "plot").
        """
        from microgradnet.nn.activate.pictures import plot

        if not self.elementwise:
            raise ValueError(f"{self.name} is not elementwise: it is no curve to plot")
        return plot(
            self.function,
            (self.low, self.high),
            self.name,
            kinks=self["kinks"].values["at"],
            saturated=self["saturation"].values["intervals"],
            ax=ax,
        )
