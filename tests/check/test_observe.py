"""`observe`: a function runs as it did before, and every expression is seen with the value that it has."""

import ast
import functools
import linecache
import random
import traceback

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgradnet.check.observe import MOST_OCCURRENCES, Source


def defined(source, name="f", **scope):
    """Run a source as a file that can be read, and return what it defines."""
    file = f"<test {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"np": np, "functools": functools, "__name__": "test", **scope}
    exec(compile(source, file, "exec"), names)
    return names[name]


def values(program, seen):
    """List what was seen by the source of each expression."""
    return {program.text(program.places[i]): at.values for i, at in seen.seen.items()}


# --- every value is seen -----------------------------------------------------------------------------------------


def test_every_expression_of_a_statement_is_seen_with_its_value():
    f = defined("def f(x, y):\n    z = 2 * (x - y)\n    return z.sum() + x[0]\n")
    program = Source.of(f)
    seen = program.watch([np.array([3.0, 4.0]), np.array([1.0, 1.0])])
    assert seen.result == 13.0
    found = {text: at[0] for text, at in values(program, seen).items()}
    assert found["x - y"].tolist() == [2.0, 3.0]
    assert found["2 * (x - y)"].tolist() == [4.0, 6.0]
    assert found["z.sum()"] == 10.0
    assert found["x[0]"] == 3.0
    assert {program.places[i].variable for i in seen.seen} >= {"z"}


def test_a_place_knows_its_line_and_its_columns():
    f = defined("\n\ndef f(x):\n    y = (x +\n         1)\n    return y\n")
    program = Source.of(f)
    places = {program.text(p): p for p in program.places if p.kind == "expression"}
    assert places["x +\n         1"].line == 4
    assert places["x +\n         1"].span == (4, 9, 5, 10)
    assert places["1"].node.lineno == 5
    assert places["y"].line == 6


def test_values_are_those_at_the_time_and_not_what_was_written_later():
    f = defined("def f(x):\n    y = x + 0\n    y[0] = 7.0\n    y *= 2\n    return y\n")
    program = Source.of(f)
    seen = program.watch([np.zeros(2)])
    after = [at.values[0].tolist() for i, at in seen.seen.items() if program.places[i].kind == "after"]
    assert values(program, seen)["x + 0"][0].tolist() == [0.0, 0.0]
    assert after == [[7.0, 0.0], [14.0, 0.0]]


def test_variables_are_known_as_they_were_when_a_line_was_first_reached():
    f = defined(
        "class Layer:\n    pass\n"
        "def f(x):\n    layer, rows, part = Layer(), [x], {'x': x}\n    layer.x, out = x, np.zeros(2)\n"
        "    y = x + 0\n    out += y\n    layer.x = rows[0] * 9\n    rows.append(y * 9)\n    part['x'] = y * 9\n"
        "    return out\n"
    )
    program = Source.of(f)
    seen = program.watch([np.ones(2)])
    (at,) = [i for i, p in enumerate(program.places) if program.text(p) == "x + 0"]
    names = seen.names[at]
    assert names["out"].tolist() == [0.0, 0.0]
    assert names["layer"].x.tolist() == names["part"]["x"].tolist() == [1.0, 1.0]
    assert type(names["layer"]).__name__ == "Layer"
    assert len(names["rows"]) == 1


def test_after_a_statement_variables_are_known_as_it_leaves_them():
    f = defined("def f(x):\n    y = x * 1.0\n    y /= 2\n    y[0] = 5\n    return y\n")
    program = Source.of(f)
    seen = program.watch([np.array([2.0, 4.0])])
    held = [seen.names[p.index]["y"].tolist() for p in program.places if p.kind == "after"]
    assert held == [[1.0, 2.0], [5.0, 2.0]]
    before = next(p.index for p in program.places if program.text(p) == "2")
    assert seen.names[before]["y"].tolist() == [2.0, 4.0]


def test_an_object_that_answers_no_questions_is_left_alone():
    f = defined(
        "class Shut:\n    __slots__ = ('x',)\n    def __getattr__(self, name):\n        raise RuntimeError(name)\n"
        "def f(x):\n    shut = Shut()\n    shut.x = x\n    y = shut.x + 0\n    return y\n"
    )
    program = Source.of(f)
    assert values(program, program.watch([np.ones(2)]))["shut.x + 0"][0].tolist() == [1.0, 1.0]


