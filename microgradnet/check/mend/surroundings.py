"""What the source has at hand around a place."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from microgradnet.check.harmless import only_computes
from microgradnet.check.mend.expressions import (
    Expressions,
    added_to,
    comparisons_of,
    entries_of,
    loops_around,
    numbers_of,
    ranges_of,
    seen_at,
    unread_around,
    windows_of,
)
from microgradnet.check.mend.rewrite import closed, fits, given_by, indices_of, is_read, names_in, targets_of
from microgradnet.check.mend.variables import TIMES, Variables, parsed
from microgradnet.check.observe import Place, attributes_of

CONSTANTS = 4
"""How many numbers of the file are tried for others."""

OTHERS = 6
"""How many lists, dictionaries or objects are tried for one another."""

STRIDES = 6
"""How many whole numbers an index is multiplied by."""

LISTED = 6
"""Of at most so many things that a loop is over one or two are left out."""

ENTRIES = 12
"""How many entries that a loop puts something in are tried for others."""

WEIGHTS = 6
"""How many real numbers something may be multiplied by."""

ALIKE, BLOCKS = 12, 8
"""How many parts of arrays are looked at for their index, as other arrays have it, and for their size."""

CONDITIONS = 6
"""How many of the file's comparisons are tried as masks."""

HELD, PARTS = 24, 40
"""How many attributes or entries of one object are looked at, and how many rows and columns of arrays."""


