"""The door: what it takes, what it refuses and in which words, and what is found by name."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.nn import Activation, TwoLayers
from microgradnet.nn.activate import find, registry

BUILT_IN = [
    *("identity", "sigmoid", "hard_sigmoid", "log_sigmoid", "tanh", "hard_tanh", "tanhshrink", "relu", "relu6"),
    *("leaky_relu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "gelu_tanh", "silu", "swish", "hard_swish"),
    *("mish", "softplus", "softsign", "softshrink", "hardshrink", "threshold", "sin", "sinc", "gaussian"),
    *("bent_identity", "squareplus", "softmax", "softmin", "log_softmax", "glu", "maxout"),
    *("exponential", "relu2", "snake", "sparse_sigmoid", "sparse_plus"),
    *("sparsemax", "entmax", "reglu", "geglu", "swiglu"),
]
POINTS = np.array([-30.0, -2.6, -1.1, -1e-3, 1e-3, 0.4, 1.1, 4.0, 30.0])
ROWS = np.sin(np.arange(24.0)).reshape(4, 6)


# --- the mapping -----------------------------------------------------------------------------------------


def test_the_built_in_ones_are_there_and_documented() -> None:
    assert set(mg.activations) == set(BUILT_IN)
    assert len(mg.activations) == len(BUILT_IN)
    assert all(f.__doc__ and f.formula for f in mg.activations.values())
    assert "tanh" in mg.activations
    assert "tan" not in mg.activations
    assert repr(mg.activations).startswith("<activations: ")


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(KeyError, match="there is no activation 'sigmod'; did you mean 'sigmoid'"):
        mg.activations["sigmod"]
    with pytest.raises(KeyError, match="'zzz'; registered are "):
        TwoLayers("zzz")
    with pytest.raises(TypeError, match="by name or as a function, got float"):
        TwoLayers(1.0)  # type: ignore[arg-type]


def test_the_mapping_can_only_be_read() -> None:
    with pytest.raises(TypeError):
        mg.activations["mine"] = mg.sin  # type: ignore[index]
    with pytest.raises(TypeError):
        del mg.activations["tanh"]  # type: ignore[attr-defined]


def test_two_names_are_one_object() -> None:
    assert mg.activations["swish"] is mg.activations["silu"]
    assert mg.activation(mg.activations["mish"], name="mine") is mg.activations["mine"] is mg.activations["mish"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_derivative_by_hand_is_the_automatic_one_of_the_expression(name: str) -> None:
    f = mg.activations[name]
    x = POINTS if f.elementwise else ROWS
    y, pull = mg.vjp(f.function, x)
    g = np.cos(np.arange(y.size)).reshape(y.shape)
    np.testing.assert_allclose(f.pull(g, x, y)[f.argument], pull(g)[0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (0,), (4,), (2, 4), (0, 4)])
@pytest.mark.parametrize("name", BUILT_IN)
def test_dtype_and_shape_are_kept(name: str, shape: Any, dtype: Any) -> None:
    f = mg.activations[name]
    if not f.elementwise and len(shape) < 2:
        return
    x = mg.tensor(np.full(shape, 0.7), dtype=dtype, requires_grad=True)
    y = f(x)
    assert y.dtype == dtype
    assert y.shape == shape or not f.elementwise
    assert f(x.numpy()).dtype == dtype
    y.backward(np.ones(y.shape, dtype))
    assert x.grad.shape == shape
    assert x.grad.dtype == dtype


# --- registering -------------------------------------------------------------------------------------------


def test_an_expression_is_all_the_work_there_is_to_do() -> None:
    @mg.activation
    def own(x: Any, beta: float = 1.0) -> Any:
        """Return x·σ(βx)."""
        return x * mg.sigmoid(beta * x)

    assert isinstance(own, Activation)
    assert mg.activations["own"] is own is find("own") is find(own) is find(own.function)
    assert repr(own) == "<activation own(x, beta=1.0)>"
    assert own.parameters == {"beta": 1.0}
    assert own.__doc__ == "Return x·σ(βx)."
    assert (own.formula, own.range, own.monotonic, own.kinks, own.source) == (None,) * 5
    np.testing.assert_allclose(own(POINTS, beta=2.0), mg.activations["silu"](POINTS, 2.0), rtol=1e-12)
    assert mg.gradcheck(own, POINTS[1:-1], order=2).ok
    with pytest.raises(TypeError, match="unexpected keyword argument 'bta'"):
        own(1.0, bta=2.0)


def test_an_expression_is_a_box_of_its_name_in_a_drawing() -> None:
    @mg.activation
    def own(x: Any) -> Any:
        return x * mg.sigmoid(x)

    x = mg.tensor(POINTS, requires_grad=True, name="x")
    assert {node.scope for node in mg.Graph.of(own(x)).nodes if node.scope} == {("own",)}
    assert "own" in mg.draw(mg.sum(own(x)), depth=0).source


def test_with_a_derivative_it_is_one_operation() -> None:
    @mg.activation(derivative=lambda z, a: -2 * z * a, symbol="⌒")
    def bump(x: Any) -> Any:
        return mg.exp(-(x**2))

    x = mg.tensor(POINTS[1:-1], requires_grad=True)
    y = bump(x)
    assert len(mg.Graph.of(y)) == 2
    assert "⌒" in mg.draw(y).source
    assert mg.gradcheck(bump, POINTS[1:-1], order=2).ok


def test_an_activation_may_have_the_name_of_an_operation() -> None:
    @mg.activation(name="exp", derivative=lambda z, a: a)
    def own(x: Any) -> Any:
        return mg.exp(x) * 1

    assert mg.exp(0.0) == 1
    assert own(0.0) == 1
    assert mg.grad(mg.exp)(0.0) == mg.grad(own)(0.0) == 1


def test_what_is_learnable_gets_a_gradient_with_and_without_a_derivative_by_hand() -> None:
    def f(x: Any, beta: float = 1.0) -> Any:
        return x * mg.sigmoid(beta * x)

    def slope(z: Any, a: Any, beta: Any) -> Any:
        s = mg.sigmoid(beta * z)
        return s + beta * a * (1 - s)

    plain = mg.activation(f, name="plain", learnable="beta")
    by_hand = mg.activation(
        f, name="by_hand", learnable={"beta"},
        derivative={"x": slope, "beta": lambda z, a, beta: z * a * (1 - mg.sigmoid(beta * z))},
    )  # fmt: skip
    assert plain.learnable == by_hand.learnable == ("beta",)
    for h in (plain, by_hand):
        assert mg.gradcheck(h, POINTS[1:-1], 1.5, order=2).ok


def test_a_name_in_use_is_refused_unless_it_is_to_be_replaced() -> None:
    with pytest.raises(ValueError, match="the name 'tanh' is in use; choose another, or pass replace=True"):
        mg.activation(mg.sin, name="tanh")
    replaced = mg.activation(mg.sin, name="tanh", replace=True)
    assert mg.activations["tanh"] is replaced
    assert replaced(0.0) == 0.0


def test_a_second_name_is_taken_only_if_that_is_said() -> None:
    assert mg.activations["swish"] is mg.activations["silu"]

    def swish(x: Any, beta: float = 3.0) -> Any:
        return x * mg.sigmoid(beta * x)

    with pytest.raises(ValueError, match="the name 'swish' is in use; choose another, or pass replace=True"):
        mg.activation(swish)
    assert mg.activations["swish"](1.0) == mg.activations["silu"](1.0)
    swish = mg.activation(swish, replace=True)
    assert mg.activations["swish"] is swish
    assert mg.activations["silu"] is not swish
    with pytest.raises(ValueError, match="the name 'swish' is in use"):
        mg.activation(lambda x, beta=3.0: x * mg.sigmoid(beta * x) + 1e-8, name="swish")


def test_what_computes_the_same_is_declared_again_without_a_word() -> None:
    def snake(x: Any, a: float = 1.0) -> Any:
        return x + mg.sin(a * x) ** 2 / a

    before = mg.activations["snake"]
    for _ in range(2):  # a cell that is run again
        mine = mg.activation(snake, learnable="a")
        assert mg.activations["snake"] is mine
    wrong = {"x": lambda z, y, a: 1 + mg.sin(2 * a * z), "a": lambda z, y, a: z * mg.sin(2 * a * z)}
    with pytest.raises(ValueError, match="derivative"):
        mg.activation(snake, learnable="a", derivative=wrong)
    for other in (lambda x, a=2.0: x + mg.sin(a * x) ** 2 / a, lambda x: x + mg.sin(x) ** 2):
        with pytest.raises(ValueError, match="in use"):
            mg.activation(other, name="snake")
    assert mg.activations["snake"] is mine is not before


def test_threads_register_each_their_own_and_one_of_them_a_common_name() -> None:
    refused = []

    def register(i: int) -> None:
        def another_one(x: Any) -> Any:
            for _ in range(i + 1):
                x = mg.cos(x)
            return x

        mg.activation(lambda x: mg.sin(x), name=f"own{i}")
        try:
            mg.activation(another_one, name="common")
        except ValueError:
            refused.append(i)

    threads = [threading.Thread(target=register, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert all(f"own{i}" in mg.activations for i in range(8))
    assert len(refused) == 7


# --- what is refused ---------------------------------------------------------------------------------------


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mg.exp(-x))


def on_data(x: Any) -> Any:
    return mg.tensor(np.tanh(x.data)) if isinstance(x, mg.Tensor) else np.tanh(x)


def plainly(x: Any) -> Any:
    return np.tanh(x.numpy()) if isinstance(x, mg.Tensor) else np.tanh(x)


def needs_beta(x: Any, beta: Any) -> Any:
    return beta * x


def failing(x: Any) -> Any:
    raise RuntimeError("no luck")


def with_beta(x: Any, beta: Any = 1.0) -> Any:
    return mg.tanh(beta * x)


def with_mode(x: Any, mode: Any = "a") -> Any:
    return mg.tanh(x)


def in_place(x: Any) -> Any:
    np.clip(x, 0, None, out=x)
    return x


def nothing(x: Any) -> None:
    np.tanh(x)


REFUSED: dict[str, tuple[Any, dict[str, Any], Any, str]] = {
    "no function": (3, {}, TypeError, "a function is needed, got int"),
    "no name": (lambda z: z, {}, ValueError, "no name of its own; pass name="),
    "an empty name": (mg.sin, {"name": ""}, ValueError, "the name must be a Python identifier, got ''"),
    "a number as name": (mg.sin, {"name": 3}, TypeError, "the name must be a string, got 3"),
    "a parameter without default": (needs_beta, {}, TypeError, "'beta' has no default; a layer calls"),
    "no argument": (lambda: 0, {"name": "f"}, TypeError, "must take x as its first argument"),
    "a failing function": (failing, {}, ValueError, r"shape \(22,\) raised RuntimeError: no luck"),
    "writing into what is given": (in_place, {}, ValueError, r"read-only; .* take x.copy\(\) first, or mg.where"),
    "writing into rows": (in_place, {"elementwise": False}, ValueError, "read-only; what it is given belongs to the"),
    "no result": (nothing, {}, TypeError, "it returns None; does it return what it computes?"),
    "no rows": (nothing, {"elementwise": False}, TypeError, "it returns None; does it return what it computes?"),
    "a rounding": (lambda x: mg.round(x), {"name": "f"}, TypeError, "or is flat everywhere, as a rounding is"),
    "a sum": (lambda x: mg.sum(x), {"name": "f"}, ValueError, r"not elementwise: shape \(22,\) becomes \(\)"),
    "a neighbour": (lambda x: x - mg.mean(x), {"name": "f"}, ValueError, "not elementwise: f.* among 22 numbers"),
    "softmax": (mg.softmax, {"name": "f"}, ValueError, "not elementwise.*pass elementwise=False"),
    "on .data": (on_data, {}, TypeError, "it loses the gradient: .* a constant. It calls NumPy on .data"),
    "plain arrays": (plainly, {}, TypeError, "it loses the gradient: .* a plain array"),
    "float64": (lambda x: x * np.float64(2), {"name": "f"}, TypeError, "of float32 it makes float64"),
    "NaN": (lambda x: mg.log(x), {"name": "f"}, ValueError, "the value at x = -5.98.* is NaN"),
    "a gradient that is NaN on half of the line": (
        lambda x: mg.where(x > 0, mg.sqrt(x), 0 * x), {"name": "f"}, ValueError,
        r"the gradient at x = -5.98\d+ is NaN, though the value is not. A branch that where doesn't take",
    ),
    "a gradient that is NaN on the other half": (
        lambda x: mg.where(x < 0, x, x * mg.log(-x) * 0), {"name": "f"}, ValueError, "the value at x = .* is NaN",
    ),
    "learning the unknown": (with_beta, {"learnable": "alpha"}, ValueError, r"names \['alpha'\].*are \['beta'\]"),
    "learning words": (with_mode, {"learnable": "mode"}, TypeError, "its default must be a number, got 'a'"),
    "no derivative": (mg.sin, {"name": "f", "derivative": 1}, TypeError, r"a function of \(z, a\), got int"),
    "one derivative of two": (
        with_beta, {"learnable": "beta", "derivative": lambda z, a: z}, TypeError, r"for each of \['x', 'beta'\]",
    ),
    "a derivative of another": (
        mg.sin, {"name": "f", "derivative": {"y": lambda z, a: a}}, ValueError, r"has \['y'\], but must have \['x'\]",
    ),
    "a derivative without the parameter": (
        with_beta, {"derivative": lambda z, a: 1 - a * a}, ValueError, r"called as derivative\(z, a, beta\)",
    ),
    "a range upside down": (mg.sin, {"name": "f", "range": (1, 0)}, ValueError, r"range= must be \(lowest, highest\)"),
    "a range of words": (mg.sin, {"name": "f", "range": "ab"}, TypeError, "range= must be a tuple of numbers"),
    "a kink that is NaN": (mg.sin, {"name": "f", "kinks": [np.nan]}, ValueError, "kinks= must be numbers"),
    "a formula of two lines": (mg.sin, {"name": "f", "formula": "a\nb"}, ValueError, "formula= must be one line"),
    "a symbol that is none": (mg.sin, {"name": "f", "symbol": 3}, TypeError, "symbol= must be a string, got int"),
    "monotonic as a word": (mg.sin, {"name": "f", "monotonic": "yes"}, TypeError, "must be True or False, got 'yes'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_activation_is_refused(case: str) -> None:
    function, options, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        mg.activation(function, **options)
    assert set(mg.activations) == set(BUILT_IN)


SLIPS = {
    "the sign is wrong": lambda z, a: -a * (1 - a),
    "it is 2 times too large": lambda z, a: 2 * a * (1 - a),
    "it is given z, but the formula needs a": lambda z, a: z * (1 - z),
    "it is given a = f.z., but the formula needs z": lambda z, a: sigmoid(a) * (1 - sigmoid(a)),
    "it takes its arguments as .a, z., but is given .z, a.": lambda z, a: z * (1 - z) + 0 * sigmoid(a),
    "it is f′ evaluated at f.z.": lambda z, a: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))),
    "it lacks the factor f.z.": lambda z, a: 1 - a,
    "it lacks the factor z": lambda z, a: a * (1 - a) / z,
    "it has the factor f.z. too many": lambda z, a: a * a * (1 - a),
    "it has the factor z too many": lambda z, a: z * a * (1 - a),
    "it is the derivative of tanh": lambda z, a: 1 - mg.tanh(z) ** 2,
}


@pytest.mark.parametrize("reason", [r for r in SLIPS if "takes its arguments" not in r])
def test_a_wrong_derivative_is_diagnosed(reason: str) -> None:
    with pytest.raises(ValueError, match=f"not the automatic one: at x = .* it is .*, but should be .*; {reason}"):
        mg.activation(sigmoid, name="own", derivative=SLIPS[reason])


def test_swapped_arguments_are_diagnosed() -> None:
    with pytest.raises(ValueError, match=r"it takes its arguments as \(a, z\), but is given \(z, a\)"):
        mg.activation(
            lambda x: x * mg.sigmoid(x), name="own", derivative=lambda a, z: mg.sigmoid(z) + a * mg.sigmoid(-z)
        )


def test_a_wrong_derivative_without_a_known_reason_still_says_where_and_how_far() -> None:
    with pytest.raises(ValueError, match=r"at x = .* it is .*, but should be [-\d.e]+$"):
        mg.activation(sigmoid, name="own", derivative=lambda z, a: mg.cos(z) * a + mg.exp(a))


def test_any_subgradient_will_do_at_a_kink() -> None:
    own = mg.activation(lambda x: mg.relu(x), name="own", derivative=lambda z, a: 1.0 * (z >= 0), kinks=(0,))
    assert mg.grad(own)(0.0) == 1


@pytest.mark.parametrize(
    ("slope", "mask"), [(1, lambda z, a: (z > 0) & (z < 2)), (0.5, lambda z, a: ((z > 0) & (z < 2), 0.5))]
)
def test_a_derivative_that_is_a_mask_lets_nothing_pass_where_it_does_not_hold(slope: float, mask: Any) -> None:
    own = mg.activation(lambda x: slope * mg.clip(x, 0, 2), name="own", derivative=mask, kinks=(0, 2))
    steep = mg.grad(lambda x: mg.sum(mg.sqrt(own(x))))
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(steep(np.array([-1.0, 0.0])), [0.0, 0.0])
    np.testing.assert_array_equal(own.pull(np.full(3, 4.0), np.array([-1.0, 1.0, 3.0]), None)["x"], [0, 4 * slope, 0])


def test_a_mask_that_is_wrong_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"it is 2 times too large"):
        mg.activation(lambda x: mg.clip(x, 0, 2), name="own", derivative=lambda z, a: ((z > 0) & (z < 2), 2.0))
    with pytest.raises(ValueError, match=r"it is given a = f\(z\), but the formula needs z"):
        mg.activation(lambda x: mg.relu(x) - 3.0, name="own", derivative=lambda a, z: z > 0, kinks=(0,))


# --- copies and pickles ------------------------------------------------------------------------------------


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


COPIES = pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled], ids=["copy", "deepcopy", "pickle"])


@COPIES
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_copy_of_an_activation_is_itself(name: str, again: Any) -> None:
    assert again(mg.activations[name]) is mg.activations[name]


@COPIES
def test_one_of_one_s_own_is_found_by_its_name(again: Any) -> None:
    def own(x: Any, beta: float = 1.0) -> Any:
        return mg.tanh(beta * x)

    first = mg.activation(own, name="first")
    assert again(first) is first
    mg.activation(first, name="second", replace=True)
    assert again({"f": [first]}) == {"f": [first]}


@COPIES
def test_a_network_is_copied_by_what_it_holds(again: Any) -> None:
    network = TwoLayers("tanh", sigmoid)
    other = again(network)
    assert other is not network
    assert other.activations[0] is mg.activations["tanh"]
    x, y = mg.article.dataset()
    parameters = network.initial_parameters(3, 4, 1, seed=0)
    assert other.automatic(x, y, parameters)[0] == network.automatic(x, y, parameters)[0]


def test_what_is_not_registered_is_pickled_with_all_that_is_known() -> None:
    f = Activation(
        "mine", with_beta, learnable="beta", symbol="m", range=(0, 1), kinks=(0,), monotonic=True,
        derivative={"x": plainly, "beta": on_data},
    )  # fmt: skip
    other = pickled(f)
    assert other is not f
    for fact in ("name", "function", "parameters", "learnable", "derivatives", "symbol", "range", "kinks", "monotonic"):
        assert getattr(other, fact) == getattr(f, fact)


def test_what_was_replaced_is_not_taken_for_what_has_its_name_now() -> None:
    old = mg.activation(lambda x: mg.tanh(x), name="own")
    mg.activation(lambda x: mg.sin(x), name="own", replace=True)
    assert copy.deepcopy(old) is old
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(old)


def test_another_process_imports_the_module_that_registers_it(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(
        "import microgradnet as mg\n@mg.activation\ndef bent(x): return x + mg.tanh(x)\n"
        "slanted = mg.activation(lambda x: 2 * mg.tanh(x), name='slanted_of_theirs')\n"
    )
    write = "import pickle, sys, theirs; sys.stdout.buffer.write(pickle.dumps((theirs.bent, theirs.slanted)))"
    read = "import pickle, sys; print(*[f(0.5) for f in pickle.load(sys.stdin.buffer)])"
    root = Path(mg.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])}

    def run(code: str, given: bytes = b"") -> bytes:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, input=given, env=environment, capture_output=True, check=True).stdout

    assert [float(v) for v in run(read, run(write)).split()] == [0.5 + np.tanh(0.5), 2 * np.tanh(0.5)]


# --- installed packages ------------------------------------------------------------------------------------


def install(folder: Path, package: str, code: str, entry_points: str) -> None:
    """Put a distribution into a folder, as an installer would."""
    (folder / f"{package}.py").write_text(code)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[microgradnet.activations]\n{entry_points}\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "_loaded", False)
    return tmp_path


def test_what_an_installed_package_offers_is_checked_exported_and_trained(packages: Path) -> None:
    code = "import microgradnet as mg\ndef serf(x): return x * mg.erf(mg.softplus(x))\n"
    install(packages, "smooth_activations", code, "serf = smooth_activations:serf")
    assert mg.check_activation("serf")
    assert "f'(x) &= " in mg.export_activation("serf", "latex")
    assert "Run with NumPy " in mg.export_activation("serf", "numpy")
    network = TwoLayers("serf", "sigmoid")
    x, y = mg.article.dataset()
    loss, gradients = network.automatic(x, y, network.initial_parameters(3, 4, 1, seed=0))
    assert np.isfinite(loss)
    assert all(np.isfinite(gradient).all() for gradient in gradients.values())


def test_activations_of_installed_packages_are_found(packages: Path) -> None:
    code = "import microgradnet as mg\ndef twice(x): return 2 * x\n@mg.activation\ndef thrice(x): return 3 * x\n"
    install(packages, "some_activations", code, "double = some_activations:twice\nthrice = some_activations:thrice")
    assert mg.activations["double"](2.0) == 4
    assert mg.activations["thrice"](2.0) == 6
    assert {"double", "thrice"} < set(mg.activations)
    assert "twice" not in mg.activations


@pytest.mark.parametrize("failure", ["raise OSError('out of luck')", "import sys; sys.exit('out of luck')"])
def test_a_package_that_fails_is_named_and_skipped_and_hides_no_other(packages: Path, failure: str) -> None:
    install(packages, "a_broken_one", failure, "broken = a_broken_one:f")
    install(packages, "b_good_one", "def f(x): return 2 * x", "good = b_good_one:f")
    with pytest.warns(RuntimeWarning, match="'broken' of the package a_broken_one was skipped: out of luck"):
        assert "good" in mg.activations
    assert mg.activations["good"](1.0) == 2


def test_a_package_replaces_nothing(packages: Path) -> None:
    code = "import microgradnet as mg\n@mg.activation(name='tanh', replace=True)\ndef f(x): return 2 * x\n"
    install(packages, "a_greedy_one", code, "tanh = a_greedy_one:f")
    before = mg.activations["tanh"]
    with pytest.warns(RuntimeWarning, match="'tanh' of the package a_greedy_one was skipped: .* is in use"):
        len(mg.activations)
    assert mg.activations["tanh"] is before