def test_every_round_of_a_loop_is_counted_and_the_first_are_kept():
    f = defined("def f(n):\n    s = 0.0\n    for k in range(n):\n        s = s + k\n    return s\n")
    program = Source.of(f)
    seen = program.watch([1000])
    (at,) = [at for i, at in seen.seen.items() if program.text(program.places[i]) == "s + k"]
    assert at.count == 1000
    assert len(at.values) == len(at.times) == MOST_OCCURRENCES
    assert at.values[:4] == [0.0, 1.0, 3.0, 6.0]


FORMS = {
    "a closure": "def make(c):\n    def inner(x):\n        return c * x\n    return inner\nf = make(3.0)\n",
    "a lambda": "f = lambda x: x * 3.0\n",
    "two lambdas in a line": "g, f = lambda x: x * 2.0, lambda x: x * 3.0\n",
    "a decorator": (
        "def twice(g):\n    @functools.wraps(g)\n    def run(x):\n        return 2 * g(x)\n    return run\n"
        "@twice\ndef f(x):\n    return x * 1.5\n"
    ),
    "partial": "def g(c, x):\n    return c * x\nf = functools.partial(g, 3.0)\n",
    "a helper": "def g(x):\n    return x * 3.0\ndef f(x):\n    return g(x)\n",
    "a method": "class A:\n    c = 3.0\n    def m(self, x):\n        return self.c * x\nf = A().m\n",
    "super": (
        "class B:\n    def m(self, x):\n        return x * 3.0\n"
        "class A(B):\n    def m(self, x):\n        return super().m(x)\nf = A().m\n"
    ),
    "a private name": "class A:\n    def __init__(self):\n        self.__c = 3.0\n    def m(self, x):\n"
    "        return self.__c * x\nf = A().m\n",
    "an object that is called": "class A:\n    def __call__(self, x):\n        return x * 3.0\nf = A()\n",
    "a comprehension": "def f(x):\n    return np.array([v * 3.0 for v in x if v is not None])\n",
    "a generator": "def g(x):\n    for v in x:\n        yield v * 3.0\ndef f(x):\n    return np.array(list(g(x)))\n",
    "a walrus": "def f(x):\n    if (n := len(x)) > 0:\n        return x * (n / n) * 3.0\n",
    "unpacking": "def f(x):\n    a, *rest = (3.0, 1, 2)\n    return a * x\n",
    "a match": "def f(x):\n    match x.ndim:\n        case 1:\n            return x * 3.0\n",
    "try": "def f(x):\n    try:\n        return x * {}['c']\n    except KeyError as e:\n        return x * 3.0\n",
    "a format": "def f(x):\n    return x * float(f'{3.0:.1f}')\n",
    "keywords": "def g(x, *, c=3.0, **more):\n    return x * c\ndef f(x):\n    return g(x, **{'d': 1})\n",
    "slices": "def f(x):\n    y = np.zeros((2, 3, 4))\n    y[..., 0, 1:3] = 3.0\n    return x * y[0, 0, 1]\n",
    "annotations": "def f(x: 'np.ndarray') -> 'np.ndarray':\n    y: float = 3.0\n    return x * y\n",
    "a chain of comparisons": "def f(x):\n    return x * (3.0 if 0 < x.size < 10 else 1.0)\n",
    "a default that was evaluated once": "def f(x, c=[3.0]):\n    return x * c[0]\n",
    "a global": "c = 2.0\ndef f(x):\n    global c\n    c = 3.0\n    return x * c\n",
    "nonlocal": "def f(x):\n    c = 1.0\n    def g():\n        nonlocal c\n        c += 2.0\n    g()\n"
    "    return c * x\n",
}


@pytest.mark.parametrize("source", FORMS.values(), ids=FORMS)
def test_whatever_form_a_function_has_it_runs_as_before_and_is_seen(source):
    x = np.array([1.0, 2.0])
    f = defined(source)
    program = Source.of(f)
    seen = program.watch([x])
    np.testing.assert_array_equal(seen.result, [3.0, 6.0])
    assert any(program.places[i].kind == "expression" for i in seen.seen)
    np.testing.assert_array_equal(f(x), [3.0, 6.0])  # afterwards it is its own again


