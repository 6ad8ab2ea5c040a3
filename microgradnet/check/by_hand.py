"""A gradient derived by hand, as it was given: which parameters it is of, and what it says about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import index
from typing import Any, Literal

import numpy as np

from microgradnet.check.agreement import TOLERANCES, standard
from microgradnet.check.as_written import as_tensor, globals_of, tensors_made
from microgradnet.check.forms import Arguments, Reading, as_numpy, is_foreign, left_out
from microgradnet.check.forms import read as read_gradients
from microgradnet.check.nonfinite import first_nonfinite
from microgradnet.check.text import argument_names, check_call, copies
from microgradnet.containers import is_tree, opened, taken_apart
from microgradnet.leaving import LostGradient, Running
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, no_grad, value_of
from microgradnet.tensor import tensor
from microgradnet.text import legible
from microgradnet.transforms import vjp
from microgradnet.trees import Container, Leaf, OfLeaves, Structure, flatten, indices, unflatten

__all__ = ["Automatically", "ByHand", "in_numpy", "real"]

Automatically = Literal["recorded", "numerical"]

Array = np.ndarray[Any, np.dtype[Any]]

_ANOTHER_WAY = (
    'To compare with numerical derivatives of the loss as it is, give automatic="numerical", or on the command line '
    "--automatic numerical"
)


@dataclass(frozen=True)
class ByHand:
    """A loss, its arguments, and gradients of it that were derived by hand.

    Attributes
    ----------
    f : callable
        The loss, as a function of the arrays in its arguments.
    manual :
        What the user gave, or a function that makes gradients of the same arguments by it.
    values : list
        The arguments of f.
    names : list of str
        What the user calls them: ``w``, ``params["w"]``.
    positions : list of int
        Which of them are the parameters.
    gradients : dict of str to array
        The manual gradient of each parameter, of any shape.
    descent : bool
        Whether they point down the loss.
    arguments : Arguments
        What the user gave, by which the gradients are read.
    notes : tuple of str
        What is to be said of how they were read.
    missing : tuple of str
        The parameters that have no gradient, though others beside them have one.
    stated : float or None
        The loss that came with them.
    recorded : bool
        Whether the loss is recorded; if not, only numbers of it are asked for.
    kept : dict
        What was read of the source, so that it isn't read again.
    """

    f: Callable[..., Any]
    manual: Any
    values: list[Any]
    names: list[str]
    positions: list[int]
    gradients: dict[str, Array]
    descent: bool
    arguments: Arguments
    notes: tuple[str, ...] = ()
    stated: float | None = None
    recorded: bool = True
    missing: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def underived(
        cls,
        f: Callable[..., Any],
        args: Sequence[Any],
        argnums: int | Sequence[int] | None,
        descent: bool,
        caller: str,
        named: Iterable[str] = (),
    ) -> ByHand:
        """Make sense of a loss and its arguments alone: without gradients, of all that can be a parameter."""
        if not callable(f):
            raise TypeError(f"{caller}: the loss must be a function, got {type(f).__name__}")
        values = [_as_given(a, f"{caller}: argument {i}") for i, a in enumerate(args)]
        check_call(f, values, caller, "the loss", named or _names_in(values))
        loss = _Loss.of(f, values, caller)
        asked = None if argnums is None else _asked(argnums, len(args), caller)
        arguments = Arguments(loss.arguments, loss.structures, loss.names, list(map(_floating, loss.leaves)), asked)
        positions = [
            k for i in (range(len(args)) if asked is None else asked) for k in arguments.floating(loss.structures[i])
        ]
        return cls(loss, None, loss.leaves, loss.names, positions, {}, descent, arguments)

    @property
    def loss(self) -> _Loss:
        """The loss, as what it is a function of says."""
        assert isinstance(self.f, _Loss)
        return self.f

    @classmethod
    def read(
        cls,
        f: Callable[..., Any],
        manual: Any,
        args: Sequence[Any],
        argnums: int | Sequence[int] | None,
        descent: bool,
        automatic: Automatically,
        *,
        caller: str,
    ) -> ByHand:
        """Make sense of what the user gave; see `compare` for what that may be and what is raised."""
        if automatic not in ("recorded", "numerical"):
            raise ValueError(f'{caller}: automatic is "recorded" or "numerical", got {automatic!r}')
        named = manual if isinstance(manual, Mapping) else ()
        base = cls.underived(f, args, argnums, descent, caller, named)
        loss, arguments = base.loss, base.arguments
        if callable(manual):
            beside = loss.beside(manual, caller, "the manual gradient", named)
            manual = beside if any(isinstance(structure, Container) for structure in loss.structures) else manual
        given = _by_hand(manual, loss.leaves, caller)
        reading = read_gradients(given, arguments, caller)
        if reading is None or not reading.gradients:
            raise _unread(given, arguments, loss.leaves, caller)
        for i, structure in enumerate(loss.structures):
            if isinstance(structure, Container) and not reading.gradients.keys().isdisjoint(indices(structure)):
                taken_apart(caller, f, list(loss.given), [i])  # for what it refuses
        _check_complete(reading, arguments, given, caller)
        names, missing = loss.names, left_out(reading, arguments)
        return cls(
            loss, manual, loss.leaves, names, list(reading.gradients),
            {names[k]: real(g, _of(names[k]), caller) for k, g in reading.gradients.items()}, descent, arguments,
            _notes(reading, {names[k]: near for k, near in missing.items()}), reading.loss, automatic == "recorded",
            tuple(names[k] for k in missing),
        )  # fmt: skip

    def automatic(self, caller: str) -> tuple[float, dict[str, Array]]:
        """Compute the loss and its automatic gradients, by parameter.

        Raises
        ------
        ValueError
            If the loss is not one finite number.
        """

        def of_parameters(*parameters: Any) -> Any:
            everything = list(self.values)
            for i, p in zip(self.positions, parameters, strict=True):
                everything[i] = p
            loss = self.call(*everything)
            if not isinstance(loss, Recorded | np.ndarray | np.generic | float | int):
                raise TypeError(f"{caller}: the loss must return one number, got {type(loss).__name__}")
            dtype = np.asarray(value_of(loss)).dtype
            if dtype.kind != "f":
                raise TypeError(f"{caller}: the loss must be a real floating-point number, got {dtype}")
            return loss

        with np.errstate(all="ignore"):  # what isn't finite is an error below, or a finding
            try:
                loss, pull = self._pulled(of_parameters, caller)
            except Exception as error:
                self._say_another_way(error)
                raise
        if loss.size != 1:
            raise ValueError(f"{caller}: the loss must be one number, got shape {loss.shape}; sum it, or take its mean")
        if not np.isfinite(loss).all():
            with np.errstate(all="ignore"):
                origin = first_nonfinite(self.f, *copies(self.values), argnums=tuple(self.positions))
            why = "" if origin is None else f"; {str(origin).removesuffix('.')}"
            raise ValueError(f"{caller}: the loss is {loss.item()} at these arguments, so there is no gradient{why}")
        with np.errstate(all="ignore"):
            gradients = pull(np.ones_like(loss))
        return float(loss.item()), {
            self.names[i]: np.asarray(g) for i, g in zip(self.positions, gradients, strict=True)
        }

    def _pulled(self, of_parameters: Callable[..., Any], caller: str) -> Any:
        """Record the loss; what can't be recorded as it stands, with its arrays as tensors."""
        parameters = [self.values[i] for i in self.positions]
        try:
            return Running(caller).call(vjp, [of_parameters, *parameters])
        except LostGradient:
            if self.loss.variables is not None:
                raise
            self.loss.variables = globals_of(self.loss)
            try:
                return Running(caller).call(vjp, [of_parameters, *parameters])
            except Exception:  # the first error says what to write instead
                self.loss.variables = None
            raise

    def _say_another_way(self, error: Exception) -> None:
        """Add to an error how to compare all the same, if what can't be recorded can be computed."""
        try:
            number = np.asarray(self.plainly(*self.values))
        except Exception:  # the loss can't be computed at all, so that the error is all there is to say
            return
        if number.size == 1 and number.dtype.kind == "f" and len(error.args) == 1:
            error.args = (f"{error}. {_ANOTHER_WAY}",)

    def plainly(self, *values: Any) -> Any:
        """Compute the loss from plain arrays and nothing else."""
        with np.errstate(all="ignore"):
            return _plain(self.call(*values))

    def call(self, *values: Any) -> Any:
        """Call the loss, which may write to its arguments: they are copies."""
        return self.f(*copies(values))

    def value(self, *values: Any) -> Any:
        """Compute the loss from plain arrays, as it is computed where it is differentiated."""
        if not self.recorded:
            return self.plainly(*values)
        with no_grad():
            return _plain(self.call(*(tensor(v) if i in self.positions else v for i, v in enumerate(values))))

    def unrepeatable(self) -> tuple[str, str] | None:
        """Say what returns something else at every call, and what it returned; None if nothing does."""
        try:
            first, second = (float(np.asarray(self.value(*self.values)).item()) for _ in range(2))
        except Exception:  # the user's loss, which may want to be recorded
            first = second = 0.0
        if not np.isclose(first, second, rtol=TOLERANCES[8][0], atol=0, equal_nan=True):
            return "the loss", f"it was {first:.9g}, and {second:.9g} when called again"
        if not callable(self.manual):
            return None
        again = self.at(self.values).gradients
        for name, g in self.gradients.items():
            rtol, atol = standard(g, g, None, None)
            if g.shape != again[name].shape or not np.allclose(g, again[name], rtol, atol, equal_nan=True):
                return "the manual gradient", f"that of {name} was another when called again"
        return None

    def at(self, values: list[Any]) -> ByHand:
        """Return the same derivation at other arguments; the manual gradient must be a function."""
        reading = read_gradients(_by_hand(self.manual, values, "diagnose"), self.arguments, "diagnose")
        if reading is None or list(reading.gradients) != self.positions:
            raise ValueError("diagnose: at other arguments the manual gradient is of other parameters")
        read = {self.names[k]: real(g, _of(self.names[k]), "diagnose") for k, g in reading.gradients.items()}
        return replace(self, values=values, gradients=read)

    @property
    def function(self) -> str:
        """The name of the loss."""
        return legible(str(getattr(self.f, "__name__", "f"))).replace("<lambda>", "f")

    @property
    def ascending(self) -> dict[str, Array]:
        """The manual gradients as ∂loss/∂parameter, whichever way they were given."""
        return {name: -g if self.descent else g for name, g in self.gradients.items()}


