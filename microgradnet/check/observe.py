"""A user's own function, run with every expression of its source observed, as pytest reads asserts.

The file is parsed, the functions in question are compiled again with a call around every expression, and their code is
exchanged while they run: closures, decorators, methods, defaults and globals stay the very same objects. Nothing is
concluded here, and nothing of the user's is changed for longer than a run.
"""

from __future__ import annotations

import ast
import builtins
import copy
import dis
import functools
import io
import itertools
import linecache
import random
import site
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradnet.check.aside import Aside, codes_in, copied, last_name
from microgradnet.check.forms import as_numpy
from microgradnet.check.harmless import harmless
from microgradnet.check.network.attributes import objects_in
from microgradnet.record import Recorded
from microgradnet.trees import OfLeaves

__all__ = [
    "MOST_OCCURRENCES",
    "READ",
    "Endless",
    "Held",
    "Observation",
    "Place",
    "Seen",
    "Source",
    "Untold",
    "attributes_of",
    "in_double",
    "kept",
    "quietly",
    "reached",
    "span_of",
    "tree_of",
    "unseen",
]

MOST_OCCURRENCES = 256
"""How many values are kept of an expression that runs many times; all of them are counted."""

LAST = 4096
"""Up to how many bytes the last one is kept, too, of a variable that something is added to."""

ROOM = 2**28
"""How many bytes of values are kept in one run."""

SMALL, WIDE = 4096, 64
"""Up to how many numbers an array is kept as a variable held it, and how many entries a list, dictionary or object."""

READ = ast.Name | ast.Attribute | ast.Subscript
"""What is read, or written to, as it is: a variable, an attribute, an element."""

_EXPRESSION, _KEEP, _AFTER = "@expression", "@keep", "@after"
"""Names that no user can have, for what the rewritten code calls."""

_HOOKS = (_EXPRESSION, _KEEP, _AFTER)

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""What the code of a comprehension is called."""

_SHORT = frozenset({"float32", "float16", "single", "half"})
"""What dtypes with fewer digits are called."""

_LOCK = threading.RLock()

Hook = Callable[[int, Any], Any]
"""Takes the place and the value; the frame above its own is the user's."""


@dataclass(frozen=True)
class Place:
    """Somewhere in the source that a value is at: an expression, a statement, or a variable after a statement.

    Attributes
    ----------
    index : int
    kind : str
        ``"expression"``; ``"statement"``, which can be left out; ``"after"``, what a variable holds after a
        statement has written into it; ``"assigned"``, what it is to be; ``"ahead"`` or ``"added"``, where one more
        statement may be, ahead of this one or after it; ``"moved ahead"`` or ``"moved behind"``, where the statement
        belongs: the node is the other one.
    node : ast.expr or ast.stmt
    statement : ast.stmt
    function : str
        The qualified name of the function that it is in.
    variable : str or None
        What the value is assigned to, or added to, if it is the whole value of an assignment.
    parent : int or None
        The place of the nearest expression around it.
    """

    index: int
    kind: str
    node: Any
    statement: Any
    file: str
    function: str
    variable: str | None = None
    parent: int | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it says where else the statement belongs."""
        return self.kind.startswith("moved")

    @property
    def line(self) -> int:
        """The line of the statement, 1-based."""
        return int(self.statement.lineno)

    @property
    def span(self) -> tuple[int, int, int, int]:
        """The first and last line and the columns of the expression, as `ast` counts them."""
        return span_of(self.node)

    @property
    def is_assigned(self) -> bool:
        """Whether it is all that a variable holds after the statement, and not what that adds to it."""
        whole = self.kind == "expression" and self.parent is None and self.variable is not None
        return whole and not isinstance(self.statement, ast.AugAssign)

    @property
    def is_read(self) -> bool:
        """Whether it is no more than a variable, an attribute or an element that is read."""
        return isinstance(self.node, READ)


def span_of(node: Any) -> tuple[int, int, int, int]:
    """Return the first line and column of a part of the source, and the last ones, as `ast` counts them."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


@dataclass
class Seen:
    """What was observed at a place: how often, the first values, None where one wasn't kept, and when they were.

    The numbers of lists are no values: they stand beside them, by their occurrences.
    """

    count: int = 0
    values: list[Any] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    lists: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def numbers(self, k: int) -> Any:
        """Return a value, of a list its numbers as an array; None where neither was kept."""
        return self.lists.get(k, self.values[k])


class Untold(Exception):
    """A run wasn't completed; the user's own exception is its cause."""


class Endless(BaseException):
    """A run computes far more than the user's own; no ``except Exception`` of theirs is to hold it up."""


@dataclass
class Observation:
    """One run: what was seen at each place, in the order in which places were first reached."""

    result: Any
    seen: dict[int, Seen]
    names: dict[int, dict[str, Any]]  # the variables at the first time
    again: dict[int, dict[str, Any]] = field(default_factory=dict)  # and at the second, as in a loop

    def first(self, index: int) -> Any:
        """Return what was first computed at a place; None if nothing that was kept."""
        at = self.seen.get(index)
        return at.values[0] if at is not None and at.values else None


# --- the source --------------------------------------------------------------------------------------------------


