"""SciPy's special functions: found through SciPy's own names, right at 0, at the ends and in the tails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
from mpmath import mpf

import microgradnet as mg
from microgradnet.ops.scientific import OF_SCIPY
from tests.ops.exact import nth_derivative

X = np.array([0.3, 0.45, 0.8])


@pytest.mark.parametrize("name", OF_SCIPY)
def test_scipys_functions_of_tensors_are_ours(name: str) -> None:
    theirs = getattr(scipy.special, name.removeprefix("scipy.special."))
    ours = OF_SCIPY[name]
    if not isinstance(theirs, np.ufunc):
        return  # multigammaln and polygamma make arrays first, and an error says what to write
    parameters = [2.0] * (theirs.nin - 1)
    x = mg.tensor(X, requires_grad=True)
    found = theirs(*parameters, x)
    assert isinstance(found, mg.Tensor)
    np.testing.assert_allclose(found.numpy(), theirs(*parameters, X), rtol=1e-14)
    np.testing.assert_array_equal(ours(*parameters, x).numpy(), found.numpy())
    if found.requires_grad:
        np.testing.assert_array_equal(mg.gradients(mg.sum(found), x), mg.gradients(mg.sum(ours(*parameters, x)), x))


def test_numpys_bessel_function_is_ours() -> None:
    np.testing.assert_allclose(mg.grad(np.i0)(0.7), scipy.special.i1(0.7), rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: scipy.special.jv(x, 2.0), r"^jv: v is not differentiated; detach\(\)"),
        (lambda x: mg.polygamma(x, 2.0), r"^polygamma: n is not differentiated"),
        (lambda x: scipy.special.gammainc(x, x), r"^gammainc: a is not differentiated"),
        (lambda x: scipy.special.betainc(2.0, x, x), r"^betainc: b is not differentiated"),
        (lambda x: scipy.special.polygamma(1, x), r"^scipy.special.polygamma: .*use mg.polygamma\(n, t\)$"),
        (lambda x: scipy.special.multigammaln(x, 2), r"^scipy.special.multigammaln: .*use mg.multigammaln\(t, d\)$"),
        (lambda x: scipy.special.zetac(x), r"^scipy.special.zetac is not supported on tensors; declare it"),
    ],
)
def test_what_has_no_derivative_is_refused(call: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call(mg.tensor(X + 1, requires_grad=True))


def test_scipy_is_imported_when_it_is_called_for_and_named_where_it_is_missing() -> None:
    code = """
import sys
import microgradnet as mg
assert "scipy" not in sys.modules
print(mg.grad(mg.xlogy)(0.5, 2.0), mg.logit(0.5), mg.entr(0.0))
assert "scipy" not in sys.modules
sys.modules["scipy"] = None
mg.gammaln(2.0)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["0.6931471805599453", "0.0", "0.0"]
    assert ran.stderr.strip().endswith(
        'ImportError: gammaln: its values are SciPy\'s: pip install "microgradnet[special]"'
    )


# --- at 0 and at the ends -----------------------------------------------------------------------------------

