"""What is tried leaves nothing behind: not in a module, in a function around, in a class or in an object."""

import copy

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.observe import Source

from .test_observe import defined

STATE = """
import numpy as np
calls, history, cache, best = 0, [], {"step": 0, "seen": np.zeros(3)}, 1e9
class Net:
    made = 0
    def __init__(self):
        self.w, self.steps = np.ones(3), [np.zeros(3)]
    def __call__(self, x):
        self.w = x
        self.steps[0] += x
        return x
net = Net()
layers = [Net(), Net()]
def f(x):
    global calls, best
    calls += 1
    best = min(best, float(x[0]))
    cache["step"] += 1
    cache["seen"][...] = x
    cache["new"] = x
    Net.made += 1
    history.append(x)
    f.runs = getattr(f, "runs", 0) + 1
    for layer in layers:
        x = layer(x)
    return net(x) * calls
"""


def held(names):
    """Copy what the names of STATE hold."""
    found = {k: copy.deepcopy(names[k]) for k in ("calls", "history", "cache", "best")}
    nets = [(n.w.copy(), copy.deepcopy(n.steps)) for n in (names["net"], *names["layers"])]
    return {**found, "made": names["Net"].made, "nets": nets, "own": dict(vars(names["f"]))}


def test_a_run_leaves_no_counter_cache_or_object_changed():
    f = defined(STATE)
    f(np.array([3.0, 1.0, 2.0]))
    before, own = held(f.__globals__), {k: f.__globals__[k] for k in ("net", "layers", "cache", "history", "Net")}
    program = Source.of(f)
    for _ in range(3):
        assert program.watch([np.array([1.0, 2.0, 3.0])]).result.tolist() == [2.0, 4.0, 6.0]
    np.testing.assert_equal(held(f.__globals__), before)
    assert all(f.__globals__[name] is value for name, value in own.items())


def test_what_is_around_a_function_is_as_it_was():
    f = defined(
        "import numpy as np\ndef make():\n    n, seen, y = 0, [], np.ones(3)\n    def f(x):\n"
        "        nonlocal n\n        n += 1\n        seen.append(n)\n        r = x * 1.0\n        r -= y\n"
        "        return r\n    return f\nf = make()\n"
    )
    cells = dict(zip(f.__code__.co_freevars, f.__closure__, strict=True))
    program, y = Source.of(f), cells["y"].cell_contents
    program.watch([np.ones(3)])
    assert (cells["n"].cell_contents, cells["seen"].cell_contents) == (0, [])
    with program.exchanged(program.plain), pytest.raises(ValueError, match="read-only"):
        cells["y"].cell_contents[...] = 0
    assert cells["y"].cell_contents is y


@pytest.mark.parametrize(
    "source",
    [
        "def fill(a):\n    a[...] = 2.0\ndef f(x):\n    fill(BUFFER)\n    return x * BUFFER\n",
        "def f(x):\n    BUFFER.fill(2.0)\n    return x * BUFFER\n",
        "def f(x):\n    np.multiply(x, 2.0, BUFFER)\n    return BUFFER.copy()\n",
        "def f(x):\n    for part in [BUFFER]:\n        part += 1\n    return x * BUFFER\n",
        "def same(a):\n    return a\ndef f(x):\n    same(BUFFER)[...] = 2.0\n    return x * BUFFER\n",
        "class A:\n    def put(self, where):\n        where[0] = 2.0\na = A()\ndef f(x):\n    a.put(BUFFER)\n"
        "    return x * BUFFER\n",
    ],
    ids=["by a helper", "by a method", "as an output in order", "by a loop", "by what is returned", "by an object"],
)
def test_what_the_source_writes_to_runs_as_before_on_a_copy(source):
    own = np.ones(3)
    f = defined(f"import numpy as np\n{source}", BUFFER=own)
    expected = copy.deepcopy(own)
    for _ in range(2):
        result = Source.of(f).watch([np.array([1.0, 2.0, 3.0])]).result
        np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(f(np.array([1.0, 2.0, 3.0])), result)


def test_a_search_writes_to_no_array_that_a_function_around_has():
    random = np.random.default_rng(5)
    x, y = random.normal(size=(6, 3)), np.arange(6.0)
    count = 0

    def loss(w):
        return mg.sum((x @ w - y) ** 4)

    def wrong(w):
        nonlocal count
        count += 1
        r = x @ w
        r -= y
        r *= r
        return 4 * x.T @ r

    before = x.copy(), y.copy()
    report = mg.compare(loss, wrong, np.array([0.5, -1.0, 2.0]))
    assert report.diagnosis[0].line is not None
    assert "another one at every call" not in str(report.listing)
    np.testing.assert_equal([x, y], [*before])
    assert type(count) is int
    assert count < 20
