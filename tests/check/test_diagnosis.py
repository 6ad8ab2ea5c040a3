"""`diagnose`: the step that is wrong is found, and no cause is claimed that isn't one."""

import functools
import json

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.explain.chain import Chain
from microgradnet.check.explain.search import WORK
from microgradnet.check.findings import Diagnosis
from microgradnet.check.located import merged

from .corpus import CORPUS, NETWORKS, diagnosed
from .corpus.case import sigmoid_derivative
from .corpus.classic import ARTICLE, BIASES, article_forward
from .located import module
from .test_corpus_of_derivations import FOLDER


def computed(diagnose, budget):
    """Count what is computed of the loss's chain rule: work, not time; return the findings too."""
    chains = []
    begin = Chain.__init__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chain, "__init__", lambda chain, *given: (chains.append(chain), begin(chain, *given))[1])
        found = diagnose(budget=budget)
    return sum(chain.work for chain in chains), found


def assert_budget_is_kept(diagnose, budget):
    """Beside what has to be done anyway, there is no more work than the budget pays for."""
    (least, _), (done, found) = computed(diagnose, 0.0), computed(diagnose, budget)
    assert done <= least + budget * WORK + 10
    return found


def of(network, manual, *, seed=0, values=None, **options):
    return mg.diagnose(
        network.loss, manual, *(values or network.data(seed)), argnums=network.argnums, descent=network.descent,
        **options,
    )  # fmt: skip


# --- the corpus --------------------------------------------------------------------------------------------------


def test_the_corpus_is_large_and_covers_every_kind():
    kinds = {kind for case in CORPUS for kind in case.kind.split(" + ")}
    assert len(CORPUS) >= 60
    assert kinds >= {
        "sign", "scale", "mean-for-sum", "sum-for-mean", "transpose", "swapped-operands", "wrong-parameter",
        "missing-factor", "repeated-factor", "wrong-point", "missing-term", "repeated-term", "missing-sum",
        "wrong-axis", "updated-parameter", "elementwise-for-matmul", "matmul-for-elementwise", "wrong-activation",
        "diagonal-jacobian", "wrong-mask", "stale-value", "detached", "reversed",
    }  # fmt: skip


once = functools.cache(diagnosed)


def test_the_first_diagnosis_is_right_for_nearly_all_of_the_corpus():
    distinguishable = [case for case in CORPUS if case.distinguishable]
    missed = [case.name for case in distinguishable if not once(case)[0]]
    assert len(missed) <= 0.16 * len(distinguishable), missed


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_a_right_derivation_is_never_called_wrong(network, dtype):
    for seed in range(25):
        values = network.data(seed, dtype)
        report = mg.compare(network.loss, network.right, *values, argnums=network.argnums, descent=network.descent)
        assert report, (seed, str(report))
        assert report.diagnosis == ()
        assert of(network, network.right, values=values) == ()


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_no_diagnosis_is_given_that_does_not_reproduce_the_numbers(case):
    _, found = once(case)
    assert {name for d in found for name in d.parameters} <= set(case.network.parameters)
    for d in found:
        assert d.kind == "unexplained" or d.residual_after < (1e-9 if case.network.dtype == np.float64 else 1e-4)
        assert d.residual_before > 1e-6


def test_float32_is_diagnosed_too():
    for case in CORPUS[:12]:
        values = case.network.data(0, np.float32)
        found = of(case.network, case.manual, values=values)
        assert found[0].kind == case.kind


def test_the_article_is_diagnosed_in_a_moment():
    assert 0 < computed(lambda budget: diagnosed(CORPUS[0]), 0.0)[0] < 0.1 * WORK


# --- what a diagnosis says -----------------------------------------------------------------------------------------