INF, NAN = np.inf, np.nan
ENDS: dict[str, tuple[Callable[..., Any], tuple[float, ...], float, tuple[float, ...]]] = {
    "xlogy at 0 and 0": (mg.xlogy, (0.0, 0.0), 0.0, (-INF, 0.0)),
    "xlogy at 0": (mg.xlogy, (0.0, 2.0), 0.0, (np.log(2), 0.0)),
    "xlogy beside 0": (mg.xlogy, (2.0, 0.0), -INF, (-INF, INF)),
    "xlogy of NaN": (mg.xlogy, (0.0, NAN), NAN, (NAN, NAN)),
    "xlog1py at 0 and -1": (mg.xlog1py, (0.0, -1.0), 0.0, (-INF, 0.0)),
    "xlog1py at 0 and 0": (mg.xlog1py, (0.0, 0.0), 0.0, (0.0, 0.0)),
    "entr at 0": (mg.entr, (0.0,), 0.0, (INF,)),
    "entr of the smallest": (mg.entr, (5e-324,), 5e-324 * 744.4400719213812, (743.4400719213812,)),
    "rel_entr at 0": (mg.rel_entr, (0.0, 2.0), 0.0, (-INF, 0.0)),
    "rel_entr beside 0": (mg.rel_entr, (2.0, 0.0), INF, (INF, -INF)),
    "rel_entr at 0 and 0": (mg.rel_entr, (0.0, 0.0), 0.0, (NAN, 0.0)),
    "rel_entr of equals": (mg.rel_entr, (3.0, 3.0), 0.0, (1.0, -1.0)),
    "rel_entr of far ones": (mg.rel_entr, (1e-300, 1e300), -1.3815510557964273e-297, (-1380.5510557964274, 0.0)),
    "kl_div at 0": (mg.kl_div, (0.0, 2.0), 2.0, (-INF, 1.0)),
    "kl_div of near ones": (mg.kl_div, (1.0, 1 + 2**-40), 2.0**-81, (-(2.0**-40) + 2.0**-81, 2.0**-40)),
    "logit at 0": (mg.logit, (0.0,), -INF, (INF,)),
    "logit at 1": (mg.logit, (1.0,), INF, (INF,)),
    "logit at 1/2": (mg.logit, (0.5,), 0.0, (4.0,)),
    "erfinv at 1": (mg.erfinv, (1.0,), INF, (INF,)),
    "erfinv at -1": (mg.erfinv, (-1.0,), -INF, (INF,)),
    "erfcinv at 0": (mg.erfcinv, (0.0,), INF, (-INF,)),
    "ndtri at 0": (mg.ndtri, (0.0,), -INF, (INF,)),
    "log_ndtr at -inf": (mg.log_ndtr, (-INF,), -INF, (INF,)),
    "log_ndtr at inf": (mg.log_ndtr, (INF,), 0.0, (0.0,)),
    "log_expit at -inf": (mg.log_expit, (-INF,), -INF, (1.0,)),
    "gammainc at 0": (lambda x: mg.gammainc(1.0, x), (0.0,), 0.0, (1.0,)),
    "gammainc at 0, steep": (lambda x: mg.gammainc(0.5, x), (0.0,), 0.0, (INF,)),
    "i1 at 0": (mg.i1, (0.0,), 0.0, (0.5,)),
    "j0 at 0": (mg.j0, (0.0,), 1.0, (0.0,)),
    "i0e at 0": (mg.i0e, (0.0,), 1.0, (0.0,)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ENDS)
def test_values_and_slopes_at_the_ends(name: str) -> None:
    f, at, value, slopes = ENDS[name]
    np.testing.assert_allclose(f(*at), value, rtol=1e-14, atol=3e-17 if "near ones" in name else 0)
    found = mg.grad(f, argnums=tuple(range(len(at))))(*at)
    np.testing.assert_allclose(found, slopes, rtol=1e-14, atol=1e-300)


NUMBERS = [-INF, -2.5, -1.0, 0.0, 5e-324, 1e-300, 0.3, 0.5, 1.0, 2.5, 1e300, INF, NAN]
OWN = ["xlogy", "xlog1py", "rel_entr", "entr", "logit", "log_expit", "expit"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", OWN)
def test_values_are_scipys_at_all_ends(name: str, dtype: Any) -> None:
    theirs, ours = getattr(scipy.special, name), getattr(mg, name)
    x = np.array(NUMBERS).astype(dtype)
    arguments = [x] if theirs.nin == 1 else list(np.meshgrid(x, x))
    found = ours(*arguments)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, theirs(*arguments), rtol=20 * np.finfo(dtype).eps)


def test_second_derivatives_at_0_are_not_cut_off() -> None:
    np.testing.assert_allclose(mg.hessian(lambda v: mg.xlogy(v[0], v[1]))(np.array([0.0, 2.0])), [[0, 0.5], [0.5, 0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        assert not np.isfinite(mg.hessian(lambda v: mg.xlogy(v[0], v[1]))(np.zeros(2))[0, 1])


# --- against many digits --------------------------------------------------------------------------------------


def normal(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


FAR: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "gammaln": (lambda x: mpmath.log(abs(mpmath.gamma(x))), [1e-20, 1e-3, 0.5, 2.5, 30.0, 1e5, 1e12, -0.5, -3.7]),
    "gamma": (mpmath.gamma, [1e-20, 0.5, 2.5, 100.0, 170.0, -0.5, -3.7]),
    "rgamma": (mpmath.rgamma, [1e-3, 0.5, 2.5, 30.0, -0.5]),
    "digamma": (lambda x: mpmath.psi(0, x), [1e-20, 0.5, 2.5, 30.0, 1e5, 1e12, -0.5, -3.7]),
    "erfinv": (mpmath.erfinv, [1e-5, 0.1, -0.5, 0.999, -0.999999, 1 - 2**-40]),
    "erfcinv": (lambda x: mpmath.erfinv(1 - x), [1e-15, 1e-3, 0.5, 1.0, 1.5, 1.999]),
    "ndtri": (lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1), [1e-15, 1e-3, 0.5, 0.7, 0.999]),
    "log_ndtr": (lambda x: mpmath.log(normal(x)), [-1e4, -200.0, -51.0, -49.0, -10.0, -1.0, 0.0, 1.0, 5.0]),
    "logit": (lambda x: mpmath.log(x / (1 - x)), [1e-150, 1e-20, 0.1, 0.26, 0.5, 0.74, 1 - 2**-30]),
    "entr": (lambda x: -x * mpmath.log(x), [1e-300, 1e-20, 0.1, 0.5, 1.0, 1e20]),
    "log_expit": (lambda x: -mpmath.log1p(mpmath.exp(-x)), [-300.0, -30.0, 0.0, 30.0]),
    "exp1": (mpmath.e1, [1e-20, 0.5, 3.0, 100.0]),
    "expi": (mpmath.ei, [1e-20, 0.5, 3.0, 100.0, -2.0]),
    "j0": (lambda x: mpmath.besselj(0, x), [1e-10, 0.5, 3.0, 100.0, -3.0]),
    "j1": (lambda x: mpmath.besselj(1, x), [1e-10, 0.5, 3.0, 100.0, -3.0]),
    "y0": (lambda x: mpmath.bessely(0, x), [0.5, 3.0, 100.0]),
    "y1": (lambda x: mpmath.bessely(1, x), [0.5, 3.0, 100.0]),
    "i0": (lambda x: mpmath.besseli(0, x), [1e-10, 0.5, 3.0, 100.0, 700.0, -3.0]),
    "i1": (lambda x: mpmath.besseli(1, x), [1e-10, 0.5, 3.0, 100.0, 700.0, -3.0]),
    "i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), [1e-10, 0.5, 3.0, 100.0, -3.0]),
    "i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), [1e-10, 0.5, 3.0, 100.0, -3.0]),
    "k0": (lambda x: mpmath.besselk(0, x), [0.5, 3.0, 100.0]),
    "k1": (lambda x: mpmath.besselk(1, x), [0.5, 3.0, 100.0]),
    "k0e": (lambda x: mpmath.besselk(0, x) * mpmath.exp(x), [0.5, 3.0, 100.0]),
    "k1e": (lambda x: mpmath.besselk(1, x) * mpmath.exp(x), [0.5, 3.0, 100.0]),
}
"""What is computed, at points as far out as the function has digits."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FAR)
def test_two_derivatives_hold_far_out(name: str) -> None:
    exact, points = FAR[name]
    for x in points:
        with mpmath.workdps(80):
            z = mpf(x)
            h = mpf(10) ** -20 * (abs(z) or 1)
            below, here, above = exact(z - h), exact(z), exact(z + h)
            first, second = (above - below) / (2 * h), (above - 2 * here + below) / h**2
        for order, right in ((1, first), (2, second)):
            found = nth_derivative(getattr(mg, name), order)(np.array([x]))[0]
            # Differences of Bessel functions lose digits where they are large beside their difference.
            size = float(abs(here)) if name[0] in "ijky" else 0.0
            np.testing.assert_allclose(
                found, float(right), rtol=2e-11, atol=1e-13 * size + 1e-35, err_msg=f"{order} at {x}"
            )
