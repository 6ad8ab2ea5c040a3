"""One model trained twice from the same parameters, with updates by hand and with automatic gradients.

At every iteration the two ways are compared at the same parameters, those of the automatic run, so that what
is measured is the gradients and not how far the two runs have drifted apart. The drift is seen in the losses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.agreement import TOLERANCES, differences
from microgradnet.check.nonfinite import made_nonfinite
from microgradnet.compiler import compile  # noqa: A004
from microgradnet.nn.networks import Array, Parameters, TwoLayers
from microgradnet.repeating import scan

__all__ = ["Comparison", "Difference", "Diverged", "Iteration"]


_TURNS = 100
_COLLECTED = 1 << 20
"""So many iterations, which collect at most so many numbers, are one call of what was compiled."""


class Diverged(ArithmeticError):
    """Raised where a loss is no longer finite."""


@dataclass(frozen=True)
class Difference:
    """Two gradients at one element of one parameter in one iteration.

    Attributes
    ----------
    value : float
        How far they differ: ``|manual − automatic|``, absolute, or relative as in `differences`.
    iteration : int
        From 1.
    parameter : str
    element : tuple of int
    manual, automatic : float
        Both as ∂loss/∂parameter.
    """

    value: float
    iteration: int
    parameter: str
    element: tuple[int, ...]
    manual: float
    automatic: float


@dataclass(frozen=True)
class Iteration:
    """One iteration: the losses before its updates, and the largest differences of its gradients."""

    iteration: int
    manual_loss: float
    automatic_loss: float
    absolute: Difference
    relative: Difference


class Comparison:
    """Train twice, and compare the gradients at every iteration.

    Parameters
    ----------
    parameters : mapping of str to array
        Where both runs start.
    by_hand : callable
        ``by_hand(parameters) -> (loss, updates)``, the updates by name pointing *down* the loss.
    automatic : callable
        ``automatic(parameters) -> (loss, gradients)``, the gradients by name pointing *up*; to be compiled, a
        function that `microgradnet.compile` can trace.
    magnitudes : callable
        ``magnitudes(parameters)``: by name, the sum of absolute terms for each element of the gradients.
    learning_rate : float
    recorded : callable, optional
        ``recorded(parameters)``: the loss as a tensor, of tensors with the parameters' names. It is asked for where
        the automatic loss or its gradient is no longer finite, to say which operation was the first.
    compiled : bool
        Whether the automatic run is a loop in compiled code, a `microgradnet.scan` of many iterations.

    Attributes
    ----------
    learning_rate : float
    manual, automatic : dict of str to array
        The present parameters of the two runs.
    steps : list of Iteration
        One per iteration made.
    tolerance : float
        The largest relative difference that counts as agreement.
    """

    def __init__(
        self,
        parameters: Parameters,
        by_hand: Callable[[Parameters], tuple[float, Mapping[str, Array]]],
        automatic: Callable[[Parameters], tuple[float, Mapping[str, Array]]],
        magnitudes: Callable[[Parameters], Mapping[str, Array]],
        *,
        learning_rate: float = 1.0,
        recorded: Callable[[Parameters], Any] | None = None,
        compiled: bool = False,
    ) -> None:
        self.manual = dict(parameters)
        self.automatic = dict(parameters)
        self.steps: list[Iteration] = []
        self.tolerance: float = max(TOLERANCES[np.asarray(p).itemsize][1] for p in self.manual.values())
        self._by_hand = by_hand
        self._automatic = automatic
        self._magnitudes = magnitudes
        self._recorded = recorded
        self.learning_rate = learning_rate
        self._repeated = compile(self._turns, backend="numpy") if compiled else None  # Numba takes seconds to begin

    @classmethod
    def of(
        cls,
        network: TwoLayers,
        x: Array,
        y: Array,
        parameters: Parameters,
        *,
        learning_rate: float | None = None,
        compiled: bool = False,
    ) -> Comparison:
        """Prepare to train a network of two layers on x, shape (n, d), and y, shape (n, o).

        The default learning rate is `TwoLayers.learning_rate`. The automatic gradients are compiled if so wished.
        """
        return cls(
            parameters,
            partial(network.by_hand, x, y),
            partial(network.differentiated if compiled else network.automatic, x, y),
            partial(network.magnitudes, x, y),
            learning_rate=network.learning_rate(len(x)) if learning_rate is None else learning_rate,
            recorded=lambda parameters: network.recorded(x, y, parameters)[0],
            compiled=compiled,
        )

    def run(self, iterations: int) -> Iterator[Iteration]:
        """Make iterations, one for each `Iteration` that is asked for.

        Raises
        ------
        ValueError
            If the two gradients of a parameter don't have the same shape.
        Diverged
            If a loss or a gradient is no longer finite.
        """
        rate = self.learning_rate
        for parameters, automatic_loss, gradients in self._automatic_run(iterations):
            self.automatic = parameters
            with np.errstate(over="ignore", invalid="ignore"):
                manual_loss, updates = self._by_hand(self.manual)
                absolute, relative = self._compare(gradients)
            iteration = len(self.steps) + 1
            if not np.isfinite((manual_loss, automatic_loss, absolute.value, relative.value)).all():
                raise Diverged(
                    f"the loss or its gradient is no longer finite at iteration {iteration}{self._first_nonfinite()}"
                )
            step = Iteration(iteration, manual_loss, automatic_loss, absolute, relative)
            self.steps.append(step)
            self.manual = {name: p + rate * updates[name] for name, p in self.manual.items()}
            self.automatic = {name: p - rate * gradients[name] for name, p in self.automatic.items()}
            yield step

    def _automatic_run(self, iterations: int) -> Iterator[tuple[dict[str, Array], float, Mapping[str, Array]]]:
        """Go through the iterations of the automatic run: parameters, and their loss and gradients."""
        size = sum(np.size(p) for p in self.automatic.values())
        most = 1 if self._repeated is None else max(1, min(_TURNS, _COLLECTED // (2 * size)))
        while iterations > 0:
            count = min(most, iterations)
            iterations -= count
            if self._repeated is None:
                with np.errstate(over="ignore", invalid="ignore"):
                    loss, gradients = self._automatic(self.automatic)
                yield self.automatic, float(loss), gradients
                continue
            with np.errstate(all="ignore"):  # there may be turns after one that diverged
                parameters, losses, collected = self._repeated(self.automatic, self.learning_rate, count)
            for turn in range(count):
                yield _row(parameters, turn), float(losses[turn]), _row(collected, turn)

    def _turns(self, parameters: dict[str, Any], rate: Any, count: int) -> Any:
        """Make several iterations: return what the parameters were in each, the losses and the gradients."""

        def step(parameters: dict[str, Any]) -> tuple[dict[str, Any], Any]:
            loss, gradients = self._automatic(parameters)
            moved = {name: p - rate * gradients[name] for name, p in parameters.items()}
            return moved, (parameters, loss, gradients)

        return scan(step, parameters, count)[1]

    def _first_nonfinite(self) -> str:
        """Say which operation of the automatic run was the first whose result or gradient is not finite."""
        if self._recorded is None:
            return ""
        with np.errstate(all="ignore"):
            found = made_nonfinite(self._recorded(self.automatic))
        return "" if found is None else ": " + str(found).removeprefix(f"{found.direction}: ")

    def _compare(self, gradients: Mapping[str, Array]) -> tuple[Difference, Difference]:
        """Find the largest absolute and relative difference from the updates by hand at the same parameters."""
        _, updates = self._by_hand(self.automatic)
        magnitudes = self._magnitudes(self.automatic)
        largest = [(-1.0, "", 0), (-1.0, "", 0)]  # absolute, relative; of equal ones the first
        for name, gradient in gradients.items():
            if updates[name].shape != gradient.shape:
                raise ValueError(
                    f"{name}: the update by hand has shape {updates[name].shape}, the gradient {gradient.shape}"
                )
            for kind, values in enumerate(differences(-updates[name], gradient, magnitudes[name])):
                position = int(values.argmax())  # of the first NaN, if there is one
                value = float(values.item(position))
                if _size(value) > _size(largest[kind][0]):
                    largest[kind] = value, name, position
        absolute, relative = (
            Difference(
                value=value,
                iteration=len(self.steps) + 1,
                parameter=name,
                element=tuple(map(int, np.unravel_index(position, gradients[name].shape))),
                manual=float(-updates[name].item(position)),
                automatic=float(gradients[name].item(position)),
            )
            for value, name, position in largest
        )
        return absolute, relative

    @property
    def absolute(self) -> Difference:
        """The largest absolute difference of all iterations; of equal ones the first."""
        return _largest(step.absolute for step in self.steps)

    @property
    def relative(self) -> Difference:
        """The largest relative difference of all iterations; of equal ones the first."""
        return _largest(step.relative for step in self.steps)

    @property
    def agree(self) -> bool:
        """Whether the gradients agreed, within the tolerance, at every iteration."""
        return all(step.relative.value <= self.tolerance for step in self.steps)


def _row(arrays: Mapping[str, Array], turn: int) -> dict[str, Array]:
    return {name: rows[turn, ...] for name, rows in arrays.items()}


def _largest(found: Iterable[Difference]) -> Difference:
    return max(found, key=lambda d: _size(d.value))


def _size(value: float) -> float:
    """Return how large a difference is: NaN is larger than all."""
    return math.inf if math.isnan(value) else value