def test_a_diagnosis_names_the_parameters_the_step_and_both_formulas():
    (found,) = of(ARTICLE, CORPUS[0].manual(*ARTICLE.data()))
    assert found.kind == "missing-factor"
    assert found.parameters == ("w1", "w2")
    assert found.step == "output layer: σ(σ(x · w1) · w2)"
    assert "σ′(σ(…) · w2) was left out" in found.wrong
    assert found.right.endswith("⊙ σ′(σ(…) · w2)")
    assert found.equally_good == ()
    assert str(found).splitlines()[0] == "missing-factor: w1, w2"
    assert "nothing else that was tried explains it" in " ".join(str(found).split())
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_factor_left_out_is_named_by_what_it_is():
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    by_hand, w = (lambda w: x.T @ (3 * (x @ w / 0.3) ** 2)), np.ones(2)
    (found,) = mg.diagnose(lambda w: mg.sum((x @ w / 0.3) ** 3), by_hand, w)
    assert found.correction.count("/ 0.3") == 2
    (found,) = mg.diagnose(lambda w: mg.sum((x @ w / 0.3) ** 3), [by_hand(w)], w)
    assert found.wrong == "1/0.3 was left out: ∂loss/∂(x · w) = ∂loss/∂((x · w) / 0.3)"
    assert found.right.endswith("⊙ 1/0.3")


def test_a_derivative_given_its_value_and_one_taken_at_it_are_told_apart():
    def by_hand(slope):
        return 2 * sigmoid(w) * slope(w)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def loss(w):
        return mg.sum(mg.sigmoid(w) ** 2)

    w = np.array([0.3, -1.2, 2.0])
    (given_z,) = mg.diagnose(loss, by_hand(lambda z: z * (1 - z)), w)
    assert given_z.wrong == "σ′, written with the value σ(w), was given w"
    assert given_z.right == "σ′ is taken at w, or given its value σ(w)"
    (at_a,) = mg.diagnose(loss, by_hand(lambda z: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z)))), w)
    assert at_a.wrong == "σ′ was taken at σ(w) in place of w"
    assert at_a.right == "σ′ is taken at w"


def test_a_mean_taken_for_a_sum_beside_another_mistake_is_named_as_such():
    def manual(x, y, w1, b1, w2, b2):
        h = np.tanh(x @ w1 + b1)
        d = 2 * (h @ w2 + b2 - y)  # a sum's
        return x.T @ (d @ w2.T), (d @ w2.T).sum(axis=0), h.T @ d, d.sum(axis=0)

    found = of(BIASES, manual, budget=60.0)
    assert {d.kind for d in found} == {"missing-factor", "sum-for-mean"}
    assert {d.line for d in found} == {manual.__code__.co_firstlineno + k for k in (2, 3)}


def test_independent_mistakes_are_told_one_by_one():
    def manual(x, y, w1, w2):
        d_w1, d_w2 = ARTICLE.right(x, y, w1, w2)
        return d_w1.T, -d_w2

    found = of(ARTICLE, manual)
    assert {(d.kind, d.parameters) for d in found} == {("transpose", ("w1",)), ("sign", ("w2",))}


def test_the_descent_direction_is_a_sign():
    x, y, w1, w2 = ARTICLE.data()
    (found,) = mg.diagnose(ARTICLE.loss, ARTICLE.right, x, y, w1, w2, argnums=(2, 3))
    assert found.kind == "sign"
    assert found.parameters == ("w1", "w2")


def test_the_learning_rate_of_a_parameter_updated_too_early_is_solved_for():
    def manual(x, y, w1, w2):
        layer1, output = article_forward(x, w1, w2)
        delta = 2 * (y - output) * sigmoid_derivative(output)
        d_w2 = layer1.T @ delta
        return x.T @ (delta @ (w2 + 0.0371 * d_w2).T * sigmoid_derivative(layer1)), d_w2

    (found,) = of(ARTICLE, manual(*ARTICLE.data()))
    assert (found.kind, found.parameters) == ("updated-parameter", ("w1",))
    assert "w2 − 0.0371 ∂loss/∂w2" in found.wrong


def test_nothing_wrong_is_said_in_words():
    assert str(of(ARTICLE, ARTICLE.right)) == "nothing is wrong"


