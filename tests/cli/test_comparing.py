"""microgradnet compare: a derivation in a file of one's own, and the examples of classic mistakes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("typer")

from microgradnet import cli

MISTAKES = Path(__file__).parents[2] / "examples" / "mistakes"
FOUND = {
    "activation_mixed_up": ("wrong-activation", "tanh"),
    "bias_not_summed": ("missing-sum", "+ bias"),
    "derivative_left_out": ("missing-factor", "output layer"),
    "derivative_of_z": ("wrong-point", "output layer"),
    "descent_for_gradient": ("sign", "output layer"),
    "mask_of_another_tensor": ("wrong-mask", "layer"),
    "regularisation_forgotten": ("missing-term", "penalty"),
    "softmax_diagonal": ("diagonal-jacobian", "probabilities"),
    "sum_for_mean": ("sum-for-mean", "tanh(x · weights + bias)"),
    "updated_too_early": ("updated-parameter", "hidden layer"),
    "weight_used_twice": ("missing-term", "first step"),
    "weights_not_transposed": ("transpose", "output layer"),
    "windows_overwritten": ("missing-term", "d_h[i:i + 3]"),
}

SCRIPT = """
import numpy as np
import microgradnet as mg
def loss(w, x): return mg.sum((x @ w) ** 2)
def right(w, x): return 2 * x.T @ (x @ w)
def raises(w, x): raise ZeroDivisionError("by hand")
def data(): return np.array([1.0, -2.0]), np.array([[1.0, 2.0], [0.5, 3.0], [1.0, 1.0]])
def incomplete(): return {"w": np.ones(2), "z": np.ones((3, 2))}
number = 3
"""


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    (tmp_path / "script.py").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["microgradnet", "compare", *map(str, arguments)])
        status = cli.main()
        return status, capsys.readouterr()

    return run


def test_there_is_an_expectation_for_every_example():
    assert {path.stem for path in MISTAKES.glob("*.py")} == set(FOUND)


@pytest.mark.parametrize("name", FOUND)
def test_the_mistake_of_an_example_is_found(run, name):
    status, printed = run(MISTAKES / f"{name}.py", "--json")
    assert status == 1
    found = json.loads(printed.out)["diagnosis"]
    kind, step = FOUND[name]
    assert found[0]["kind"] == kind
    assert step in found[0]["step"]


def test_the_descent_direction_is_right_when_it_is_asked_for(run):
    status, printed = run(MISTAKES / "descent_for_gradient.py", "--descent")
    assert status == 0
    assert "agrees" in printed.out
    assert "differs" not in printed.out


def test_the_report_and_the_diagnosis_are_printed(run):
    status, printed = run(MISTAKES / "bias_not_summed.py")
    assert status == 1
    assert "(2,), not (6, 2)" in printed.out
    assert "missing-sum: bias" in printed.out


def test_names_by_option(run):
    assert run("script.py", "--backprop", "right", "--parameters", "w")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.py"], "missing.py: no such file"),
        (["."], ".: it is a folder"),
        (["script.py"], "script.py defines no function 'backprop'"),
        (["script.py", "--loss", "lost"], "has no name 'lost'"),
        (["script.py", "--backprop", "number"], "defines no function 'number'"),
        (["script.py", "--backprop", "raises"], "microgradnet: script.py, line 6: ZeroDivisionError: by hand"),
        (["script.py", "--backprop", "right", "--parameters", "v"], "--parameters: v: the loss takes w, x"),
        (
            ["script.py", "--backprop", "right"],
            "with argnums=0, or on the command line with --parameters w, whose shapes they have",
        ),
        (["script.py", "--backprop", "right", "--data", "incomplete"], "the data have no x; there are w, z"),
    ],
)
def test_what_cannot_be_compared_is_exit_status_2(run, arguments, words):
    status, printed = run(*arguments)
    assert status == 2
    assert words in " ".join(printed.err.split())
    assert "Traceback" not in printed.err


PLAIN = """import numpy as np
def loss(w): return np.sum(w**2)
def backprop(w): return 2 * w
def data(): return np.ones(3)
"""


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (PLAIN.encode() + "# caf\xe9\n".encode("latin-1"), "isn't in UTF-8"),
        ("# caf\xe9\n".encode("latin-1") + PLAIN.encode(), "encoding"),
        (b"# coding: ascii\n" + PLAIN.encode() + "# caf\xe9\n".encode(), "isn't in ASCII"),
        (b"# coding: latin-1\n" + PLAIN.encode() + "# caf\xe9\n".encode("latin-1"), None),
        (PLAIN.encode() + "# caf\xe9\n".encode(), None),
        (b"\xef\xbb\xbf" + PLAIN.encode(), None),
    ],
)
def test_a_file_that_python_does_not_read_is_not_compared(run, tmp_path, written, words):
    file = tmp_path / "written.py"
    file.write_bytes(written)
    status, printed = run(file)
    assert status == (0 if words is None else 2)
    assert (words or "written.py") in printed.err


def test_what_the_file_prints_is_left_out_unless_it_fails(run, tmp_path):
    (tmp_path / "loud.py").write_text(
        f"{SCRIPT}\ndef backprop(w, x):\n    print('a shape')\n    return 3 * x.T @ (x @ w)\n"
        "def failing(w, x):\n    print('a shape')\n    return inner(x)\ndef inner(x): return x @ x\n"
    )
    status, printed = run("loud.py", "--parameters", "w", "--listing")
    assert status == 1
    assert "a shape" not in printed.out.replace("print('a shape')", "")
    assert "what the file prints is left out" in printed.err
    status, printed = run("loud.py", "--parameters", "w", "--backprop", "failing")
    assert (status, printed.out) == (2, "a shape\n")
    assert "loud.py, line 17: ValueError: matmul" in printed.err
    assert "left out" not in run("script.py", "--backprop", "right", "--parameters", "w")[1].err


@pytest.mark.parametrize(("by_hand", "expected"), [("2 * w + 4 * w**3", 0), ("2 * w", 1)])
def test_finite_differences_decide(run, tmp_path, by_hand, expected):
    (tmp_path / "lost.py").write_text(
        "import numpy as np, microgradnet as mg\n"
        "def loss(w): return mg.sum(w**2) + mg.sum(w**4).item()\n"
        f"def backprop(w): return {by_hand}\n"
        "def data(): return (np.array([0.3, -1.2]),)\n"
    )
    status, printed = run("lost.py")
    assert status == expected
    assert "not to be believed here" in " ".join(printed.out.split())
    assert ("nothing is diagnosed" in " ".join(printed.out.split())) == (status == 1)
    status, printed = run("lost.py", "--json")
    read = json.loads(printed.out)
    assert "left the record by .item()" in read["headline"]
    assert read["ok"] == (status == 0)


CONTAINERS = """
import math
import numpy as np
params = {"W": np.array([[0.5, -1.0], [2.0, 0.3]]), "b": np.zeros(2), "activation": "tanh"}
x = np.array([[0.1, 0.2], [0.3, -0.4], [1.0, 0.5]])
def loss(params, x):
    output = np.tanh(x @ params["W"] + params["b"])
    return np.sum(output**2), output