class Source:
    """The functions of a user that run when one of them is called, compiled with everything observed.

    Attributes
    ----------
    function : callable
    places : list of Place
    files : dict of str to str
        The source of each file.
    main : str
        The qualified name of the function itself.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.places: list[Place] = []
        self.files: dict[str, str] = {}
        self.trees: dict[str, ast.Module] = {}
        self.plain: dict[FunctionType, CodeType] = {}
        self.observed: dict[FunctionType, CodeType] = {}
        self._at: dict[Any, Place] = {}
        self._stands: dict[FunctionType, tuple[str, int, int]] = {}  # file, statement of the file, code in it
        self._rewritten: dict[ast.stmt, list[ast.stmt]] = {}
        self._reading: dict[Any, list[ast.stmt]] = {}  # what is added to functions that stand inside of others
        self._lines: dict[str, list[bytes]] = {}
        self.main = ""
        self.file = ""
        self.first_line = 0

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Source | None:
        """Read the source of a function; None where there is none, or not that which runs."""
        program = cls(function)
        try:
            program._read()
        except (SyntaxError, ValueError, RecursionError, OSError):
            return None
        main = next(reached(function), None)
        whole = main in program.observed or main is None or not was_edited(main)
        return program if program.observed and whole else None

    def _read(self) -> None:
        wanted = list(reached(self.function))
        if not wanted:
            return
        by_file: dict[str, list[FunctionType]] = {}
        for f in wanted:
            by_file.setdefault(f.__code__.co_filename, []).append(f)
        first = wanted[0].__code__
        self.file, self.main, self.first_line = first.co_filename, first.co_qualname, first.co_firstlineno
        for file, functions in by_file.items():
            source = "".join(lines_of(functions[0]))
            if source:
                self._observe(file, source, functions)

    def _observe(self, file: str, source: str, functions: Sequence[FunctionType]) -> None:
        """Find where in the file their code stands, and compile it again with everything observed."""
        tree = tree_of(source, file)
        chosen = _around(tree, {f.__code__.co_firstlineno for f in functions})
        plain = _compiled_in(tree, chosen, file)
        for f in functions:
            found = _position_of(f.__code__, plain)
            if found is None:  # that of a cell, maybe
                found = _position_of(f.__code__, _compiled_in(tree, chosen, file, alone=True))
            if found is not None:
                self._stands[f] = (file, *found)
        self._rewrite(file, source, {f: in_double(f.__code__) for f in functions if f in self._stands}, plain)

    def _rewrite(
        self, file: str, source: str, own: Mapping[FunctionType, CodeType], plain: Mapping[int, Sequence[CodeType]]
    ) -> None:
        """Compile a part of a file with everything observed, and take the code that stands where functions do."""
        if not own:
            return
        tree = tree_of(source, file)
        stand = {f: self._stands[f][1:] for f in own}
        wanted = {plain[k][i].co_firstlineno for k, i in stand.values()}
        scope = {k: v for f in own for k, v in f.__globals__.items()}
        observing = _Observing(file, self.places, scope, wanted, _by_position(tree.body[k] for k in plain))
        for k, codes in plain.items():
            again = observing.module(ast.Module([copy.deepcopy(tree.body[k])], []))
            new = list(_functions(_compiled(tree, again.body[0], file)))
            if len(new) == len(codes):
                for f, (of, i) in stand.items():
                    if of == k and new[i].co_freevars == f.__code__.co_freevars:
                        self.observed[f], self.plain[f] = new[i], own[f]
        self._rewritten |= observing.rewritten
        self._reading |= observing.reading
        self.files[file], self.trees[file] = source, tree

    def again(self, file: str, source: str) -> Source | None:
        """Read the same functions in another source of a file; None if they don't stand where they did."""
        changed = self.with_source(file, source)
        if changed is None:
            return None
        new = Source(self.function)
        new.file, new.main, new.first_line, new._stands = self.file, self.main, self.first_line, self._stands
        new.aside = self.aside
        for of, text in self.files.items():
            text = source if of == file else text
            tree = tree_of(text, of)
            own = {f: changed.get(f, code) for f, code in self.plain.items() if self._stands[f][0] == of}
            new._rewrite(of, text, own, _compiled_in(tree, {self._stands[f][1] for f in own}, of))
        return new if new.observed.keys() == self.observed.keys() else None

    def with_source(self, file: str, source: str) -> dict[FunctionType, CodeType] | None:
        """Compile what is another in a source of a file; None if its functions don't stand where they did."""
        tree, old = tree_of(source, file), self.trees[file]
        if len(tree.body) != len(old.body):
            return None
        pairs = zip(_parts(source, tree), _parts(self.files[file], old), strict=True)
        found = self._compiled(tree, file, {k for k, (new, own) in enumerate(pairs) if new != own})
        return None if found is None else {f: c for f, c in self.plain.items() if self._stands[f][0] == file} | found

    def _compiled(
        self, tree: ast.Module, file: str, only: Collection[int] | None = None
    ) -> dict[FunctionType, CodeType] | None:
        """Compile the functions of a file, or those in some of its statements; None if they don't stand there."""
        found: dict[FunctionType, CodeType] = {}
        codes: dict[int, list[CodeType]] = {}
        for f in self.observed:
            of, k, i = self._stands[f]
            if of != file or (only is not None and k not in only):
                continue
            if k not in codes:
                codes |= _compiled_in(tree, [k], file)
            own = codes[k][i] if i < len(codes[k]) else None
            if own is None or (own.co_freevars, own.co_qualname) != (f.__code__.co_freevars, f.__code__.co_qualname):
                return None
            found[f] = own
        return found

    @functools.cached_property
    def _in_blocks(self) -> dict[ast.stmt, tuple[str, int, list[ast.stmt]]]:
        """Where each statement stands: its file, the statement of the file that it is in, and its block."""
        return {s: at for file, tree in self.trees.items() for s, at in _blocks(tree, file)}

    def only(
        self, statements: Iterable[ast.stmt], look: Place | None = None, *, ahead: bool = False
    ) -> dict[FunctionType, CodeType]:
        """Compile the functions with only some statements observed, and what ends a loop; the rest runs as it is.

        And with a look at a variable after a statement, or ahead of it. Where that can't be compiled everything is
        observed, and there is no such look.
        """
        wanted = {s for s in statements if s in self._rewritten and s in self._in_blocks}
        wanted |= {s for s in self._in_blocks if isinstance(s, ast.While) and s in self._rewritten}
        if any(s not in wanted for s in statements):  # a lambda of a module
            return self.observed
        new = {} if look is None else {look.statement: _look_at(look)}
        parts: dict[str, set[int]] = {}
        with _LOCK:  # the tree is the same for all
            for s in {*wanted, *new}:
                file, k, block = self._in_blocks[s]
                parts.setdefault(file, set()).add(k)
                if s in new:
                    block.insert(block.index(s) + (not ahead), new[s])
                if s in wanted:
                    block[block.index(s)] = _stand_in(s, self._rewritten[s])
            for function, reading in self._reading.items():
                function.body += reading
            try:
                found = [self._compiled(self.trees[file], file, only) for file, only in parts.items()]
            finally:
                for function, reading in self._reading.items():
                    del function.body[-len(reading) :]
                for s in {*wanted, *new}:
                    block = self._in_blocks[s][2]
                    if s in wanted:
                        block[next(i for i, b in enumerate(block) if getattr(b, "stands_for", None) is s)] = s
                    if s in new:
                        block.remove(new[s])
        return self.plain | {f: code for codes in found for f, code in (codes or self.observed).items()}

    @functools.cached_property
    def scope(self) -> dict[str, Any]:
        """What the modules of the functions hold, and in it those that may be called again."""
        return self._held | self.harmless

    @functools.cached_property
    def harmless(self) -> dict[str, Callable[..., Any]]:
        """The user's functions that only compute, by their names, as they are when nothing is observed."""
        return harmless(self._held, self.trees, self.plain)

    @functools.cached_property
    def _afters(self) -> frozenset[int]:
        """The places at which a variable is read after a statement has changed it."""
        return frozenset(p.index for p in self.places if p.kind == "after")

    @functools.cached_property
    def unset(self) -> frozenset[int]:
        """The places of arrays that are made without being set: what they hold is another thing each time."""
        made = (p for p in self.places if isinstance(p.node, ast.Call))
        return frozenset(p.index for p in made if last_name(p.node.func) in ("empty", "empty_like"))

    @functools.cached_property
    def _held(self) -> dict[str, Any]:
        return {k: v for f in self.observed for k, v in f.__globals__.items()}

    def at(self, node: Any, file: str) -> Place | None:
        """Return the place of an expression of a file."""
        if len(self._at) != len(self.places):
            self._at = {(p.file, p.span) if p.kind == "expression" else p: p for p in self.places}
        return self._at.get((file, span_of(node)))

    def after(self, statement: ast.stmt) -> Place | None:
        """Find where a variable is read after a statement has written into it, or added to it."""
        return next((p for p in self.places if p.kind == "after" and p.statement is statement), None)

    def outer(self, place: Place) -> Place | None:
        """Return the place of the expression that a place is a part of; None if it is a whole one."""
        return None if place.parent is None else self.places[place.parent]

    def around(self, place: Place) -> Iterator[Place]:
        """List the expressions that a place is a part of, the innermost first."""
        while (outer := self.outer(place)) is not None:
            yield outer
            place = outer

    def is_own(self, place: Place) -> bool:
        """Whether a place is in the function itself, and not in one that it calls."""
        return place.function == self.main.split(".")[-1]

    def text(self, place: Place, node: ast.AST | None = None) -> str:
        """Return the source of a place, or of a part of it."""
        part: Any = node or place.node
        if place.file not in self._lines:  # `ast.get_source_segment` splits the file at each call
            self._lines[place.file] = [line.encode() for line in self.files[place.file].split("\n")]
        lines = self._lines[place.file][part.lineno - 1 : part.end_lineno]
        lines[-1] = lines[-1][: part.end_col_offset]
        lines[0] = lines[0][part.col_offset :]
        return b"\n".join(lines).decode()

    # --- running -------------------------------------------------------------------------------------------------

    @contextmanager
    def exchanged(self, codes: Mapping[FunctionType, CodeType] | None = None) -> Iterator[None]:
        """Let the functions run their observed code, or another one, meanwhile."""
        codes = self.observed if codes is None else codes
        with _LOCK, self.aside.put():
            before = {f: f.__code__ for f in codes}
            hooks = {f: {n: f.__globals__[n] for n in _HOOKS if n in f.__globals__} for f in codes}
            try:
                for f, code in codes.items():
                    f.__code__ = code
                yield
            finally:
                for f, code in before.items():
                    f.__code__ = code
                for f in codes:
                    for name in _HOOKS:
                        f.__globals__.pop(name, None)
                for f, own in hooks.items():
                    f.__globals__.update(own)

    @functools.cached_property
    def aside(self) -> Aside:
        """What the functions read and write beside their arguments."""
        return Aside(self.observed, self.trees)

    def hooked(self, value: Hook, keep: Callable[[int], bool]) -> None:
        """Say what is called with each value, and for each statement; only while the code is exchanged."""
        for f in self.observed:
            f.__globals__[_EXPRESSION] = f.__globals__[_AFTER] = value
            f.__globals__[_KEEP] = keep

    def exchanged_at(self, i: int, v: Any, new: Any) -> Any:
        """Return what is at a place from now on: after a statement the same array, as other names may be its, too."""
        if self.places[i].kind != "after" or not isinstance(v, np.ndarray):
            return new
        if np.shape(new) != v.shape:  # the variable would be another array
            raise ValueError(f"an array of shape {np.shape(new)} for one of {v.shape}")
        v[...] = new
        return v

    def bound(self) -> Callable[..., Any]:
        """Return the function, bound to a copy of its object if it is a method."""
        f = self.function
        f = _compiled_from(f) or f
        if isinstance(f, MethodType) and not isinstance(f.__self__, type):
            return MethodType(f.__func__, copied(f.__self__))
        return f

    def call(self, args: Sequence[Any]) -> Any:
        """Call the function on copies, with its output captured and the random state put back."""
        with quietly():
            result = self.bound()(*map(_copied, args))
            return list(result) if isinstance(result, Iterator) else result

    def watch(self, args: Sequence[Any], call: Callable[[Sequence[Any]], Any] | None = None) -> Observation:
        """Run once, and keep what was seen.

        Raises
        ------
        Exception
            What the function raises.
        """
        try:
            return self.watched(args, call or self.call, lambda i, v: v, lambda i: True)
        except ValueError as error:
            if "read-only" not in str(error) or not self.aside.loosened():
                raise
        return self.watch(args, call)

    def watched(
        self, args: Sequence[Any], call: Callable[[Sequence[Any]], Any], put: Hook, keep: Callable[[int], bool],
        *, variables: bool = True,
    ) -> Observation:  # fmt: skip
        """Run once with something else put at some places, and some statements left out; and keep what was seen.

        What variables held is kept, too, unless that is of no use: it takes longer than all else.

        Raises
        ------
        Exception
            What the function raises.
        """
        seen: dict[int, Seen] = {}
        names: dict[int, dict[str, Any]] = {}
        again: dict[int, dict[str, Any]] = {}
        held = Held()
        room, time = ROOM, 0

        def look(i: int, v: Any) -> Any:
            nonlocal room, time
            time += 1
            v = put(i, v)
            if i in self.unset and isinstance(v, np.ndarray) and v.dtype.kind in "fiubc":
                v[...] = 0  # else it would be of what the memory held before
            at = seen.get(i)
            if at is None:
                at = seen[i] = Seen()
            if variables and at.count < 2:
                place = self.places[i]
                when = place if place.kind == "after" else place.statement  # it has changed what a variable holds
                (again if at.count else names)[i] = held.at(when, sys._getframe(1), again=at.count == 1)
            at.count += 1
            if at.count <= MOST_OCCURRENCES:
                value = kept(v, room)
                if value is None and (numbers := _of_a_list(v, room)) is not None:
                    at.lists[len(at.values)] = numbers
                    room -= numbers.nbytes
                room -= getattr(value, "nbytes", 0)
                at.values.append(value)
                at.times.append(time)
            elif i in self._afters and getattr(v, "nbytes", 0) <= LAST and at.values[-1] is not None:
                at.values[-1] = kept(v, LAST)  # what it is in the end says what was added up
            return v

        with self.exchanged():
            self.hooked(look, keep)
            result = call(args)
        return Observation(result, seen, names, again)

    def observe_inside(self, call: Callable[[Sequence[Any]], Any], args: Sequence[Any]) -> Observation:
        """Run once on copies and keep the values, where output and random state are taken care of already."""
        given = [_copied(a) for a in args]
        return self.watched(given, call, lambda i, v: v, lambda i: True, variables=False)


