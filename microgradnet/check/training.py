"""Two training runs side by side: one with gradients derived by hand, one with automatic gradients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

import numpy as np

from microgradnet.check.agreement import TOLERANCES, differences, largest
from microgradnet.check.comparison import GradientReport
from microgradnet.check.network.reader import read_network
from microgradnet.check.networks import compared
from microgradnet.check.plotting import figure
from microgradnet.check.report import Report, for_json
from microgradnet.check.text import aligned, check_tolerances, place, shown
from microgradnet.text import legible, printable
from microgradnet.trees import Leaf, flatten, is_container, keys_of, paths

__all__ = ["TrainingReport", "compare_training"]

DRIFT = 1000
"""How many times the tolerance of one gradient two runs may drift apart: each goes on from its own weights."""


@dataclass(frozen=True, repr=False)
class TrainingReport(Report):
    """How two training runs compare: true if their updates agree at every iteration.

    Attributes
    ----------
    names : tuple of str
        What was updated.
    absolute, relative : array, shape (iterations, parameters)
        The largest difference of both updates, and that in relation to the largest element of either.
    tolerance : float
        How large a relative difference may be.
    headline : str
        Which update of which run was the first that isn't finite, and at which iteration; usually empty.
    gradients : GradientReport or None
        Of a network alone that parts from automatic gradients, how the gradients of its first step compare: with its
        `diagnosis` and its `listing`, in the network's own source.
    """

    names: tuple[str, ...]
    absolute: np.ndarray[Any, np.dtype[np.float64]]
    relative: np.ndarray[Any, np.dtype[np.float64]]
    tolerance: float
    headline: str = ""
    gradients: GradientReport | None = None

    @property
    def ok(self) -> bool:
        """Whether all updates agree."""
        return bool(np.all(self.relative <= self.tolerance))

    @property
    def first_difference(self) -> int | None:
        """The first iteration, counted from 0, at which the runs differ; None if they don't."""
        differing = np.flatnonzero(~(self.relative <= self.tolerance).all(axis=1))
        return int(differing[0]) if differing.size else None

    def __str__(self) -> str:
        rows = []
        for i, name in enumerate(self.names):
            at = int(np.argmax(self.relative[:, i])) if len(self.relative) else 0
            worst = [shown(float(d[at, i])) if len(d) else "–" for d in (self.absolute, self.relative)]
            rows.append((legible(name), *worst, str(at)))
        table = aligned(("update", "absolute difference", "relative", "iteration"), rows)
        first = self.first_difference
        said = f"{self.headline}\n" if self.headline else ""
        verdict = "agree at every iteration" if first is None else f"DIFFER from iteration {first} on"
        told = f"{len(self.relative)} iterations: the updates {verdict} (tolerance {self.tolerance:g}, relative)"
        return printable(f"{said}{table}\n{told}")

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the report, and with what is wrong in the first step, unless all agree."""
        if not self.ok:
            found = "" if self.gradients is None or self.gradients.ok else f"\n\n{self.gradients.explained()}"
            raise AssertionError(f"{self}{found}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it, which has no NaN."""
        return {
            "names": list(self.names),
            "absolute": for_json(self.absolute.tolist()),
            "relative": for_json(self.relative.tolist()),
            "tolerance": self.tolerance,
            "first_difference": self.first_difference,
            "ok": self.ok,
            "headline": self.headline,
        }

    def plot(self) -> Any:
        """Draw the relative difference of every update over the iterations, and the tolerance.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If Matplotlib is not installed.
        """
        drawn = figure(figsize=(7, 4))
        axes = drawn.subplots()
        for name, line in zip(self.names, self.relative.T, strict=True):
            axes.plot(np.where(line > 0, line, np.nan), label=legible(name).replace("$", r"\$"))
        axes.axhline(self.tolerance, color="gray", linestyle="--", label="tolerance")
        axes.set(xlabel="iteration", ylabel="relative difference of the updates", yscale="log")
        axes.legend()
        return drawn


