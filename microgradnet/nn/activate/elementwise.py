"""The built-in activations that work number by number, each with its formula, derivative and source.

Values and derivatives hold to the ends of float32 and float64, infinities included: within 4 units in the last place,
unless the docstring says otherwise. Near a zero of the derivative its terms cancel, and what holds is that bound
relative to the terms. Where a factor is smaller than the smallest normal number, the result has lost the digits that
the factor has lost. Sigmoid and tanh have a(1 − a) and 1 − a² as derivatives, which are as fast as can be and hold to
that bound of the largest slope. Of two forms of a formula, each is used where it neither overflows nor cancels.

So do second and third derivatives; at a kink they are those of the side whose slope is taken. Where those of a slope's
formula would cancel, the slope is an operation of its own, which has the second derivative by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from microgradnet import ops
from microgradnet.nn.activate.registry import activation
from microgradnet.ops.elementwise import logistic, logistic_density
from microgradnet.ops.special import gauss, gelu_on_numpy, gelu_slope_on_numpy, ndtr, polynomial
from microgradnet.record import primitive

INFINITY = math.inf
_FAR = 1e4
"""Where exponentials are 0 in every precision: a factor that doesn't matter there is kept from being infinite."""


def _near(x: Any) -> Any:
    return ops.clip(x, -_FAR, _FAR)


