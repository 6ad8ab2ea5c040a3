r"""Mathematics as text, LaTeX and MathML, written from the declarations of operations: the one notation of every view.

An operation says how it is written, in a template for each language (``{0} ⊙ {1}``, ``{0} \odot {1}``), and nothing
about precedence: that is read off the template itself. What stands within parentheses or braces is enclosed already;
beside an operator a looser one needs parentheses. This room knows no operation by name, and lays nothing out.
"""

from __future__ import annotations

import functools
import html
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType, FunctionType, MappingProxyType, MethodType
from typing import Any, NamedTuple

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.leaving import argument_names
from microgradnet.ops.indexing import _Place
from microgradnet.record import Primitive, Recorded, node_of
from microgradnet.text import GREEK, arguments, legible, number, short
from microgradnet.trees import OfLeaves

__all__ = [
    "LATEX",
    "TEXT",
    "Notation",
    "Style",
    "axes_between",
    "cotangent",
    "definition",
    "derivative",
    "differential",
    "expression",
    "free_letter",
    "html_of",
    "named_apart",
    "names_in",
    "numbered",
    "only_reshapes",
    "over",
    "prime",
    "titles_of",
    "word_of",
    "written_order",
]  # fmt: skip


# --- names ---------------------------------------------------------------------------------------------------


def titles_of(nodes: Iterable[Entry], end: int) -> dict[int, str]:
    """Name entries for a reader: as the user did, or after the scope whose result they are. No two names are alike.

    What ends the computation and has no name is the loss, if it is one number.
    """
    nodes = tuple(nodes)
    is_result = [True] * len(nodes)
    for node in nodes:
        for i in node.inputs:
            if node.scope[: len(nodes[i].scope)] == nodes[i].scope:
                is_result[i] = False  # it is used inside its scope
    given: list[tuple[int, str]] = []
    made: list[tuple[int, str]] = []
    for node in nodes:
        if node.name:
            given.append((node.id, node.name))
        elif node.id == end and node.operation is not None and _is_one_number(node):
            made.append((node.id, _end_title(nodes, node)))
        elif node.operation is not None and node.scope and node.scope[-1] != "backward" and is_result[node.id]:
            made.append((node.id, node.scope[-1]))
        elif node.operation is None and node.kind != "constant":
            made.append((node.id, "w" if node.kind == "parameter" else "x"))
        elif node.id == end and node.operation is not None:
            made.append((node.id, _end_title(nodes, node)))
    titles: dict[int, str] = {}
    taken: set[str] = set()
    count: dict[str, int] = {}
    for i, text in (*given, *made):
        unique = text
        while unique in taken:
            count[text] = count.get(text, 1) + 1
            unique = f"{text}_{count[text]}"
        taken.add(unique)
        titles[i] = unique
    return titles


def named_apart(graph: Graph) -> Graph:
    """Return a graph in which no two entries have one name: the second ``w`` is ``w_2``, as `titles_of` calls it."""
    titles = titles_of(graph.nodes, graph.outputs[0])
    return Graph([replace(e, name=titles[e.id]) if e.name else e for e in graph], graph.outputs)


def _end_title(nodes: Sequence[Entry], end: Entry) -> str:
    """Choose what a result without a name is called: ``loss``, an array ``output``; the other if one is called so."""
    taken = {node.name for node in nodes}
    words = ("loss", "output") if _is_one_number(end) else ("output", "loss")
    return next((word for word in words if word not in taken), "L")


def _is_one_number(entry: Entry) -> bool:
    return entry.shape is not None and math.prod(entry.shape) == 1


def over(entry: Entry, shape: tuple[int, ...] | None) -> str:
    """Say in words which axes of an input of a shape an operation takes away, if it does: ``over rows``."""
    axis = entry.given.get("axis")
    if axis is None or shape is None or entry.shape is None or math.prod(entry.shape) >= math.prod(shape):
        return ""
    axes = [a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))]
    words = ["rows", "columns"] if len(shape) == 2 else [f"axis {k}" for k in range(len(shape))]
    return f"over {' and '.join(words[a] for a in axes)}" if axes else ""