def test_code_and_globals_are_as_they_were_after_a_run_and_after_an_error():
    f = defined("def f(x):\n    return x / zero\n")
    code, names = f.__code__, set(f.__globals__)
    with pytest.raises(NameError):
        Source.of(f).watch([1.0])
    assert f.__code__ is code
    assert set(f.__globals__) == names


def test_an_exception_is_the_same_with_the_right_line():
    f = defined("def f(x):\n    y = x + 1\n    z = y @ np.ones(7)\n    return z\n")
    with pytest.raises(ValueError, match="mismatch") as caught:
        Source.of(f).watch([np.ones(2)])
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.name, frame.lineno, frame.line) == ("f", 3, "z = y @ np.ones(7)")


def test_nothing_of_the_users_is_changed_by_a_run(capsys):
    f = defined(
        "class A:\n    def __init__(self):\n        self.calls = 0\n    def m(self, x):\n        self.calls += 1\n"
        "        print('running', np.random.rand())\n        x[0] = 7.0\n        return x\na = A()\nf = a.m\n"
    )
    x = np.zeros(2)
    np.random.seed(0)  # noqa: NPY002  # what people's own code draws from
    random.seed(0)
    before = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    Source.of(f).watch([x])
    assert x.tolist() == [0.0, 0.0]
    assert f.__self__.calls == 0
    assert capsys.readouterr().out == ""
    assert np.array_equal(np.random.get_state()[1], before[0])  # noqa: NPY002
    assert random.getstate() == before[1]


@pytest.mark.parametrize("f", [np.sum, len, functools.partial(np.sum, axis=0), eval("lambda x: x")], ids=repr)
def test_without_source_there_is_no_program(f):
    assert Source.of(f) is None


def test_a_source_that_was_changed_since_is_not_read():
    f = defined("def f(x):\n    return x * 3.0\n")
    file = f.__code__.co_filename
    linecache.cache[file] = (1, None, ["def g(x, y):\n", "    return x\n"], file)
    assert Source.of(f) is None


def observed_alone(source, text):
    """Run a function with only the statements observed that have some text in them; list what was seen."""
    f = defined(source)
    program = Source.of(f)
    chosen = {p.statement for p in program.places if program.text(p) == text}
    seen = []
    with program.exchanged(program.only(chosen)):
        program.hooked(lambda i, v: seen.append(program.text(program.places[i])) or v, lambda i: True)
        result = f(3.0)
    assert f(3.0) == result
    return result, seen


def test_only_some_statements_can_be_observed():
    source = "def f(x):\n    y = x + 1\n    z = y * 2\n    return z\n"
    assert observed_alone(source, "y * 2") == (8.0, ["y", "2", "y * 2"])


def test_the_head_of_a_block_is_observed_without_what_is_inside_of_it():
    source = "def f(x):\n    s = 0.0\n    if x > 2:\n        s = x * 2\n    return s\n"
    assert observed_alone(source, "x > 2") == (6.0, ["x", "2", "x > 2"])
    assert observed_alone(source, "x * 2") == (6.0, ["x", "2", "x * 2"])


def test_what_ends_a_loop_is_always_observed():
    source = "def f(x):\n    while x > 0:\n        x = x - 2\n    return x\n"
    assert [t for t in observed_alone(source, "x")[1] if t == "x > 0"] == ["x > 0"] * 3


def test_a_statement_of_one_function_leaves_the_others_as_they_are():
    source = "def g(x):\n    return x + 1\ndef f(x):\n    return g(x) * 2\n"
    assert observed_alone(source, "x + 1") == (8.0, ["x", "1", "x + 1"])


def test_another_source_of_a_file_is_read_for_the_same_functions():
    f = defined("def g(x):\n    return x + 1\ndef f(x):\n    y = g(x)\n    return y * 2\n")
    program = Source.of(f)
    (source,) = program.files.values()
    again = program.again(program.file, source.replace("    y = g(x)\n", "    y = g(x)\n    y += x\n"))
    assert again.main == program.main
    assert again.watch([3.0]).result == 14.0
    assert values(again, again.watch([3.0]))["y * 2"] == [14.0]
    assert f(3.0) == program.watch([3.0]).result == 8.0
    assert program.again(program.file, source.replace("def f", "x = 0\ndef f")) is None