@contextmanager
def unseen() -> Iterator[None]:
    """Print nothing, and leave the random numbers of NumPy and of Python as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002 - what people's code draws from
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


@contextmanager
def quietly() -> Iterator[None]:
    """Print no errors and no warnings of NumPy's either."""
    with unseen(), redirect_stderr(io.StringIO()), np.errstate(all="ignore"):
        yield


class Held:
    """What variables hold when a statement is reached: copies of what may be changed later, one as long as it isn't."""

    def __init__(self) -> None:
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._last: tuple[Any, int, bool] = None, 0, False
        self._names: dict[str, Any] = {}

    def at(self, when: Any, frame: FrameType, *, again: bool = False) -> dict[str, Any]:
        """Return what a function can read by a name: its variables, the numbers of its module, the arrays it reads.

        It is looked at once for each statement, or whatever tells when it is.
        """
        if self._last != (when, id(frame), again):
            read = frame.f_code.co_names
            numbers = {
                n: v
                for n, v in frame.f_globals.items()
                if type(v) in (float, int) or (n in read and isinstance(v, int | np.ndarray | np.number))
            }
            self._last = when, id(frame), again
            self._names = {n: self._copy(v) for n, v in {**numbers, **frame.f_locals}.items()}
        return self._names

    def _copy(self, value: Any, depth: int = 3) -> Any:
        """Copy an array, and what a list, a dictionary or an object of the user's holds of such; the rest is itself."""
        if type(value) in (float, int, bool, str):  # most of what lists hold
            return value
        value = _numbers(value)
        if isinstance(value, np.ndarray):
            if value.size > SMALL or value.dtype.kind not in "fiub":
                return value
            _, copied = self._copies.get(id(value), (None, None))
            if copied is None or not np.array_equal(copied, value):
                copied = value.copy()
                self._copies[id(value)] = value, copied
            return copied
        inner = depth - 1
        if not depth or isinstance(value, Recorded):
            return value
        if type(value) is dict and len(value) <= WIDE:
            return {k: self._copy(v, inner) for k, v in value.items()}
        if type(value) in (list, tuple) and len(value) <= WIDE:
            return type(value)(self._copy(v, inner) for v in value)
        own = attributes_of(value)
        twin = _made(type(value)) if own is not None and len(own) <= WIDE else None
        if own is not None and twin is not None:
            for k, v in own.items():
                object.__setattr__(twin, k, self._copy(v, inner))
        return value if twin is None else twin


