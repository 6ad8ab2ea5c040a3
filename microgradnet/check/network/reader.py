"""How a network is read: one thing after the other is found by trying it on copies, and what isn't is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Slot, numbers_in, objects_in
from microgradnet.check.network.driving import Drive, OneStep, copied, same
from microgradnet.check.network.gradients import by_shape, leaves_of, matched, parameter_like
from microgradnet.check.network.losses import Loss, given_loss, own_loss, target_of, usual_losses
from microgradnet.check.network.methods import (
    BACKWARD,
    FORWARD,
    LOSS,
    UPDATE,
    Method,
    bare,
    likely_role,
    method_of,
    methods_in,
    role_of,
    training_of,
    trains,
)  # fmt: skip
from microgradnet.check.network.rates import Rate
from microgradnet.check.network.reading import NetworkReading, loss_of, put, returned
from microgradnet.check.observe import unseen
from microgradnet.record import Recorded, no_grad, node_of, value_of
from microgradnet.tensor import tensor
from microgradnet.transforms import grad

__all__ = ["read_network"]

PROBES = 3
"""How often a number is changed to see whether going forward reads it."""


def read_network(network: Any, *data: Any, caller: str = "compare_network", **options: Any) -> NetworkReading:
    """Read somebody's network; see `compare_network` for what it takes and raises."""
    defaults = dict.fromkeys(("loss", "forward", "backward", "parameters", "rate", "descent"))
    drawn: list[Sequence[Any]] = _drawn(network) if isinstance(network, type) and not data else []
    failed: Exception | None = None
    for given in drawn or [data]:
        try:
            with unseen():
                reading = _Reader(network, given, defaults | options, caller).read()
        except (TypeError, ValueError, IndexError) as error:
            failed = failed or error
            continue
        if not drawn:
            return reading
        shapes = " and ".join(str(np.shape(a)) for a in given)
        return replace(reading, notes=(*reading.notes, ("data", f"drawn at random, of shapes {shapes}: none given")))
    assert failed is not None
    raise failed


