"""What was read of somebody's network: where its parameters are, what goes forward and back, and what is the loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Slot, numbers_in
from microgradnet.check.network.driving import Drive, OneStep, copied, same, with_dot
from microgradnet.check.network.gradients import leaves_of
from microgradnet.check.network.losses import Loss
from microgradnet.check.network.methods import BACKWARD, LOSS, Method, bare, likely_role
from microgradnet.check.network.rates import Rate, rate_of
from microgradnet.check.observe import unseen
from microgradnet.transforms import grad
from microgradnet.trees import Leaf, OfLeaves

__all__ = ["NetworkReading", "loss_of", "put", "returned"]


@dataclass(frozen=True)
class NetworkReading:
    """A network, read: its loss and its gradients by hand as functions of arrays, for `compare` and `diagnose`.

    Attributes
    ----------
    network : object
        A copy, which nothing is done to but copying it.
    drive, loss :
        How it goes forward and back, and what is differentiated.
    known : mapping
        What its methods are called with, by role.
    linked : mapping of str to Slot
        Roles that are found in the network itself.
    slots : mapping of str to Slot or str
        The arguments of both functions, by name: a place in the network, or a role.
    parameters : mapping of str to Slot
        Those of them that are differentiated.
    source : str
        Where the gradient by hand is: ``"returned"``, ``"attributes"`` or ``"update"``.
    gradients : mapping of Slot to Slot
        Where that of each parameter is, in what was returned or in the network.
    rate : Rate
    descent : bool
        Whether it points down the loss.
    drawn : mapping of str to object
        Rows that training draws by itself, by role: the loss is of those.
    fixed : bool
        Whether training begins with parameters of its own, so that the gradient is there at one point only.
    updates : bool
        Whether a step updates the parameters too, where its gradients are returned or left.
    notes : tuple of (str, str)
        What was found, for people.
    """

    network: Any
    drive: Drive
    loss: Loss
    known: Mapping[str, Any]
    linked: Mapping[str, Slot]
    slots: Mapping[str, Slot | str]
    parameters: Mapping[str, Slot]
    source: str
    gradients: Mapping[Slot, Slot]
    rate: Rate
    descent: bool
    drawn: Mapping[str, Any]
    fixed: bool = False
    updates: bool = False
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> list[Any]:
        """The arguments of both functions, as they are in the network."""
        found = [self.known[s] if isinstance(s, str) else s.of(self.network) for s in self.slots.values()]
        return [v.copy() if isinstance(v, np.ndarray) else v for v in found]

    @property
    def positions(self) -> list[int]:
        """Which arguments are the parameters."""
        names = list(self.slots)
        return [names.index(name) for name in self.parameters]

    def functions(self) -> tuple[Callable[..., Any], Any]:
        """Return the loss, and the gradients by hand: a function of the same arguments, or arrays by name."""

        def loss(*values: Any) -> Any:
            with unseen():
                network, known = self._at([with_dot(v) for v in values])
                return loss_of(self.drive, self.loss, network, {**known, **self.drawn})

        def by_hand(*values: Any) -> dict[str, Any]:
            with unseen():
                return self._by_hand(*self._at(values))

        back = self.drive.train or self.drive.backward or self.drive.forward
        reads: list[tuple[Any, Method | None]] = [(loss, self.drive.forward), (by_hand, back)]
        for function, method in reads:
            if method is not None:  # whose source is listed, and read to find a mistake
                function.__wrapped__ = method.on(self.network)
        values = self.values
        names, each = list(self.slots), {i: Leaf(i) for i in range(len(values))}
        return OfLeaves(loss, values, each, names), (
            by_hand(*values) if self.fixed else OfLeaves(by_hand, values, each, names)
        )

    def by_update(self) -> NetworkReading:
        """Return the same, with the gradient by hand read off what a step adds."""
        rate = self.rate_found()
        step = self.drive.update or self.drive.backward or self.drive.train
        note = f"what {step}() adds to them: the direction down the loss, {rate.text}"
        notes = tuple((about, note if about == "by hand" else words) for about, words in self.notes)
        return replace(self, source="update", rate=rate, descent=True, updates=False, notes=notes)

    def as_it_runs(self) -> NetworkReading:
        """Return the same with the rate that the class itself goes by: its values are those that the code computes."""
        return replace(self, rate=self._at_its_own(self.rate))

    def _at_its_own(self, rate: Rate) -> Rate:
        """Return a rate as it is; one that the class's methods are called with as their default, if they have one."""
        methods = [m for m in (self.drive.train, self.drive.backward, self.drive.update) if m is not None]
        rates = [p.default for m in methods for p in m.asked(self.network) if likely_role(p.name) == "rate"]
        own = next((float(r) for r in rates if isinstance(r, float | int) and r), rate.value)
        return replace(rate, times=1.0, value=own if rate.argument else rate.value)

    def rate_found(self) -> Rate:
        """Find the rate of the update."""
        reading = replace(self, source="update", rate=Rate())

        def update(change: Callable[[Any], None], known: Mapping[str, Any]) -> dict[Slot, Any]:
            network = copied(self.network, "compare_network")
            change(network)
            with unseen():
                found = reading._by_hand(network, {**known, **self._linked(network)})
            return {place: found[name] for name, place in self.parameters.items()}

        rate = rate_of(self.network, self.known, update)
        return rate if rate.times != 1 else self._at_its_own(rate)

    def _linked(self, network: Any) -> dict[str, Any]:
        return {role: place.of(network) for role, place in self.linked.items()}

    def _at(self, values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """Copy the network, with other values in it."""
        replaced = [s.of(self.network) for s in self.slots.values() if isinstance(s, Slot)]
        network, known = copied(self.network, "compare_network", replaced), dict(self.known)
        for slot, value in zip(self.slots.values(), values, strict=True):
            if isinstance(slot, str):
                known[slot] = value
            else:
                put(network, slot, value)
        return network, known | self._linked(network)

    def training(self) -> tuple[Callable[[], dict[str, Any]], Callable[[], dict[str, Any]]]:
        """Return two functions that each go one step on, one by automatic gradients, and return the updates.

        Raises
        ------
        ValueError
            If no step updates the parameters, or each begins anew.
        """
        if self.fixed:
            raise ValueError(f"compare_training: {self.drive.train}() makes its parameters anew at each call")
        stepping = replace(self, source="update", rate=Rate())
        rate = self.rate if self.rate.text != Rate().text else self.rate_found()
        known = {**self.known, "rate": rate.value}
        network = copied(self.network, "compare_training")
        automatic = dict(zip(self.slots, self.values, strict=True))
        differentiate = grad(self.functions()[0], argnums=tuple(self.positions))

        def by_hand() -> dict[str, Any]:
            with unseen():
                found = stepping._by_hand(network, {**known, **self._linked(network)})
            if not any(np.any(u) for u in found.values()):
                raise ValueError("compare_training: the step updates nothing; no method that does was found")
            return found

        def automatically() -> dict[str, Any]:
            found = differentiate(*automatic.values())
            updates = {name: -rate.value * g for name, g in zip(self.parameters, found, strict=True)}
            automatic.update({name: automatic[name] + u for name, u in updates.items()})
            return updates

        return automatically, by_hand

    def _by_hand(self, network: Any, known: Mapping[str, Any]) -> dict[str, Any]:
        before = {p: np.array(p.of(network), subok=True) for p in self.parameters.values()}
        rate, known = self.rate.enlarged(network, known) if self.source == "update" else (1.0, known)
        step = self.drive.step(network, known, lambda s: _is_there(s, self.source, self.gradients, before), True)
        if self.source == "update":
            return {n: (p.of(step.network) - before[p]) / rate for n, p in self.parameters.items()}
        there = returned(step) if self.source == "returned" else _Inside(step.network)
        return {n: there[self.gradients[p]] for n, p in self.parameters.items()}


class _Inside(dict[Slot, Any]):
    """What stands at the places of an object."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def __missing__(self, place: Slot) -> Any:
        return place.of(self.root)


def put(network: Any, place: Slot, value: Any) -> None:
    """Put a value at a place, and wherever else the same array stands."""
    old = place.of(network)
    others = [p for p, v in numbers_in(network).items() if v is old] if isinstance(old, np.ndarray) else [place]
    for each in others:
        each.put(network, value)


def returned(step: OneStep) -> dict[Slot, Any]:
    """Name what the method that was called last returned."""
    method = getattr(step.network, step.method, None)
    return leaves_of(step.returned, method)


def _is_there(step: OneStep, source: str, gradients: Mapping[Slot, Slot], before: Mapping[Slot, Any]) -> bool:
    """Whether a step has come so far that its gradients can be read."""
    if source == "update":
        return any(not same(p.of(step.network), value) for p, value in before.items())
    if bare(step.method) not in BACKWARD + LOSS:
        return False
    if source == "returned":
        return set(gradients.values()) <= set(returned(step))
    with suppress(AttributeError, KeyError, IndexError, TypeError):
        return all(g.of(step.network) is not None for g in gradients.values())
    return False


def loss_of(drive: Drive, loss: Loss, network: Any, known: Mapping[str, Any]) -> Any:
    """Go forward, and compute the loss."""
    if not loss.alone:
        output, _ = drive.ahead(network, known)
        known = {**known, "output": output}
    return loss.of(network, known)