def attributes_of(value: Any) -> dict[str, Any] | None:
    """Return what an object holds, without asking it; None of one that has no attributes of its own.

    The fields of a named tuple, and of a dataclass with slots, are that, too.
    """
    kind = type(value)
    if isinstance(value, tuple):
        fields = getattr(kind, "_fields", ())
        return dict(zip(fields, value, strict=False)) if fields else None
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        slots = [name for name in getattr(kind, "__dataclass_fields__", ()) if name in getattr(kind, "__slots__", ())]
        own = {name: getattr(kind, name).__get__(value, kind) for name in slots} or None
    return own if type(own) is dict else None


def _made(kind: type) -> Any:
    """Make an object of a class of the user's without its being told; None where that can't be done."""
    makes: Any = kind.__new__
    if makes is not object.__new__ or hasattr(kind, "__del__"):
        return None
    try:
        return object.__new__(kind)
    except TypeError:  # it is one of another language's
        return None


def _numbers(value: Any) -> Any:
    """Return an array of another library as NumPy's, if it holds numbers that are known."""
    try:
        return as_numpy(value)
    except Exception:  # on another device, or traced, or of a dtype that NumPy hasn't
        return None


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else copied(value)


def kept(value: Any, room: int) -> Any:
    """Return a copy of an array of numbers, a number, or None of anything else, and where there is no room."""
    value = _numbers(value)
    if isinstance(value, np.ndarray):
        return value.copy() if value.dtype.kind in "fiub" and value.nbytes <= room else None
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return value
    if isinstance(value, range) or (isinstance(value, tuple) and all(isinstance(v, int | np.integer) for v in value)):
        return value
    return value if isinstance(value, Recorded) else None