def test_causes_that_come_to_the_same_are_listed():
    # All hidden units alike, and all inputs ones: many mistakes look the same.
    x, y, w1, w2 = np.ones((4, 4)), np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((4, 4))

    def manual(x, y, w1, w2):
        d_w1, d_w2 = ARTICLE.right(x, y, w1, w2)
        return d_w1, d_w2 * 0.5

    gradients = manual(x, y, w1, w2)
    (found,) = of(ARTICLE, gradients, values=[x, y, w1, w2])
    assert len(found.equally_good) > 1
    assert "give the manual gradient as a function" in found.sure
    (found,) = of(ARTICLE, manual, values=[x, y, w1, w2])
    assert (found.kind, found.step) == ("scale", "∂loss/∂w2, by output layer: layer1 · w2")
    assert not any(d.kind == "wrong-point" for d in found.equally_good)


# --- the derivative of another activation ---------------------------------------------------------------------------


def slope_of(f, z, **parameters):
    """f′, as somebody would have worked it out."""
    (slope,) = mg.vjp(lambda x: f(x, **parameters), z)[1](np.ones_like(z))
    return slope


def wavy(x, k=2.0):
    return x * mg.sigmoid(k * x) + 0.1 * mg.sin(x)


@pytest.fixture
def composed():
    """An activation of a user, made of several operations."""
    return mg.activation(wavy)


@pytest.mark.parametrize(
    ("used", "parameters", "taken"),
    [
        ("gelu", {}, "gelu_tanh"),
        ("gelu", {}, "silu"),
        ("silu", {}, "sigmoid"),
        ("tanh", {}, "mish"),
        ("softplus", {}, "mish"),
        ("leaky_relu", {"negative_slope": 0.2}, "leaky_relu"),
        ("wavy", {}, "tanh"),
        ("wavy", {"k": 3.0}, "tanh"),
        ("tanh", {}, "wavy"),
    ],
)
def test_the_derivative_of_any_other_activation_is_recognised(composed, used, parameters, taken):
    activation, other = mg.activations[used], mg.activations[taken]

    def loss(x, w):
        return mg.sum(activation(x @ w, **parameters) ** 2)

    def manual(x, w):
        z = x @ w
        return x.T @ (2 * activation(z, **parameters) * slope_of(other, z))

    random = np.random.default_rng(1)
    found = mg.diagnose(loss, manual, random.normal(size=(6, 3)), random.normal(size=(3, 4)), argnums=1)
    assert [d.kind for d in found] == ["wrong-activation"]
    assert f"the derivative of {taken} was taken" in found[0].wrong


def test_what_explains_something_alone_is_not_said_to_do_so_with_another_mistake():
    def manual(x, y, w1, w2):
        return np.cos(37 * w1), ARTICLE.right(x, y, w1, w2)[1] / 2

    found = of(ARTICLE, manual, budget=2.0)
    assert [d.kind for d in found] == ["scale", "unexplained"]
    assert not any(" + " in other.kind for other in found[0].equally_good)


def test_a_derivative_that_is_1_at_these_numbers_may_be_taken_for_another():
    w = np.array([[0.3, 0.5], [0.2, 0.9]])
    x = np.array([[1.0, 2.0], [0.5, 0.1], [3.0, 1.0]])  # nothing is negative: ReLU′ is 1 everywhere

    def loss(w):
        return mg.sum(mg.relu(x @ w) ** 2)

    def by_hand(w):
        a = np.maximum(x @ w, 0)
        return x.T @ (2 * a * a * (1 - a))

    (found,) = mg.diagnose(loss, by_hand(w), w)
    assert found.kind == "wrong-activation"
    assert found.wrong == "the derivative of sigmoid was taken"


