"""What `diagnose` finds, in words and as data."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from microgradnet.check.report import for_json
from microgradnet.text import legible, printable

__all__ = ["WIDTH", "Diagnoses", "Diagnosis", "called"]

WIDTH = 80


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with the gradients of some parameters.

    Attributes
    ----------
    kind : str
        What sort of mistake: ``"sign"``, ``"missing-factor"``, ...; two of them are joined by ``" + "``;
        ``"unexplained"`` where no mistake that was tried reproduces the numbers, ``"not-finite"``,
        ``"not-repeatable"`` where the loss or the manual gradient is another one at every call, and
        ``"not-to-be-believed"`` where finite differences contradict the automatic gradient, so that nothing is
        diagnosed.
    parameters : tuple of str
        Whose gradients it explains.
    step : str
        Where in the derivation: by the user's names and scopes, else by what is computed there.
    wrong, right : str
        What was done, and what should have been.
    residual_before, residual_after : float
        The largest difference between the manual gradients and the right ones, and between the manual gradients
        and those with this mistake; relative to the largest element of the manual gradient.
    equally_good : tuple of Diagnosis
        Others that reproduce the same numbers, simplest first.
    sure : str
        How sure it is, in words.
    file : str or None
        The user's file that the mistake is in; None where the derivation has no source, or the place wasn't found.
    line : int or None
        The line there, 1-based.
    expression : str or None
        What stands there: the part of the line that is wrong.
    span : tuple of int or None
        Where in the file that is: its first line and column, and its last line and column, as `ast` counts them.
    correction : str or None
        The statement as it should be, in the user's own variables; None where it isn't known how to write it.
    patch : str or None
        The same as a unified diff, which `patch` and ``git apply`` take. It was tried: with it, and those of the others
        where it doesn't do alone, the user's own code gives the right gradients, here and at fresh arguments.
    forward : bool
        Whether it is the forward pass of the derivation that is wrong there: it computes another value than the loss.
    alone : bool
        Whether the correction makes the gradients of the parameters right by itself: if not, it does with those of
        the other diagnoses.
    """

    kind: str
    parameters: tuple[str, ...]
    step: str
    wrong: str
    right: str
    residual_before: float
    residual_after: float
    equally_good: tuple[Diagnosis, ...] = ()
    sure: str = ""
    file: str | None = None
    line: int | None = None
    expression: str | None = None
    correction: str | None = None
    patch: str | None = None
    forward: bool = False
    span: tuple[int, int, int, int] | None = None
    alone: bool = True

    def __str__(self) -> str:
        lines = [
            f"{self.kind}: {', '.join(self.parameters)}",
            *self._where(),
            f"  step   {self.step}",
            f"  done   {self.wrong}",
            f"  right  {self.right}",
        ]
        if self.kind not in ("unexplained", "not-finite", "not-repeatable", "not-to-be-believed"):
            before = f"{self.residual_before:.2g}" if math.isfinite(self.residual_before) else "another shape"
            after = f"{self.residual_after:.2g} of the largest element"
            written = "so written," if self.alone else "all written so,"
            mistake = "with this mistake" if self.line is None or self.residual_after else written
            lines.append(f"  {mistake} the difference falls from {before} to {after}")
        lines += [f"  {self.sure}"] * bool(self.sure)
        lines += [f"    {d.kind}: {d.step}: {d.wrong}" for d in self.equally_good]
        rows = (textwrap.wrap(line, WIDTH, subsequent_indent=" " * 9, break_on_hyphens=False) for line in lines)
        return printable("\n".join(row for wrapped in rows for row in wrapped))

    def _where(self) -> list[str]:
        """Write the place in the user's file, and what should stand there."""
        if self.line is None:
            return []
        lines = [f"  line {self.line} of {called(self.file or '')}: {legible(self.expression or '', 100)}"]
        return lines + [f"  write  {legible(self.correction or '', 200)}"] * (self.correction is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        names = (
            "kind", "step", "wrong", "right", "sure", "residual_before", "residual_after", "parameters",
            "file", "line", "expression", "correction", "patch", "forward", "span", "alone",
        )  # fmt: skip
        known = for_json({name: getattr(self, name) for name in names})
        return {**known, "equally_good": [d.to_dict() for d in self.equally_good]}


def called(file: str) -> str:
    """Name a file in which there is code; a notebook's has a name that nobody knows."""
    path = Path(file)
    return "the cell" if path.parent.name.startswith("ipykernel") or file.startswith("<ipython") else path.name


class Diagnoses(tuple[Diagnosis, ...]):
    """What is wrong with a derivation: one `Diagnosis` for each cause, printed as text; empty if all is right.

    Attributes
    ----------
    patch : str or None
        All corrections as one unified diff, which was tried as a whole; None where there is none of all.
    """

    patch: str | None

    def __new__(cls, found: Iterable[Diagnosis] = (), patch: str | None = None) -> Diagnoses:
        """Gather what was found."""
        made = super().__new__(cls, found)
        made.patch = patch
        return made

    @property
    def headline(self) -> str:
        """What comes before anything else: that the forward pass differs already, and where; usually empty."""
        first = next((d for d in self if d.forward), None)
        return "" if first is None else f"Your forward pass already differs from the loss, in line {first.line}."

    def __str__(self) -> str:
        return "\n".join([*[self.headline] * bool(self.headline), *map(str, self)]) if self else "nothing is wrong"

    __repr__ = __str__