def compare_training(
    auto_network: Any,
    manual_network: Any = None,
    iterations: int = 1500,
    *,
    data: Sequence[Any] = (),
    rtol: float | None = None,
    **options: Any,
) -> TrainingReport:
    """Train two networks side by side, and compare their updates at every iteration.

    Parameters
    ----------
    auto_network, manual_network : object or callable
        Each with a method ``backprop()`` that goes one iteration on and returns the updates: arrays in a sequence,
        in a mapping by name, or in containers in these; or a function without arguments that does.
        `mg.article.AutogradNetwork` and `mg.article.ManualNetwork` are such; give both the same seed, for they have to
        start from the same weights. A network alone or its class, as `compare_network` takes it, is trained as it is,
        on a copy, beside gradient descent with automatic gradients and the rate of its updates.
    iterations : int
    data : sequence of array_like
        Of a network alone, x and y for its methods.
    rtol : float, optional
        How large a difference may be in relation to the largest element of an update. The default is a thousand
        times that of `compare`, since the runs drift apart by rounding: 1e-6 for float64, 0.1 for float32.
    **options :
        Of a network alone: `loss`, `forward`, `backward`, `parameters`, `rate` as for `compare_network`.

    Returns
    -------
    TrainingReport

    Raises
    ------
    TypeError
        If a network has no ``backprop``, or it returns anything but arrays of real numbers.
    ValueError
        If the networks update different things, or nothing; `iterations` is less than 1, or `rtol` negative.

    Examples
    --------
    >>> import microgradnet as mg
    >>> data = mg.article.dataset()
    >>> automatic = mg.article.AutogradNetwork(*data, seed=0)
    >>> report = mg.compare_training(automatic, mg.article.ManualNetwork(*data, seed=0), 100)
    >>> report.ok, report.first_difference
    (True, None)
    >>> bool(mg.compare_training(mg.article.ManualNetwork(*data, seed=0), iterations=100))
    True
    """
    check_tolerances(rtol=rtol)
    if index(iterations) < 1:
        raise ValueError(f"compare_training: iterations must be at least 1, got {iterations}")
    reading = None
    if manual_network is None:
        reading = read_network(auto_network, *data, caller="compare_training", **options)
        auto_network, manual_network = reading.training()
    elif data or options:
        raise TypeError("compare_training: data= and what is read of a network are for one network alone")
    for network in (auto_network, manual_network):
        if not callable(getattr(network, "backprop", network)):
            raise TypeError(
                f"compare_training: a network needs a method backprop(), and {type(network).__name__} has none"
            )
    names: tuple[str, ...] = ()
    absolute, relative = [], []
    itemsize, headline = 8, ""
    for iteration in range(iterations):
        automatic, manual = _updates(auto_network), _updates(manual_network)
        names = tuple(automatic)
        if {k: v.shape for k, v in automatic.items()} != {k: v.shape for k, v in manual.items()}:
            shapes = [{k: v.shape for k, v in updates.items()} for updates in (automatic, manual)]
            raise ValueError(f"compare_training: the networks update different things: {shapes[0]} and {shapes[1]}")
        both = [(a, manual[name]) for name, a in automatic.items()]
        headline = headline or _not_finite(iteration, automatic, manual)
        itemsize = min(itemsize, *(x.itemsize for pair in both for x in pair))
        with np.errstate(all="ignore"):
            found = [differences(m, a, np.array(max(largest(a), largest(m)))) for a, m in both]
        absolute.append([float(np.max(d, initial=0.0)) for d, _ in found])
        relative.append([float(np.max(d, initial=0.0)) for _, d in found])
    tolerance = DRIFT * TOLERANCES[itemsize][0] if rtol is None else rtol
    report = TrainingReport(names, np.array(absolute), np.array(relative), tolerance, headline)
    return report if reading is None or report.ok else replace(report, gradients=compared(reading))


def _not_finite(iteration: int, automatic: Mapping[str, Any], manual: Mapping[str, Any]) -> str:
    """Say which update isn't finite; nothing if all are."""
    every = [("automatic", name, update) for name, update in automatic.items()]
    every += [("manual", name, update) for name, update in manual.items()]
    bad = [each for each in every if not np.isfinite(each[2]).all()]
    if not bad:
        return ""
    which, name, update = bad[0]
    at = tuple(int(i) for i in np.argwhere(~np.isfinite(update))[0])
    both = "both runs" if {run for run, *_ in bad} == {"automatic", "manual"} else f"the {which} run alone"
    return (
        f"At iteration {iteration}, in {both}, {legible(name)} is {update[at]}{f' at {place(at)}' if at else ''}; with "
        "the weights before it, mg.first_nonfinite(loss, ...) names the operation that makes it so."
    )


def _inside(updates: Any) -> dict[str, Any]:
    """Return the updates in containers by how one gets them, those in the outermost by their names alone."""
    found: dict[str, Any] = {}
    named = (
        updates if isinstance(updates, Mapping) else {name: getattr(updates, name) for name in keys_of(updates) or ()}
    )
    for name, part in named.items():
        leaves: list[Any] = []
        whole = not is_container(part) or (type(part) in (list, tuple) and not any(map(_is_part, part)))
        structure = Leaf(0) if whole else flatten(part, leaves, lambda value: value is not None, f"update {name!r}")
        found |= zip(paths(structure, str(name)), [part] if whole else leaves, strict=True)
    return found


def _is_part(value: Any) -> bool:
    return is_container(value) or isinstance(value, np.ndarray)


def _updates(network: Any) -> dict[str, Any]:
    """Go one iteration on, and return the updates by name."""
    updates = getattr(network, "backprop", network)()
    if not isinstance(updates, Mapping) and not hasattr(type(updates), "__dataclass_fields__"):
        if not isinstance(updates, Iterable):
            raise TypeError(
                f"compare_training: backprop() must return the updates, got {type(updates).__name__}; a network that "
                "returns none is compared alone: compare_training(network)"
            )
        updates = {f"update {i}": update for i, update in enumerate(updates, 1)}
    found = {name: np.asarray(update) for name, update in _inside(updates).items()}
    for name, update in found.items():
        if update.dtype.kind not in "fiu":
            raise TypeError(f"compare_training: {name!r} must hold real numbers, got {update.dtype}")
    if not found:
        raise ValueError("compare_training: backprop() returned no updates")
    return found
