"""`compare_steps`: single quantities of a derivation by hand, before there is a gradient to compare.

Each is laid beside what the automatic derivation knows, as `align` does it, and told what it is: ∂L/∂z2, twice ∂L/∂a1,
unknown. Unknown is never wrong; only a name says what a quantity should be, as dW1 does.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from microgradnet.check.agreement import TOLERANCES, largest
from microgradnet.check.align import NEAR, Draw, Known, draws_of, is_exact
from microgradnet.check.by_hand import ByHand, in_numpy, real
from microgradnet.check.forms import is_gradient_of
from microgradnet.check.listing import UNKNOWN
from microgradnet.check.observe import Source
from microgradnet.check.report import Report, for_json
from microgradnet.check.text import copies, place
from microgradnet.text import legible, number, printable

__all__ = ["ComparedStep", "StepsReport", "compare_steps"]

Array = np.ndarray[Any, np.dtype[Any]]

WIDTH = 80

_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class ComparedStep:
    """One quantity of a derivation, and what it is.

    Attributes
    ----------
    name : str
        What the user calls it.
    value : array
    quantity : str
        What it is, as mathematics: ``"∂L/∂z2"``, ``"twice ∂L/∂a1"``, ``"(∂L/∂W1)ᵀ"``; ``"unknown"`` for what the
        automatic derivation doesn't have, which is no mistake.
    factor : float or None
        How many times that quantity it is; None if it is unknown.
    transposed : bool
        Whether its axes are in another order than those of the quantity.
    should_be : str or None
        What its name says that it is: ``"∂L/∂W1"`` of dW1; None if the name says nothing.
    right : array or None
        The numbers of that.
    ok : bool or None
        Whether it is what it should be; None if the name says nothing.
    """

    name: str
    value: Array
    quantity: str
    factor: float | None = None
    transposed: bool = False
    should_be: str | None = None
    right: Array | None = None
    ok: bool | None = None

    def __str__(self) -> str:
        """Say what it is in a sentence."""
        said = self.quantity if self.quantity == UNKNOWN else f"is {self.quantity}"
        if self.ok is not False:
            return said
        return f"{said}; should be {self.should_be}{self._apart()}"

    def _apart(self) -> str:
        if self.right is None or self.value.shape == self.right.shape:
            if self.quantity != UNKNOWN or self.right is None:
                return ""
            with np.errstate(all="ignore"):
                apart = np.abs(self.value - self.right)
            at = tuple(int(i) for i in np.unravel_index(int(np.argmax(apart)), apart.shape))
            return f", and differs by up to {number(float(apart[at]), 2)}" + (f" at {place(at)}" if at else "")
        return f", of the shape {self.right.shape} and not {self.value.shape}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it."""
        names = ("name", "quantity", "factor", "transposed", "should_be", "ok")
        known = {"shape": self.value.shape} | {name: getattr(self, name) for name in names}
        return dict(for_json(known))