def _of_a_list(value: Any, room: int) -> NDArray[np.float64] | None:
    """Return the numbers of a list, or of the rows of one that are lists, as an array; None of any other."""
    rows = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
    if not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows) or not rows[0]:
        return None
    if 8 * len(rows) * len(rows[0]) > room or not all(isinstance(v, float) for row in rows for v in row):
        return None
    return np.array(value)


# --- which functions ---------------------------------------------------------------------------------------------


def reached(function: Any) -> Iterator[FunctionType]:
    """Find the Python functions that may run when one is called: its own first, then helpers of the user's."""
    pending: list[Any] = [function]
    seen: set[int] = set()
    home: str | None = None
    while pending and len(seen) < 500:
        f = pending.pop(0)
        if id(f) in seen:
            continue
        seen.add(id(f))
        if isinstance(f, functools.partial):
            pending.insert(0, f.func)
            pending += [m for arg in f.args for m in _methods_in(arg)]
            continue
        if isinstance(f, OfLeaves):
            pending.insert(0, f.__wrapped__)
            continue
        if isinstance(f, MethodType):
            pending[:0] = [f.__func__, *_methods_in(f.__self__)]
            continue
        if isinstance(f, type):
            pending += _methods(f)
            continue
        if not isinstance(f, FunctionType):
            if (own := _compiled_from(f)) is not None:
                pending.insert(0, own)
                continue
            call = vars(type(f)).get("__call__")
            if f is function and isinstance(call, FunctionType):
                pending[:0] = [call, *_methods(type(f))]
            continue
        if (inner := getattr(f, "__wrapped__", None)) is not None:
            pending.insert(0, inner)
        elif home is None:
            home = f.__code__.co_filename
        if f.__code__.co_filename != home and _installed(f.__code__.co_filename):
            if inner is None:
                continue
        elif inner is None or f.__code__.co_filename == home:
            yield f
        names = {n for code in codes_in(f.__code__) for n in code.co_names}
        inside = [c.cell_contents for c in f.__closure__ or () if _filled(c)]
        inside += [f.__globals__[n] for n in sorted(names) if n in f.__globals__]
        inside += [*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
        for value in inside:
            if isinstance(value, FunctionType | MethodType | functools.partial | type):
                pending.append(value)
            elif not isinstance(value, ModuleType | np.ndarray | Recorded | int | float | str):
                if isinstance(value, tuple | list):
                    pending += [v for v in value if isinstance(v, FunctionType)]
                elif isinstance(value, dict):
                    pending += [v for v in value.values() if isinstance(v, FunctionType)]
                else:
                    pending += _methods(type(value))
                    pending += [v for v in getattr(value, "__dict__", {}).values() if isinstance(v, FunctionType)]


def _compiled_from(f: Any) -> FunctionType | None:
    """Return the user's function that a decorator has compiled, or keeps for what is written in C."""
    if isinstance(f, FunctionType | MethodType | OfLeaves | functools.partial):
        return None
    inside = getattr(f, "__wrapped__", getattr(f, "py_func", None))
    own = isinstance(inside, FunctionType) and not _installed(inside.__code__.co_filename)
    return inside if own else None


def _methods_in(root: Any) -> list[FunctionType]:
    """Find the methods of an object, and of the objects in it: the layers of a network."""
    classes = dict.fromkeys(type(each) for _, each in [(None, root), *objects_in(root)])
    return [m for cls in classes if not isinstance(root, type) for m in _methods(cls)]


def _methods(cls: type) -> list[FunctionType]:
    found = []
    for base in cls.__mro__:
        if base.__module__ in ("builtins", "numpy"):
            continue
        for value in vars(base).values():
            plain = value.__func__ if isinstance(value, staticmethod | classmethod) else value
            plain = plain.fget if isinstance(plain, property) else plain
            if isinstance(plain, FunctionType):
                found.append(plain)
    return found


_PREFIXES = tuple(
    str(Path(p)) for p in {sysconfig.get_path("stdlib"), *site.getsitepackages(), str(Path(__file__).parents[1])} if p
)


def _installed(file: str) -> bool:
    return file.startswith((*_PREFIXES, "<frozen", "<__array_function__"))


def _filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _functions(code: CodeType) -> Iterator[CodeType]:
    """List the code of the functions in it; not that of comprehensions, of which another source may have more."""
    return (c for c in codes_in(code) if c.co_name not in _COMPREHENSIONS)


def _stands(code: CodeType) -> tuple[Any, ...]:
    return code.co_qualname, code.co_firstlineno, code.co_freevars, code.co_varnames[: code.co_argcount]


# --- rewriting ---------------------------------------------------------------------------------------------------


class _Observing(ast.NodeTransformer):
    """Put a call around every expression of the wanted functions, and a condition before every statement."""

    def __init__(
        self, file: str, places: list[Place], scope: Mapping[str, Any], wanted: set[int],
        pristine: Mapping[tuple[Any, ...], ast.AST],
    ) -> None:  # fmt: skip
        self.file, self.places, self.scope, self.wanted, self.pristine = file, places, scope, wanted, pristine
        self.rewritten: dict[ast.stmt, list[ast.stmt]] = {}  # each statement, as it is observed
        self.reading: dict[Any, list[ast.stmt]] = {}  # what is added to each function that stands inside of another
        self.statement: Any = None
        self.function: list[str] = []
        self.around: list[int] = []  # the places of the expressions around
        self.stored: set[str] = set()
        self.inside = False

    def module(self, tree: ast.Module) -> ast.Module:
        self.generic_visit(tree)
        return ast.fix_missing_locations(tree)

    # functions, wanted or not

    def visit_FunctionDef(self, node: Any) -> Any:
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        before = self.inside, self.stored
        if first in self.wanted or self.inside:
            if self.inside and first not in self.wanted and (names := self.stored - _stored(node)):
                self.reading[self.pristine[_position(node)]] = _reading(names, node.body[-1])
            reading = self.reading.get(self.pristine[_position(node)], [])
            if not self.inside:
                self.stored = _stored(node)
            self.inside = True
            self.function.append(node.name)
            node.body = [*self._block(node.body), *reading]
            self.function.pop()
        else:
            self.generic_visit(node)
        self.inside, self.stored = before
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # as `ast` calls it

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.generic_visit(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        before = self.inside, self.stored, self.statement
        if node.lineno in self.wanted and not self.inside:
            self.inside, self.stored = True, _stored(node)
            self.statement = self.statement or self.pristine[_position(node)]
            self.function.append("<lambda>")
            around, self.around = self.around, []
            node.body = self.visit(node.body)
            self.around = around
            self.function.pop()
        else:
            self.generic_visit(node)
        self.inside, self.stored, self.statement = before
        return node

    # statements

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [new for statement in body for new in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        outer, self.statement = self.statement, self.pristine[_position(node)]
        around, self.around = self.around, []
        try:
            self.rewritten[self.statement] = new = self._rewritten(node)
            return new
        finally:
            self.statement, self.around = outer, around

    def _rewritten(self, node: Any) -> list[ast.stmt]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if isinstance(node, ast.ClassDef):
                node.body = self._block(node.body)
                return [node]
            return [self.visit(node)]
        for name in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, name, None), list):
                setattr(node, name, self._block(getattr(node, name)))
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                handler.body = self._block(handler.body)
        if isinstance(node, ast.Match):
            node.subject = self.visit(node.subject)
            for case in node.cases:
                case.body = self._block(case.body)
            return [node]
        original = self.statement
        if isinstance(node, ast.Break):
            return self._guarded(node, original)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            return self._assignment(node, original)
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Constant):
                return [node]
            node.value = self.visit(node.value)
            return [*self._guarded(node, original), *self._after(written_at(original), original)]
        for name in ("test", "iter", "value", "exc", "msg", "subject"):
            if isinstance(child := getattr(node, name, None), ast.expr):
                setattr(node, name, self.visit(child))
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                item.context_expr = self.visit(item.context_expr)
        return [node]

    def _assignment(self, node: Any, original: ast.stmt) -> list[ast.stmt]:
        targets: list[Any] = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is None:
            return [node]
        variable = _name_of(targets[0])
        tuples = isinstance(targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
        if tuples and len(targets[0].elts) == len(node.value.elts):
            if not any(isinstance(e, ast.Starred) for e in (*targets[0].elts, *node.value.elts)):
                node.value.elts = [
                    self._visit_as(v, _name_of(t)) for t, v in zip(targets[0].elts, node.value.elts, strict=True)
                ]
            else:
                node.value = self.visit(node.value)
        else:
            node.value = self._visit_as(node.value, variable)
        after: list[ast.stmt] = []
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                self._target(part)
                after += self._after(part, original)
        return [*self._guarded(node, original), *after]

    def _visit_as(self, node: ast.expr, variable: str | None) -> Any:
        first = len(self.places)
        new = self.visit(node)
        if len(self.places) > first and self.places[first].node is self.pristine[_position(node)]:
            self.places[first] = replace(self.places[first], variable=variable)
        return new

    def _target(self, node: ast.expr) -> None:
        """Observe what a target reads: the array that is written to, and where."""
        if isinstance(node, ast.Subscript):
            node.slice = self._index(node.slice)
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.value, ast.Subscript | ast.Attribute):
            self._target(node.value)

    def _after(self, target: Any, statement: Any) -> list[ast.stmt]:
        """Observe the variable that a statement has written into; what is added to may be an attribute, or an entry."""
        adds = isinstance(statement, ast.AugAssign | ast.Expr)
        root = target = statement.target if isinstance(statement, ast.AugAssign) else target
        while isinstance(root, ast.Subscript | ast.Attribute) and not (adds and _is_named(root)):
            root = root.value
        if not (isinstance(root, ast.Name) or _is_named(root)) or (root is target and not adds):
            return []
        text = ast.unparse(root)
        read = ast.copy_location(ast.parse(text, mode="eval").body, statement)
        call = self._call(_AFTER, "after", read, root, text)
        new: Any = ast.Expr(call)
        if root is target and isinstance(root, ast.Name) and isinstance(statement, ast.AugAssign):
            new = ast.Assign([ast.Name(root.id, ast.Store())], call)
        return [ast.fix_missing_locations(ast.copy_location(new, statement))]

    def _guarded(self, node: ast.stmt, original: ast.stmt) -> list[ast.stmt]:
        if any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr) for n in ast.walk(node)):
            return [node]
        place = Place(len(self.places), "statement", original, self.statement, self.file, ".".join(self.function))
        self.places.append(place)
        test = ast.Call(ast.Name(_KEEP, ast.Load()), [ast.Constant(place.index)], [])
        for new in ast.walk(test):
            if isinstance(new, ast.expr):
                ast.copy_location(new, node)
        return [ast.copy_location(ast.If(test, [node], []), node)]

    # expressions

    def _call(self, name: str, kind: str, value: Any, node: Any, variable: str | None = None) -> ast.Call:
        place = Place(
            len(self.places), kind, node, self.statement, self.file, ".".join(self.function), variable,
            self.around[-1] if self.around else None,
        )  # fmt: skip
        self.places.append(place)
        call = ast.Call(ast.Name(name, ast.Load()), [ast.Constant(place.index), value], [])
        for new in (call, call.func, call.args[0]):
            ast.copy_location(new, node)
        return call

    def _observed(self, node: ast.expr) -> Any:
        original = self.pristine[_position(node)]
        call = self._call(_EXPRESSION, "expression", node, original)
        self.around.append(self.places[-1].index)
        call.args[1] = self._inner(node)
        self.around.pop()
        return call

    def visit(self, node: ast.AST) -> Any:
        if not self.inside or not isinstance(node, ast.expr):
            return super().visit(node)
        if isinstance(node, ast.Constant):
            return self._observed(node) if type(node.value) in (int, float) else node
        if isinstance(node, ast.JoinedStr | ast.FormattedValue):
            return node
        if isinstance(node, ast.Name):
            return self._observed(node) if self._holds_numbers(node.id) else node
        if isinstance(node, ast.Attribute):
            return node if self._outside(node) else self._observed(node)
        if isinstance(node, ast.Tuple | ast.List):
            whole = all(isinstance(e, ast.Constant | ast.UnaryOp) for e in node.elts) and isinstance(node, ast.Tuple)
            looped = self.pristine[_position(node)] is getattr(self.statement, "iter", None)
            looped = looped and all(isinstance(e, ast.Tuple) for e in node.elts)
            if (whole or looped) and node.elts:
                return self._observed(node)
            return self._inner(node)
        if isinstance(node, ast.Starred | ast.Lambda | ast.Yield | ast.YieldFrom | ast.Await | ast.Dict | ast.Set):
            return self._inner(node)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return self._inner(node)
        return self._observed(node)

    def _inner(self, node: Any) -> Any:
        """Observe the parts of an expression."""
        if isinstance(node, ast.Call):
            node.func = self._called(node.func)
            node.args = [self.visit(a) for a in node.args]
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)
        elif isinstance(node, ast.Subscript):
            node.value = self.visit(node.value)
            node.slice = self._index(node.slice)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            for part in node.generators:
                part.iter = self.visit(part.iter)
                part.ifs = [self.visit(test) for test in part.ifs]
            for name in ("elt", "key", "value"):
                if hasattr(node, name):
                    setattr(node, name, self.visit(getattr(node, name)))
        elif isinstance(node, ast.Lambda):
            return self.visit_Lambda(node)
        elif isinstance(node, ast.NamedExpr):
            node.value = self.visit(node.value)
        elif not isinstance(node, ast.Name | ast.Constant):
            self.generic_visit(node)
        return node

    def _called(self, func: Any) -> Any:
        if isinstance(func, ast.Attribute):
            if not self._outside(func):
                func.value = self.visit(func.value)
            return func
        return func if isinstance(func, ast.Name) else self._inner(func)

    def _index(self, node: Any) -> Any:
        if isinstance(node, ast.Slice):
            for name in ("lower", "upper", "step"):
                if getattr(node, name) is not None:
                    setattr(node, name, self.visit(getattr(node, name)))
            return node
        if isinstance(node, ast.Tuple):
            node.elts = [self._index(e) for e in node.elts]
            return node
        return self.visit(node)

    def _holds_numbers(self, name: str) -> bool:
        """Whether a variable may hold numbers: not a module, a function or a class."""
        if name in self.stored:
            return True
        if name in self.scope:
            return not isinstance(self.scope[name], ModuleType | FunctionType | type) and not callable(self.scope[name])
        return not hasattr(builtins, name)

    def _outside(self, node: Any) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and not self._holds_numbers(node.id)