# --- laws over programs --------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([*NAMES, "2", "0.5", "a[0]", "b.T", "len(a)", "(1 if True else c)"]))
    left, right = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    form = draw(
        st.sampled_from(
            ["({} + {})", "({} - {})", "({} * {})", "np.maximum({}, {})", "({} if np.sum({}) > 0 else a)",
             "(-{} + {})", "sum([v * {} for v in (1, {})][:1])", "(lambda v: v + {})({})"]
        )
    )  # fmt: skip
    return form.format(left, right)


@st.composite
def programs(draw):
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        name, value = draw(st.sampled_from(NAMES)), draw(expressions())
        form = draw(
            st.sampled_from(
                ["{} = {}", "{} += {}", "{} = c = {}", "for k in range(3):\n        {} = {} + k",
                 "if np.sum(a) > 1:\n        {} = {}", "{}, b = {}, a"]
            )
        )  # fmt: skip
        lines.append(form.format(name, value))
    body = "\n".join(f"    {line}" for line in lines)
    return f"def f(a, b, c):\n{body}\n    return {draw(expressions())}\n"


def outcome(call):
    """Return what a call returns, or the error that it raises and where."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(call()).tolist()
    except Exception as error:
        return type(error), str(error), traceback.extract_tb(error.__traceback__)[-1].lineno


@given(programs())
def test_observing_changes_no_result_and_no_error(source):
    f = defined(source)
    args = [np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([2.0, 1.0])]
    with np.errstate(all="ignore"):
        plain = outcome(lambda: f(*(a.copy() for a in args)))
        watched = outcome(lambda: Source.of(f).watch(args).result)
    if isinstance(plain, tuple):  # NumPy's own frames may be below the user's line
        assert watched[:2] == plain[:2]
    else:
        np.testing.assert_equal(watched, plain)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("return TURNS @ a", True),
        ("TURNS[0] += 1\n    return TURNS @ a", False),
        ("np.add.at(TURNS, 0, 1.0)\n    return TURNS @ a", False),
        ("np.multiply(TURNS, 1.0, out=TURNS)\n    return TURNS @ a", False),
        ("t = TURNS.T\n    t += 1\n    return t @ a", False),
    ],
    ids=["only read", "an element", "at an index", "as the output", "by another name"],
)
def test_what_is_tried_can_not_write_into_the_arrays_of_a_module_that_are_only_read(body, kept):
    own = np.eye(2)
    f = defined(f"def f(a):\n    {body}\n", TURNS=own)
    program = Source.of(f)
    with program.exchanged(program.plain):
        assert f.__globals__["TURNS"] is not own
        assert f.__globals__["TURNS"].flags.writeable != kept
        if kept:
            with pytest.raises(ValueError, match="read-only"):
                f.__globals__["TURNS"][0] = 3.0
            with program.exchanged(program.plain):
                np.testing.assert_array_equal(f(np.ones(2)), [1.0, 1.0])
    assert f.__globals__["TURNS"] is own
    assert own.flags.writeable
    np.testing.assert_array_equal(own, np.eye(2))


@given(expressions())
def test_the_value_seen_of_every_expression_is_that_of_evaluating_it(text):
    f = defined(f"def f(a, b, c):\n    return {text}\n")
    args = [np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([2.0, 1.0])]
    program = Source.of(f)
    try:
        seen = program.watch(args)
    except Exception:
        return
    scope = {"np": np, **dict(zip(NAMES, args, strict=True))}
    inner = {
        id(n)
        for e in ast.walk(program.trees[program.file])
        if isinstance(e, ast.ListComp | ast.Lambda)
        for n in ast.walk(e)
    }
    for i, at in seen.seen.items():
        place = program.places[i]
        if place.kind == "expression" and id(place.node) not in inner and at.values[0] is not None:
            np.testing.assert_array_equal(at.values[0], eval(program.text(place), scope))