@dataclass(frozen=True, repr=False)
class StepsReport(Report):
    """What `compare_steps` found: true unless a quantity isn't what its name says.

    It is printed in a line for each quantity, and indexed by its name.

    Attributes
    ----------
    function : str
        The name of the loss.
    loss : float
        Its value.
    steps : tuple of ComparedStep
        In the order in which they were given.
    """

    function: str
    loss: float
    steps: tuple[ComparedStep, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether everything is what its name says, as far as names say anything."""
        return all(step.ok is not False for step in self.steps)

    @property
    def first_wrong(self) -> ComparedStep | None:
        """The first quantity that isn't what its name says; what is computed from it is wrong for that reason alone."""
        return next((step for step in self.steps if step.ok is False), None)

    def __getitem__(self, name: str) -> ComparedStep:
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"no quantity {name!r} was compared; there are {[step.name for step in self.steps]}")

    def __str__(self) -> str:
        names = [legible(step.name, 24) for step in self.steps]
        room = max(map(len, names), default=0)
        lines = [f"steps of ∂{self.function}, {self.function} = {self.loss:.9g}"]
        for name, step in zip(names, self.steps, strict=True):
            mark = "✗" if step.ok is False else " "
            lines += textwrap.wrap(
                str(step), WIDTH, initial_indent=f"{mark} {name.ljust(room)}  ", subsequent_indent=" " * (room + 6),
                break_on_hyphens=False,
            )  # fmt: skip
        first = self.first_wrong
        if first is not None:
            lines.append(f"The first that isn't what it should be: {legible(first.name, 24)}.")
        return printable("\n".join(lines))

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it."""
        return {
            "function": self.function,
            "loss": self.loss,
            "ok": self.ok,
            "steps": [step.to_dict() for step in self.steps],
        }


def compare_steps(
    f: Callable[..., Any],
    steps: Mapping[Any, Any] | Callable[..., Mapping[Any, Any]],
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    descent: bool = False,
) -> StepsReport:
    """Say what single quantities of a derivation by hand are, before the gradient is finished.

    Parameters
    ----------
    f : callable
        The loss, as for `compare`. Its local variables are names too: ``dz1`` should be ∂L/∂z1 if it has a ``z1``.
    steps : mapping, or callable
        The quantities by name, in the order in which they are computed: ``{"delta2": ..., "da1": ...}``. Each is an
        array, or a function of the arguments of the loss that returns one; or a function of these returns the mapping.
        Of functions a quantity is looked for at fresh arguments too, so that numbers and short vectors can be told.
        What a name should be the gradient of is said in a pair, ``("delta1", "x @ W1")``: by a name, or by an
        expression as the loss has it. ``dW1``, ``grad_W1`` or ``dL_dW1`` say it themselves.
    *args : array_like
        The arguments of f.
    argnums : int or sequence of int, optional
        The positions of what is differentiated. The default is all that is floating-point but labels and masks: whole
        numbers that aren't all the same.
    descent : bool
        Whether gradients point down the loss.

    Returns
    -------
    StepsReport
        True unless a quantity isn't what its name says. What the automatic derivation doesn't have is unknown, which
        isn't wrong.

    Raises
    ------
    TypeError, ValueError
        As `compare` does; and if the steps are no mapping, or a step is no array of real numbers.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def loss(x, y, W1, W2):
    ...     z1 = x @ W1
    ...     a1 = np.tanh(z1)
    ...     return np.sum((a1 @ W2 - y) ** 2)
    >>> x, y = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]]), np.array([[0.3], [1.2], [0.7]])
    >>> W1, W2 = np.array([[0.2, -0.4], [0.1, 0.7]]), np.array([[1.0], [0.5]])
    >>> a1 = np.tanh(x @ W1)
    >>> delta2 = 2 * (a1 @ W2 - y)
    >>> da1 = delta2 @ W2.T
    >>> dz1 = da1 * (1 - a1)
    >>> report = mg.compare_steps(loss, {"delta2": delta2, "da1": da1, "dz1": dz1}, x, y, W1, W2)
    >>> report
    steps of ∂loss, loss = 2.96106644
      delta2  is ∂L/∂(a1 · W2 − y)
      da1     is ∂L/∂a1
    ✗ dz1     unknown; should be ∂L/∂z1, and differs by up to 1.9 at [1, 1]
    The first that isn't what it should be: dz1.
    >>> report["da1"].quantity, report["da1"].ok, report.first_wrong.name
    ('∂L/∂a1', True, 'dz1')
    """
    caller = "compare_steps"
    if not callable(steps) and not isinstance(steps, Mapping):
        raise TypeError(
            f"{caller}: the steps are a mapping from names to arrays, or a function that returns one, got "
            f"{type(steps).__name__}"
        )
    derivation = ByHand.underived(f, args, argnums, descent, caller)
    if not derivation.positions:
        raise TypeError(f"{caller}: no argument that is differentiated holds real floating-point numbers")
    given = _Given(steps, derivation, caller)
    if argnums is None:
        derivation = replace(derivation, positions=given.parameters())
    loss, _ = derivation.automatic(caller)
    with np.errstate(all="ignore"):
        draws = draws_of(derivation) if given.functions else draws_of(derivation, 0)
    if not draws:
        raise ValueError(f"{caller}: the automatic gradient is not finite at these arguments: see mg.first_nonfinite")
    return StepsReport(derivation.function, loss, tuple(_told(given, draws, derivation)))


# --- what was given ----------------------------------------------------------------------------------------------


class _Given:
    """The steps as they were given: for each name the array, or what computes it."""

    def __init__(self, steps: Any, derivation: ByHand, caller: str) -> None:
        self.derivation, self.caller = derivation, caller
        self.whole = self._of_leaves(steps, "the function of the steps") if callable(steps) else None
        self.at_first = self._computed(derivation.values) if self.whole is not None else dict(steps)
        self.functions = self.whole is not None
        if not self.at_first:
            raise TypeError(f"{caller}: there are no steps to compare")
        for key, value in self.at_first.items():
            name, _ = self.called(key)
            if callable(value):
                self.at_first[key] = self._of_leaves(value, f"step {legible(name)!r}")
                self.functions = True

    def _of_leaves(self, f: Any, what: str) -> Any:
        return self.derivation.loss.beside(f, self.caller, what)

    def _computed(self, values: Sequence[Any]) -> dict[Any, Any]:
        assert self.whole is not None
        try:
            found = self.whole(*copies(values))
        except Exception as error:
            error.add_note(f"raised by the steps, which {self.caller} computes at the arguments of the loss")
            raise
        if not isinstance(found, Mapping):
            raise TypeError(
                f"{self.caller}: the function of the steps returns a mapping from names to arrays, got "
                f"{type(found).__name__}"
            )
        return dict(found)

    def called(self, key: Any) -> tuple[str, str | None]:
        """Take a key apart: the name, and what it should be the gradient of, if that is said."""
        pair = isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, str) for k in key)
        if not pair and not isinstance(key, str):
            raise TypeError(
                f'{self.caller}: a step has a name, "dz1", or a name and what it is the gradient of, '
                f'("delta1", "z1"), got {key!r}'
            )
        return key if pair else (key, None)

    def parameters(self) -> list[int]:
        """Choose what is differentiated: all that isn't labels or a mask, and what a step has the name of."""
        names, values = self.derivation.names, self.derivation.values
        asked = [i for i, n in enumerate(names) if any(self._is_of(key, n) for key in self.at_first)]
        found = [i for i in self.derivation.positions if i in asked or not _is_data(values[i])]
        return found or self.derivation.positions

    def _is_of(self, key: Any, name: str) -> bool:
        own, of = self.called(key)
        return of == name or (own != name and is_gradient_of(own, name))

    def at(self, draw: Draw, key: Any) -> Any:
        """Return a quantity at other arguments."""
        if self.whole is not None:
            if key not in (found := self._computed(draw.values)):
                raise ValueError(f"{self.caller}: at other arguments there is no step {key!r}")
            return self._array(key, found[key])
        value = self.at_first[key]
        if not callable(value):
            return self._array(key, value)
        try:
            value = value(*copies(draw.values))
        except Exception as error:
            error.add_note(f"raised by step {self.called(key)[0]!r}, which {self.caller} computes")
            raise
        return self._array(key, value)

    def _array(self, key: Any, value: Any) -> Array:
        whose = f"step {legible(self.called(key)[0])!r}"
        return real(in_numpy(value, f"{self.caller}: {whose}"), whose, self.caller)


