"""Where source can't be rewritten it is followed line by line; where there is none, it is said why."""

import ast
import importlib
import linecache
import sys

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.observe import Source
from microgradnet.check.traced import Traced

X, W, Y = (np.random.default_rng(0).standard_normal(shape) for shape in [(5, 3), (3, 4), (5, 4)])

TEXT = """def by_hand(W):
    z = X @ W
    a = np.tanh(z)
    da = 2 * (a - y)
    da *= 1 - a**2
    g = np.zeros_like(W)
    for i in range(len(X)):
        g += np.outer(X[i], da[i])
    return g
"""


def loss(W):
    z = X @ W
    a = np.tanh(z)
    return np.sum((a - Y) ** 2)


def hooked(text, name, monkeypatch):
    """Make a function as an import hook does that changes the code: its signature isn't that of its lines."""
    tree = ast.parse(text)
    tree.body[0].args.args.append(ast.arg("extra"))
    tree.body[0].args.defaults.append(ast.Constant(None))
    names = {"np": np, "X": X, "y": Y}
    exec(compile(ast.fix_missing_locations(tree), name, "exec"), names)
    monkeypatch.setitem(linecache.cache, name, (len(text), None, text.splitlines(keepends=True), name))
    return names["by_hand"]


def told(listing):
    return {line.code.strip(): tuple(q.text for q in line.quantities) for line in listing.lines}


def test_variables_are_told_after_each_line(monkeypatch):
    function = hooked(TEXT, "hooked.py", monkeypatch)
    assert Source.of(function) is None
    report = mg.compare(loss, function, W, argnums=0)
    assert report
    quantities = told(report.listing)
    assert quantities["z = X @ W"] == ("X · W",)
    assert quantities["da = 2 * (a - y)"] == ("∂L/∂a",)
    assert quantities["da *= 1 - a**2"] == ("∂L/∂z",)  # written in place
    assert quantities["g += np.outer(X[i], da[i])"] == ("∂L/∂W in step 5, unknown in 4 of 5 steps",)
    assert quantities["return g"] == ("∂L/∂W",)
    assert "line by line" in report.listing.note


def test_nothing_is_blamed_that_was_only_followed(monkeypatch):
    report = mg.compare(loss, hooked(TEXT.replace("a**2", "a"), "wrong.py", monkeypatch), W, argnums=0)
    assert [d.line for d in report.diagnosis] == [None]
    assert told(report.listing)["da *= 1 - a"] == ("unknown",)
    assert not any(line.diagnoses for line in report.listing.lines)


def test_a_debugger_goes_on_and_the_functions_own_error_is_raised(monkeypatch):
    def tracer(*_):
        return None

    program = Traced.of(hooked(TEXT, "again.py", monkeypatch))
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        program.watch([W])
        with pytest.raises(ValueError, match="matmul"):
            program.watch([None])
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def without_lines():
    names = {"np": np, "X": X, "y": Y}
    exec(TEXT, names)
    return names["by_hand"]


def of_one_path(W):
    if not np.array_equal(W, globals()["W"]):
        raise ValueError("another W")
    return X.T @ (2 * (np.tanh(X @ W) - Y) * (1 - np.tanh(X @ W) ** 2))


@pytest.mark.parametrize(
    ("by_hand", "words"),
    [
        (without_lines(), "No line of the derivation's source can be read"),
        (of_one_path, "the derivation raises ValueError: another W"),
        (of_one_path(W), "The gradients were given as arrays"),
    ],
)
def test_where_nothing_is_listed_it_is_said_why(by_hand, words):
    listing = mg.compare(loss, by_hand, W).listing
    assert not listing
    assert words in listing.note


def test_a_loss_that_takes_another_path_is_said():
    def branches(W):
        if W[0, 0] == globals()["W"][0, 0]:
            return np.sum(np.sin(W))
        return np.sum(W)

    def by_hand(W):
        return np.cos(W)

    assert "the loss takes another path" in mg.compare(branches, by_hand, W).listing.note