def backprop(params, x):
    value, output = loss(params, x)
    delta = 2 * output * (1 - output**2)
    return value, {"dW": x.T @ delta, "db": delta.sum(axis=0), "dhidden": delta}
def wrong(params, x): return {"dW": 2 * backprop(params, x)[1]["dW"]}
def data(): return params, x
def by_name(): return {"x": x, "params": params}
def alone(params): return loss(params, x)
def alone_by_hand(params): return backprop(params, x)
def parameters(): return params
def written(params):
    return sum(math.tanh(t) ** 2 for t in (x @ params["W"] + params["b"]).ravel().tolist())
"""


@pytest.mark.parametrize("how", [["--data", "data"], ["--data", "by_name"], ["--parameters", "params"]])
def test_parameters_in_a_container_are_compared(run, tmp_path, how):
    (tmp_path / "containers.py").write_text(CONTAINERS)
    status, printed = run("containers.py", *how)
    assert status == 0
    assert 'params["W"]  (2, 2)  agrees' in printed.out
    assert "dhidden is of no parameter" in printed.out.replace("\n", " ")
    status, printed = run("containers.py", "--backprop", "wrong")
    assert status == 1
    assert 'scale: params["W"]' in printed.out


def test_a_loss_of_one_mapping_gets_it_whole(run, tmp_path):
    (tmp_path / "containers.py").write_text(CONTAINERS)
    status, printed = run("containers.py", "--loss", "alone", "--backprop", "alone_by_hand", "--data", "parameters")
    assert (status, "agrees" in printed.out) == (0, True)


def test_a_loss_that_can_not_be_recorded_is_compared_with_numerical_derivatives(run, tmp_path):
    (tmp_path / "containers.py").write_text(CONTAINERS)
    given = "containers.py", "--loss", "written", "--backprop", "alone_by_hand", "--data", "parameters"
    status, printed = run(*given, "--automatic", "numerical", "--json")
    report = json.loads(printed.out)
    assert (status, report["ok"], report["automatic"]) == (0, True, "numerical")
    assert [p["name"] for p in report["parameters"]] == ['params["W"]', 'params["b"]']
    status, printed = run(*given, "--automatic", "symbolic")
    assert (status, "'symbolic' is not one of 'recorded', 'numerical'" in printed.err) == (2, True)


# --- a class ---------------------------------------------------------------------------------------------------------

NETWORK = MISTAKES.parent / "network_class.py"


def class_of(path, *changes, without_script=False):
    """Write the article's class, changed, to a file."""
    text = NETWORK.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text.partition("\n\nif __name__")[0] if without_script else text)
    return path.name