def _is_data(value: Any) -> bool:
    """Whether numbers look like labels or a mask: whole, and not all the same as those of a new bias."""
    x = np.asarray(value)
    return x.size > 1 and bool((x == np.round(x)).all() and (x != x.flat[0]).any())


# --- what it is --------------------------------------------------------------------------------------------------


def _told(given: _Given, draws: Sequence[Draw], derivation: ByHand) -> Iterator[ComparedStep]:
    """Say of each step what it is, and what it should be."""
    everywhere, here = Known(draws, down=derivation.descent), Known(draws[:1], down=derivation.descent)
    meant = _Meant(everywhere, derivation)
    for key, value in given.at_first.items():
        name, of = given.called(key)
        repeated = given.whole is not None or callable(value)
        values = [given.at(draw, key) for draw in (draws if repeated else draws[:1])]
        right = meant.of(name, of)
        should_be, ok = None, None
        if right is not None:
            should_be, numbers = right
            ok = all(_alike(v, n) for v, n in zip(values, numbers, strict=False))
        if ok:
            yield ComparedStep(name, values[0], should_be or "", 1.0, False, should_be, numbers[0], True)
            continue
        match = (everywhere if repeated else here).identify(values, max(NEAR, *map(_near, values)))
        told = ComparedStep(name, values[0], UNKNOWN, should_be=should_be, right=right and right[1][0], ok=ok)
        if match is not None:
            told = replace(told, quantity=match.text(), factor=match.factor, transposed=match.axes is not None)
        yield told