class Surroundings:
    """What the source has at hand around a place, as was observed when it was first reached.

    Attributes
    ----------
    value : object
        What was first computed there.
    names : dict of str to object
        What the variables held.
    """

    def __init__(self, source: Expressions, place: Place) -> None:
        self.source, self.program, self.seen, self.place = source, source.program, source.seen, place
        self.value = self.seen.first(place.index)
        self.names: Mapping[str, Any] = self.seen.names.get(place.index, {})

    @cached_property
    def holding(self) -> dict[str, Any]:
        """The numbers and arrays that the variables hold, and what they hold of such."""
        return {**dict(held(self.names)), **dict(self._of_the_same_key())}

    def _of_the_same_key(self) -> Iterator[tuple[str, Any]]:
        """List what dictionaries hold under the key of what the statement puts into one: params, where it is grads."""
        for target in targets_of(self.place.statement):
            key = target.slice if isinstance(target, ast.Subscript) else target
            called = {ast.unparse(n.func) for n in ast.walk(key) if isinstance(n, ast.Call)}
            made = isinstance(key, ast.JoinedStr | ast.BinOp) and called <= {"str"}
            if not made or not names_in(key) <= self.names.keys() | {"str"}:
                continue
            try:
                found = eval(compile(ast.unparse(key), "<key>", "eval"), {"__builtins__": {"str": str}}, {**self.names})
            except Exception:  # what the user's values may raise
                continue
            for name, held in _dictionaries(self.names):
                if isinstance(found, str) and isinstance(held.get(found), np.ndarray):
                    yield f"{name}[{self.text(key)}]", held[found]

    @cached_property
    def arrays(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays of numbers among them, and of the real numbers."""
        return {n: np.shape(v) for n, v in self.holding.items() if isinstance(v, np.ndarray | float | np.floating)}

    @cached_property
    def indices(self) -> tuple[str, ...]:
        """The whole numbers among them, those that a loop counts first, and then the latest."""
        latest = [n for n, v in self.holding.items() if _is_whole(v)][::-1]
        return tuple(sorted(latest, key=lambda n: n not in self.loops)[:8])

    @cached_property
    def counts(self) -> dict[str, int]:
        """Numbers of rows and the like, by how they are written; what was counted there comes first.

        A number to which the module gives a name is that, and no count that happens to be the same.
        """
        counts: dict[str, int] = {}
        sizes: dict[str, int] = {}
        read = names_in(self.place.node) if isinstance(self.value, int) else frozenset()
        for name, v in sorted(self.holding.items(), key=lambda item: item[0] not in read):
            if isinstance(v, np.ndarray):
                if v.dtype.kind == "b":
                    sizes.setdefault(f"{name}.sum()", int(v.sum()))
                for axis, n in enumerate(v.shape):
                    if n > 1 and n not in counts.values():
                        counts.setdefault(f"{name}.shape[{axis}]" if axis else f"len({name})", n)
                if v.ndim > 1 and 1 < v.size not in sizes.values():
                    sizes.setdefault(f"{name}.size", v.size)
            elif isinstance(v, list | tuple) and 1 < len(v) not in counts.values():
                counts.setdefault(f"len({name})", len(v))
            elif _is_whole(v) and v > 1 and name not in self.loops:  # where a loop is, it may be by chance
                counts = {name: int(v), **{k: n for k, n in counts.items() if n != v}}
        named = {v for n, v in self.scalars.items() if n in self.program.scope}
        return {k: n for k, n in [*list(counts.items())[:8], *list(sizes.items())[:4]] if n not in named}

    @cached_property
    def expressions(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what the function computes elsewhere, and of what arrays hold at an index that it reads."""
        known = {name for name, v in self.names.items() if v is not None}
        others = (e for e in self.source.of(self.place.file, self.place.function) if e.index != self.place.index)
        here = [e for e in others if e.local <= known]
        found = dict(reversed({e.text: e.shape for e in reversed(here)}.items()))
        return {**found, **_at_the_same({**self._added_to, **found}, self.arrays)}

    @property
    def _added_to(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the elements that something is added to, at indices that are known here."""
        some = [t for t in added_to(self.tree) if names_in(t) <= self.names.keys()]
        whole = [(ast.unparse(t), self.arrays.get(_named(t.value)), len(indices_of(t))) for t in some]
        return {text: of[k:] for text, of, k in whole if of is not None}

    @cached_property
    def elements(self) -> dict[str, tuple[int, ...]]:
        """The shapes of elements of the object's attributes that its methods read, at indices that are known here."""
        known = {name for name, v in self.names.items() if v is not None}
        return {e.text: e.shape for e in self.source.elements(self.place.file) if e.local <= known}

    @cached_property
    def parts(self) -> dict[str, tuple[int, ...]]:
        """The shapes of rows and columns of the arrays, and of blocks of larger ones."""
        sizes = {n: v for n, v in self.names.items() if type(v) is int and n not in self.loops} | self.counts
        blocks = _blocks(self.arrays, np.shape(self.value), sizes)
        return {**_parts(self.names, self.arrays, self.indices[:4]), **blocks, **self._masked}

    @property
    def _masked(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what masks of several axes hold where two loops are."""
        counted = [(i, k) for i in sorted(self.loops) if isinstance(k := self.names.get(i), int | np.integer)]
        masks = [(m, of) for m in self.switches if len(of := np.shape(self.holding[m])) > 1]
        pairs = itertools.product(masks, itertools.permutations(counted, 2))
        some = ((f"{m}[{i}, {j}]", of, k, n) for (m, of), ((i, k), (j, n)) in pairs)
        return {text: of[2:] for text, of, k, n in some if 0 <= k < of[0] and 0 <= n < of[1]}

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of one array that the file applies to each element, and those that nobody has called."""
        return self.source.functions(self.place.file)

    @property
    def turning(self) -> tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]:
        """The functions of the file that take an array of one shape to one of another, with both shapes."""
        return self.source.turning(self.place.file)

    @property
    def tree(self) -> ast.Module:
        """The file that the place is in."""
        return self.program.trees[self.place.file]

    @cached_property
    def loops(self) -> frozenset[str]:
        """What the loops around count."""
        return loops_around(self.tree, self.place.line)

    @property
    def unread(self) -> list[str]:
        """The variables of the function around that nobody reads: they may have been meant somewhere."""
        return unread_around(self.tree, self.place.line)

    def value_of(self, node: ast.AST) -> Any:
        """Return what was first seen of a part of the file; None if nothing was."""
        return seen_at(self.program, self.seen, self.place, node)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of the value; None if it is no number and no array of numbers."""
        if isinstance(self.value, np.ndarray):
            return tuple(self.value.shape)
        return () if isinstance(self.value, int | float | np.number) and not isinstance(self.value, bool) else None

    def is_module(self, node: ast.AST) -> bool:
        """Whether an expression is a module, or something in one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        functions = self.program.observed
        return isinstance(node, ast.Name) and any(isinstance(f.__globals__.get(node.id), ModuleType) for f in functions)

    def ndim_of(self, node: ast.AST) -> int:
        """Return how many axes a part of the expression was seen to have; 3 if that isn't known."""
        value = self.value_of(node)
        return 3 if value is None else int(np.ndim(value))

    @property
    def shape_around(self) -> tuple[int, ...] | None:
        """The shape that the value is broadcast to."""
        value = None
        for outer in self.program.around(self.place):
            if not isinstance(outer.node, ast.BinOp) or isinstance(outer.node.op, ast.MatMult):
                break
            value = self.seen.first(outer.index)
        if value is None and isinstance(self.place.statement, ast.AugAssign):
            return self.arrays.get(self.text(self.place.statement.target))
        return value.shape if isinstance(value, np.ndarray) else None

    def numpy(self, name: str) -> str:
        """Write a function of NumPy's as the file does; empty where it has none."""
        for f in self.program.observed:
            for alias, value in f.__globals__.items():
                if value is np:
                    return f"{alias}.{name}"
        return ""

    @property
    def outer(self) -> ast.AST | None:
        """The expression that the place is a part of; None if it is a whole one."""
        outer = self.program.outer(self.place)
        return None if outer is None else outer.node

    @property
    def operator(self) -> ast.operator | None:
        """What the place is an operand of: ``**`` in ``r ** 2``, and in ``r **= 2``."""
        statement, outer = self.place.statement, self.outer
        if outer is None and isinstance(statement, ast.AugAssign) and statement.value is self.place.node:
            return statement.op
        return outer.op if isinstance(outer, ast.BinOp) else None

    @property
    def is_exponent(self) -> bool:
        """Whether it is how often something is multiplied by itself."""
        return isinstance(self.operator, ast.Pow) and getattr(self.outer, "left", None) is not self.place.node

    @property
    def around(self) -> set[str]:
        """Write the expressions that the place is a part of."""
        return {*map(self.program.text, self.program.around(self.place))}

    @property
    def is_assigned(self) -> bool:
        """Whether the value takes the place of what a variable or an element held."""
        statement = self.place.statement
        return isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Tuple)

    @property
    def starts_at_zero(self) -> bool:
        """Whether the variable that the value is put into held zeros when the place was first reached."""
        value = self.holding.get(_quoted(self.place.variable or ""))
        return isinstance(value, int | float | np.ndarray | np.number) and not np.any(value)

    def is_unlikely_to_hand_on(self, source: str) -> bool:
        """Whether a statement that gives a variable another name would compute more, or have it written to."""
        statement = self.place.statement
        if not isinstance(statement, ast.Assign) or self.place.node is not statement.value:
            return False
        return not (is_read(source) or source in self.applied or source in self.entries)

    @property
    def is_written_to(self) -> bool:
        """Whether a statement gives another name to what is written to later: anything else would be a copy."""
        statement = self.place.statement
        alias = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name)
        if not alias or not all(isinstance(t, ast.Name) for t in statement.targets):
            return False
        return self.targets <= self._written

    @property
    def _written(self) -> set[str | None]:
        """The variables of the function around that are written to."""
        own = (p for p in self.program.places if p.kind == "after" and p.function == self.place.function)
        return {p.variable for p in own}

    @property
    def is_what_turns_add_up(self) -> bool:
        """Whether it is what the turns of a loop add to, after one of them: nothing is given a value anew in each."""
        return self.place.kind == "after" and self.seen.seen[self.place.index].count > 1

    @property
    def may_be_too_much(self) -> bool:
        """Whether a name stands for more than was meant: what is written to, or what is penalised as a whole."""
        return (self.place.parent is None and self.is_written_to) or self.is_a_view or self.is_penalised

    @property
    def looped_over(self) -> list[str]:
        """Write what a loop is over, where that is few: what it names, or the keys of what it reads."""
        node = self.place.node
        if node is not getattr(self.place.statement, "iter", None):
            return []
        held = self.names.get(node.id) if isinstance(node, ast.Name) else None
        keys = [repr(k) for k in held if isinstance(k, str)] if isinstance(held, dict) else []
        texts = [self.text(e) for e in node.elts] if isinstance(node, ast.Tuple | ast.List) else keys
        return texts if 1 < len(texts) <= LISTED else []

    @property
    def is_penalised(self) -> bool:
        """Whether an array is multiplied by a number, as weights are that decay."""
        outer = self.outer
        if not self.shape or not self.place.is_read or not isinstance(outer, ast.BinOp) or not self.is_a_factor:
            return False
        other = outer.left if self.place.node is outer.right else outer.right
        return isinstance(self.value_of(other), float | np.floating)

    @property
    def is_a_view(self) -> bool:
        """Whether a statement gives a name to a part of an array that is written to: it changes with that."""
        statement = self.place.statement
        if not isinstance(statement, ast.Assign) or not isinstance(self.value, np.ndarray):
            return False
        if self.place.node is not statement.value or not self.place.is_read:
            return False
        return not self._written.isdisjoint(names_in(self.place.node))

    @property
    def applied(self) -> set[str]:
        """The functions of the file, applied to the value."""
        own = self.text(self.place.node)
        turning = (f for f, given, _ in self.turning if given == self.shape)
        return {f"{f}({own})" for f in (*self.functions, *turning)}

    @cached_property
    def unused_methods(self) -> list[str]:
        """Write the methods of one argument of objects at hand that only compute, and that nobody has called."""
        ran = {self.program.places[i].function for i in self.seen.seen}
        inside = {f"{n}.{k}": x for n, v in self.names.items() for k, x in (attributes_of(v) or {}).items()}
        found = list[str]()
        for text, v in {**self.names, **inside}.items():
            for name, f in vars(type(v)).items() if attributes_of(v) is not None else ():
                own = isinstance(f, FunctionType) and f.__code__.co_argcount == 2 and f.__qualname__ not in ran
                if own and only_computes(f, self.program.scope, self.program.trees, self.program.harmless):
                    found.append(f"{text}.{name}")
        return found[:OTHERS]

    @property
    def taken_from(self) -> str | None:
        """Write what the value is subtracted from, if it is."""
        outer = self.outer
        takes = isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Sub) and outer.right is self.place.node
        return self.text(outer.left) if takes else None  # type: ignore[union-attr]

    @property
    def is_shifted(self) -> bool:
        """Whether the value is added to a number."""
        outer = self.outer
        sums = isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Add | ast.Sub)
        return sums and isinstance(outer.right, ast.Constant)  # type: ignore[union-attr]

    @property
    def scalars(self) -> dict[str, float]:
        """The real numbers among the variables, those of the module too, but for 0."""
        real = ((n, v) for n, v in self.holding.items() if isinstance(v, float | np.floating))
        return {n: float(v) for n, v in real if v != 0 and np.isfinite(v)}

    @property
    def named(self) -> dict[float, str]:
        """Write the numbers by which something may count, as what is penalised does: in all, or for each of some."""
        found: dict[float, str] = {}
        weights = {n: v for n, v in list(self.scalars.items())[:WEIGHTS] if v > 0}
        counts = {n: v for n, v in self.counts.items() if v > 1}
        for weight, v in {**weights, **{f"2 * {n}": 2 * v for n, v in weights.items()}}.items():
            found.setdefault(v, weight)
            for count, n in counts.items():
                found.setdefault(v / n, f"{weight} / {count}")
        return {v: text for v, text in found.items() if v not in TIMES}

    @property
    def labels(self) -> list[str]:
        """Write the elements of arrays of whole numbers at which a loop is: the label of a row."""
        loops = [i for i in self.indices[:4] if isinstance(self.names.get(i), int | np.integer)]
        whole = ((n, self.holding[n]) for n in self.holding if self.is_of_labels(n))
        return [f"{n}[{i}]" for n, v in whole for i in loops if 0 <= self.names[i] < len(v)]

    def is_of_numbers(self, node: ast.AST) -> bool:
        """Whether an expression reads real numbers, and no count of anything."""
        value = self.value_of(node)
        return is_read(self.text(node)) and isinstance(value, np.ndarray | float)

    def is_of_labels(self, text: str) -> bool:
        """Whether something holds whole numbers in a row, as labels are."""
        value = self.holding.get(text)
        return isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1

    @property
    def one_hot(self) -> list[str]:
        """Write which class each row is of, with a 1 in its column, where the value has a row for each label."""
        shape, eye = self.shape or (), self.numpy("eye")
        names = [n for n, v in self.holding.items() if self.is_of_labels(n) and np.shape(v) == shape[:1]]
        labels = names if eye and len(shape) == 2 else []
        count = next((c for c, n in self.counts.items() if n == shape[-1]), str(shape[-1])) if labels else ""
        return [f"{eye}({count})[{n}]" for n in labels]

    @cached_property
    def masks(self) -> set[str]:
        """Name the arrays of what is true or false."""
        return {n for n, v in self.holding.items() if isinstance(v, np.ndarray) and v.dtype.kind == "b"}

    @cached_property
    def conditions(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what the file asks of arrays, the loss as well, where all that it reads is known here."""
        scope, found = Variables(self.program, [self.seen], self.place), dict[str, tuple[int, ...]]()
        known = self.names.keys() | self.program.scope.keys()
        for node in comparisons_of(self.tree):
            values = scope.computed(node) if names_in(node) <= known else None
            if values is not None and isinstance(values[0], np.ndarray):
                found[ast.unparse(node)] = values[0].shape
        return dict(list(found.items())[:CONDITIONS])

    @cached_property
    def switches(self) -> list[str]:
        """Name the arrays of zeros and ones: masks, whatever their dtype."""
        some = ((n, v) for n, v in self.holding.items() if isinstance(v, np.ndarray) and v.size)
        both = ((n, v) for n, v in some if v.dtype.kind != "f" or v.min() < v.max())  # and not what begins with zeros
        return [n for n, v in both if not np.isin(v, (0, 1), invert=True).any()]

    @cached_property
    def choices(self) -> list[str]:
        """Write where something was chosen, as the place of a maximum, of which nobody reads what was."""
        names = self.names
        some = {n: names.get(n) for n in self.unread}
        chosen = [n for n, v in some.items() if isinstance(v, np.ndarray) and v.dtype.kind in "iu"]
        fitting = (n for n in chosen if fits(np.shape(names[n]), self.shape or ()))
        return [f"({n} == {k})" for n, k in itertools.product(fitting, self.indices[:4])]

    @property
    def entries(self) -> list[str]:
        """Write the entries that the loop around puts something in or a list holds, and those of the turns beside."""
        loops, found = self.loops & self.names.keys(), dict[str, None]()
        for target in entries_of(self.tree):
            if names_in(target) <= self.names.keys() | {"str"}:
                turns = [(node, text) for node in ast.walk(target) for text in _other_turns(node, loops)]
                shifted = [self.replaced([node], text, target) for node, text in turns]
                found |= dict.fromkeys([self.text(target), *shifted] if turns else [])
        counted = {i: k for i in sorted(loops) if isinstance(k := self.names[i], int)}
        for name, some in self.names.items():
            beside = _elements(name, some, counted) if isinstance(some, list) else ()
            found |= dict.fromkeys(text for text, x in beside if self.shape == getattr(x, "shape", None))
        return [*found][:ENTRIES]

    def windows(self, node: ast.Subscript) -> Iterator[list[str]]:
        """Write other ranges than those of an index: the source's at other places, and these with a stride."""
        own = ranges_of(node)
        for ranges in sorted(windows_of(self.tree), key=lambda r: abs(r[0].lineno - self.place.line)):
            names = {n for r in ranges for n in names_in(r)}
            if len(ranges) == len(own) and names <= self.names.keys():
                yield [self.text(r) for r in ranges]
        counted = [r.lower for r in own if isinstance(r.lower, ast.Name)]
        starts = [n for n in ast.walk(node.slice) if isinstance(n, ast.Name) and n.id in {c.id for c in counted}]
        for stride in self.strides if starts and len(counted) == len(own) else ():
            at = [[n for n in starts if any(n is m for m in ast.walk(r))] for r in own]
            yield [self.replaced(those, f"{those[0].id} * {stride}", r) for those, r in zip(at, own, strict=True)]

    @property
    def strides(self) -> list[str]:
        """Name the whole numbers from 2 on that no loop counts, those of the module first."""
        loops = self.loops
        return [n for n, v in self.names.items() if type(v) is int and v > 1 and n not in loops][:STRIDES]

    @property
    def element(self) -> tuple[int, ...] | None:
        """The shape of the element of an array that a number is put into, or added to."""
        target = next(iter(targets_of(self.place.statement)), None)
        if not isinstance(target, ast.Subscript) or self.place.parent is not None:
            return None
        parts = indices_of(target)
        whole = self.arrays.get(ast.unparse(target.value))
        return None if whole is None or any(isinstance(p, ast.Slice) for p in parts) else whole[len(parts) :]

    @property
    def is_a_factor(self) -> bool:
        """Whether something is multiplied or divided by the value."""
        outer, statement = self.outer, self.place.statement
        by = isinstance(statement, ast.AugAssign) and self.place.node is statement.value and statement.op
        op = outer.op if isinstance(outer, ast.BinOp) else by
        return isinstance(op, ast.Mult | ast.Div)

    @property
    def is_operand(self) -> bool:
        """Whether the value is a part of a sum or a product, or stands alone: it may be turned."""
        outer = self.outer
        name = getattr(getattr(outer, "func", None), "attr", "")
        own = isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and self.place.node in outer.args
        takes_any = ("dot", "matmul", "einsum", "outer", "solve", "lstsq", "inv", "reshape")
        return own or outer is None or isinstance(outer, ast.BinOp) or name in takes_any

    @property
    def numbers(self) -> list[str]:
        """Write the numbers of the file that are nearest, but for those that stand everywhere."""
        near = sorted(numbers_of(self.tree), key=lambda n: abs(n[0] - self.place.line))
        return [*dict.fromkeys(text for _, text in near)][:CONSTANTS]

    @property
    def elementary(self) -> list[str]:
        """Name the elementary functions of NumPy that the files call."""
        return self.source.elementary if self.numpy("x") else []

    @property
    def variables(self) -> list[str]:
        """Name the variables that hold numbers, the last first; then attributes and entries."""
        last = [*self.arrays][::-1]
        return [*filter(str.isidentifier, last), *(n for n in last if not n.isidentifier())]

    @property
    def is_made_here(self) -> bool:
        """Whether a variable gets its value in the function that reads it: it is wrong where it does."""
        return self.makes(self.text(self.place.node))

    def makes(self, name: str) -> bool:
        """Whether a variable gets its value in the function around."""
        at = self.place
        return any(p.variable == name and (p.file, p.function) == (at.file, at.function) for p in self.program.places)

    @property
    def is_indexed(self) -> bool:
        """Whether only a part of the value is read, a place of its own."""
        return isinstance(self.outer, ast.Subscript) and self.outer.value is self.place.node

    @property
    def is_taken_off(self) -> bool:
        """Whether the value is subtracted from what a variable or an element holds."""
        statement = self.place.statement
        taken = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub)
        return taken and self.place.node is statement.value

    @cached_property
    def unchanged(self) -> set[str]:
        """Write what holds the same as what is assigned did before: with that, nothing would be."""
        if not self.is_assigned or self.place.parent is not None:
            return set()
        target = ast.unparse(self.place.statement.targets[0])
        parts = (n for n in ast.walk(self.place.node) if isinstance(n, ast.expr) and ast.unparse(n) == target)
        old = next((self.value_of(n) for n in parts), None)
        return {n for n, v in self.holding.items() if isinstance(old, np.ndarray) and np.array_equal(v, old)} - {target}

    @property
    def targets(self) -> set[str]:
        """Name the variables that the statement assigns: what they held before is left over, more likely than meant."""
        return given_by(self.place.statement)

    def like(self, node: ast.AST) -> list[str]:
        """Write what else of its kind there is: other lists, dictionaries or objects; of numbers and arrays nothing."""
        names = self.names
        if isinstance(node, ast.Name):
            held, base = names, ""
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            held, base = attributes_of(names.get(node.value.id)) or {}, f"{node.value.id}."
        else:
            return []
        own = self.text(node)
        value = held.get(own.removeprefix(base))
        if value is None or isinstance(value, np.ndarray | np.generic | int | float | str) or callable(value):
            return []
        others = (base + n for n, v in held.items() if type(v) is type(value) and n.isidentifier() and v is not value)
        return [t for t in others if t != own][:OTHERS]

    def functions_like(self, func: ast.AST) -> list[str]:
        """Name the other functions that variables hold, where one that a variable holds is called."""
        own = [n for n, f in self.names.items() if isinstance(f, FunctionType)]
        return [n for n in own if n != func.id] if isinstance(func, ast.Name) and func.id in own else []

    @property
    def own(self) -> str:
        """Write what stands at the place: an expression, or a variable."""
        return self.text(self.place.node) if self.place.kind == "expression" else str(self.place.variable)

    def text(self, node: ast.AST) -> str:
        """Return the source of a part."""
        return self.program.text(self.place, node)

    def replaced(self, nodes: Sequence[Any], text: str, whole: Any = None) -> str:
        """Return the source of the place, or of an expression, with other text for some parts of one line."""
        own = self.place.node if whole is None else whole
        if own.end_lineno != own.lineno:
            return self.text(own)
        line = self.text(own).encode()
        for n in sorted(nodes, key=lambda n: -n.col_offset):
            start, end = n.col_offset - own.col_offset, n.end_col_offset - own.col_offset
            line = line[:start] + text.encode() + line[end:]
        return line.decode()

    def negative(self, node: ast.AST) -> str:
        """Return the source of a part with the other sign."""
        return self.text(node.operand) if _is_negative(node) else f"-{self.closed(node)}"  # type: ignore[attr-defined]

    def term(self, node: ast.AST) -> str:
        """Return the source of a part as a term of a sum, in parentheses if it binds more loosely than that."""
        return self.closed(node) if isinstance(node, ast.Compare | ast.IfExp) else self.text(node)

    def closed(self, node: ast.AST) -> str:
        """Return the source of a part, in parentheses if it binds loosely."""
        return closed(node, self.text(node))