class _Loss(OfLeaves):
    """The loss as a function of the arrays in its arguments; of what it returns, ``(loss, cache)``, the loss.

    Attributes
    ----------
    given : sequence
        Its arguments.
    arguments : list of str
        Their names.
    structures : list of Structure
        What they are made of.
    leaves : list
        The arrays in them, and what is no array.
    variables : list of dict, or None
        The global variables of its files, if tensors stand for its arrays while it is recorded; see `as_written`.
    """

    given: Sequence[Any]
    arguments: list[str]
    structures: list[Structure]
    leaves: list[Any]
    variables: list[dict[str, Any]] | None = None

    @classmethod
    def of(cls, f: Callable[..., Any], values: Sequence[Any], caller: str) -> _Loss:
        """Make it of the arguments that the user gave."""
        of_leaves, leaves, structures = opened(f, values, range(len(values)))
        loss = cls(f, values, dict(enumerate(structures)), of_leaves.names)
        loss.given, loss.arguments, loss.structures = values, argument_names(f, len(values)), structures
        loss.leaves = [_as_given(x, f"{caller}: {name}") for x, name in zip(leaves, loss.names, strict=True)]
        return loss

    def beside(self, f: Callable[..., Any], caller: str, what: str, named: Iterable[str] = ()) -> OfLeaves:
        """Make another function of the same arguments one of the same leaves."""
        check_call(f, self.given, caller, what, named or _names_in(self.given))
        return OfLeaves(f, self.given, dict(enumerate(self.structures)), self.names)

    def __call__(self, *leaves: Any, **kwargs: Any) -> Any:
        """Compute the loss."""
        if self.variables is not None and any(isinstance(x, Recorded) for x in leaves):
            with tensors_made(self.variables):
                result = super().__call__(*map(as_tensor, leaves), **kwargs)
        else:
            result = super().__call__(*leaves, **kwargs)
        return result[0] if isinstance(result, tuple) and result and _is_number(result[0]) else result