class _Meant:
    """What names say that a quantity is, in the names that the loss has for its own."""

    def __init__(self, known: Known, derivation: ByHand) -> None:
        self.known, self.derivation = known, derivation
        self.graph = known.draws[0].chain.graph

    def of(self, name: str, of: str | None) -> tuple[str, list[Array]] | None:
        """Return what a step should be, as mathematics and at each draw; None if its name doesn't say it.

        Raises
        ------
        ValueError
            If it is said to be the gradient of what the loss doesn't have.
        """
        if of is not None:
            found = next((e.id for e in self.graph if e.name and of in (e.name, _plainly(e.name))), None)
            found = self._expression(of) if found is None else found
            if found is None:
                raise ValueError(
                    f"compare_steps: the loss has nothing that is called or written {legible(of)!r}; the names in it "
                    f"are {', '.join(legible(e.name) for e in self.graph if e.name)}"
                )
            return self._quantity("cotangent", found)
        named = [(e.id, n) for e in self.graph if e.name for n in {e.name, _plainly(e.name)}]
        for i, own in named:
            if own == name:
                return self._quantity("value", i)
        for i, own in named:
            if is_gradient_of(name, own):
                return self._quantity("cotangent", i)
        return None

    def _quantity(self, kind: str, entry: int) -> tuple[str, list[Array]] | None:
        for quantity in self.known.quantities:
            if (quantity.kind, quantity.entry) == (kind, entry):
                if kind == "cotangent" and self.derivation.descent:
                    return f"−{quantity.name}", [-v for v in quantity.values]
                return quantity.name, quantity.values
        return None

    def _expression(self, text: str) -> int | None:
        """Find what an expression in the source of the loss computes."""
        try:
            wanted = ast.dump(ast.parse(text, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError):
            return None
        program = Source.of(self.derivation.f)
        if program is None:
            return None
        seen = [program.watch(draw.values) for draw in self.known.draws]
        for i in seen[0].seen:
            place = program.places[i]
            if place.kind == "expression" and ast.dump(place.node) == wanted:
                match = self.known.identify([o.seen[i].values[0] for o in seen if i in o.seen])
                if is_exact(match, "value"):
                    return match.quantity.entry
        return None


def _plainly(name: str) -> str:
    """Write the name of a value in a loop without subscripts: h1 for h₁."""
    return name.translate(_PLAIN)


def _alike(x: Array, y: Array) -> bool:
    if x.shape != y.shape:
        return False
    rtol, of_largest = TOLERANCES[min(8, x.itemsize)]
    return bool(np.allclose(x, y, rtol=10 * rtol, atol=10 * of_largest * largest(y)))


def _near(x: Array) -> float:
    """Say how far a quantity that was given may be from what it is."""
    return TOLERANCES[min(8, x.itemsize)][1]