def only_reshapes(entry: Entry, nodes: Sequence[Entry]) -> bool:
    """Whether an operation does nothing but give the numbers of its one input another shape, in their order."""
    operation = entry.operation
    if operation is None or not operation.views or operation.text is not None or len(entry.inputs) != 1:
        return False
    shape = nodes[entry.inputs[0]].shape
    if operation.symbol != operation.name or shape is None or entry.shape is None:
        return False
    if shape == entry.shape or math.prod(shape) != math.prod(entry.shape):
        return False
    before = np.arange(math.prod(shape)).reshape(shape)  # of equal numbers nothing is seen
    return np.array_equal(np.asarray(operation.compute(before, **entry.static)), before.reshape(entry.shape))


def axes_between(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[Any, ...] | None:
    """Find the index that makes one shape of another by axes of length 1, new or left out: ``x[:, None]``, ``x[:, 0]``.

    None if there is no such index; it ends where all else stays.
    """
    index: list[Any] = []
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before) and j < len(after) and before[i] == after[j]:
            index.append(slice(None))
            i, j = i + 1, j + 1
        elif j < len(after) and after[j] == 1:
            index.append(None)
            j += 1
        elif i < len(before) and before[i] == 1:
            index.append(0)
            i += 1
        else:
            return None
    while index and index[-1] == slice(None):
        index.pop()
    return tuple(index)


def numbered(letter: str, k: int) -> str:
    """Name the k-th of several that have no name: δ₂."""
    return letter + str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def free_letter(letters: str, names: Iterable[str]) -> str:
    """Choose the first of some letters that no name is, with a number or without; if need be, the first one twice."""
    taken = {re.sub("[0-9₀-₉_]+$", "", name) for name in names}
    words: list[str] = [*letters, *(letters[0] * k for k in range(2, 99))]
    return next(word for word in words if word not in taken)


def differential(names: Iterable[str]) -> str:
    """Choose what stands before a name for its tangent, so that no other name comes of it: d, mostly."""
    taken = set(names)
    signs: list[str] = ["d", *("Δ" * k for k in range(1, 99))]
    return next(sign for sign in signs if taken.isdisjoint([sign + name for name in taken]))


def names_in(function: Any, taken: Collection[str] = ()) -> dict[str, Any]:
    """Find the arrays that a function takes from outside, by the names that they have in its code.

    Variables of the functions around it and of its module, attributes of these and of a method's object, what
    `functools.partial` has put in; also those of the functions that it calls. Names that are taken are left out. Where
    two arrays hold the same numbers, neither is named: a record has copies, and can't tell which of them was used.
    """
    found: dict[str, Any] = {}
    pending, seen = [function], set[int]()
    while pending and len(seen) < 100:
        f = pending.pop(0)
        while isinstance(f, OfLeaves):
            f = f.__wrapped__
        if id(f) in seen or str(getattr(f, "__module__", "")).startswith("microgradnet"):
            continue
        seen.add(id(f))
        for name, value in _outside(f):
            if isinstance(value, FunctionType | MethodType | functools.partial):
                pending.append(value)
            elif isinstance(value, np.ndarray) or (isinstance(value, Recorded) and node_of(value).name is None):
                found.setdefault(name, value)
    arrays = [value for value in found.values() if isinstance(value, np.ndarray)]
    known = {k: v for k, v in found.items() if k not in taken}
    return {k: v for k, v in known.items() if not any(v is not a and _same_numbers(v, a) for a in arrays)}