def _is_number(value: Any) -> bool:
    return isinstance(value, Recorded | np.ndarray | np.generic | float | int) and np.size(value_of(value)) == 1


def _names_in(args: Sequence[Any]) -> Iterable[str]:
    """Name what is in the one argument that is a dict."""
    return args[0] if [type(a) for a in args] == [dict] else ()


def _asked(argnums: int | Sequence[int], count: int, caller: str) -> list[int]:
    """Return the positions of the parameters, as they were asked for."""
    try:
        asked = list(argnums) if isinstance(argnums, Iterable) else [argnums]
        if any(isinstance(i, bool) for i in asked):
            raise TypeError  # a mask is no list of positions
        positions = [index(i) for i in asked]
    except TypeError:
        raise TypeError(f"{caller}: argnums is an integer or several, got {argnums!r}") from None
    for i in positions:
        if not -count <= i < count:
            raise TypeError(f"{caller}: argnums asks for argument {i}, but there are {count}")
    positions = [i % count for i in positions]
    if len(set(positions)) < len(positions):
        raise ValueError(f"{caller}: argnums names an argument twice: {argnums!r}")
    return positions


def _floating(value: Any) -> tuple[int, ...] | None:
    """Return the shape of floating-point numbers; None of anything else."""
    dtype = _dtype(value)
    return np.shape(value) if dtype is not None and dtype.kind == "f" else None


