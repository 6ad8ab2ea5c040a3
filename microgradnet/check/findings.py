"""What `diagnose` finds, in words and as data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from microgradnet.check.report import for_json
from microgradnet.text import printable

__all__ = ["Diagnoses", "Diagnosis"]


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

    def __str__(self) -> str:
        lines = [
            f"{self.kind}: {', '.join(self.parameters)}",
            f"  step   {self.step}",
            f"  done   {self.wrong}",
            f"  right  {self.right}",
        ]
        if self.kind not in ("unexplained", "not-finite", "not-repeatable", "not-to-be-believed"):
            before = f"{self.residual_before:.2g}" if math.isfinite(self.residual_before) else "another shape"
            after = f"{self.residual_after:.2g} of the largest element"
            lines.append(f"  with this mistake the difference falls from {before} to {after}")
        lines += [f"  {self.sure}"] * bool(self.sure)
        lines += [f"    {d.kind}: {d.step}: {d.wrong}" for d in self.equally_good]
        return printable("\n".join(lines))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        names = ("kind", "step", "wrong", "right", "sure", "residual_before", "residual_after", "parameters")
        known = for_json({name: getattr(self, name) for name in names})
        return {**known, "equally_good": [d.to_dict() for d in self.equally_good]}


class Diagnoses(tuple[Diagnosis, ...]):
    """What is wrong with a derivation: one `Diagnosis` for each cause, printed as text; empty if all is right."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self)) if self else "nothing is wrong"

    __repr__ = __str__
