"""`compile`: a function that is traced once for each signature, and from then on runs what was generated."""

from __future__ import annotations

import functools
import importlib.util
import threading
import types
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, ParamSpec, TypeVar, overload

import numpy as np

from microgradnet.compiler.applied import MOVES, Applied, kind_of_tensor
from microgradnet.compiler.looping import lowered
from microgradnet.compiler.numpy_code import MISS, defined, isolated, numpy_source, writable
from microgradnet.compiler.planning import plan
from microgradnet.compiler.routine import Routine
from microgradnet.compiler.tracing import Trace, trace
from microgradnet.compiler.turns import Turns
from microgradnet.graph import computed
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, findable, in_child_of_fork, value_of
from microgradnet.text import legible
from microgradnet.trees import Container, Leaf, Static, Structure, flatten, statics, unflatten

__all__ = ["Compiled", "Signature", "compile"]

Backend = Literal["auto", "numpy", "numba"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

MOST_SIGNATURES = 64
"""How many signatures a compiled function holds; the one that was used longest ago makes room."""


@dataclass(frozen=True)
class Signature:
    """What a function was compiled for.

    Attributes
    ----------
    arguments : str
        The dtypes and shapes of the arguments, and the static ones, in words.
    backend : {"numpy", "numba"}
        What was chosen.
    """

    arguments: str
    backend: Literal["numpy", "numba"]
    key: Any = field(repr=False)

    def __str__(self) -> str:
        return f"{self.arguments} on {self.backend}"


class _Held:
    """What was generated for one signature, and the memory for as many calls as ever ran at once."""

    def __init__(
        self,
        signature: Signature,
        structure: Container,
        trace: Trace,
        targets: dict[int, int],
        source: str,
        names: dict[str, Any],
    ) -> None:
        self.signature = signature
        self.structure = structure
        loops = dict.fromkeys(v for e in trace.graph for v in e.static.values() if isinstance(v, Turns))
        self.source = "\n".join([source, *(f"# {turns.count} turns of\n{turns.source}" for turns in loops)])
        self._trace = trace
        self._targets = targets
        self._make = defined(source, names)
        self.idle: list[Callable[[tuple[Any, ...], dict[str, Any]], Any]] = []

    def worker(self) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
        """Make what runs one call at a time in memory of its own: `MISS` for arguments of another signature."""
        return functools.partial(isolated().run, self._make())

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run; a worker that raises isn't used again."""
        try:
            worker = self.idle.pop()
        except IndexError:
            worker = self.worker()
        result = worker(args, kwargs)
        self.idle.append(worker)
        return result

    def replay(self, leaves: Sequence[Any]) -> Any:
        """Compute the result operation by operation, as if nothing had been compiled."""
        graph = self._trace.graph
        given = {
            place: np.asarray(leaf, graph[place].dtype)[()]
            for place, leaf in zip(self._trace.arguments, leaves, strict=True)
            if place is not None
        }
        values = computed(graph.nodes, given)
        results = [np.array(values[i]) for i in graph.outputs]
        for result, argument in self._targets.items():
            np.copyto(leaves[argument], results[result])
            results[result] = leaves[argument]
        return unflatten(self._trace.structure, results)


class Compiled(Generic[_P, _R]):
    """A function that `compile` made.

    Attributes
    ----------
    signatures : tuple of Signature
        What is held, the one used last at the end.
    backend : str
        What was chosen for the signature used last; before the first call, what was asked for.
    """

    def __init__(
        self, f: Callable[_P, _R], backend: Backend, donate: frozenset[int], static: frozenset[int | str]
    ) -> None:
        functools.update_wrapper(self, f, updated=())
        self._f = f
        self._asked = backend
        self._donate = donate
        self._static = static
        self._held: OrderedDict[Any, _Held] = OrderedDict()
        self._latest: _Held | None = None
        self._applied: OrderedDict[Any, Applied | None] = OrderedDict()
        self._latest_applied: Applied | None = None
        self._lock = threading.RLock()
        _all.add(self)

    @overload
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        # The fast path: of the signature that was used last, with an idle worker. What is written out here is
        # `_Held.call`, which as a call of its own takes 0.1 us more.
        latest = self._latest
        if latest is not None and latest.idle:
            try:
                worker = latest.idle.pop()
                result = worker(args, kwargs)
            except (FloatingPointError, IndexError):  # another thread has taken the worker
                return self._call(args, kwargs)
            latest.idle.append(worker)
            if result is not MISS:
                return result
        return self._call(args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Bind as a function in a class does: the instance is the first argument, which is static."""
        return self if instance is None else types.MethodType(self, instance)

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """What is held, the one used last at the end."""
        return tuple(held.signature for held in self._held.values())

    @property
    def backend(self) -> str:
        """What was chosen for the signature used last; before the first call, what was asked for."""
        latest = self._latest
        return self._asked if latest is None else latest.signature.backend

    def source(self, signature: Signature | None = None) -> str:
        """Return the generated source.

        Parameters
        ----------
        signature : Signature, optional
            One of `signatures`. The default is the one used last.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If the function hasn't been called yet, or the signature isn't held.
        """
        held = self._latest if signature is None else self._held.get(signature.key)
        if held is None:
            raise ValueError(
                "source: nothing has been compiled yet; call the function first"
                if signature is None
                else f"source: {signature} is not among the signatures that are held"
            )
        return held.source

    def __reduce__(self) -> Any:
        """Copy and pickle as a function does, by its name; one that can't be found by it is compiled anew."""
        return findable(self) or (Compiled, (self._f, self._asked, self._donate, self._static))

    def __repr__(self) -> str:
        return f"<compiled {getattr(self._f, '__qualname__', self._f)!s}: {len(self._held)} signatures>"

    # --- the general path -----------------------------------------------------------------------------------

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Take the arguments apart, find or make what is compiled for them, and run it."""
        applied = self._latest_applied
        if applied is not None and (given := applied.given(args, kwargs)) is not MISS:
            return applied(given)
        leaves: list[Any] = []
        structure = self._apart(args, kwargs, leaves, _is_leaf)
        tensors = [*map(kind_of_tensor, leaves)]
        if None in tensors:
            return self._f(*args, **kwargs)
        try:
            plain = [_plain(leaf) for leaf in leaves]
        except TypeError:
            if MOVES in tensors:  # a tensor of another library's array
                return self._f(*args, **kwargs)
            raise
        floating = {a.dtype for a in plain if isinstance(a, np.ndarray) and a.dtype.kind == "f"}
        if len(floating) > 1:  # which of them a Python float takes on depends on where it is used: it is static
            leaves.clear()
            structure = self._apart(args, kwargs, leaves, _is_array)
            tensors = [*map(kind_of_tensor, leaves)]
            plain = [a for a in plain if type(a) is not float]
        number = np.result_type(*floating) if floating else np.dtype(float)
        kinds = tuple([(float, (), number) if type(a) is float else (np.ndarray, a.shape, a.dtype) for a in plain])
        if MOVES in tensors:
            applied = self._on_record(structure, kinds, plain, tensors)
            if applied is not None:
                native = [x if t else a for x, a, t in zip(leaves, plain, tensors, strict=True)]
                given = applied.given(*unflatten(structure, native))
                if given is not MISS:
                    return applied(given)
            return self._f(*args, **kwargs)
        key = structure, kinds
        donated = self._given_away(structure.children[0].children)
        for i in donated:
            if isinstance(leaves[i], Recorded):
                plain[i] = plain[i].copy()  # what others record of a tensor is never written to
        if not writable(*(plain[i] for i in donated if isinstance(plain[i], np.ndarray))):
            raise ValueError(
                "compile: a donated argument is read-only, or shares its memory with another, so no result can be "
                "written to it"
            )
        with self._lock:
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = self._compile(structure, kinds, plain, donated, key)
                while len(self._held) > MOST_SIGNATURES:
                    self._held.popitem(last=False)
            self._held.move_to_end(key)
            self._latest = held
        try:
            return held.call(*unflatten(held.structure, plain))
        except FloatingPointError:
            return held.replay(plain)

    def _on_record(
        self, structure: Container, kinds: tuple[Any, ...], values: Sequence[Any], tensors: Sequence[Any]
    ) -> Applied | None:
        """Find or make what calls the function with tensors that are differentiated; None if it is to be called itself.

        Where arrays are large the record costs nothing, and has what a reverse pass would compute anew.
        """
        key = structure, kinds, tuple(tensors)
        with self._lock:
            if key not in self._applied:
                self._applied[key] = None
                with suppress(Exception):  # what can't be traced is recorded
                    traced = self._traced(structure, kinds, values)
                    if lowered(traced.graph, traced.arguments, backend="numpy").is_small:
                        self._applied[key] = Applied(self._f, self._another, structure, kinds, tensors, traced)
                while len(self._applied) > MOST_SIGNATURES:
                    self._applied.popitem(last=False)
            self._applied.move_to_end(key)
            self._latest_applied = applied = self._applied[key]
        return applied

    def _another(self, f: Callable[..., Any]) -> Compiled[..., Any]:
        """Compile another function: by NumPy unless Numba was asked for, which would make its first call a long one."""
        return Compiled(f, "numba" if self._asked == "numba" else "numpy", frozenset(), frozenset())

    def _apart(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], leaves: list[Any], is_leaf: Callable[[Any], bool]
    ) -> Container:
        """Take the arguments apart."""

        def part(at: int | str, argument: Any) -> Structure:
            fixed = at in self._static
            structure = Static(argument) if fixed else flatten(argument, leaves, is_leaf, f"compile: argument {at!r}")
            for value in statics(structure).values():
                try:
                    hash(value)
                except TypeError:
                    kind = type(value).__name__
                    raise TypeError(
                        f"compile: the static argument {at!r} must be hashable, got {kind}"
                        if fixed
                        else f"compile: argument {at!r} contains a {kind}; give arrays, numbers, tuples, lists, "
                        "dicts and dataclasses of them, or hashable values, which are taken as static"
                    ) from None
            return structure

        by_position = Container(tuple, tuple([part(i, a) for i, a in enumerate(args)]))
        by_name = Container(dict, tuple([part(k, a) for k, a in kwargs.items()]), tuple(kwargs))
        return Container(tuple, (by_position, by_name))

    def _given_away(self, parts: Sequence[Structure]) -> list[int]:
        """Find the leaves of the arguments that are donated."""
        found: list[int] = []
        stack = [parts[i] for i in sorted(self._donate, reverse=True) if i < len(parts)]
        while stack:
            part = stack.pop()
            if isinstance(part, Leaf):
                found.append(part.index)
            elif not isinstance(part, Static):
                stack += reversed(part.children)
        return found

    def _compile(
        self, structure: Container, kinds: Sequence[Any], leaves: Sequence[Any], donated: list[int], key: Any
    ) -> _Held:
        """Trace the function and generate its code."""
        traced = self._traced(structure, kinds, leaves)
        routine, backend = self._lowered(traced)
        targets = _targets([routine.values[i] for i in routine.results], kinds, donated)
        if backend == "numba":
            from microgradnet.compiler.numba_code import numba_source

            source, names = numba_source(routine, structure, kinds, traced.structure, targets)
        else:
            planned = plan(routine, [routine.results[r] for r in targets])
            source, names = numpy_source(planned, structure, kinds, traced.structure, targets)
        return _Held(Signature(_arguments(structure, kinds), backend, key), structure, traced, targets, source, names)

    def _traced(self, structure: Container, kinds: Sequence[Any], leaves: Sequence[Any]) -> Trace:
        values = [np.array(leaf, dtype) for leaf, (_, _, dtype) in zip(leaves, kinds, strict=True)]
        return trace(self._f, structure, values, self._asked)

    def _lowered(self, traced: Trace) -> tuple[Routine, Literal["numpy", "numba"]]:
        """Write the routine, and choose who is to carry it out, which depends on what there is to do."""
        routine = lowered(traced.graph, traced.arguments, backend="numpy" if self._asked == "numpy" else "numba")
        backend = self._choose(routine)
        if backend != "numpy" or self._asked == "numpy":
            return routine, backend
        return lowered(traced.graph, traced.arguments, backend="numpy"), backend

    def _choose(self, routine: Routine) -> Literal["numpy", "numba"]:
        """Choose a backend: by what was asked for, what is installed, and how much there is to do."""
        if self._asked == "numpy" or (self._asked == "auto" and not routine.is_small):
            return "numpy"
        if importlib.util.find_spec("numba") is None:
            if self._asked == "auto":
                return "numpy"
            raise ModuleNotFoundError(
                'compile: backend="numba" needs Numba, which is not installed: pip install "microgradnet[fast]"'
            )
        from microgradnet.compiler.numba_code import in_one

        return "numba" if self._asked == "numba" or in_one(routine) else "numpy"


_all: weakref.WeakSet[Compiled[..., Any]] = weakref.WeakSet()


@in_child_of_fork
def _renew_locks() -> None:
    for compiled in _all:
        compiled._lock = threading.RLock()


def _is_array(value: Any) -> bool:
    return is_array(value)


def _is_leaf(value: Any) -> bool:
    return type(value) is float or _is_array(value)


def _plain(leaf: Any) -> Any:
    """Return an argument as NumPy's plain array of native numbers; a Python float remains one.

    Raises
    ------
    TypeError
        If it is no plain array, or holds no real numbers.
    """
    if type(leaf) is float:
        return leaf
    array = np.asarray(plain(value_of(leaf), "compile: an argument"))
    if array.dtype.kind not in "fiub":
        raise TypeError(f"compile: arguments must hold real numbers, got dtype {array.dtype}")
    dtype = np.dtype(array.dtype.newbyteorder("=").str)  # the one object that stands for it
    array = array.astype(dtype, copy=False)
    return array if array.dtype is dtype else array.view(dtype)


def _targets(results: Sequence[Any], kinds: Sequence[Any], donated: Sequence[int]) -> dict[int, int]:
    """Match results with donated arguments of their shape and dtype, in order."""
    targets: dict[int, int] = {}
    for i in donated:
        for number, value in enumerate(results):
            if number not in targets and kinds[i] == (np.ndarray, value.shape, value.dtype):
                targets[number] = i
                break
    return targets


def _arguments(structure: Container, kinds: Sequence[Any]) -> str:
    """Write the arguments of a signature: ``(float64[4, 3], [float, 'tanh'], rate=float)``."""
    args, kwargs = structure.children
    return f"({', '.join([*(_words(part, kinds) for part in args.children), *_named(kwargs, kinds, '=')])})"


def _named(structure: Any, kinds: Sequence[Any], by: str) -> list[str]:
    parts = zip(structure.keys or (), structure.children, strict=True)
    return [f"{legible(str(key))}{by}{_words(part, kinds)}" for key, part in parts]


def _words(structure: Structure, kinds: Sequence[Any]) -> str:
    if isinstance(structure, Static):
        return legible(repr(structure.value))
    if isinstance(structure, Leaf):
        kind, shape, dtype = kinds[structure.index]
        return "float" if kind is float else f"{dtype}{list(shape)}"
    if structure.is_dict:
        return f"{{{', '.join(_named(structure, kinds, ': '))}}}"
    if structure.keys is not None:
        return f"{legible(structure.kind.__name__)}({', '.join(_named(structure, kinds, '='))})"
    parts = ", ".join(_words(child, kinds) for child in structure.children)
    return f"[{parts}]" if structure.kind is list else f"({parts})"


def compile(  # noqa: A001 - what it is called in the field
    f: Callable[_P, _R],
    *,
    backend: Backend = "auto",
    donate: int | Sequence[int] = (),
    static: int | str | Sequence[int | str] = (),
) -> Compiled[_P, _R]:
    """Make a function that computes the same as f, fast.

    The first call with arguments of certain shapes and dtypes runs f once on traced tensors, and generates a
    straight line of calls for what was recorded; later calls run that, and f no more.

    Parameters
    ----------
    f : callable
        A function of arrays, made of this package's operations: a loss, ``mg.value_and_grad(loss)``, or a whole
        training step that returns new parameters. Arguments and results are arrays, numbers, and tuples, lists,
        dicts and dataclasses of them. A Python float is a number of the arguments' floating dtype; integers, booleans,
        strings, None, functions and other hashable values are static.
    backend : {"auto", "numpy", "numba"}
        "numpy" reuses memory, and works on large arrays block by block. "numba" makes machine code, with calls of
        NumPy in between for operations that Numba doesn't know, and for exponentials and their like of many numbers,
        which NumPy computes several at a time; it needs the extra ``fast``, and a second or more at the first call.
        "auto" takes Numba where it is installed, knows all the operations, and the arrays are
        small.
    donate : int or sequence of int
        Positions of arguments whose memory may be written to: a result of the same shape and dtype is put there,
        and the argument itself is returned for it.
    static : int, str or sequence of them
        Positions, or names of keyword arguments, that belong to the signature: f is traced again for another value.

    Returns
    -------
    Compiled
        It returns arrays of its own, 0-d for numbers. ``.source()`` is what was generated, ``.signatures`` what is
        held (the last 64), ``.backend`` what was chosen.

    Raises
    ------
    TypeError
        When called: if f branches on the value of a tensor, or takes it out of the record, as a number or as text
        (the message names the line); if it uses a tensor from outside that requires gradients; if an argument or
        result is of a type that isn't named above.
    ValueError
        For another backend or a negative position; when called, if a donated argument is read-only, or shares its
        memory with another.

    Notes
    -----
    Called with tensors that are differentiated, it is one operation of the record, whose derivatives of all orders are
    compiled, too; f itself is called where the arrays are large, or it can't be compiled. Called while it is traced, it
    is part of what is compiled. Values that f takes from elsewhere (arrays of a closure, random numbers) are those of
    the first call, and so are side effects: printing happens once for each function that is compiled. Each call works
    in memory of its own, so that threads can call it at a time.

    A method can be compiled too. ``self`` is its argument 0, and static: the method is traced for each instance, and
    reads the attributes once. One that changes, as weights do, is an argument and a result.

    Numbers that leave the range of floating point are treated as ``np.errstate`` says: the call is then computed
    once more, operation by operation.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> def loss(w, x):
    ...     return mg.sum(mg.tanh(x @ w) ** 2)
    >>> step = mg.compile(lambda w, x: w - 0.1 * mg.grad(loss)(w, x), backend="numpy")
    >>> w, x = np.array([0.5, -0.5]), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> for _ in range(3):
    ...     w = step(w, x)
    >>> w.round(4)
    array([ 0.4578, -0.5795])
    >>> print(*step.signatures)
    (float64[2], float64[2, 2]) on numpy
    """
    if not callable(f):
        raise TypeError(f"compile takes a function, got {type(f).__name__}")
    if backend not in ("auto", "numpy", "numba"):
        raise ValueError(f'compile: backend must be "auto", "numpy" or "numba", got {backend!r}')
    donated = frozenset([donate] if isinstance(donate, int | str) else donate)
    fixed = frozenset([static] if isinstance(static, int | str) else static)
    for at in (*donated, *(s for s in fixed if not isinstance(s, str))):
        if not isinstance(at, int) or at < 0:
            raise ValueError(
                "compile: donate and static take positions from 0 on, and static also names of keyword arguments; "
                f"got {at!r}"
            )
    return Compiled(f, backend, donated, fixed)