EDITED = """import numpy as np

def loss(w):
    return np.sum(np.tanh(w) ** 2)

def backprop(w):
    a = np.tanh(w)
    return a * (1 - a)
"""


def test_a_cell_whose_statements_are_compiled_one_by_one_is_read(monkeypatch):
    name, names = "<cell of a notebook>", {"__name__": "__main__"}
    monkeypatch.setitem(linecache.cache, name, (len(EDITED), None, EDITED.splitlines(keepends=True), name))
    for statement in ast.parse(EDITED).body:  # as IPython does
        exec(compile(ast.Module([statement], []), name, "exec", dont_inherit=True), names)
    (found,) = mg.diagnose(names["loss"], names["backprop"], np.linspace(0.1, 1, 5))
    assert found.line == 8


def test_of_a_file_that_was_edited_only_what_runs_is_read(tmp_path, monkeypatch):
    path = tmp_path / "edited_by_hand.py"
    path.write_text(EDITED)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(path.stem)
    monkeypatch.delitem(sys.modules, path.stem)
    (found,) = mg.diagnose(module.loss, module.backprop, np.linspace(0.1, 1, 5))
    assert found.line == 8
    path.write_text(EDITED.replace("a * (1 - a)", "a * (1 - a**2)  # and longer"))
    report = mg.compare(module.loss, module.backprop, np.linspace(0.1, 1, 5))
    assert [d.line for d in report.diagnosis] == [None]
    assert "edited_by_hand.py was changed after it was loaded" in report.listing.note
    assert "Load it anew" in str(report.diagnosis[0])
    again = importlib.import_module(path.stem)
    (found,) = mg.diagnose(again.loss, again.backprop, np.linspace(0.1, 1, 5))
    assert (found.line, found.correction) == (8, "return 2 * a * (1 - a**2)")


MOVED = """import numpy as np

def loss(w):
    return np.sum(np.tanh(w) ** 2)

def slope(a):
    return 1 - a

def backprop(w):
    a = np.tanh(w)
    return 2 * a * slope(a)
"""


@pytest.mark.parametrize(
    "edited",
    [
        "# by me\nimport os\n" + MOVED,  # all functions stand further down
        MOVED.replace("\ndef backprop", "\n\ndef backprop"),  # the helper stands where it was
        MOVED.replace("def backprop", "def forward(w):\n    return w\n\ndef backprop"),
        MOVED.replace("    a = np.tanh(w)\n", ""),
        MOVED.partition("def backprop")[0],
        "def backprop(w):\n    return w\n",
    ],
    ids=["moved", "alone", "another there", "shorter", "gone", "all new"],
)
@pytest.mark.parametrize("name", ["of_a_file.py", "<ipython-input-7-abc>"])
def test_a_function_whose_lines_have_moved_is_not_listed(tmp_path, monkeypatch, name, edited):
    cell = name.startswith("<")
    path = name if cell else str(tmp_path / name)

    def save(text):
        if cell:
            monkeypatch.setitem(linecache.cache, path, (len(text), None, text.splitlines(keepends=True), path))
        else:
            (tmp_path / name).write_text(text)

    save(MOVED)
    names = {"__name__": "of_a_user"}
    exec(compile(MOVED, path, "exec"), names)
    (found,) = mg.diagnose(names["loss"], names["backprop"], np.linspace(0.1, 1, 5))
    assert found.line == 7
    save(edited)
    report = mg.compare(names["loss"], names["backprop"], np.linspace(0.1, 1, 5))
    assert not report.listing
    assert ("The cell was changed" if cell else "of_a_file.py was changed after it was loaded") in report.listing.note
    assert [d.line for d in report.diagnosis] == [None]
    assert "Load it anew" in " ".join(str(report.diagnosis[0]).split())