def _check_complete(reading: Reading, arguments: Arguments, given: Any, caller: str) -> None:
    """Raise if there is no gradient of a parameter that was asked for."""
    wanted = [k for i in arguments.asked or () for k in arguments.floating(arguments.structures[i])]
    if missing := [arguments.paths[k] for k in wanted if k not in reading.gradients]:
        there = list(given) if isinstance(given, Mapping) else list(reading.gradients)
        raise ValueError(f"{caller}: the manual gradient of {missing} is missing; there are {there}")


def _notes(reading: Reading, missing: Mapping[str, str]) -> tuple[str, ...]:
    """Say how gradients were read, where that isn't plain to see."""
    notes = []
    if missing:
        is_ = "are" if len(missing) > 1 else "is"
        notes.append(f"There is no manual gradient of {', '.join(map(legible, missing))}, which {is_} not compared.")
    if "one vector" in reading.form:
        notes.append(f"The manual gradient was read as {reading.form}.")
    if reading.extra:
        what, is_ = ", ".join(map(legible, reading.extra)), "are" if len(reading.extra) > 1 else "is"
        notes.append(f"In the manual gradient {what} {is_} of no parameter, and {is_} not compared.")
    notes += [f"Is {legible(near)} meant for {legible(name)}?" for name, near in missing.items() if near]
    return tuple(notes)


def _as_given(value: Any, whose: str) -> Any:
    """Return an argument as it is for both functions: lists of numbers as an array; arrays must be plain."""
    if isinstance(value, Recorded) or is_array(value):
        return plain(_plain(value), whose)
    if isinstance(value, list | tuple) and not is_tree(value):
        try:
            array = np.array(value)
        except ValueError:  # rows of different lengths
            return value
        return array if array.dtype.kind in "fiub" else value
    return value


def _dtype(value: Any) -> np.dtype[Any] | None:
    """Return the dtype of a number or array; None for what is neither, such as a list of arrays."""
    try:
        return np.asarray(value).dtype
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return value.numpy() if isinstance(value, Recorded) else value  # type: ignore[attr-defined]


def _of(name: str) -> str:
    return f"the manual gradient of {name!r}"


def real(given: Any, whose: str, caller: str) -> Array:
    """Return what was given as an array of floating-point numbers."""
    try:
        given = _plain(given)
        array = np.array(plain(given, f"{caller}: {whose}") if is_array(given) else given)
    except ValueError as error:  # rows of different lengths
        raise TypeError(f"{caller}: {whose} is no array: {error}") from None
    if array.dtype.kind == "O":
        raise TypeError(f"{caller}: {whose} is no array, but {type(given).__name__}")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{caller}: {whose} has dtype {array.dtype}, not real numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _by_hand(manual: Any, values: Sequence[Any], caller: str) -> Any:
    """Return the gradients derived by hand, in whatever form."""
    if callable(manual):
        try:
            manual = manual(*copies(values))
        except Exception as error:
            error.add_note(f"raised by the manual gradient, which {caller} calls with the arguments of the loss")
            raise
    if manual is None:
        raise TypeError(f"{caller}: the manual gradient is None; does the function return what it computes?")
    return in_numpy(list(manual) if isinstance(manual, Iterator) else manual, f"{caller}: the manual gradient")