def test_the_articles_class_is_compared_as_it_is(run):
    status, printed = run(NETWORK, "--network", "NeuralNetwork")
    assert status == 0
    assert "what backprop() adds to them: the direction down the loss, rate 1" in printed.out
    assert "ASSUMED" in printed.out
    assert max(map(len, printed.out.splitlines())) <= 80


def test_a_mistake_in_a_class_is_diagnosed(run, tmp_path):
    file = class_of(tmp_path / "network.py", (" * sigmoid_derivative(self.layer1)", ""))
    status, printed = run(file, "--network", "NeuralNetwork", "--json")
    found = json.loads(printed.out)
    assert status == 1
    assert [p["ok"] for p in found["parameters"]] == [False, True]
    assert found["diagnosis"][0]["kind"] == "missing-factor"
    assert found["notes"]["parameters"] == "weights1 (3, 4), weights2 (4, 1)"


def test_nothing_of_the_script_is_done_after_the_first_step_back(run, tmp_path):
    late = ("        nn.backprop()\n", '        nn.backprop()\n        open("trained", "w").write("x")\n')
    file = class_of(tmp_path / "network.py", late, ("    nn = ", '    print("begin")\n    nn = '))
    status, printed = run(file, "--network", "NeuralNetwork")
    assert status == 0
    assert not (tmp_path / "trained").exists()
    assert "begin" not in printed.out


def test_a_class_without_a_script_is_given_data_that_are_drawn(run, tmp_path):
    file = class_of(tmp_path / "network.py", without_script=True)
    status, printed = run(file, "--network", "NeuralNetwork")
    assert status == 0
    assert "drawn at random" in printed.out


@pytest.mark.parametrize(
    "data",
    [
        "def data(): return np.ones((2, 3)), np.array([[0.0], [1.0]])",
        "def data(): return {'y': np.array([[0.0], [1.0]]), 'x': np.ones((2, 3))}",
        "def data(): return NeuralNetwork(np.ones((2, 3)), np.array([[0.0], [1.0]])),",
    ],
)
def test_data_make_the_network(run, tmp_path, data):
    file = class_of(tmp_path / "network.py", without_script=True)
    with open(file, "a") as script:
        script.write(f"\n\n{data}\n")
    assert run(file, "--network", "NeuralNetwork")[0] == 0
    assert run(file, "--network", "NeuralNetwork", "--data", "data")[0] == 0