def _reading(names: Iterable[str], where: ast.AST) -> list[ast.stmt]:
    """Read variables of the functions around, without ever doing so: then they can be read in this one."""
    never = ast.If(ast.Constant(False), [ast.Expr(ast.Name(name, ast.Load())) for name in sorted(names)], [])
    return [ast.fix_missing_locations(ast.copy_location(never, where))]


def _position(node: Any) -> tuple[Any, ...]:
    return type(node), *span_of(node)


def _by_position(trees: Iterable[ast.AST]) -> dict[tuple[Any, ...], ast.AST]:
    return {_position(n): n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.stmt | ast.expr)}


@functools.lru_cache(8)
def tree_of(source: str, file: str) -> ast.Module:
    """Parse a file, which nobody changes then."""
    return ast.parse(source, file)


def _parts(source: str, tree: ast.Module) -> list[str]:
    """Split a file into its statements, each with what stands above it."""
    lines = source.split("\n")
    ends = [0, *(s.end_lineno or s.lineno for s in tree.body)]
    return ["\n".join(lines[a:b]) for a, b in itertools.pairwise(ends)]


def _around(tree: ast.Module, lines: Collection[int]) -> list[int]:
    """Choose the statements of a file that some lines are in, and those that change how it is compiled."""
    return [
        k
        for k, s in enumerate(tree.body)
        if _is_future(s) or any(min([s.lineno, *_decorated(s)]) <= line <= (s.end_lineno or s.lineno) for line in lines)
    ]