def test_the_derivative_of_a_composed_activation_at_its_value(composed):
    def loss(x, w):
        return mg.sum(composed(x @ w, k=3.0) ** 2)

    def manual(x, w):
        a = composed(x @ w, k=3.0)
        return x.T @ (2 * a * slope_of(wavy, a, k=3.0))

    random = np.random.default_rng(1)
    (found,) = mg.diagnose(loss, manual, random.normal(size=(6, 3)), random.normal(size=(3, 4)), argnums=1)
    assert found.kind == "wrong-point"
    assert found.step.startswith("wavy: ")


# --- what can't be explained --------------------------------------------------------------------------------------


def nonsense(x, y, w1, w2):
    return np.cos(37 * w1), ARTICLE.right(x, y, w1, w2)[1]


def test_what_nothing_explains_is_said_to_be_unexplained():
    (found,) = of(ARTICLE, nonsense)
    assert (found.kind, found.parameters) == ("unexplained", ("w1",))
    assert found.wrong.startswith("return np.cos(37 * w1)")
    assert (found.right, found.correction) == ("what belongs there is −∂L/∂w1", None)
    (found,) = of(ARTICLE, nonsense(*ARTICLE.data(0)), budget=0.5)  # arrays, without source
    assert (found.kind, found.parameters) == ("unexplained", ("w1",))
    assert "reproduces these numbers" in found.wrong
    assert "mg.compare_steps" in found.right


@pytest.mark.parametrize("budget", [0.002, 0.01])
def test_the_budget_is_kept(budget):
    assert_budget_is_kept(functools.partial(of, ARTICLE, nonsense(*ARTICLE.data())), budget)


# --- what isn't repeatable ---------------------------------------------------------------------------------------


def tanh_loss(x, w):
    return mg.sum(mg.tanh(x @ w) ** 2)


def tanh_by_hand(x, w):
    h = np.tanh(x @ w)
    return x.T @ (2 * h * (1 - h**2))


def with_dropout(f, seed):
    """Make a function that drops half of x, and something else at every call."""
    random = np.random.default_rng(seed)
    return lambda x, w: f(x * (random.random(x.shape) < 0.5), w)


@pytest.mark.parametrize(
    ("loss", "manual", "named"),
    [
        (with_dropout(tanh_loss, 0), tanh_by_hand, "the loss"),
        (tanh_loss, with_dropout(tanh_by_hand, 0), "the manual gradient"),
        (with_dropout(tanh_loss, 0), with_dropout(tanh_by_hand, 1), "the loss"),
    ],
)
def test_functions_that_are_not_repeatable_are_named_and_nothing_else_is_blamed(loss, manual, named):
    random = np.random.default_rng(0)
    arguments = random.normal(size=(6, 3)), random.normal(size=(3, 4))
    (found,) = mg.diagnose(loss, manual, *arguments, argnums=1)
    assert (found.kind, found.step, found.parameters) == ("not-repeatable", named, ("w",))
    assert "when called again" in found.wrong
    report = mg.compare(loss, manual, *arguments, argnums=1)
    assert (report.ok, report["w"].verdict) == (False, "not repeatable")
    assert report.diagnosis[0].kind == "not-repeatable"


def test_functions_that_write_to_their_arguments_write_to_copies():
    def loss(x, w):
        if isinstance(x, np.ndarray):
            x -= 1.0
        return tanh_loss(x, w)

    def manual(x, w):
        x -= 1.0
        d_w = tanh_by_hand(x, w)
        w -= 0.1 * d_w
        return d_w

    x, w = np.linspace(-1, 2, 12).reshape(4, 3), np.linspace(0.5, 1, 3).reshape(3, 1)
    before = x.copy(), w.copy()
    assert mg.compare(loss, manual, x, w, argnums=1)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(w, before[1])


# --- long chains -------------------------------------------------------------------------------------------------


