"""`compare_network`: somebody's class with a derivation by hand in it, compared as it is.

The class is not asked to change. What it does is found by doing it, on copies: which numbers a step updates and going
forward reads are the parameters; the gradient by hand is what the step returns, leaves in attributes, or adds. What
can't be found is asked for, and what is assumed is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from microgradnet.check.agreement import ParameterReport
from microgradnet.check.by_hand import Automatically, ByHand
from microgradnet.check.comparison import GradientReport, compare
from microgradnet.check.findings import Diagnoses, Diagnosis
from microgradnet.check.listing import Listing
from microgradnet.check.located import drawing_of, listing_of
from microgradnet.check.network.driving import copied
from microgradnet.check.network.losses import Loss, target_of, usual_losses
from microgradnet.check.network.rates import Rate
from microgradnet.check.network.reader import read_network
from microgradnet.check.network.reading import NetworkReading
from microgradnet.check.observe import unseen
from microgradnet.record import no_grad
from microgradnet.text import legible
from microgradnet.transforms import grad

__all__ = ["compare_network", "compared", "diagnosed"]


def compare_network(
    network: Any,
    *data: Any,
    loss: Any = None,
    forward: str | Callable[..., Any] | None = None,
    backward: str | Callable[..., Any] | None = None,
    parameters: str | Sequence[str] | None = None,
    rate: float | None = None,
    descent: bool | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    automatic: Automatically = "recorded",
) -> GradientReport:
    """Compare the gradients by hand in somebody's class with the automatic ones; the class stays as it is.

    What the class does is found by doing it, on copies of the network. The parameters are the floating-point numbers
    that a step changes and that the loss is computed from, in attributes, dicts, lists and the objects in them; the
    gradient by hand is what the step returns, leaves in attributes, or adds to the parameters. All that was found or
    assumed stands in the report's `notes`.

    Parameters
    ----------
    network : object or class
        A network, or its class. It is never changed; nor are the random numbers of NumPy.
    *data : array_like
        For a class, what its constructor takes; a constructor of x and y needs none, then both are drawn at random. For
        a network, x and y for its methods, or a list of pairs of them; nothing if it holds its data itself.
    loss : str or callable, optional
        An expression in ``output``, ``y``, ``x`` and the network's attributes, ``"sum((y - output)**2)"``, with this
        package's operations, which is run as Python; the name of a method; a function of the network,
        ``lambda net: ...``; or one of the output and y. The default is the class's own, called loss, cost or alike, and
        if it has none, the sum of squares, for a softmax the mean cross-entropy, or the usual one of which some
        gradients are exactly right, which is said. Where all are exactly those of another usual loss than the one
        assumed, the report is wrong and says so, and no line is blamed.
    forward, backward : str or callable, optional
        What goes forward and returns or keeps the output, and what goes back: methods' names, or functions whose
        first argument is the network. The default is the method called forward, feedforward or alike, and backprop,
        backward or alike; where that can't be called, training, of which the first step is looked at.
    parameters : str or sequence of str, optional
        Which numbers are the parameters, ``"weights1"``, ``"params['W1']"`` or ``"layers[0].weights"``.
    rate : float, optional
        What is between the gradient and the update. The default is an attribute, argument or global called
        learning_rate, lr, eta or alpha of which the update is a multiple, that of some parameters at least; else a
        number written before what is added, or 1.
    descent : bool, optional
        Whether the gradients point down the loss. The default is what the update says: that is a step down.
    rtol, atol, automatic :
        As for `compare`.

    Returns
    -------
    GradientReport
        As of `compare`, with `notes`. Its `diagnosis` says what is wrong.

    Raises
    ------
    TypeError, ValueError
        If something isn't found or can't be called; the message says what was looked for and which option says it.
        Besides, what `compare` raises.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> class Line:
    ...     def __init__(self, x, y):
    ...         self.x, self.y, self.slope = x, y, np.array([1.0, -2.0])
    ...     def forward(self):
    ...         self.output = np.dot(self.x, self.slope)
    ...     def backprop(self):
    ...         self.slope += np.dot(self.x.T, 2 * (self.y - self.output))
    >>> report = mg.compare_network(Line, np.array([[1.0, 2.0], [0.5, 3.0]]), np.array([1.0, 0.0]))
    >>> report.ok, dict(report.notes)["by hand"]
    (True, 'what backprop() adds to them: the direction down the loss, rate 1')
    """
    reading = read_network(
        network, *data, loss=loss, forward=forward, backward=backward, parameters=parameters, rate=rate, descent=descent
    )
    return compared(reading, rtol, atol, automatic)


def compared(
    reading: NetworkReading,
    rtol: float | None = None,
    atol: float | None = None,
    automatic: Automatically = "recorded",
) -> GradientReport:
    """Compare what was read; say what that rests on, and of which loss gradients that differ would be right.

    Of several losses that nobody has said, that is assumed of which most gradients are right.
    """
    f, by_hand = reading.functions()
    options: dict[str, Any] = {"argnums": reading.positions, "descent": reading.descent, "automatic": automatic}
    report = compare(f, by_hand, *reading.values, **options, rtol=rtol, atol=atol)
    report = _told_as_it_runs(report, reading, automatic) if reading.source == "update" else report
    if not report.ok and not reading.loss.given and not any(np.any(p.automatic) for p in report.parameters):
        raise ValueError(
            f"compare_network: the loss, {reading.loss.text}, has the gradient 0 in all parameters, as behind a "
            f"threshold: {reading.drive.forward}() may not be what goes forward. Say what is with forward=, or loss="
        )
    if not report.ok and reading.updates:  # weight decay may be in the update alone
        added = compared(reading.by_update(), rtol, atol, automatic)
        if added.ok:
            return added
    fits = _fits(report, reading) if not report.ok and not reading.loss.given else []
    whole = next((loss for loss, names in fits if len(names) == len(report.parameters)), None)
    if reading.loss.assumed and whole is None and fits and not any(p.ok for p in report.parameters):
        loss, names = max(fits, key=lambda fit: len(fit[1]))
        if loss.text != reading.loss.text:
            return compared(_assuming(reading, loss, names), rtol, atol, automatic)
    said = [report.headline] * bool(report.headline)
    if not report.ok and not any(p.manual.shape != p.shape for p in report.parameters):
        said += [*_never_updated(report, reading), *_of_another_loss(report, reading, whole)]
    report = replace(report, notes=reading.notes, headline=" ".join(said))
    if whole is not None and reading.loss.assumed:
        report = _unaccused(report, reading, whole, automatic)
    if not reading.fixed:
        return report
    why = f"{reading.drive.train}() makes its parameters anew at each call: its values are there at one point only."
    return replace(report, _list=lambda found: Listing(note=why))


def _assuming(reading: NetworkReading, loss: Loss, names: Sequence[str]) -> NetworkReading:
    """Assume another usual loss, whose gradients those of some parameters are, and say so."""
    note = (
        f"{loss.text}: ASSUMED, for no loss was given and the class has none, and by hand "
        f"{', '.join(map(legible, names))} {'have' if len(names) > 1 else 'has'} exactly its gradient"
    )
    notes = tuple((about, note if about == "loss" else words) for about, words in reading.notes)
    return replace(reading, loss=loss, notes=notes)


def _unaccused(report: GradientReport, reading: NetworkReading, loss: Loss, automatic: Automatically) -> GradientReport:
    """Blame nothing where all gradients are exactly those of another loss than the one assumed; list them as those."""
    off = max(p.largest_absolute / (float(np.max(np.abs(p.manual), initial=0)) or 1.0) for p in report.parameters)
    found = Diagnosis(
        "another-loss", tuple(p.name for p in report.parameters), "the loss, which nobody has said",
        f"these are exactly the gradients of {loss.text}",
        f"if that is the loss meant, say so with loss=; if {reading.loss.text} is, say that, to see what is wrong",
        off, 0.0,
    )  # fmt: skip
    told = _told_as_it_runs(report, replace(reading, loss=loss), automatic)

    def listing(_: Diagnoses) -> Listing:
        right = told._list(Diagnoses())
        return Listing(right.lines, f"{right.note} As the gradients of {loss.text}:".strip(), right.title)

    return replace(told, _list=listing, _diagnose=lambda **_: Diagnoses([found]))


def _told_as_it_runs(report: GradientReport, reading: NetworkReading, automatic: Automatically) -> GradientReport:
    """List and draw the values that the class computes at its own rate, and not at one that leaves more digits."""

    @cache
    def derivation() -> ByHand:
        f, by_hand = reading.as_it_runs().functions()
        asked = reading.positions, reading.descent, automatic
        return ByHand.read(f, by_hand, reading.values, *asked, caller="compare_network")

    return replace(
        report,
        _list=lambda found: listing_of(derivation(), found),
        _beside=lambda *told: drawing_of(derivation(), *told),
    )


def diagnosed(report: GradientReport, budget: float) -> Diagnoses:
    """Find what is wrong with what was compared."""
    return Diagnoses() if report.ok else report._diagnose(budget=budget)


def _never_updated(report: GradientReport, reading: NetworkReading) -> Iterator[str]:
    """Name what no step changes, and looks like a parameter."""
    wrong = [p for p in report.parameters if not p.ok and not np.any(p.manual)]
    if reading.source == "update" and wrong and len(wrong) < len(report.parameters):
        names = ", ".join(legible(p.name) for p in wrong)
        yield f"The step leaves {names} as it was, and the loss depends on that: its gradient by hand counts as 0."


def _of_another_loss(report: GradientReport, reading: NetworkReading, fitting: Loss | None) -> Iterator[str]:
    """Say by which factor all gradients differ, and which usual loss they are exactly those of."""
    ratio = float(np.median([p.ratio for p in report.parameters]))
    common = all(np.isclose([p.ratio, abs(p.cosine)], [ratio, 1], rtol=1e-6).all() for p in report.parameters)
    if common and not np.isclose(ratio, 1, rtol=1e-6):
        sign = "" if report.parameters[0].cosine > 0 else "minus "
        yield f"Every gradient by hand is {sign}{ratio:.6g} times the automatic one."
        if reading.source == "update" and reading.rate == Rate() and not sign:
            yield f"That may be the rate of the update, which wasn't found; then say rate={ratio:.6g}."
    elif common and report.parameters[0].cosine < 0:
        way = "the update goes up the loss" if report.descent else "they point down the loss; descent=True allows that"
        yield f"Every gradient by hand has the other sign: {way}."
    if fitting is not None:
        assumed = "The loss was assumed; they" if reading.loss.assumed else "They"
        yield f"{assumed} are exactly the gradients of {fitting.text}: if that is the loss meant, say so with loss=."


def _fits(report: GradientReport, reading: NetworkReading) -> list[tuple[Loss, list[str]]]:
    """Say of which parameters the gradients by hand are exactly those of a usual loss, where they are that of some."""
    network, known = reading.network, {**reading.known, **reading.drawn}
    try:
        with unseen(), no_grad(), np.errstate(all="ignore"):
            output, _ = reading.drive.ahead(copied(network, "compare_network"), known)
            candidates = usual_losses(target_of(network, known), output, "compare_network")
    except Exception:  # no output, no y, or shapes that don't fit
        return []
    fits = []
    for loss in candidates:
        with np.errstate(all="ignore"), suppress(Exception):
            f, _ = replace(reading, loss=loss).functions()
            found = grad(f, argnums=tuple(reading.positions))(*reading.values)
            pairs = zip(report.parameters, found, strict=True)
            fits.append((loss, [p.name for p, g in pairs if _is_exactly(p, -g if report.descent else g)]))
    return [(loss, names) for loss, names in fits if names]


def _is_exactly(p: ParameterReport, g: Any) -> bool:
    """Whether a gradient by hand is a given one, which isn't nothing."""
    most = float(np.max(np.abs(g), initial=0))
    return most > 0 and p.manual.shape == np.shape(g) and np.allclose(p.manual, g, rtol=1e-8, atol=1e-10 * most)