def _decorated(statement: ast.stmt) -> list[int]:
    return [d.lineno for d in getattr(statement, "decorator_list", ())]


def _compiled(tree: ast.Module, statement: ast.stmt, file: str, *, alone: bool = False) -> CodeType:
    """Compile one statement of a file, as if what changes how it is compiled stood before it.

    That is what comes ``from __future__``, and what is imported at all, for a call of what a module holds is other
    code: unless each statement is compiled alone, as those of a cell of IPython's are.
    """
    body = [s for s in _imports(tree.body) if s is not statement and not (alone and not _is_future(s))]
    body.insert(0 if isinstance(statement, ast.ImportFrom) else len(body), statement)
    return in_double(compile(ast.Module(body, []), file, "exec", dont_inherit=True))


def _compiled_in(
    tree: ast.Module, numbers: Iterable[int], file: str, *, alone: bool = False
) -> dict[int, list[CodeType]]:
    """Compile some statements of a file: the code of the functions in each."""
    return {k: [*_functions(_compiled(tree, tree.body[k], file, alone=alone))] for k in numbers}


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _imports(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """List the imports of a file, outside of functions and classes; those of the future stand first."""
    for s in body:
        if isinstance(s, ast.Import | ast.ImportFrom):
            yield s
        elif isinstance(s, ast.If | ast.Try | ast.With):
            for block in (s.body, getattr(s, "orelse", []), *(h.body for h in getattr(s, "handlers", ()))):
                yield from _imports(block)


def in_double(code: CodeType) -> CodeType:
    """Return code that computes in float64 where it says float32 or float16: what it computes shows all its digits."""
    names, consts = code.co_names, tuple(in_double(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    if not _SHORT.isdisjoint(names):
        own = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
        names = tuple("float64" if n in _SHORT - own else n for n in names)
    consts = tuple("float64" if isinstance(c, str) and c in _SHORT else c for c in consts)
    same = (names, consts) == (code.co_names, code.co_consts)
    return code if same else code.replace(co_names=names, co_consts=consts)


def _position_of(code: CodeType, plain: Mapping[int, Sequence[CodeType]]) -> tuple[int, int] | None:
    """Find the code of a function among those of the statements of its file: what runs, not what was edited since."""
    own, is_rewritten = _bare(in_double(code)), any(n.startswith("@py") for n in (*code.co_names, *code.co_varnames))
    for k, codes in plain.items():
        for i, c in enumerate(codes):
            if _bare(c) == own or (is_rewritten and _stands(c) == _stands(code)):  # pytest rewrites asserts
                return k, i
    return None


def was_edited(function: FunctionType) -> bool:
    """Whether other code stands in the file of a function, where its own was, than the code that runs.

    What an import hook has changed stands under its name in its line all the same.
    """
    code, lines = function.__code__, lines_of(function)
    if not lines:
        return False
    try:
        tree = tree_of("".join(lines), code.co_filename)
        all_of_it = range(len(tree.body))
        ways = [_compiled_in(tree, all_of_it, code.co_filename, alone=alone) for alone in (False, True)]
    except (SyntaxError, ValueError, RecursionError):
        return True
    there = [_stands(c) for codes in ways[0].values() for c in codes]
    if not any(found[:2] == _stands(code)[:2] for found in there):
        return True
    return _stands(code) in there and all(_position_of(code, found) is None for found in ways)


def _bare(code: CodeType) -> CodeType:
    """Return code without what came ``from __future__`` of the file that compiled it."""
    consts = tuple(_bare(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_flags=code.co_flags & 0xFFFF, co_consts=consts)


def edited_since(function: Callable[..., Any]) -> str | None:
    """Say which file was changed after a function was loaded from it, or one that it calls."""
    return next((f.__code__.co_filename for f in reached(function) if was_edited(f)), None)


def lines_of(function: FunctionType) -> list[str]:
    """Read the file of a function as it is now, or the cell; an empty list where there is none."""
    linecache.checkcache(function.__code__.co_filename)
    return linecache.getlines(function.__code__.co_filename, function.__globals__)


def _blocks(tree: ast.Module, file: str) -> Iterator[tuple[ast.stmt, tuple[str, int, list[ast.stmt]]]]:
    """Say of each statement inside of one of a file which one that is, and the list that it is in."""
    for k, top in enumerate(tree.body):
        for block in (b for node in ast.walk(top) for b in blocks_of(node)):
            yield from ((s, (file, k, block)) for s in block)


def blocks_of(node: ast.AST) -> list[list[ast.stmt]]:
    """List the blocks of a statement, or of a file."""
    blocks = (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
    return [b for b in blocks if isinstance(b, list)]


_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def _stand_in(statement: Any, rewritten: Sequence[ast.stmt]) -> ast.stmt:
    """Return a statement as it is observed, in one; what is inside of it is as it was."""
    new: Any = ast.copy_location(ast.If(ast.Constant(True), list(rewritten), []), statement)
    ast.copy_location(new.test, statement)
    if any(hasattr(statement, name) for name in _BODIES):
        new = copy.copy(rewritten[0])
        for name in _BODIES:
            if hasattr(statement, name):
                setattr(new, name, getattr(statement, name))
    new.stands_for = statement
    return new  # type: ignore[no-any-return]


def _look_at(place: Place) -> ast.stmt:
    """Write a look at a variable as a statement."""
    text = f"try:\n {place.variable} = after({place.index}, {place.variable})\nexcept Exception:\n pass"
    new: Any = ast.parse(text).body[0]
    new.body[0].value.func.id = _AFTER
    return new  # type: ignore[no-any-return]


def function_around(tree: ast.Module, line: int) -> ast.FunctionDef | None:
    """Find the innermost function of a file that a line is in."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    around = [f for f in functions if f.lineno <= line <= (f.end_lineno or f.lineno)]
    return around[-1] if around else None  # those inside come later


def written_at(statement: ast.stmt) -> ast.expr | None:
    """Return what ``np.add.at(x, indices, values)`` adds to: x; None of other statements."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Attribute(), "at"), [x, _, _], [])):
            return x
    return None


def operation(statement: Any) -> type[ast.operator] | None:
    """Return what ``x += y`` or ``np.subtract.at(x, indices, y)`` does to x; None of other statements."""
    if written_at(statement) is None:
        return type(statement.op) if isinstance(statement, ast.AugAssign) else None
    return {"add": ast.Add, "subtract": ast.Sub}.get(statement.value.func.value.attr)


def _is_named(target: ast.expr) -> bool:
    """Whether a target is an attribute, or an entry by a word: ``self.dW``, ``g["dW"]``, ``g["dW" + str(k)]``."""
    if isinstance(target, ast.Attribute):
        return isinstance(target.value, ast.Name)
    parts = [*ast.walk(target.slice)] if isinstance(target, ast.Subscript) else []
    words = (n for n in parts if isinstance(n, ast.JoinedStr) or isinstance(getattr(n, "value", None), str))
    calls = (n.func for n in ast.walk(target) if isinstance(n, ast.Call))
    return any(words) and all(isinstance(f, ast.Name) and f.id == "str" for f in calls)


def _name_of(target: ast.expr) -> str | None:
    return ast.unparse(target) if isinstance(target, READ) else None


def _stored(function: Any) -> set[str]:
    """Name the variables of a function, and of those inside it: arguments, and what is assigned."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names