def recurrence(steps):
    """A loss with that many steps of a recurrence, and its gradients by hand, in several ways wrong."""

    def loss(x, y, w, u, v):
        h = mg.tanh(x @ w)
        for _ in range(steps):
            h = mg.tanh(x @ w + h @ u)
        return mg.sum((h @ v - y) ** 2)

    def manual(x, y, w, u, v, *, factor=2.0, slope=lambda h: 1 - h**2, transposed=True):
        hs = [np.tanh(x @ w)]
        for _ in range(steps):
            hs.append(np.tanh(x @ w + hs[-1] @ u))
        d = factor * (hs[-1] @ v - y)
        d_w, d_u, d_v = np.zeros_like(w), np.zeros_like(u), hs[-1].T @ d
        dh = d @ v.T
        for t in range(steps, -1, -1):
            dz = dh * slope(hs[t])
            d_w += x.T @ dz
            d_u += hs[t - 1].T @ dz if t else 0
            dh = dz @ (u.T if transposed else u)
        return d_w, d_u, d_v

    random = np.random.default_rng(0)
    shapes = (5, 3), (5, 2), (3, 4), (4, 4), (4, 2)
    return loss, manual, [0.5 * random.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize(
    ("mistake", "kind", "told"),
    [
        ({"factor": 1.0}, "scale", "every gradient is multiplied by 1/2"),
        ({"factor": -2.0}, "sign", "every gradient has the other sign"),
        ({"slope": lambda h: 1.0}, "missing-factor", "and likewise in 20 more"),
        ({"transposed": False}, "transpose", "· u, and likewise in 19 more"),
    ],
)
def test_a_mistake_in_every_step_of_a_recurrence_is_one_mistake(mistake, kind, told):
    loss, manual, arguments = recurrence(20)
    by_hand = manual(*arguments, **mistake)
    (found,) = mg.diagnose(loss, by_hand, *arguments, argnums=(2, 3, 4), budget=60.0)
    assert found.kind == kind
    assert told in found.wrong


def test_a_search_that_stops_early_says_so():
    loss, manual, arguments = recurrence(5)
    gradients = [-g for g in manual(*arguments)]
    diagnose = functools.partial(mg.diagnose, loss, gradients, *arguments, argnums=(2, 3, 4))
    (found,) = diagnose(budget=0.01)
    assert found.kind == "sign"
    assert "the search stopped" in found.sure


def test_the_budget_is_kept_where_the_loss_is_a_long_chain():
    loss, manual, arguments = recurrence(2000)
    gradients = [np.cos(37 * g) for g in manual(*arguments)]
    diagnose = functools.partial(mg.diagnose, loss, gradients, *arguments, argnums=(2, 3, 4))
    found = assert_budget_is_kept(diagnose, 0.1)
    assert {d.kind for d in found} == {"unexplained"}
    assert "in the time given" in found[0].wrong


def test_the_budget_is_kept_where_one_weight_has_many_uses():
    loss, manual, arguments = recurrence(2000)
    gradients = manual(*arguments, slope=lambda h: (1 - h**2) ** 2)
    diagnose = functools.partial(mg.diagnose, loss, gradients, *arguments, argnums=(2, 3, 4))
    assert_budget_is_kept(diagnose, 0.2)


# --- bad input ------------------------------------------------------------------------------------------------------


def test_numbers_that_are_not_finite_are_a_finding():
    d_w1, d_w2 = ARTICLE.right(*ARTICLE.data())
    d_w1[1, 2] = np.nan
    (found,) = of(ARTICLE, (d_w1, d_w2))
    assert (found.kind, found.parameters, found.wrong) == ("not-finite", ("w1",), "element [1, 2] is nan")


def test_a_gradient_of_another_shape_is_a_finding():
    _, d_b1, *_ = gradients = list(BIASES.right(*BIASES.data()))
    gradients[1] = d_b1[:3]
    (found,) = of(BIASES, gradients, budget=0.3)
    assert (found.kind, found.parameters) == ("unexplained", ("b1",))


def test_a_parameter_that_the_loss_does_not_use():
    def loss(w, unused):
        return mg.sum(w**2)

    w = np.array([1.0, -2.0, 0.5])
    assert mg.diagnose(loss, (2 * w, np.zeros(3)), w, w) == ()
    (found,) = mg.diagnose(loss, (2 * w, np.ones(3)), w, w, budget=0.3)
    assert (found.kind, found.parameters) == ("unexplained", ("unused",))


def test_a_mistake_that_would_divide_by_nearly_zero_explains_nothing():
    w = np.array([1.0, -2.0, 3.0]) * 1e-200
    (found,) = mg.diagnose(lambda w: mg.sum(w * w), lambda w: 2.2 * w, w)
    assert "reciprocal" not in str(found)


def test_a_loss_that_branches_on_values_can_be_diagnosed():
    def loss(w):
        return mg.sum(w**2 if w[0] > 0 else w**3)

    w = np.array([1.0, -2.0, 0.5])
    (found,) = mg.diagnose(loss, lambda w: w, w)
    assert found.kind == "scale"


def test_one_number_is_no_evidence_for_an_odd_factor():
    (found,) = mg.diagnose(lambda w: w**2, 0.777, 2.0, budget=0.3)
    assert found.kind == "unexplained"


@pytest.mark.parametrize(
    ("f", "manual", "error", "words"),
    [
        (3, ARTICLE.right, TypeError, "diagnose: the loss must be a function, got int"),
        (ARTICLE.loss, {"w1": 1.0}, ValueError, r"diagnose: the manual gradient of \['w2'\] is missing"),
        (lambda x, y, w1, w2: x @ w1, ARTICLE.right, ValueError, "diagnose: the loss must be one number"),
        (lambda *a: ARTICLE.loss(*a) * np.nan, ARTICLE.right, ValueError, "diagnose: the loss is nan"),
    ],
)
def test_errors(f, manual, error, words):
    with pytest.raises(error, match=words):
        mg.diagnose(f, manual, *ARTICLE.data(), argnums=(2, 3))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"budget": -1}, ValueError, "the budget is a number of seconds, 0 or more, got -1"),
        ({"budget": float("nan")}, ValueError, "0 or more, got nan"),
        ({"budget": None}, ValueError, "0 or more, got None"),
        ({"rtol": -1.0}, ValueError, "rtol must be 0 or more, got -1.0"),
    ],
)
def test_errors_in_options(options, error, words):
    with pytest.raises(error, match=words):
        of(ARTICLE, ARTICLE.right, **options)