STEPPING = """import numpy as np
rng = np.random.default_rng(1)
X, y = rng.random((6, 2)), rng.random((6, 1))
class Net:
    def __init__(self):
        self.W, self.V = rng.normal(size=(2, 3)), rng.normal(size=(3, 1))
    def forward(self, X):
        self.h = np.tanh(X @ self.W)
        return self.h @ self.V
    def loss(self, X, y):
        return np.mean((self.forward(X) - y) ** 2)
    def step(self, X, y, lr=0.01):
        d = 2 * (self.forward(X) - y) / y.size
        dV = self.h.T @ d
        dW = X.T @ (d @ self.V.T * (1 - self.h**2))
        self.V -= lr * dV; self.W -= lr * dW
n = Net()
for _ in range(10):
    n.step(X, y)
"""


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("name", ["step", "train_step", "fit", "update", "optimize", "learn", "one_step", "go_on"])
def test_whatever_the_method_is_called_that_trains(run, tmp_path, name, said):
    file = tmp_path / "stepping.py"
    file.write_text(STEPPING.replace("step(", f"{name}("))
    status, printed = run(file, "--network", "Net", *["--backprop", name] * said)
    known = said or name != "go_on"
    assert status == (0 if known else 2)
    assert (
        f"what {name}() adds" in printed.out if known else "Say which" in printed.err or "say the call" in printed.err
    )


def test_the_options_of_a_network(run, tmp_path):
    halves = ("delta = 2 * ", "delta = ")
    file = class_of(tmp_path / "network.py", halves, ("self.weights1 += ", "self.weights1 = self.weights1 + "))
    assert run(file, "--network", "NeuralNetwork")[0] == 1
    for said in (
        ["--rate", "0.5"],
        ["--loss", "sum((y - output)**2) / 2"],
        ["--loss", "np.sum((net.y - output)**2) / 2"],
    ):
        assert run(file, "--network", "NeuralNetwork", *said)[0] == 0
    said = ["--forward", "feedforward", "--backprop", "backprop", "--parameters", "weights2", "--rate", "0.5"]
    status, printed = run(file, "--network", "NeuralNetwork", *said, "--json")
    assert status == 0
    assert [p["name"] for p in json.loads(printed.out)["parameters"]] == ["weights2"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--network", "Lost"], "has no name 'Lost'"),
        (["--network", "NeuralNetwork", "--forward", "lost"], "has the methods backprop, feedforward"),
        (
            ["--network", "NeuralNetwork", "--parameters", "lost"],
            "parameters='lost' is not in NeuralNetwork; there are",
        ),
        (["--network", "NeuralNetwork", "--loss", "lost()"], "name 'lost' is not defined"),
        (["--rate", "1"], "--forward and --rate are for a network"),
        ([], "has no name 'loss'; a class that has the derivation in it is compared with --network NAME"),
    ],
)
def test_what_is_not_in_a_class_is_exit_status_2(run, arguments, words):
    status, printed = run(NETWORK, *arguments)
    assert status == 2
    assert words in " ".join(printed.err.split())
    assert "Traceback" not in printed.err


# --- the listing -----------------------------------------------------------------------------------------------------


def test_the_listing_is_printed_and_written_as_a_page(run, tmp_path):
    status, printed = run(MISTAKES / "derivative_left_out.py", "--listing", "--html", "page.html")
    assert status == 1
    assert "✗" in printed.out
    assert "written to page.html" in printed.err
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<mark>" in page
    assert run(MISTAKES / "derivative_left_out.py", "--html", "page.html")[0] == 1  # its own page may be replaced


def test_a_page_is_not_written_over_a_file_of_somebody_elses(run, tmp_path):
    (tmp_path / "mine.html").write_text("mine")
    status, printed = run(MISTAKES / "derivative_left_out.py", "--html", "mine.html")
    assert (status, "--force replaces it" in printed.err) == (2, True)
    assert (tmp_path / "mine.html").read_text() == "mine"
    status, printed = run(MISTAKES / "derivative_left_out.py", "--html", "page.pdf")
    assert (status, "doesn't end in .html" in printed.err) == (2, True)
    assert run(MISTAKES / "derivative_left_out.py", "--html", "mine.html", "--force")[0] == 1


def test_a_patch_is_printed_of_what_is_wrong_and_can_be_mended(run):
    status, printed = run(MISTAKES / "derivative_left_out.py", "--patch")
    assert (status, "\n+++ b/" in printed.out) == (1, True)
    status, printed = run("script.py", "--backprop", "right", "--parameters", "w", "--patch")
    assert (status, "+++" in printed.out, "no correction" in printed.err) == (0, False, False)