def _outside(f: Any) -> Iterator[tuple[str, Any]]:
    """List what the code of a function can reach outside of it, by name: variables, their attributes, their items."""
    if isinstance(f, functools.partial):
        yield from [("", f.func), *zip(argument_names(f.func, len(f.args)), f.args, strict=True), *f.keywords.items()]
        return
    if not isinstance(f, FunctionType | MethodType) and callable(f):
        f = f.__call__
    code = getattr(f, "__code__", None)
    if not isinstance(code, CodeType):
        return
    codes = list(_with_inner(code))
    used = {name for c in codes for name in c.co_names}
    texts = {text for c in codes for text in c.co_consts if isinstance(text, str)}
    plain = f.__func__ if isinstance(f, MethodType) else f
    variables = {name: plain.__globals__[name] for name in sorted(used) if name in plain.__globals__}
    for name, cell in zip(code.co_freevars, plain.__closure__ or (), strict=True):
        try:
            variables[name] = cell.cell_contents
        except ValueError:  # it is assigned later
            continue
    if isinstance(f, MethodType):
        variables[code.co_varnames[0]] = f.__self__
    yield from variables.items()
    for name, value in variables.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}[{key!r}]", value[key]) for key in sorted(texts) if key in value)
        elif not isinstance(value, FunctionType | MethodType | np.ndarray | Recorded):
            inside = getattr(value, "__dict__", {})
            yield from ((f"{name}.{key}", inside[key]) for key in sorted(used) if key in inside)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _with_inner(inner)


def _same_numbers(a: Any, b: np.ndarray[Any, Any]) -> bool:
    return isinstance(a, np.ndarray) and (a.shape, a.dtype) == (b.shape, b.dtype) and a.tobytes() == b.tobytes()


# --- a language ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Style:
    """A language for formulas: how operations, names, numbers and arguments are written in it."""

    declared: Callable[[Primitive], str | Callable[..., str] | None]  # the template of an operation, if it has one
    default: Callable[[str], str]  # that of an operation that has only a name
    word: re.Pattern[str]  # a template that is a word before its inputs,
    called: Callable[[str, str, str], str]  # and this with arguments that it has no place for
    name: Callable[[str], str]
    number: Callable[[Any], str]
    static: Callable[[Any], str]  # an argument that has a place,
    given: Callable[[Mapping[str, Any]], str]  # and those that have none, by name
    partial: str  # the derivative of one name with respect to another
    primed: str  # that of a function of one argument, at it
    transposed: str
    juxtaposed: str  # between a number and what it multiplies
    bracket: str
    truth: str  # Iverson's bracket: 1 where something holds, else 0
    unnamed: str  # an array without a name
    rest: str  # what is left out


_SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def _declared_as_text(operation: Primitive) -> str | Callable[..., str] | None:
    """Return the template of an operation, or make one of its symbol: a sign, ``·²``, or a word to call."""
    if operation.text is not None:
        return operation.text
    symbol = legible(operation.symbol).replace("{", "{{").replace("}", "}}")
    if "·" in symbol:
        return symbol.replace("·", "{0}" if operation.arity == 1 else "{inputs}")
    raised = any(unicodedata.decomposition(c).startswith("<super>") for c in symbol)
    if re.fullmatch(r"[^\W\d]\w*′*", symbol) and not raised:
        return f"{symbol}({{inputs}})"
    if operation.arity in (1, 2) and not any(c.isalnum() or c.isspace() for c in symbol):
        return symbol + "{0}" if operation.arity == 1 else f"{{0}} {symbol} {{1}}"
    return None


def _number_as_text(value: Any) -> str:
    if isinstance(value, float | np.floating) and abs(float(value)) < 10**6 and float(value).is_integer():
        value = int(value)
    return number(value)


def _static_as_text(value: Any) -> str:
    if isinstance(value, _Place):
        return chr(_FIRST + value.number)
    if isinstance(value, slice):
        parts = ["" if p is None else _static_as_text(p) for p in (value.start, value.stop, value.step)]
        return ":".join(parts if value.step is not None else parts[:2])
    if isinstance(value, tuple | list):
        return ", ".join(map(_static_as_text, value))
    if isinstance(value, np.ndarray):
        return f"[{_static_as_text(value.tolist())}]" if value.ndim == 1 and value.size <= 8 else "…"
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, int | float | np.number):
        return _number_as_text(value)
    return "…" if value is Ellipsis else arguments({"": value})[1:]


_SPACED = re.compile(r"[&=+*/·⊙−|,;:-]*\s[\s&=+*/·⊙−|,;:-]*")  # no sign in a name shall read as an operation