def test_choosing_among_explanations_is_not_cut_short(tmp_path):
    """Once an explanation is found, the search for others ends; what was found is compared in peace."""
    path = FOLDER / "autoencoder_sparsity_forgotten.py"
    names = module(path.read_text(encoding="utf-8"), tmp_path / path.name)
    assert mg.diagnose(names["loss"], names["backprop"], *names["data"](), argnums=(1, 2, 3, 4))


def test_a_kernel_that_a_convolution_turns_backward_is_told_of_by_the_side_that_it_lies_on():
    def loss(x, w):
        return mg.sum(mg.conv2d(x, w) ** 2)

    def unturned(x, w):
        d = 2 * mg.conv2d(x, w)
        return mg.conv2d(d, np.swapaxes(w, 0, 1), padding=2)

    random = np.random.default_rng(0)
    x, w = random.normal(size=(2, 1, 6, 6)), random.normal(size=(3, 1, 3, 3))
    (found,) = mg.diagnose(loss, unturned, x, w, argnums=0)
    assert found.kind == "reversed"
    assert "takes w the wrong way round along axes 2 and 3" in found.wrong
    assert "the other way round" in found.right


def test_what_a_line_explains_is_not_said_to_be_unexplained():
    line = Diagnosis("sign", ("w2",), "", "d = -d", "d = d", 1.0, 0.0, line=3)
    rest = Diagnosis("unexplained", ("w1", "w2"), "unknown", "", "", 1.0, 1.0)
    assert [d.parameters for d in merged([line], None, {"w2"}, [rest])] == [("w2",), ("w1",)]