def _slope(
    name: str, value: Callable[..., Any], derivative: Callable[..., Any], on_numpy: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Declare the derivative of an activation, ``value(xp, z)``, as an operation, with its own derivative by hand."""
    latex = rf"\operatorname{{{{{name}}}}}'({{0}})".replace("_", r"\_")
    vjps = [lambda g, y, z: g * derivative(z)]
    return primitive(value, vjps, name=f"{name}_slope", keep="z", on_numpy=on_numpy, latex=latex, symbol=f"{name}′")


def _over(x: Any, d: Any) -> Any:
    """X / d, and its limit ±1 where both are infinite."""
    infinite = ops.isinf(d)
    return ops.where(infinite, ops.sign(x), x / ops.where(infinite, 1, d))


# --- straight lines ------------------------------------------------------------------------------------


@activation(
    derivative=lambda z, a: ops.ones_like(z),
    formula="x", latex="{0}", range=(-INFINITY, INFINITY), monotonic=True, kinks=(),
)  # fmt: skip
def identity(x: Any) -> Any:
    """Return x itself: no activation."""
    return x


activation(
    ops.relu, derivative=lambda z, a: a > 0,
    symbol="ReLU", formula="max(x, 0)", range=(0, INFINITY), monotonic=True, kinks=(0,),
    source="Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
)  # fmt: skip


@activation(
    derivative=lambda z, a: (z > 0) & (z < 6),
    symbol="ReLU6", formula="min(max(x, 0), 6)", range=(0, 6), monotonic=True, kinks=(0, 6),
    source="Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010",
)  # fmt: skip
def relu6(x: Any) -> Any:
    """Limit x to 0 … 6. At the kinks the subgradient 0 is taken."""
    return ops.clip(x, 0, 6)


def _two_slopes(x: Any, slope: Any) -> Any:
    return ops.where(x > 0, x, slope * x)


def _of_two_slopes(z: Any, slope: Any) -> Any:
    return ops.where(z > 0, ops.ones_like(z), slope)


@activation(
    derivative=lambda z, a, negative_slope: _of_two_slopes(z, negative_slope),
    formula="x, or 0.01x for x < 0", range=(-INFINITY, INFINITY), monotonic=True, kinks=(0,),
    source="Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, ICML 2013",
)  # fmt: skip
def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """Keep what is positive, and let a little of the rest through. At 0 the slope of the left side is taken."""
    return _two_slopes(x, negative_slope)


@activation(
    learnable="alpha",
    derivative={
        "x": lambda z, a, alpha: _of_two_slopes(z, alpha),
        "alpha": lambda z, a, alpha: (z <= 0, z),
    },
    formula="x, or α x for x < 0", range=(-INFINITY, INFINITY), monotonic=True, kinks=(0,),
    source="He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015",
)  # fmt: skip
def prelu(x: Any, alpha: float = 0.25) -> Any:
    """Do as `leaky_relu` does, with a slope α that is learned. At 0 the slope of the left side is taken."""
    return _two_slopes(x, alpha)


@activation(
    derivative=lambda z, a, lower, upper: _of_two_slopes(z, (lower + upper) / 2),
    formula="x, or x (1/8 + 1/3)/2 for x < 0", range=(-INFINITY, INFINITY), monotonic=True, kinks=(0,),
    source="Xu, Wang, Chen and Li, Empirical evaluation of rectified activations in convolutional network, 2015",
)  # fmt: skip
def rrelu(x: Any, lower: float = 1 / 8, upper: float = 1 / 3) -> Any:
    """Do as the randomized leaky ReLU does in evaluation, with the mean of its slopes. At 0 it is that slope."""
    return _two_slopes(x, (lower + upper) / 2)


@activation(
    derivative=lambda z, a: (ops.abs(z) < 3, 1 / 6),
    formula="min(max(x + 3, 0), 6) / 6", range=(0, 1), monotonic=True, kinks=(-3, 3),
    source="Howard et al., Searching for MobileNetV3, ICCV 2019; Courbariaux et al., BinaryConnect, 2015",
)  # fmt: skip
def hard_sigmoid(x: Any) -> Any:
    """Do roughly as the sigmoid does, in straight lines. At the kinks the subgradient 0 is taken."""
    return ops.clip(x + 3, 0, 6) / 6


@activation(
    derivative=lambda z, a, min_val, max_val: (z > min_val) & (z < max_val),
    formula="min(max(x, −1), 1)", range=(-1, 1), monotonic=True, kinks=(-1, 1),
    source="Collobert, Large scale machine learning, thesis, 2004",
)  # fmt: skip
def hard_tanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """Limit x to min_val … max_val. At the kinks the subgradient 0 is taken."""
    return ops.clip(x, min_val, max_val)


@activation(
    derivative=lambda z, a: (z > -3, ops.where(z >= 3, 1, (2 * _near(z) + 3) / 6)),
    formula="x·min(max(x + 3, 0), 6) / 6", range=(-0.375, INFINITY), monotonic=False, kinks=(-3, 3),
    source="Howard et al., Searching for MobileNetV3, ICCV 2019",
)  # fmt: skip
def hard_swish(x: Any) -> Any:
    """Do roughly as `silu` does, in pieces. At the kinks the slope of the outer side is taken."""
    return ops.maximum(x, -3) * (ops.clip(x + 3, 0, 6) / 6)


@activation(
    derivative=lambda z, a, lambd: ops.abs(z) > lambd,
    formula="x − min(max(x, −λ), λ), λ = 0.5", range=(-INFINITY, INFINITY), monotonic=True, kinks=(-0.5, 0.5),
    source="Donoho, De-noising by soft-thresholding, IEEE Trans. Inf. Theory 41, 1995",
)  # fmt: skip
def softshrink(x: Any, lambd: float = 0.5) -> Any:
    """Move x towards 0 by λ, as far as 0. At the kinks the subgradient 0 is taken."""
    return x - ops.clip(x, -lambd, lambd)


@activation(
    derivative=lambda z, a, lambd: ops.abs(z) > lambd,
    formula="x, or 0 for |x| ≤ λ = 0.5", range=(-INFINITY, INFINITY), monotonic=True, kinks=(-0.5, 0.5),
    source="Donoho and Johnstone, Ideal spatial adaptation by wavelet shrinkage, Biometrika 81, 1994",
)  # fmt: skip
def hardshrink(x: Any, lambd: float = 0.5) -> Any:
    """Take what is within ±λ as 0. It jumps at ±λ; there the derivative 0 is taken."""
    return ops.where(ops.abs(x) <= lambd, 0, x)


@activation(
    derivative=lambda z, a, threshold, value: z > threshold,
    formula="x, or v for x ≤ t; t = v = 0", range=(0, INFINITY), monotonic=True, kinks=(0,),
    source="PyTorch, torch.nn.Threshold",
)  # fmt: skip
def threshold(x: Any, threshold: float = 0.0, value: float = 0.0) -> Any:
    """Replace what isn't above the threshold by a value. There, and at the threshold, the derivative is 0."""
    return ops.where(x <= threshold, value, x)


@activation(
    derivative=lambda z, a: 2 * ops.maximum(z, 0),
    symbol="ReLU²", formula="max(x, 0)²", range=(0, INFINITY), monotonic=True, kinks=(),
    source="So, Mańke, Liu, Dai, Shazeer and Le, Primer: searching for efficient transformers, NeurIPS 2021",
)  # fmt: skip
def relu2(x: Any) -> Any:
    """Square what is positive. It overflows where the square does."""
    return ops.square(ops.maximum(x, 0))


def _ramp(x: Any) -> Any:
    return (ops.clip(x, -1, 1) + 1) / 2


@activation(
    derivative=lambda z, a: (ops.abs(z) < 1, 1 / 2),
    formula="min(max((x + 1) / 2, 0), 1)", range=(0, 1), monotonic=True, kinks=(-1, 1),
    source="Blondel, Martins and Niculae, Learning with Fenchel–Young losses, JMLR 21, 2020",
)  # fmt: skip
def sparse_sigmoid(x: Any) -> Any:
    """Make a probability that is exactly 0 or 1 beyond ±1. At the kinks the subgradient 0 is taken."""
    return _ramp(x)


@activation(
    derivative=lambda z, a: _ramp(z),
    formula="0, (x + 1)² / 4 for |x| < 1, or x", range=(0, INFINITY), monotonic=True, kinks=(),
    source="Blondel, Martins and Niculae, Learning with Fenchel–Young losses, JMLR 21, 2020",
)  # fmt: skip
def sparse_plus(x: Any) -> Any:
    """Do as `softplus` does, with exact zeros: the integral of `sparse_sigmoid`."""
    return ops.where(x >= 1, x, ops.square(_ramp(x)))


# --- sigmoids --------------------------------------------------------------------------------------------

activation(
    ops.sigmoid, derivative=lambda z, a: a * (1 - a),
    symbol="σ", formula="σ(x) = 1 / (1 + e⁻ˣ)", range=(0, 1), monotonic=True, kinks=(),
    source="Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323, 1986",
)  # fmt: skip
activation(
    ops.tanh, derivative=lambda z, a: 1 - a * a,
    symbol="tanh", formula="(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", range=(-1, 1), monotonic=True, kinks=(),
    source="LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998",
)  # fmt: skip


@activation(
    derivative=lambda z, a: logistic(-z),
    formula="log σ(x)", range=(-INFINITY, 0), monotonic=True, kinks=(), source="PyTorch, torch.nn.LogSigmoid",
)  # fmt: skip
def log_sigmoid(x: Any) -> Any:
    """Return the logarithm of the sigmoid, which is −softplus(−x)."""
    return -ops.softplus(-x)


# x cosh x − sinh x = Σ 2k x²ᵏ⁺¹ / (2k + 1)!, k ≥ 1, where nothing cancels.
_OF_TANHSHRINK = [2 * k / math.factorial(2 * k + 1) for k in range(13, 0, -1)]
# cos x − sin x / x = −x² Σ (−x²)ᵏ (2k + 2) / (2k + 3)!, k ≥ 0.
_OF_SINC = [(-1) ** k * (2 * k + 2) / math.factorial(2 * k + 3) for k in range(12, -1, -1)]


_tanhshrink_slope = _slope(
    "tanhshrink", lambda _, z: ops.square(ops.tanh(z)), lambda z: 8 * ops.tanh(z) * logistic_density(2 * z)
)


@activation(
    derivative=lambda z, a: _tanhshrink_slope(z),
    formula="x − tanh x", range=(-INFINITY, INFINITY), monotonic=True, kinks=(), source="PyTorch, torch.nn.Tanhshrink",
)  # fmt: skip
def tanhshrink(x: Any) -> Any:
    """Return x − tanh x, which begins as x³/3; within 5 ULP in float32."""
    small = ops.clip(x, -1.5, 1.5)
    square = small * small
    series = small * (square * (polynomial(square, _OF_TANHSHRINK) / ops.cosh(small)))
    return ops.where(ops.abs(x) < 1.5, series, x - ops.tanh(x))


@activation(
    derivative=lambda z, a: ops.square(1 / (1 + ops.abs(z))),
    formula="x / (1 + |x|)", range=(-1, 1), monotonic=True, kinks=(),
    source="Bergstra, Desjardins, Lamblin and Bengio, Quadratic polynomials learn better image features, 2009",
)  # fmt: skip
def softsign(x: Any) -> Any:
    """Return x / (1 + |x|): a sigmoid with heavy tails."""
    return _over(x, 1 + ops.abs(x))


# --- smooth rectifiers -------------------------------------------------------------------------------------


@activation(
    derivative=lambda z, a, beta: logistic(beta * z),
    formula="log(1 + eᵝˣ) / β, β = 1", range=(0, INFINITY), monotonic=True, kinks=(),
    source="Dugas et al., Incorporating second-order functional knowledge for better option pricing, NIPS 2000",
)  # fmt: skip
def softplus(x: Any, beta: float = 1.0) -> Any:
    """Return log(1 + eᵝˣ) / β, exact everywhere, so that it needs no threshold where it becomes x."""
    return ops.softplus(beta * x) / beta


def _root(b: Any) -> Any:
    """√b, which as a plain number stays one of Python's, so that float32 stays float32."""
    return math.sqrt(b) if isinstance(b, int | float) else ops.sqrt(b)


def _squareplus_first(_: Any, z: Any, a: Any, width: float = 4.0) -> Any:
    return ops.where(z == INFINITY, 1, a / ops.hypot(ops.where(z == INFINITY, 1, z), _root(width)))


_squareplus_slope = primitive(
    _squareplus_first,
    [lambda g, y, z, a, width: g * (width / 2) * (1 / ops.hypot(z, _root(width))) ** 3, None],  # a is f(z)
    name="squareplus_slope", keep="z", latex=r"\operatorname{{squareplus}}'({0})", symbol="squareplus′",
)  # fmt: skip


@activation(
    derivative=lambda z, a, b: _squareplus_slope(z, a, width=b),
    formula="(x + √(x² + b)) / 2, b = 4", range=(0, INFINITY), monotonic=True, kinks=(),
    source="Barron, Squareplus: a softplus-like algebraic rectifier, 2021",
)  # fmt: skip
def squareplus(x: Any, b: float = 4.0) -> Any:
    """Return (x + √(x² + b)) / 2: like `softplus`, without exponentials; the third derivative within 6 ULP."""
    root = ops.hypot(x, _root(b))
    size = ops.abs(x)
    return ops.where(x > 0, size / 2 + root / 2, (b / 4) / (size / 2 + root / 2))


def _exponential(x: Any, alpha: Any, slope: Any = 1.0) -> Any:
    return ops.where(x > 0, slope * x, alpha * ops.expm1(ops.minimum(x, 0)))


def _of_exponential(z: Any, alpha: Any, slope: Any = 1.0) -> Any:
    return ops.where(z > 0, slope * ops.ones_like(z), alpha * ops.exp(ops.minimum(z, 0)))


@activation(
    derivative=lambda z, a, alpha: _of_exponential(z, alpha),
    formula="x, or α(eˣ − 1) for x < 0; α = 1", range=(-1, INFINITY), monotonic=True, kinks=(),
    source="Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by ELUs, ICLR 2016",
)  # fmt: skip
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Exponential linear unit. With α other than 1 there is a kink at 0, where the slope α is taken."""
    return _exponential(x, alpha)


_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.6732632423543772848170429916717 * _SELU_SCALE


@activation(
    derivative=lambda z, a: _of_exponential(z, _SELU_ALPHA, _SELU_SCALE),
    formula="λ x, or λ α(eˣ − 1) for x < 0; λ = 1.0507, α = 1.6733", range=(-_SELU_ALPHA, INFINITY), monotonic=True,
    kinks=(0,), source="Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, NIPS 2017",
)  # fmt: skip
def selu(x: Any) -> Any:
    """Exponential linear unit that keeps mean 0 and variance 1. At 0 the slope λα of the left side is taken."""
    return _exponential(x, _SELU_ALPHA, _SELU_SCALE)


@activation(
    derivative=lambda z, a, alpha: _of_exponential(z / alpha, 1.0),
    formula="x, or α(eˣᐟᵅ − 1) for x < 0; α = 1", range=(-1, INFINITY), monotonic=True, kinks=(),
    source="Barron, Continuously differentiable exponential linear units, 2017",
)  # fmt: skip
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Exponential linear unit with slope 1 at 0 for every α."""
    return ops.where(x > 0, x, alpha * ops.expm1(ops.minimum(x, 0) / alpha))


activation(
    ops.exp, name="exponential", derivative=lambda z, a: a,
    formula="eˣ", range=(0, INFINITY), monotonic=True, kinks=(), source="Keras, keras.activations.exponential",
)  # fmt: skip


# --- x times a sigmoid ---------------------------------------------------------------------------------


_DENSITY = 1 / math.sqrt(2 * math.pi)

_gelu_slope = _slope(
    "gelu",
    lambda _, z: ndtr(z) + _near(z) * gauss(z, c=0.5) * _DENSITY,
    lambda z: _DENSITY * gauss(z, c=0.5) * (2 - ops.square(_near(z))),
    gelu_slope_on_numpy,
)


def _gelu(_: Any, x: Any) -> Any:
    """Return x·Φ(x), Φ the distribution function of the standard normal distribution; within 6 ULP in float64.

    With NumPy it takes about 3 times as long as PyTorch's in float64, and 14 times in float32, which is computed in
    float64, too; compiled with Numba, as long as PyTorch's in float64. A ufunc goes through memory for each
    multiplication: its polynomials and the exponential alone take up to 2 times as long as all of PyTorch's.
    """
    return ops.maximum(x, -_FAR) * ndtr(x)


gelu = activation(
    primitive(
        _gelu, [lambda g, y, x: g * _gelu_slope(x)], name="gelu", keep="x", on_numpy=gelu_on_numpy,
        latex=r"{0} \, \Phi({0})", symbol="GELU",
    ),
    derivative=lambda z, a: _gelu_slope(z),
    symbol="GELU", formula="x·Φ(x)", latex=r"{0} \, \Phi({0})", range=(-0.16997120747990369, INFINITY),
    monotonic=False, kinks=(), source="Hendrycks and Gimpel, Gaussian error linear units, 2016",
)  # fmt: skip


def _of_gelu_tanh(x: Any) -> Any:
    """2√(2/π) (x + 0.044715 x³), which is within ±80 where σ of it is neither 0 nor 1 in float32."""
    x = ops.clip(x, -100.0, 100.0)
    return (2 * math.sqrt(2 / math.pi)) * (x + 0.044715 * x * x * x)


def _gelu_tanh_first(_: Any, z: Any) -> Any:
    u = _of_gelu_tanh(z)
    near = ops.clip(z, -100.0, 100.0)
    slope = (2 * math.sqrt(2 / math.pi)) * (near + (3 * 0.044715) * near * near * near)
    return ops.sigmoid(u) * (1 + slope * ops.sigmoid(-u))


def _gelu_tanh_second(z: Any) -> Any:
    # (x σ(u))″ = σ′(u) (2u′ + x u″ − x u′² tanh(u/2)), where σ″ = −σ′ tanh(u/2).
    u = _of_gelu_tanh(z)
    x = ops.clip(z, -100.0, 100.0)
    c = 2 * math.sqrt(2 / math.pi)
    slope = c * (1 + (3 * 0.044715) * x * x)
    return logistic_density(u) * (2 * slope + x * ((6 * 0.044715) * c * x - slope * slope * ops.tanh(u / 2)))


_gelu_tanh_slope = _slope("gelu_tanh", _gelu_tanh_first, _gelu_tanh_second)


@activation(
    derivative=lambda z, a: _gelu_tanh_slope(z),
    formula="x/2·(1 + tanh(√(2/π) (x + 0.044715 x³)))", range=(-0.17004075057125412, INFINITY), monotonic=False,
    kinks=(), source="Hendrycks and Gimpel, Gaussian error linear units, 2016",
)  # fmt: skip
def gelu_tanh(x: Any) -> Any:
    """Approximate `gelu` by the hyperbolic tangent of a cubic.

    For x < −1 the rounding of the cubic u costs 4 + 4|u| units in the last place of value and derivative; and so it
    does everywhere of the second and third.
    """
    return ops.maximum(x, -_FAR) * ops.sigmoid(_of_gelu_tanh(x))


_silu_slope = _slope(
    "silu",
    lambda _, z: ops.sigmoid(z) * (1 + z * ops.sigmoid(-z)),
    lambda z: logistic_density(z) * (2 - z * ops.tanh(0.5 * z)),
)


@activation(
    derivative=lambda z, a, beta: _silu_slope(_near(beta * z)),
    symbol="SiLU", formula="x·σ(β x), β = 1", latex=r"{0} \, \sigma({beta} {0})",
    range=(-0.2784645427610738, INFINITY), monotonic=False, kinks=(),
    source="Elfwing, Uchibe and Doya, 2017; Ramachandran, Zoph and Le, Searching for activation functions, 2017",
)  # fmt: skip
def silu(x: Any, beta: float = 1.0) -> Any:
    """Return x·σ(βx), also known as swish. β is positive. The third derivative is within 12 ULP."""
    return ops.maximum(x, -_FAR / beta) * ops.sigmoid(beta * x)


activation(silu, name="swish")


def _mish_first(_: Any, z: Any) -> Any:
    e = ops.exp(-ops.abs(z))
    # With e = eˣ for x < 0 and e⁻ˣ for x > 0: tanh(softplus x), and its derivative.
    below = 2 + 2 * e + e * e
    above = 1 + 2 * e + 2 * e * e
    left = e * ((e + 2) / below + _near(z) * (4 * (1 + e)) / (below * below))
    right = (1 + 2 * e) / above + _near(z) * (4 * e * e * (1 + e)) / (above * above)
    return ops.where(z < 0, left, right)


def _mish_second(z: Any) -> Any:
    # With T = tanh w, w = softplus x, T′ = σ S and S = 1 − T²: (x T)″ = σ S (2 + x (1 − σ − 2 σ T)).
    z = _near(z)
    w = ops.softplus(z)
    gate = logistic(z)
    return gate * (4 * logistic_density(2 * w)) * (2 + z * (logistic(-z) - 2 * gate * ops.tanh(w)))


_mish_slope = _slope("mish", _mish_first, _mish_second)


@activation(
    derivative=lambda z, a: _mish_slope(z),
    symbol="Mish", formula="x·tanh(log(1 + eˣ))", range=(-0.30884341301725043, INFINITY), monotonic=False, kinks=(),
    source="Misra, Mish: a self regularized non-monotonic activation function, BMVC 2020",
)  # fmt: skip
def mish(x: Any) -> Any:
    """Return x·tanh(softplus x), where tanh(log(1 + e)) = e(e + 2) / (e(e + 2) + 2).

    The second and third derivatives are within 12 and 14 ULP.
    """
    e = ops.exp(-ops.abs(x))
    left = e * (e + 2) / (2 + 2 * e + e * e)
    right = (1 + 2 * e) / (1 + 2 * e + 2 * e * e)
    return ops.maximum(x, -_FAR) * ops.where(x < 0, left, right)


# --- bumps, waves and a bent line --------------------------------------------------------------------------

activation(
    ops.sin, derivative=lambda z, a: ops.cos(z),
    formula="sin x", range=(-1, 1), monotonic=False, kinks=(),
    source="Sitzmann et al., Implicit neural representations with periodic activation functions, NeurIPS 2020",
)  # fmt: skip


@activation(
    learnable="a",
    derivative={
        "x": lambda z, y, a: 1 + ops.sin((2 * a) * z),
        "a": lambda z, y, a: (z * ops.sin((2 * a) * z) - ops.square(ops.sin(a * z)) / a) / a,
    },
    formula="x + sin²(ax) / a, a = 1", range=(-INFINITY, INFINITY), monotonic=True, kinks=(),
    source="Ziyin, Hartwig and Ueda, Neural networks fail to learn periodic functions and how to fix it, NeurIPS 2020",
)  # fmt: skip
def snake(x: Any, a: float = 1.0) -> Any:
    """Return x + sin²(ax)/a, which goes on as it began; the frequency a is learned. No number at ±∞, as the sine is."""
    return x + ops.square(ops.sin(a * x)) / a


def _sinc_slope(z: Any, a: Any) -> Any:
    small = ops.clip(z, -1.5, 1.5)
    large = ops.where(ops.abs(z) < 1.5, 1.5, ops.where(ops.isinf(z), 1, z))
    far = ops.where(ops.isinf(z), 0, (ops.cos(large) - ops.sin(large) / large) / large)
    return ops.where(ops.abs(z) < 1.5, -small * polynomial(small * small, _OF_SINC), far)


@activation(
    derivative=_sinc_slope,
    formula="sin(x) / x", range=(-0.21723362821122166, 1), monotonic=False, kinks=(),
    source="the unnormalized sinc function, ISO 80000-2",
)  # fmt: skip
def sinc(x: Any) -> Any:
    """Return sin(x) / x, and 1 at 0; NumPy's sinc is that of πx."""
    odd = (x == 0) | ops.isinf(x)
    safe = ops.where(odd, 1, x)
    return ops.where(odd, ops.where(x == 0, ops.ones_like(x), 0), ops.sin(safe) / safe)


@activation(
    derivative=lambda z, a: -2 * _near(z) * a,
    formula="e^(−x²)", latex="e^{{-{0}^2}}", range=(0, 1), monotonic=False, kinks=(),
    source="Broomhead and Lowe, Multivariable functional interpolation and adaptive networks, 1988",
)  # fmt: skip
def gaussian(x: Any) -> Any:
    """Return e^(−x²)."""
    return gauss(x)


_bent_identity_slope = _slope(
    "bent_identity",
    lambda _, z: 1 + _over(z, ops.hypot(z, 1.0)) / 2,
    lambda z: 0.5 * (1 / ops.hypot(z, 1.0)) ** 3,
)


@activation(
    derivative=lambda z, a: _bent_identity_slope(z),
    formula="(√(x² + 1) − 1)/2 + x", range=(-INFINITY, INFINITY), monotonic=True, kinks=(),
    source="Godfrey and Gashler, A continuum among logarithmic, linear, and exponential functions, 2015",
)  # fmt: skip
def bent_identity(x: Any) -> Any:
    """Return (√(x² + 1) − 1)/2 + x: slope 1/2 on the left, 3/2 on the right."""
    return x * (1 + _over(x, ops.hypot(x, 1.0) + 1) / 2)