TEXT = Style(
    declared=_declared_as_text, default=lambda name: f"{name}({{inputs}})",
    word=re.compile(r"(\w+)( ?\{0\}|\(\{(?:0|inputs)\}\))"),
    called=lambda word, _, given: f"{word}({{inputs}}, {given})",
    name=lambda text: _SPACED.sub("_", short(text)), number=_number_as_text, static=_static_as_text, given=arguments,
    partial="∂{}/∂{}", primed="{}′({})", transposed="{}ᵀ", juxtaposed=" ", bracket="({})", truth="1[{}]",
    unnamed="a constant", rest="…",
)  # fmt: skip

_ESCAPED = {c: f"\\{c}" for c in "{}$&#%_ "} | {
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "'": r"{}^{\prime}",
    '"': r"{}^{\prime\prime}",
    "~": r"\sim ",
    "…": r"\ldots ",
    "↵": r"\hookleftarrow ",
    "�": "?",
    "′": r"{}^{\prime}",
    "∂": r"\partial ",
    "ᵀ": r"{}^{\top}",
}
_ESCAPED |= {letter: f"\\{name} " for letter, name in GREEK.items()}
_INDICES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def _name_in_latex(text: str) -> str:
    r"""Typeset a name: one letter in italics, a word upright, digits at its end as an index.

    Examples
    --------
    >>> LATEX.name("x"), LATEX.name("weights1"), LATEX.name("a_b"), LATEX.name("Δβ₂")
    ('x', '\\mathrm{weights}_{1}', '\\mathrm{a\\_b}', '\\mathrm{\\Delta \\beta}_{2}')
    """
    text = short(text).translate(_INDICES)
    word, digits = re.fullmatch(r"(.*?)(?:[_ ](?=[0-9]))?([0-9]*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.search(r"[^\W_]['′)ᵀ]*$", word):  # the 2 of x^2 is no index
        word, digits = text, ""
    if len(word) == 1 and word.isascii() and word.isalpha():
        shown = word
    elif word in GREEK:
        shown = f"\\{GREEK[word]}"
    else:
        shown = re.sub(r"([a-zA-Z]) }$", r"\1}", f"\\mathrm{{{_escaped(word)}}}")
    return f"{shown}_{{{digits}}}" if digits else shown


def _escaped(text: str, keep: str = "") -> str:
    return "".join(c if c in keep else _ESCAPED.get(c, c) for c in short(text))


def _number_in_latex(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return rf"\mathrm{{{str(bool(value)).lower()}}}"
    text = _number_as_text(value).replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


def _static_in_latex(value: Any) -> str:
    text = _static_as_text(value)
    text = "".join(c if _PLACE.match(c) else _escaped(c, "->, ") for c in text).replace("−", "-")
    return re.sub(r"\b(True|False|None)\b", r"\\mathrm{\1}", text)


def _given_in_latex(static: Mapping[str, Any]) -> str:
    return r", \, ".join(rf"\mathrm{{{_escaped(k)}}} = {_static_in_latex(v)}" for k, v in static.items())


LATEX = Style(
    declared=lambda operation: operation.latex,
    default=lambda name: rf"\operatorname{{{{{_escaped(name)}}}}}({{inputs}})",
    word=re.compile(r"((?!\\frac)\\(?:\\_|[^_])*[a-z}])( \{0\}|\(\{(?:0|inputs)\}\))"),
    called=lambda word, inputs, given: f"{word}_{{{{{given}}}}}{inputs}",
    name=_name_in_latex, number=_number_in_latex, static=_static_in_latex, given=_given_in_latex,
    partial=r"\frac{{\partial {}}}{{\partial {}}}", primed=r"{}'({})", transposed=r"{{{}}}^{{\top}}",
    juxtaposed=r" \, ", bracket=r"\left({}\right)", truth=r"\mathbf{{1}}\left[{}\right]", unnamed=r"\cdot",
    rest=r"\ldots",
)  # fmt: skip


def html_of(formula: str) -> str:
    r"""Write LaTeX for a page of HTML.

    As MathML, which every browser typesets, where the package latex2mathml is installed (the extra ``notebook``)
    and can read the formula; or else between ``\(`` and ``\)``, where the script of a notebook finds it.
    """
    try:
        from latex2mathml.converter import convert

        # It takes nothing but letters for the name of an operator.
        known = re.sub(r"\\operatorname(?={[^}]*\\)", r"\\mathrm", formula)
        return str(convert(rf"\displaystyle {known}"))  # fractions of full size, as a formula of its own has
    except Exception:  # the template of somebody's operation may be no LaTeX; the converter's errors have no base
        return rf"\({html.escape(formula)}\)"


# --- templates -----------------------------------------------------------------------------------------------

_OPEN, _RELATION, _SUM, _QUOTIENT, _PRODUCT, _MATRIX, _JUXTAPOSED, _FUNCTION, _POWER, _ATOM = range(10)
"""How tightly what is written binds: from words, and signs that nobody knows, to what is one thing."""

_Levels = frozenset[int]


def _from(level: int) -> _Levels:
    return frozenset(range(level, _ATOM + 1))


_ANY, _TIGHT, _ONE = _from(_OPEN), _from(_JUXTAPOSED), _from(_ATOM)


class _Operator(NamedTuple):
    """How tightly an operator binds, and what may stand to its left and to its right without parentheses."""

    level: int
    left: _Levels = _ANY
    right: _Levels = _ANY


_TIMES = frozenset("⊙×*")
_OPERATORS = {
    **dict.fromkeys(",&_", _Operator(_ATOM)),
    **dict.fromkeys("∧∨=≠<>≤≥≈", _Operator(_RELATION, _from(_SUM), _from(_SUM))),
    "+": _Operator(_SUM, _from(_SUM), _from(_SUM)),
    "−": _Operator(_SUM, _from(_SUM), _from(_QUOTIENT)),
    **dict.fromkeys("ΣΠ", _Operator(_SUM, _TIGHT, _from(_QUOTIENT))),
    **dict.fromkeys("/÷", _Operator(_QUOTIENT, _TIGHT | {_QUOTIENT, _PRODUCT}, _TIGHT)),
    **dict.fromkeys(_TIMES, _Operator(_PRODUCT, _TIGHT | {_PRODUCT}, _TIGHT | {_PRODUCT})),
    "·": _Operator(_MATRIX, _from(_MATRIX), _from(_MATRIX)),
    r"\,": _Operator(_JUXTAPOSED, _TIGHT, _TIGHT),
    **dict.fromkeys(["mod", "⊗", "⊕"], _Operator(_OPEN, _TIGHT, _TIGHT)),
    **dict.fromkeys("√∛¬", _Operator(_FUNCTION, _ANY, _ONE)),
    **dict.fromkeys("^⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ", _Operator(_POWER, _ONE, _ONE)),
    r"\frac": _Operator(_POWER),
}
_OPENING = frozenset(["{", "(", "[", "⌊", "⌈", "⟨", "|", "‖"])
_CLOSING = frozenset(["}", ")", "]", "⌋", "⌉", "⟩", "|", "‖"])
_SIGNS = {
    "-": "−", r"\ne": "≠", r"\le": "≤", r"\ge": "≥", r"\land": "∧", r"\lor": "∨", r"\lnot": "¬", r"\sum": "Σ",
    r"\prod": "Π", r"\odot": "⊙", r"\cdot": "·", r"\bmod": "mod", r"\otimes": "⊗", r"\oplus": "⊕",
    r"\\": ",", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\langle": "⟨", r"\rangle": "⟩",
    r"\lVert": "‖", r"\rVert": "‖",
}  # fmt: skip
"""The signs of LaTeX that are those of text."""

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ]|\w[\w′]*|\S")
_FUNCTION_BEFORE = re.compile(r"\}|\\[a-zA-Z]+|\w[\w′]*")
_SILENT = frozenset({"dtype", "optimize"})
"""Arguments that are only written where a template has a place for them: they change no number and no shape."""

_MOST_INPUTS = 8
"""How many inputs are written out of an operation that takes any number of them."""

_FIRST = 0xE000  # of the characters that stand for the inputs; this block means nothing in Unicode
_PLACE = re.compile("([\ue000-\uf8ff])")


class _Template(NamedTuple):
    """A template with one character for each input.

    Of its `parts` every other is the place of an input. `level` is how tightly its loosest operator binds; `bare`,
    which levels may stand in the place of each input without parentheses; `counted` are the inputs beside an operator
    of arithmetic, where a truth value is a number.
    """

    parts: tuple[str, ...]
    level: int
    bare: Mapping[str, _Levels]
    counted: frozenset[str]


@functools.lru_cache(1024)
def _declared(operation: Primitive, style: Style) -> str | Callable[..., str]:
    return style.declared(operation) or style.default(operation.name)


@functools.lru_cache(1024)
def _without_statics(operation: Primitive, style: Style, count: int) -> _Template:
    template = _declared(operation, style)
    return _parsed(operation.name, template() if callable(template) else template, count, (), style.rest)


def _template(entry: Entry, style: Style) -> _Template:
    operation = entry.operation
    assert operation is not None
    if not entry.static:
        return _without_statics(operation, style, len(entry.inputs))
    template = _declared(operation, style)
    given = {k: v for k, v in entry.given.items() if k not in _SILENT}
    if callable(template):
        template, given = template(**entry.static), {}
    if loose := {k: v for k, v in given.items() if f"{{{k}}}" not in template}:
        found = style.word.fullmatch(template)
        word, inputs = (found or style.word.fullmatch(style.default(operation.name))).groups()  # type: ignore[union-attr]
        others = style.given(loose if found else given).replace("{", "{{").replace("}", "}}")
        template = style.called(word, inputs, others)
    statics = {**operation.defaults, **entry.static}
    for k, v in statics.items():
        if isinstance(v, float) and v == 1:  # no factor of 1 is written
            template = template.replace(f"{{{k}}} {{", "{")
    places = tuple((k, style.static(v)) for k, v in statics.items() if f"{{{k}}}" in template)
    return _parsed(operation.name, template, len(entry.inputs), places, style.rest)


@functools.lru_cache(1024)
def _parsed(name: str, template: str, count: int, places: tuple[tuple[str, str], ...], rest: str) -> _Template:
    inputs = [chr(_FIRST + i) for i in range(count)]
    listed = [*inputs[:_MOST_INPUTS], rest][:count]
    try:
        text = template.format(*inputs, **{"inputs": ", ".join(listed), **dict(places)})
    except (LookupError, ValueError) as error:
        raise ValueError(f"the template {template!r} of the operation {name!r} can't be filled: {error!r}") from None
    laid_out = re.sub(r"\\begin\{\w+\}", "(", re.sub(r"\\end\{\w+\}", ")", text))  # in rows, such as cases
    tokens = [_SIGNS.get(token, token) for token in _TOKEN.findall(laid_out)]
    level, depth = _ATOM if laid_out == text else _OPEN, 0
    bare = dict.fromkeys(inputs, _ANY)
    counted, fenced = set[str](), set[str]()
    for k, token in enumerate(tokens):
        before, after = tokens[:k], tokens[k + 1 :]
        operator = _OPERATORS.get(token)
        if token in _OPENING and token not in fenced:
            depth += 1
            fenced |= {token} & _CLOSING
        elif token in _CLOSING:
            depth -= 1
            fenced.discard(token)
        elif token in bare:
            bare[token] &= _bare(before, after)
            if any(_SUM <= _OPERATORS[t].level < _ATOM for t in (*before[-1:], *after[:1]) if t in _OPERATORS):
                counted.add(token)
            if before and depth == 0 and before[-1] not in _OPERATORS:  # log x, or a sign that nobody knows
                is_infix = len(before) > 1 and (before[-2] in bare or before[-2] in ")]")
                in_words = before[-1].isalpha() and before[-2:-1] != [] and before[-2].isalpha()  # sum over rows of x
                level = min(level, _OPEN if is_infix or in_words else _FUNCTION)
        elif depth == 0 and operator is not None and not (k == 0 and token.isalpha() and after[:1] == ["("]):
            level = min(level, operator.level)
    return _Template(tuple(_PLACE.split(text)), level, bare, frozenset(counted))


def _bare(before: list[str], after: list[str]) -> _Levels:
    """Say what may stand without parentheses between tokens."""
    left, right = "".join(before[-1:]), "".join(after[:1])
    if right in ("[", "(") or (left == "{" and after[:2] == ["}", "^"]):
        return _ONE
    if left in _OPERATORS:
        allowed = _OPERATORS[left].right
    elif not left or left in _OPENING:
        allowed = _ANY
    else:
        allowed = _from(_POWER) if _FUNCTION_BEFORE.fullmatch(left) else _ONE
    if right in _OPERATORS:
        return allowed & _OPERATORS[right].left
    return allowed if not right or right in _CLOSING or right == r"\right" else allowed & _ONE


# --- formulas ------------------------------------------------------------------------------------------------


class _Formula(NamedTuple):
    """What was written, how tightly it binds, and whether it is a number."""

    text: str
    level: int
    is_number: bool = False

    def within(self, allowed: _Levels, style: Style, *, first: bool = True, counted: bool = False) -> str:
        """Put parentheses around what binds too loosely, and around a sign that would follow an operator."""
        signed = self.text[:1] in ("-", "−") and not first and allowed != _ANY
        if self.level in allowed and not signed:
            return self.text
        return (style.truth if counted and self.level == _RELATION else style.bracket).format(self.text)


class Notation:
    """Write the entries of a graph in a style.

    Parameters
    ----------
    graph : Graph
    names : callable
        ``names(position)`` is how an entry is written that stands in formulas as a name, else None.
    style : Style
    instead : mapping of int to str, optional
        Templates of some entries in place of those that their operations declare, by position.
    """

    def __init__(
        self,
        graph: Graph,
        names: Callable[[int], str | None],
        style: Style,
        instead: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.graph = graph
        self.names = names
        self.style = style
        self.instead = instead
        self._written: dict[tuple[int, float], _Formula | None] = {}

    def write(self, i: int, depth: float = math.inf, most: int = 4000) -> str | None:
        """Write what computes an entry, from what has a name; None if that takes too many characters.

        Of operations that are nested deeper than that, none is written.
        """
        if self.graph[i].operation is None:
            return self.refer(i)
        pending = [(i, depth)]
        while pending:
            k, d = pending[-1]
            missing = [(j, d - 1) for j in self.graph[k].inputs if self._is_missing(j, d - 1)]
            if missing:
                pending += missing
                continue
            pending.pop()
            formula = self._composed(self.graph[k], d)
            self._written[k, d] = formula if formula is not None and len(formula.text) <= most else None
        found = self._written[i, depth]
        return None if found is None else found.text

    def refer(self, i: int, depth: float = math.inf, *, closed: bool = False) -> str:
        """Write what stands for an entry in formulas: its name, or what computes it; in parentheses, if need be."""
        if self._is_missing(i, depth):
            self.write(i, depth)
        formula = self._operand(i, depth)
        if formula is None:
            return self.style.rest
        return formula.within(_ONE, self.style) if closed else formula.text

    def operands(self, i: int) -> list[int]:
        """List the inputs of an entry, each as often as its formula has it."""
        entry = self.graph[i]
        if entry.operation is None:
            return []
        template = self._template(entry)
        place = dict(zip(template.bare, entry.inputs, strict=True))
        return [place[c] for c in template.parts[1::2]]

    def _template(self, entry: Entry) -> _Template:
        if (instead := self.instead.get(entry.id)) is not None:
            return _parsed("", instead, len(entry.inputs), (), self.style.rest)
        if only_reshapes(entry, self.graph.nodes):
            before = self.graph[entry.inputs[0]].shape
            if index := axes_between(before or (), entry.shape or ()):
                places = (("index", self.style.static(index)),)
                return _parsed(entry.title, "{0}[{index}]", 1, places, self.style.rest)
        return _template(entry, self.style)

    def _is_missing(self, i: int, depth: float) -> bool:
        is_computed = self.graph[i].operation is not None and depth > 0
        return is_computed and (i, depth) not in self._written and self.names(i) is None

    def _operand(self, i: int, depth: float) -> _Formula | None:
        entry, name = self.graph[i], self.names(i)
        if name is not None:
            return _Formula(name, _ATOM)
        if entry.operation is not None:
            return self._written[i, depth] if depth > 0 else _Formula(self.style.rest, _ATOM)
        if not entry.is_number or entry.value is None:
            return _Formula(self.style.unnamed, _OPEN)
        text = self.style.number(entry.value)
        signed, scaled = text[0] in "-−", "10^" in text
        return _Formula(text, _PRODUCT if scaled else _POWER if signed else _ATOM, is_number=True)

    def _composed(self, entry: Entry, depth: float) -> _Formula | None:
        template = self._template(entry)
        operands = {}
        for c, i in zip(template.bare, entry.inputs, strict=True):
            if (operand := self._operand(i, depth - 1)) is None:
                return None
            operands[c] = operand
        parts = list(template.parts)
        if len(parts) == 3 and not (parts[0] or parts[2]):  # it is written as its input
            return operands[parts[1]]
        for k in range(1, len(parts), 2):
            c = template.parts[k]
            first, counted = k == 1 and not parts[0], c in template.counted
            parts[k] = operands[c].within(template.bare[c], self.style, first=first, counted=counted)
        for k in range(1, len(parts), 2):
            if operands[template.parts[k]].is_number:
                self._set_number(parts, k, operands[template.parts[k]].text)
        return _Formula("".join(parts), template.level)

    def _set_number(self, parts: list[str], k: int, number: str) -> None:
        """Raise a whole exponent, and leave out the sign of a product after a number: x³, 2 x, but 2 ⊙ 3."""
        if parts[k - 1].endswith("^") and re.fullmatch("−?[0-9]+", number):
            parts[k - 1 : k + 1] = parts[k - 1][:-1], number.translate(_SUPERSCRIPTS)
        sign = _TOKEN.match(after := parts[k + 1].lstrip())
        if sign and _SIGNS.get(sign[0], sign[0]) in _TIMES:
            after = after[sign.end() :].lstrip()
            if not (after or parts[k + 2])[:1].isdigit():
                parts[k + 1] = self.style.juxtaposed + after


def written_order(entry: Entry) -> list[int]:
    """List the places of an operation's inputs in the order in which formulas have them: of ``x[i] = v`` x first."""
    written = (ord(c) - _FIRST for c in _template(entry, TEXT).parts[1::2])
    return list(dict.fromkeys([*written, *range(len(entry.inputs))]))


def expression(graph: Graph, i: int, depth: int = 4, *, closed: bool = False, style: Style = TEXT) -> str:
    """Write an entry as it stands in formulas: its name, or the operation on its inputs, to some depth."""
    return _with_names(graph, style).refer(i, depth, closed=closed)


def definition(graph: Graph, i: int, style: Style = TEXT, most: int = 4000) -> str | None:
    """Write what computes an entry that may have a name itself; None if that takes too many characters."""
    return _with_names(graph, style).write(i, most=most)


def cotangent(graph: Graph, i: int) -> str:
    """Write the derivative of the loss with respect to an entry."""
    return TEXT.partial.format("loss", expression(graph, i, 3, closed=True))


def derivative(graph: Graph, a: int, z: int, style: Style = TEXT) -> str:
    """Write the derivative of one entry with respect to another: σ′(z), or ∂a/∂z."""
    if (word := word_of(graph[a], style)) is not None and graph[a].inputs == (z,):
        return style.primed.format(word, expression(graph, z, 2, style=style))
    return style.partial.format(*(expression(graph, k, 2, closed=True, style=style) for k in (a, z)))


def prime(graph: Graph, i: int) -> str:
    """Write the derivative of an operation, whatever it is taken at: σ′, or in words."""
    word = word_of(graph[i])
    return f"the derivative of {expression(graph, i)}" if word is None else f"{word}′"


def _with_names(graph: Graph, style: Style) -> Notation:
    return Notation(graph, lambda i: None if (name := graph[i].name) is None else style.name(name), style)


def word_of(entry: Entry, style: Style = TEXT) -> str | None:
    """Return the word that an operation of one input is written as: σ."""
    operation = entry.operation
    if operation is None or len(entry.inputs) != 1:
        return None
    template = _declared(operation, style)
    found = None if callable(template) else style.word.fullmatch(template)
    if found is None or (style is TEXT and "(" not in found[2]):
        return None
    return found[1].format()