def _named(node: ast.AST) -> str:
    """Write a variable, or an entry of one, as what is held is named."""
    return _quoted(ast.unparse(node))


def _quoted(text: str) -> str:
    return text.replace("'", '"')


def _is_negative(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _is_whole(v: Any) -> bool:
    return isinstance(v, int | np.integer) and not isinstance(v, bool)


def held(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """List the numbers and arrays that variables hold, and what they hold of such: attributes and entries."""
    for name, v in names.items():
        if not name.isidentifier() or name.startswith("_"):
            continue
        yield from _numbers(name, v)
        if isinstance(v, dict):
            inside = {f'{name}["{k}"]': x for k, x in v.items() if isinstance(k, str) and k.isidentifier()}
        elif isinstance(v, np.ndarray | np.generic | int | float | list):
            continue
        else:
            inside = {f"{name}.{k}": x for k, x in _attributes(v).items() if k.isidentifier()}
        for text, x in list(inside.items())[:HELD]:
            yield from _numbers(text, x)


def _dictionaries(names: Mapping[str, Any]) -> Iterator[tuple[str, dict[Any, Any]]]:
    """List the dictionaries among variables, and among what they hold."""
    for name, v in names.items():
        if isinstance(v, dict):
            yield name, v
        elif not isinstance(v, np.ndarray | np.generic | int | float | list):
            yield from ((f"{name}.{k}", x) for k, x in (attributes_of(v) or {}).items() if isinstance(x, dict))


def _attributes(value: Any) -> dict[str, Any]:
    """Return what an object holds, and the numbers that its class gives all of its kind."""
    own = attributes_of(value)
    if own is None:
        return {}
    given = (item for kind in reversed(type(value).__mro__) for item in vars(kind).items())
    numbers = {k: v for k, v in given if isinstance(v, int | float) and not k.startswith("__")}
    return {**own, **{k: v for k, v in numbers.items() if k not in own}}


def _other_turns(node: ast.AST, loops: Collection[str]) -> Iterator[str]:
    """Write the number of a turn of a loop, or the one before or after it, as those around it."""
    match node:
        case ast.BinOp(ast.Name(name), ast.Add() | ast.Sub() as op, ast.Constant(int() as by)) if name in loops:
            own = by if isinstance(op, ast.Add) else -by
            yield from (f"{name} {'+' if n > 0 else '-'} {abs(n)}" if n else name for n in (own - 1, own + 1))
        case ast.Call(args=[ast.Name(name)]) if name in loops:
            yield from (f"{ast.unparse(node.func)}({name} {sign} 1)" for sign in "-+")
        case ast.BinOp(left, ast.Mod(), ast.Name(name)) if name in loops:
            yield from (f"{ast.unparse(left)} % ({name} {sign} 1)" for sign in "-+")
        case ast.Subscript(value, ast.Name(name)) if name in loops:
            yield from (f"{ast.unparse(value)}[{name} {sign} 1]" for sign in "-+")


def _numbers(text: str, v: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(v, np.ndarray):
        if v.dtype.kind in "fiub":
            yield text, v
    elif isinstance(v, int | float | np.number | list | tuple):
        yield text, v


def _elements(name: str, some: Sequence[Any], counted: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    """Write the elements of a list at which loops are, and those beside them, and return what they are.

    Counted from the end as well.
    """
    beside = [*itertools.product(counted.items(), (("", 0), (" + 1", 1), (" - 1", -1)))]
    for (i, k), (text, by) in beside:
        if 0 <= k + by < len(some):
            yield f"{name}[{i}{text}]", some[k + by]
    for (i, k), (text, by) in beside:
        if k > 0 and 0 < k - by <= len(some):
            yield f"{name}[-{i}{text}]", some[by - k]


def _parts(
    names: Mapping[str, Any], arrays: Mapping[str, tuple[int, ...]], indices: Sequence[str]
) -> Mapping[str, tuple[int, ...]]:
    """List the arrays in lists, and rows and columns of arrays: where a loop is, then at both ends."""
    found: dict[str, tuple[int, ...]] = {}
    counted = {i: int(names[i]) for i in indices if i in names}
    for name, v in names.items():
        if isinstance(v, list | tuple) and v and all(isinstance(x, np.ndarray) for x in v):
            found |= {text: x.shape for text, x in _elements(name, v, counted)}
            found.setdefault(f"{name}[-1]", v[-1].shape)
            found.setdefault(f"{name}[0]", v[0].shape)
    for i, k in {**counted, "0": 0, "-1": -1}.items():
        for name, shape in arrays.items():
            if shape and -shape[0] <= k < shape[0]:
                found.setdefault(f"{name}[{i}]", shape[1:])
            if len(shape) > 1 and -shape[1] <= k < shape[1]:
                found.setdefault(f"{name}[:, {i}]", (shape[0], *shape[2:]))
    return dict(list(found.items())[:PARTS])


def _at_the_same(
    expressions: Mapping[str, tuple[int, ...]], arrays: Mapping[str, tuple[int, ...]]
) -> Mapping[str, tuple[int, ...]]:
    """List what arrays hold at an index at which the function reads another that is as long: ``b[e, :T]``."""
    found: dict[str, tuple[int, ...]] = {}
    for text, shape in expressions.items():
        match parsed(text):
            case ast.Subscript(value, ast.Tuple() | ast.Slice() as index) if _named(value) in arrays:
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                whole, k = arrays[_named(value)], len(parts)
                alike = {n: s for n, s in arrays.items() if s[:k] == whole[:k]}
                if k <= len(whole) and all(isinstance(p, ast.Slice | ast.Name) for p in parts):
                    left = shape[: len(shape) - len(whole) + k]
                    texts = {f"{n}[{ast.unparse(index).strip('()')}]": (*left, *s[k:]) for n, s in alike.items()}
                    found |= {t: s for t, s in texts.items() if t not in expressions}
    return dict(list(found.items())[:ALIKE])


def _blocks(
    arrays: Mapping[str, tuple[int, ...]], shape: tuple[int, ...], counts: Mapping[str, int]
) -> Mapping[str, tuple[int, ...]]:
    """List the first columns or rows of larger arrays, and the last, as of what was joined before a product."""
    found: dict[str, tuple[int, ...]] = {}
    for name, other in [*arrays.items()][::-1] if 0 < len(shape) <= 2 else ():
        larger = [k for k, (n, m) in enumerate(zip(shape, other, strict=False)) if n != m]
        if len(other) == len(shape) and len(larger) == 1 and other[larger[0]] > shape[larger[0]] > 1:
            count = next((c for c, n in counts.items() if n == shape[larger[0]]), str(shape[larger[0]]))
            found |= {f"{name}[{':, ' * larger[0]}{part}]": shape for part in (f":{count}", f"-{count}:")}
    return dict(list(found.items())[:BLOCKS])


def is_share(value: Any) -> bool:
    """Whether numbers are between 0 and 1, as probabilities are: what is left of one is another."""
    x = np.asarray(value)
    return x.dtype.kind in "fb" and bool(((x >= 0) & (x <= 1)).all())