def _drawn(kind: type) -> list[Sequence[Any]]:
    """Draw the data that a constructor asks for, in rows, and in columns; nothing if it asks for anything else."""
    asked = [p for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    roles = [likely_role(p.name) for p in asked]
    if sorted(roles) != ["x", "y"]:
        return []
    random = np.random.default_rng(0)
    sizes = [{"x": (5, 3), "y": (5, 1)}, {"x": (3, 5), "y": (1, 5)}]
    return [[random.random(shapes[role]) for role in roles] for shapes in sizes]


class _Reader:
    """Finds, one after the other, what `NetworkReading` holds."""

    def __init__(self, network: Any, data: Sequence[Any], options: Mapping[str, Any], caller: str) -> None:
        self.caller, self.options = caller, options
        self.class_name = network.__name__ if isinstance(network, type) else type(network).__name__
        if isinstance(network, type):
            network, data = self._made(network, data)
        self.network = copied(network, caller)
        self.known: dict[str, Any] = {"rate": 1.0, "rounds": 1, "quiet": False, **_data(data, caller)}
        self.linked: dict[str, Slot] = {}
        for place in numbers_in(self.network):
            role = role_of(place.name)
            alone = len(place.steps) == 1 and np.ndim(place.of(self.network))
            if alone and role in ("x", "y") and role not in self.known and role not in self.linked:
                self.linked[role] = place
        self.drive = Drive()
        self.fixed, self.one_row = False, ""
        self.drawn: dict[str, Any] = {}
        self.without: list[Slot] = []

    def _made(self, kind: type, data: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        """Make a network of a class; what its constructor doesn't take is for its methods."""
        signature = inspect.signature(kind)
        for own, rest in ((data, ()), ((), data)):
            try:
                signature.bind(*own)
            except TypeError:
                continue
            return kind(*own), rest
        raise TypeError(
            f"{self.caller}: {kind.__name__}{signature} can't be made of {len(data)} arguments. Give them after the "
            "class, or a network that is made and then what its methods take; in the shell, let the file make and "
            "train one, or define data(), which returns the arguments, or a network, x and y"
        )

    def _see(self, network: Any) -> dict[str, Any]:
        """Return what is known of a network, by role."""
        return self.known | {role: place.of(network) for role, place in self.linked.items()}

    def read(self) -> NetworkReading:
        """Read the network by its method that goes back; where that tells nothing, by its training."""
        self._choose_methods()
        try:
            return self._read()
        except AttributeError as error:  # of the network: what goes forward has not left what going back reads
            forward = method_of(self.network, LOSS)
            if self.options["forward"] is not None or forward is None:
                raise ValueError(
                    f"{self.caller}: {self.drive.backward} raised AttributeError: {error}; "
                    "say what goes forward before it, forward="
                ) from error
            self.options = {**self.options, "forward": forward.name}
            return self.read()
        except (TypeError, ValueError):
            train = training_of(self.network)
            if self.drive.train is not None or self.options["backward"] is not None or train is None:
                raise
            by_training = Drive(self._method("forward", FORWARD), train=train)
            with suppress(TypeError, ValueError, LookupError, AttributeError):
                self.drive = by_training
                return self._read()
            raise

    def _read(self) -> NetworkReading:
        if self.drive.train is not None:
            self._begin_training()
            self._see_rows()
        self._find_output()
        self._choose_loss()
        first = self._discover()
        if first.again and np.shape(self._see(self.network).get("x", 0))[:1] not in ((), (1,)):
            self._take_one_row(str(self.drive.train))
            first = self._discover()
        source, parameters, gradients = self._find_gradients()
        return self._reading(source, parameters, gradients)

    # --- the methods ------------------------------------------------------------------------------------

    def _choose_methods(self) -> None:
        n, given = self.network, self.options
        forward = self._method("forward", FORWARD)
        backward = self._method("backward", BACKWARD)
        train = None if given["backward"] is not None else training_of(n)
        if given["backward"] is not None and backward is not None and trains(backward.name, backward.roles(n)):
            backward, train = None, backward
        with_loss = method_of(n, LOSS)
        if (backward is None and train is None) or (with_loss is not None and self._gives_gradients(with_loss)):
            backward = backward or with_loss
        if backward is not None and self._lacks(backward) and train is not None and not self._lacks(train):
            backward = None
        if backward is not None:
            self.drive = Drive(forward, backward, method_of(n, UPDATE))
            if (lacking := self._lacks(backward)) and self._lacks(backward, "slope"):
                raise self._cannot_call("backward", backward, lacking)
        elif train is not None:
            self.drive = Drive(forward, train=train)
            if lacking := self._lacks(train):
                raise self._cannot_call("backward", train, lacking)
        else:
            raise ValueError(
                f"{self.caller}: {self.class_name} has no method that goes back, such as backprop, backward or train; "
                f"it has {methods_in(n)}. Say which: backward= (in the shell --backprop)"
            )

    def _method(self, option: str, names: Sequence[str]) -> Method | None:
        given = self.options[option]
        return method_of(self.network, names) if given is None else Method.of(given, self.network, self.caller, option)

    def _lacks(self, method: Method, *found: str) -> str:
        """Say which argument of a method nothing is known for; nothing if all are, as with what will be found."""
        known = self._see(self.network) | dict.fromkeys(("output", "cache", *found))
        try:
            method.arguments(self.network, known)
        except LookupError as error:
            return str(error)
        return ""

    def _gives_gradients(self, method: Method) -> bool:
        """Whether a method of the loss returns gradients with it."""
        if method.function is not None or self._lacks(method):
            return False
        network = copied(self.network, self.caller)
        with suppress(Exception), unseen():
            returned = method.call(network, self._see(network))
            return isinstance(returned, tuple) and len(_numbers(returned)) > 1
        return False

    def _cannot_call(self, option: str, method: Method, lacking: str) -> TypeError:
        signature = inspect.signature(method.on(self.network))
        return TypeError(
            f"{self.caller}: {self.class_name}.{method}{signature}: nothing is known for {lacking}. Give the data "
            f"after the network, or say the call: {option}=lambda net: net.{method}(...)"
        )

    # --- where everything stands ------------------------------------------------------------------------

    def _begin_training(self) -> None:
        """Let training that makes its parameters itself make them."""
        network = copied(self.network, self.caller)
        before = numbers_in(self.network)
        try:
            with unseen():
                self.drive.step(network, self._see(network) | {"rounds": 0}, lambda s: False)
        except Exception:  # somebody's training, which needn't go round no times
            return
        made = numbers_in(network)
        rounds = any(likely_role(p.name) == "rounds" for p in before) or self.drive.train.takes(network, ["rounds"])  # type: ignore[union-attr]
        if rounds and any(parameter_like(p) and (p not in before or not same(v, before[p])) for p, v in made.items()):
            for place, value in before.items():
                if likely_role(place.name) == "rounds":
                    place.put(network, value)
            for place, value in objects_in(self.network):  # so that it draws the same parameters again
                if isinstance(value, np.random.Generator | np.random.RandomState):
                    place.put(network, copied(value, self.caller))
            self.network, self.fixed = network, True

    def _find_output(self) -> None:
        """Find what goes forward, where that keeps its output, and where it has to be stored before going back."""
        if self.drive.forward is None:
            return
        candidates = [self.drive.forward]
        if self.options["forward"] is None:
            candidates += [m for name in FORWARD if (m := method_of(self.network, [name])) is not None]
        first: Exception | None = None
        for forward in candidates:
            try:
                if self._lacks(forward):
                    raise self._cannot_call("forward", forward, self._lacks(forward))
                self._find_output_of(_activated(forward, self.network))
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                first = first or self._not_forward(forward, error)
            else:
                return
        loss = self._loss_found()
        if loss is None or not loss.alone:
            raise first or ValueError
        self.drive = replace(self.drive, forward=None)

    def _loss_found(self) -> Loss | None:
        """Find the loss that was given, or that the class has."""
        given = self.options["loss"]
        if given is not None:
            return given_loss(given, self.network, self.caller)
        return own_loss(self.network, self._see(self.network))

    def _not_forward(self, forward: Method, error: Exception) -> Exception:
        """Say what a method raised that was taken for the one that goes forward."""
        if str(error).startswith(f"{self.caller}: "):
            return error
        found = ValueError(
            f"{self.caller}: {self.class_name}.{forward}() raised {type(error).__name__}: {error}; if it isn't what "
            "goes forward, say what is: forward="
        )
        found.__cause__ = error
        return found

    def _find_output_of(self, forward: Method) -> None:
        drive = replace(self.drive, forward=forward, item=self._newest(forward))
        network = copied(self.network, self.caller)
        before = numbers_in(network)
        with unseen():
            output, _ = drive.ahead(network, self._see(network) | self.drawn)
        after = numbers_in(network)
        changed = [p for p, v in after.items() if v is not before.get(p) or not same(p.of(self.network), v)]
        named = [p for p in after if role_of(p.name) == "output"]
        self.drive = replace(drive, written=tuple(changed))
        if output is None:
            kept = sorted((p for p in named if p in changed), key=lambda p: len(p.steps)) or changed[-1:]
            kept = [p for p in kept if len(p.steps) == len(kept[0].steps)]
            if not kept and self.options["loss"] is None:
                raise ValueError(
                    f"{self.caller}: {self.class_name}.{forward}() returns nothing and leaves no array; say what goes "
                    "forward with forward="
                )
            self.drive = replace(self.drive, kept=kept[-1] if kept else None)
        elif not _floating(output):
            raise ValueError(
                f"{self.caller}: {self.class_name}.{forward}() returns {np.asarray(output).dtype}, which has no "
                "gradient; say what goes forward and returns the numbers before that: forward="
            )
        elif self.drive.backward is not None and not self.drive.backward.takes(network, ["output", "cache", "x"]):
            stale = [
                p for p in named if len(p.steps) == 1 and p not in changed and np.shape(after[p]) == np.shape(output)
            ]
            self.drive = replace(self.drive, stored=next((p for p in stale if self._is_read_back(p)), None))

    def _newest(self, forward: Method) -> int | None:
        """Say which of several arrays that a method returns is computed last; None if it doesn't return several."""
        network = copied(self.network, self.caller)
        with unseen():
            returned = forward.call(copied(network, self.caller), self._see(network) | self.drawn)
        arrays = isinstance(returned, tuple) and [isinstance(r, np.ndarray) for r in returned].count(True) > 1
        if not arrays:
            return None
        for place, value in numbers_in(network).items():
            if parameter_like(place) and _floating(value):
                put(network, place, tensor(value, requires_grad=True))
        with suppress(Exception), unseen():
            recorded = forward.call(network, self._see(network) | self.drawn)
            made = [node_of(r).index if isinstance(r, Recorded) else np.inf for r in recorded]
            return int(np.argmin(made))  # indices fall
        return 0

    def _is_read_back(self, place: Slot) -> bool:
        """Whether a step depends on what stands at a place that going forward didn't write."""
        after = []
        for more in (0.0, 0.375):
            network = copied(self.network, self.caller)
            place.put(network, place.of(network) + more)
            with unseen():
                self.drive.step(network, self._see(network), lambda s: False)
            after.append({p: v for p, v in numbers_in(network).items() if p != place})
        return any(p not in after[1] or not same(v, after[1][p]) for p, v in after[0].items())

    def _choose_loss(self) -> None:
        self.loss = self._loss_found() or self._usual()[0]
        if self.drive.backward is not None and self._lacks(self.drive.backward):
            self.drive = replace(self.drive, slope=self._slope)
        try:
            self._loss_of(copied(self.network, self.caller))
        except Exception as error:  # of somebody's loss, or of a y that isn't what it takes
            if str(error).startswith(f"{self.caller}: "):
                raise
            raise ValueError(
                f"{self.caller}: the loss, {self.loss.text}, raised {type(error).__name__}: {error}; say loss="
            ) from error

    def _usual(self) -> list[Loss]:
        """Name the losses that are usual for the output there is."""
        network = copied(self.network, self.caller)
        known = self._see(network) | self.drawn
        with unseen():
            output, _ = self.drive.ahead(network, known)
        y = target_of(network, known)
        if output is None or y is None:
            what = "no method that goes forward" if output is None else "no y, the targets,"
            raise ValueError(f"{self.caller}: no loss was given, the class has none, and {what} was found: say loss=")
        return usual_losses(y, output, self.caller)

    def _slope(self, network: Any, output: Any) -> Any:
        known = self._see(network)
        return grad(lambda o: self.loss.of(network, {**known, "output": o}))(np.asarray(value_of(output), float))

    def _see_rows(self) -> None:
        """See which rows the first step of training takes: the loss is of those."""
        network = copied(self.network, self.caller)
        seen = self._see(network)
        with suppress(Exception), unseen():
            step = self.drive.step(network, seen, lambda s: True)
            self.drawn = {r: step.known[r] for r in ("x", "y") if step.known.get(r) is not seen.get(r)}

    def _take_one_row(self, train: str) -> None:
        seen = self._see(self.network)
        for role in ("x", "y"):
            if role in self.linked:
                self.linked[role].put(self.network, seen[role][-1:])
            elif role in self.known:
                self.known[role] = seen[role][-1:]
        self.one_row = f"the last row alone, for {train}() goes through the rows one by one"

    # --- the parameters and their gradients -------------------------------------------------------------

    def _discover(self) -> OneStep:
        """Make one step, and remember what it changed and what there was when it had gone back."""
        network = copied(self.network, self.caller)
        old = numbers_in(network)
        self.before = {p: np.array(v) if isinstance(v, np.ndarray) else v for p, v in old.items()}
        self.left: dict[Slot, Any] = {}
        self.given: dict[Slot, Any] = {}

        def remember(step: OneStep) -> bool:
            if not self.given and not self.left and bare(step.method) in BACKWARD + LOSS:
                there = numbers_in(step.network)
                written = [p for p, v in there.items() if v is not old.get(p) or not same(v, self.before[p])]
                self.left = {p: np.array(there[p]) for p in written}
                self.given = {p: np.array(v) for p, v in returned(step).items()}
            return False

        with unseen():
            step = self.drive.step(network, self._see(network), remember, updating=False)
            if self.drive.train is None:
                remember(replace(step, method=BACKWARD[0]) if bare(step.method) not in BACKWARD + LOSS else step)
                self.given = {p: np.array(v) for p, v in returned(step).items()}
        self.updated = self._updated(network)
        if not self.updated and self.drive.update is not None and not self._lacks(self.drive.update):
            again = copied(self.network, self.caller)
            with unseen():
                self.drive.step(again, self._see(again), lambda s: False, updating=True)
            self.updated = self._updated(again)
        return step

    def _updated(self, network: Any) -> dict[Slot, Any]:
        """Find the floating-point numbers that a step changed and that the loss is computed from; their updates."""
        after = numbers_in(network)
        changed = [p for p, v in self.before.items() if p in after and not same(v, after[p])]
        self.changed = changed
        changed = [p for p in changed if np.shape(after[p]) == np.shape(self.before[p]) and _floating(after[p])]
        found = [p for p in changed if self.reads(p)]
        for p in found:
            if not _floating(self.before[p]):  # self.bias = 0, to which floats are added
                self.before[p] = float(self.before[p])
                p.put(self.network, self.before[p])
        return {p: np.asarray(after[p]) - self.before[p] for p in found}

    def reads(self, place: Slot) -> bool:
        """Whether the loss is computed from what stands at a place."""
        random = np.random.default_rng(0)
        value = np.asarray(place.of(self.network))
        others = [np.full(value.shape, np.nan)] if value.dtype.kind == "f" else []
        others += [value + random.integers(1, 3, value.shape) * (-1) ** i for i in range(PROBES - 1)]
        here = self._loss_with(place, value)
        for other in others:
            try:
                there = self._loss_with(place, other.astype(value.dtype)[()])
            except Exception:  # an index out of range: it was read
                return True
            if not same(here, there):
                return True
        return False

    def _loss_with(self, place: Slot, value: Any) -> Any:
        network = copied(self.network, self.caller)
        put(network, place, value)
        return self._loss_of(network)

    def _loss_of(self, network: Any) -> Any:
        with unseen(), no_grad(), np.errstate(all="ignore"):
            return value_of(loss_of(self.drive, self.loss, network, self._see(network) | self.drawn))

    def _find_gradients(self) -> tuple[str, list[Slot], dict[Slot, Slot]]:
        """Find the parameters, and where the gradient of each is."""
        wanted = self._asked_for() or list(self.updated)
        if not wanted:
            wanted = [p for p, v in self.before.items() if _floating(v) and parameter_like(p) and self.reads(p)]
            wanted = wanted or [p for p, v in self.before.items() if _floating(v) and np.ndim(v) and self.reads(p)]
        if self.options["parameters"] is None:  # one that the update forgets is a parameter all the same
            kin = [p for p, v in self.before.items() if p not in wanted and _floating(v) and parameter_like(p)]
            wanted += [p for p in kin if self.reads(p)]
        values = {p: self.before[p] for p in wanted}
        left = {p: v for p, v in self.left.items() if p not in wanted and _floating(v)}
        for source, there in (("returned", self.given), ("attributes", left)):
            found = matched(there, values) or (by_shape(there, values) if source == "returned" else {})
            if found and (len(found) == len(wanted) or not self.updated):
                self.without = [p for p in wanted if p not in found]
                return source, [p for p in wanted if p in found], found
        if self.updated:
            return "update", wanted, {}
        raise ValueError(
            f"{self.caller}: no gradients by hand were found: {self._called()} returns none, leaves none in attributes "
            f"such as dW1 or grads, and changes no number that going forward reads. Say with backward= (in the shell "
            f"--backprop) what computes them, and with parameters= whose they are"
        )

    def _asked_for(self) -> list[Slot]:
        asked = self.options["parameters"]
        if asked is None:
            return []
        asked = [a.strip() for a in asked.split(",")] if isinstance(asked, str) else list(asked)
        found = []
        for name in asked:
            fitting = [p for p in self.before if name.removeprefix("self.") in (str(p), _label(p))]
            fitting = fitting or [p for p in self.before if str(p.container) == name]
            if not fitting:
                there = ", ".join(str(p) for p, v in self.before.items() if np.ndim(v))
                raise ValueError(f"{self.caller}: parameters={name!r} is not in {self.class_name}; there are {there}")
            found += fitting
        return found

    def _called(self) -> str:
        return f"{self.class_name}.{self.drive.backward or self.drive.train}()"

    # --- all together -----------------------------------------------------------------------------------

    def _reading(self, source: str, parameters: list[Slot], gradients: dict[Slot, Slot]) -> NetworkReading:
        labels = _labels(parameters)
        constants = [
            p for p, v in self.before.items()
            if p not in parameters and np.ndim(v) and self._counts_as_data(p) and self.reads(p)
        ]  # fmt: skip
        slots: dict[str, Slot | str] = {_label(p): p for p in constants}
        slots |= {self._called_by_them(r): r for r in ("x", "y") if _is_array(self.known.get(r)) and not self.drawn}
        slots |= labels
        reading = NetworkReading(
            self.network, self.drive, self.loss, self.known, self.linked, slots, labels, source, gradients, Rate(),
            False, self.drawn, self.fixed,
        )  # fmt: skip
        reading, memory = self._forgetful(reading)
        reading = replace(reading, rate=self._rate(reading))
        down = source == "update" if self.options["descent"] is None else self.options["descent"]
        if source != "update" and self.options["descent"] is None and self.updated:
            by_hand = _by_hand(reading)
            down = sum(float(np.sum(self.updated[p] * by_hand[n])) for n, p in labels.items() if p in self.updated
                       and np.shape(by_hand[n]) == self.updated[p].shape) > 0  # fmt: skip
        reading = replace(reading, descent=bool(down), updates=source != "update" and bool(self.updated))
        notes = self._notes(reading, constants)
        forgotten = ("memory", f"{', '.join(map(str, memory))}: set to 0, as before the first step")
        return replace(reading, notes=(*notes, forgotten) if memory else notes)

    def _forgetful(self, reading: NetworkReading) -> tuple[NetworkReading, list[Slot]]:
        """Take the memory of earlier steps out of the gradients by hand, such as the velocity of a momentum."""
        shapes = {np.shape(p.of(self.network)) for p in reading.parameters.values()}
        known = {*reading.parameters.values(), *self.drive.written, *reading.linked.values()}
        memory = [p for p in self.changed if p not in known and np.shape(self.before[p]) in shapes]
        memory = [p for p in memory if np.shape(self.before[p]) and _floating(self.before[p])]
        self._refuse_normalised(reading, memory)
        memory = [p for p in memory if np.any(self.before[p])]
        found: list[Slot] = []
        for place in memory:
            network = copied(reading.network, self.caller)
            put(network, place, 0 * place.of(network))
            forgetful = replace(reading, network=network)
            before, after = _by_hand(reading), _by_hand(forgetful)
            if not all(same(before[n], after[n]) for n in before):
                reading, found = forgetful, [*found, place]
        self.network = reading.network
        return reading, found

    def _refuse_normalised(self, reading: NetworkReading, memory: Sequence[Slot]) -> None:
        """Refuse to read a gradient off an update that has lost its size, as Adam's and its kin's has."""
        if reading.source != "update" or not memory:
            return
        network = copied(self.network, self.caller)
        for place in memory:
            put(network, place, 0 * place.of(network))
        with np.errstate(all="ignore"):
            found = _by_hand(replace(reading, network=network))
        sizes = np.abs(np.concatenate([np.ravel(u) for u in found.values()]))
        sizes = sizes[sizes > 0]
        if sizes.size > 2 and np.mean(sizes > 0.99 * sizes.max()) > 0.8:  # all but those near the 1e-8 of its root
            raise ValueError(
                f"{self.caller}: the numbers that {self._called()} adds are of one size, as Adam's, whose memory is "
                f"{', '.join(map(str, memory))}: they tell no gradient. Say with backward= (in the shell --backprop) "
                "what returns the gradients, or leaves them in attributes"
            )

    def _counts_as_data(self, place: Slot) -> bool:
        return place in self.linked.values() or place not in self.updated

    def _called_by_them(self, role: str) -> str:
        for method in (self.drive.backward, self.drive.forward, self.drive.train):
            for p in method.asked(self.network) if method is not None else ():
                if likely_role(p.name) == role:
                    return p.name
        return role

    def _rate(self, reading: NetworkReading) -> Rate:
        given = self.options["rate"]
        if given is not None:
            return Rate(float(given), f"rate {float(given):g}, as given")
        return reading.rate_found() if reading.source == "update" else Rate()

    def _notes(self, reading: NetworkReading, constants: Iterable[Slot]) -> tuple[tuple[str, str], ...]:
        shapes = ", ".join(f"{n} {np.shape(p.of(self.network))}" for n, p in reading.parameters.items())
        called, down = (
            f"{self.drive.backward or self.drive.train}()",
            ", the direction down the loss" if reading.descent else "",
        )
        by_hand = {
            "update": f"what {called} adds to them: the direction down the loss, {reading.rate.text}",
            "returned": f"what {called} returns{down}",
            "attributes": f"{', '.join(map(str, reading.gradients.values()))}, left by {called}{down}",
        }[reading.source]
        notes = [("parameters", shapes), ("by hand", by_hand)]
        if self.drive.forward is not None and not self.loss.alone:
            kept = f"; the output is .{self.drive.kept}" if self.drive.kept is not None else ""
            kept += f"; its output is stored as .{self.drive.stored}" if self.drive.stored is not None else ""
            notes.append(("forward", f"{self.drive.forward}(){kept}"))
        assumed = ": ASSUMED, for no loss was given and the class has none" if self.loss.assumed else ""
        notes.append(("loss", f"{self.loss.text}{assumed}"))
        if names := [_label(p) for p in constants if p not in self.without]:
            notes.append(("constant", f"{', '.join(names)}, which no step changes"))
        if missing := ", ".join(map(_label, self.without)):
            notes.append(("MISSING", f"{missing}: no gradient by hand was found, though the loss depends on it"))
        if self.drawn:
            shape = np.shape(self.drawn.get("x", 0))
            notes.append(("data", f"those of the first step of {self.drive.train}(), {shape}"))
        if self.one_row:
            notes.append(("data", self.one_row))
        if self.fixed:
            notes.append(("compared at", f"the parameters with which {self.drive.train}() begins"))
        return tuple(notes)


def _activated(forward: Method, network: Any) -> Method:
    """Return what goes forward; of a class whose net_input is followed by its activation, both."""
    activation = method_of(network, ["activation"])
    if bare(forward.name) != "netinput" or activation is None:
        return forward
    return Method.of_function(lambda net, x: activation.on(net)(forward.on(net)(x)), f"{activation} of {forward}")


def _by_hand(reading: NetworkReading) -> Any:
    """Return the gradients by hand, by the parameters' names."""
    by_hand = reading.functions()[1]
    return by_hand(*reading.values) if callable(by_hand) else by_hand


def _numbers(returned: Any) -> dict[Slot, Any]:
    return leaves_of(returned, None)


def _floating(value: Any) -> bool:
    return np.asarray(value).dtype.kind == "f"


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _label(place: Slot) -> str:
    """Name a parameter as short as it is clear: W1 for params["W1"]."""
    kind, key = place.steps[-1]
    return key if kind == "[]" and isinstance(key, str) and key.isidentifier() else str(place)


def _labels(places: Iterable[Slot]) -> dict[str, Slot]:
    short = {_label(p): p for p in places}
    return short if len(short) == len(list(places)) else {str(p): p for p in places}


def _data(data: Sequence[Any], caller: str) -> dict[str, Any]:
    """Say what the data stand for: x, then y; or pairs of both."""
    if len(data) == 1 and isinstance(data[0], list | tuple) and all(_is_pair(each) for each in data[0]):
        x, y = (np.asarray(part) for part in data[0][0])
        return {"x": x, "y": y, "pairs": [(x, y)], "rows": 1}
    if len(data) > 2:
        raise TypeError(f"{caller}: after a network come x and y, got {len(data)}; say calls with forward=, backward=")
    arrays = [np.asarray(d) if isinstance(d, list | tuple) else d for d in data]
    found = dict(zip(("x", "y"), arrays, strict=False))
    if len(arrays) == 2:
        found["pairs"] = (
            list(zip(*arrays, strict=False)) if np.ndim(arrays[0]) and np.ndim(arrays[1]) else [tuple(arrays)]
        )
    return found | ({"rows": len(arrays[0])} if arrays and np.ndim(arrays[0]) else {})


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(np.ndim(part) for part in value)