def in_numpy(given: Any, whose: str) -> Any:
    """Return gradients with NumPy's arrays in place of those that PyTorch and JAX hold in the same memory."""
    arrays: list[Any] = []
    structure = flatten(given, arrays, is_foreign, whose)
    if not arrays:
        return given
    try:
        return unflatten(structure, list(map(as_numpy, arrays)))
    except TypeError as error:
        raise TypeError(f"{whose} is {error}") from None


def _unread(given: Any, arguments: Arguments, values: Sequence[Any], caller: str) -> TypeError | ValueError:
    """Say why what was given is no gradient of what the loss takes."""
    names, floating = arguments.paths, [k for k, shape in enumerate(arguments.shapes) if shape is not None]
    count = len(given) if isinstance(given, Mapping | list | tuple) else 1
    if not isinstance(given, Mapping | list | tuple | float | int) and not is_array(given):
        return TypeError(
            f"{caller}: the manual gradient is of type {type(given).__name__}; give an array, several in the order of "
            "the parameters, a mapping by their names, or a function that returns one of these"
        )
    for i in arguments.asked or ():
        if not arguments.floating(arguments.structures[i]):
            return _no_parameter(arguments, values, i, caller)
    if not count:
        return TypeError(f"{caller}: there is nothing to compare; no gradients were given, or no arguments")
    if not values:
        return TypeError(f"{caller}: no arguments were given; those of the loss follow the gradient by hand")
    if isinstance(given, Mapping):
        known = [*arguments.names, *names]
        unknown = [key for key in given if key not in known]
        if not unknown:
            return _no_parameter(arguments, values, arguments.names.index(next(iter(given))), caller)
        easy = all(map(str.isidentifier, arguments.names))
        return ValueError(
            f"{caller}: there are gradients of {unknown}, but the loss takes {names}"
            + ("" if easy else "; give them as a tuple, in the order of the arguments")
        )
    if not floating:
        return TypeError(
            f"{caller}: no argument holds real floating-point numbers, so none can be a parameter; convert those that "
            "are with float() or .astype(float)"
        )
    if arguments.asked is not None:
        leaves = [k for i in arguments.asked for k in arguments.floating(arguments.structures[i])]
        wanted = [names[k] for k in leaves]
        if is_array(given) and len(leaves) > 1:
            hold = sum(int(np.prod(arguments.shapes[k] or ())) for k in leaves)
            return ValueError(
                f"{caller}: one manual gradient, of shape {np.shape(given)}, for {len(wanted)} parameters, {wanted}; "
                f"one vector of them all has {hold} numbers"
            )
        return ValueError(f"{caller}: {count} manual gradients for {len(wanted)} parameters, {wanted}")
    others = [f"{name} holds {d}" for name, v in zip(names, values, strict=True) if (d := _whole(v)) is not None]
    return TypeError(
        f"{caller}: {count} gradient{'s' * (count != 1)}, but {len(floating)} floating-point "
        f"argument{'s' * (len(floating) != 1)} ({', '.join(names[k] for k in floating)}"
        f"{'; ' * bool(others)}{', '.join(others)}); say which are the parameters with argnums="
        + _these(arguments.having(given), arguments)
    )


def _these(fitting: Sequence[int] | None, arguments: Arguments) -> str:
    """Write how to say which arguments are the parameters, where the shapes of the gradients tell."""
    if fitting is None:
        return ", or on the command line with --parameters"
    positions = tuple(fitting) if len(fitting) > 1 else fitting[0]
    named = ",".join(arguments.names[i] for i in fitting)
    return f"{positions}, or on the command line with --parameters {named}, whose shapes they have"


def _whole(value: Any) -> np.dtype[Any] | None:
    dtype = _dtype(value)
    return dtype if dtype is not None and dtype.kind in "iubc" else None


def _no_parameter(arguments: Arguments, values: Sequence[Any], i: int, caller: str) -> TypeError:
    """Say that an argument can't be a parameter."""
    name, structure = arguments.names[i], arguments.structures[i]
    dtype = _dtype(values[structure.index]) if isinstance(structure, Leaf) else None
    if isinstance(structure, Leaf) and (dtype is None or dtype.kind == "O"):
        kind = type(values[structure.index]).__name__
        return TypeError(f"{caller}: parameter {name!r} must be one array, or a container of arrays, got {kind}")
    got = "none" if dtype is None else dtype
    return TypeError(
        f"{caller}: parameter {name!r} must hold real floating-point numbers, got {got}; convert it with float() or "
        ".astype(float)"
    )
