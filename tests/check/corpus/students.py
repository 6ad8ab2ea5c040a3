"""Derivations of what courses set: convolutions, recurrence, attention, experts, regularised and robust losses."""

from __future__ import annotations

import numpy as np

import microgradnet as mg

from .case import network, sigmoid, softmax, wrong

# --- a convolution along time, by windows: x[:, WINDOWS] is (rows, positions, width, channels) ------------------

WINDOWS = np.arange(5)[:, None] + np.arange(3)
WINDOWS2 = np.arange(4)[:, None] + np.arange(2)


def conv1d_loss(x, y, k1, b1, k2, w):
    with mg.scope("conv1"):
        h1 = mg.relu(mg.einsum("ntkc,kcf->ntf", x[:, WINDOWS], k1) + b1)
    with mg.scope("conv2"):
        h2 = mg.tanh(mg.einsum("ntkc,kcf->ntf", h1[:, WINDOWS2], k2))
    with mg.scope("average pool"):
        pooled = mg.mean(h2, axis=1)
    with mg.scope("output"):
        return mg.sum((pooled @ w - y) ** 2)


def conv1d_right(
    x, y, k1, b1, k2, w, *, flip=False, overwrite=False, average=True, mask=lambda z, h: z > 0, bias=(0, 1)
):
    cols1 = x[:, WINDOWS]
    z1 = np.einsum("ntkc,kcf->ntf", cols1, k1) + b1
    h1 = np.maximum(z1, 0)
    cols2 = h1[:, WINDOWS2]
    h2 = np.tanh(np.einsum("ntkc,kcf->ntf", cols2, k2))
    pooled = h2.mean(axis=1)
    d = 2 * (pooled @ w - y)
    dh2 = np.repeat((d @ w.T)[:, None, :], 4, axis=1) / (4 if average else 1)
    dz2 = dh2 * (1 - h2**2)
    dk2 = np.einsum("ntkc,ntf->kcf", cols2, dz2)
    dcols2 = np.einsum("ntf,kcf->ntkc", dz2, k2[::-1] if flip else k2)
    dh1 = np.zeros_like(h1)
    for t in range(4):
        if overwrite:
            dh1[:, t : t + 2] = dcols2[:, t]
        else:
            dh1[:, t : t + 2] += dcols2[:, t]
    dz1 = dh1 * mask(z1, h1)
    dk1 = np.einsum("ntkc,ntf->kcf", cols1, dz1)
    return dk1, dz1.sum(axis=bias), dk2, pooled.T @ d


CONV1D = network(
    "conv1d",
    {"x": (3, 7, 2), "y": (3, 2), "k1": (3, 2, 3), "b1": (3,), "k2": (2, 3, 3), "w": (3, 2)},
    "k1 b1 k2 w",
    conv1d_loss,
    conv1d_right,
)


@wrong(CONV1D, "reversed", "conv2")
def kernel_flipped_on_the_way_back(*args):
    return conv1d_right(*args, flip=True)


@wrong(CONV1D, "missing-term", "conv2")
def overlapping_windows_overwritten(*args):
    return conv1d_right(*args, overwrite=True)


@wrong(CONV1D, "sum-for-mean", "average pool")
def average_pool_not_divided(*args):
    return conv1d_right(*args, average=False)


@wrong(CONV1D, "missing-sum", "conv1")
def bias_of_the_convolution_summed_over_rows_only(*args):
    return conv1d_right(*args, bias=0)


@wrong(CONV1D, "missing-factor", "conv1")
def relu_of_the_convolution_forgotten(*args):
    return conv1d_right(*args, mask=lambda z, h: 1.0)


# --- a convolution of images: shifted slices, flattened --------------------------------------------------------


def conv2d_loss(x, y, k, b, w):
    with mg.scope("convolution"):
        z = b
        for i in range(2):
            for j in range(2):
                z = z + k[i, j] * x[:, i : i + 3, j : j + 3]
    with mg.scope("relu"):
        h = mg.relu(z)
    with mg.scope("flatten"):
        flat = mg.reshape(h, (4, 9))
    with mg.scope("output"):
        return mg.mean((flat @ w - y) ** 2)


def conv2d_right(x, y, k, b, w, *, mask=lambda z, d: z > 0, bias=np.sum, transposed=False):
    z = np.zeros((4, 3, 3)) + b
    for i in range(2):
        for j in range(2):
            z += k[i, j] * x[:, i : i + 3, j : j + 3]
    h = np.maximum(z, 0)
    flat = h.reshape(4, 9)
    d = 2 * (flat @ w - y) / y.size
    dh = (d @ w.T).reshape(4, 3, 3)
    dz = dh * mask(z, dh)
    dk = np.zeros_like(k)
    for i in range(2):
        for j in range(2):
            dk[i, j] = np.sum(dz * x[:, i : i + 3, j : j + 3])
    return dk.T if transposed else dk, bias(dz), flat.T @ d


CONV2D = network(
    "conv2d",
    {"x": (4, 4, 4), "y": (4, 2), "k": (2, 2), "b": (), "w": (9, 2)},
    "k b w",
    conv2d_loss,
    conv2d_right,
)


@wrong(CONV2D, "wrong-mask", "relu")
def relu_mask_of_the_gradient(*args):
    return conv2d_right(*args, mask=lambda z, d: d > 0)


@wrong(CONV2D, "transpose", "flatten")
def rows_and_columns_mixed_up_by_the_unflattening(x, y, k, b, w):
    z = np.zeros((4, 3, 3)) + b
    for i in range(2):
        for j in range(2):
            z += k[i, j] * x[:, i : i + 3, j : j + 3]
    flat = np.maximum(z, 0).reshape(4, 9)
    d = 2 * (flat @ w - y) / y.size
    dh = np.array([row.reshape(3, 3).T for row in d @ w.T])
    dz = dh * (z > 0)
    dk = np.array([[np.sum(dz * x[:, i : i + 3, j : j + 3]) for j in range(2)] for i in range(2)])
    return dk, dz.sum(), flat.T @ d


@wrong(CONV2D, "mean-for-sum", "convolution")
def bias_of_the_image_averaged(*args):
    return conv2d_right(*args, bias=np.mean)


@wrong(CONV2D, "transpose", "∂loss/∂k")
def kernel_transposed(*args):
    return conv2d_right(*args, transposed=True)


# --- batch normalisation -----------------------------------------------------------------------------------------


def batchnorm_loss(x, y, w, gamma, beta, v):
    with mg.scope("linear"):
        z = x @ w
    with mg.scope("batch norm"):
        mu = mg.mean(z, axis=0)
        var = mg.mean((z - mu) ** 2, axis=0)
        zhat = (z - mu) / mg.sqrt(var + 1e-3)
    with mg.scope("affine"):
        a = gamma * zhat + beta
    with mg.scope("output"):
        p = mg.tanh(a) @ v
    return mg.mean((p - y) ** 2)


def batchnorm_right(
    x, y, w, gamma, beta, v, *, mean=True, variance=True, gamma_for=None, divide=0.5, use_gamma=True, half=0.5
):
    z = x @ w
    n = len(x)
    mu = z.mean(axis=0)
    centred = z - mu
    var = (centred**2).mean(axis=0)
    std = np.sqrt(var + 1e-3)
    zhat = centred / std
    h = np.tanh(gamma * zhat + beta)
    d = 2 * (h @ v - y) / y.size
    da = d @ v.T * (1 - h**2)
    dgamma = (da * (zhat if gamma_for is None else gamma_for(z, centred))).sum(axis=0)
    dzhat = da * gamma if use_gamma else da
    dcentred = dzhat / (var + 1e-3) ** divide
    if variance:
        dvar = -half * (dzhat * centred).sum(axis=0) / std**3
        dcentred = dcentred + 2 * dvar * centred / n
    dz = dcentred - (dcentred.mean(axis=0) if mean else 0)
    return x.T @ dz, dgamma, da.sum(axis=0), h.T @ d


BATCHNORM = network(
    "batch norm",
    {"x": (8, 3), "y": (8, 2), "w": (3, 4), "gamma": (4,), "beta": (4,), "v": (4, 2)},
    "w gamma beta v",
    batchnorm_loss,
    batchnorm_right,
)


@wrong(BATCHNORM, "missing-term + missing-term", "batch norm")
def batch_statistics_taken_for_constants(*args):
    return batchnorm_right(*args, mean=False, variance=False)


@wrong(BATCHNORM, "missing-term", "batch norm")
def batch_variance_taken_for_a_constant(*args):
    return batchnorm_right(*args, variance=False)


@wrong(BATCHNORM, "missing-term", "batch norm")
def batch_mean_taken_for_a_constant(*args):
    return batchnorm_right(*args, mean=False)


@wrong(BATCHNORM, "missing-factor", "affine")
def gamma_left_out(*args):
    return batchnorm_right(*args, use_gamma=False)


@wrong(BATCHNORM, "stale-value", "affine")
def gamma_gradient_of_what_is_not_normalised(*args):
    return batchnorm_right(*args, gamma_for=lambda z, centred: z)


@wrong(BATCHNORM, "scale", "batch norm")
def half_of_the_root_forgotten(*args):
    return batchnorm_right(*args, half=1.0)


# --- layer norm without a mean: RMS norm ----------------------------------------------------------------------


def rms_loss(x, y, w, g):
    with mg.scope("linear"):
        z = x @ w
    with mg.scope("rms"):
        r = mg.sqrt(mg.mean(z**2, axis=1, keepdims=True) + 1e-5)
    with mg.scope("normalised"):
        p = z / r * g
    return 0.5 * mg.sum((p - y) ** 2)


def rms_right(x, y, w, g, *, along=1.0, count=None, keep_g=True):
    z = x @ w
    r = np.sqrt((z**2).mean(axis=1, keepdims=True) + 1e-5)
    n = z / r
    d = n * g - y
    dn = d * g if keep_g else d
    dz = dn / r - along * z * (dn * z).sum(axis=1, keepdims=True) / r**3 / (count or z.shape[1])
    return x.T @ dz, (d * n).sum(axis=0)


RMS = network("RMS norm", {"x": (6, 3), "y": (6, 4), "w": (3, 4), "g": (4,)}, "w g", rms_loss, rms_right)


@wrong(RMS, "missing-term", "rms")
def rms_taken_for_a_constant(*args):
    return rms_right(*args, along=0.0)


@wrong(RMS, "sum-for-mean", "rms")
def mean_square_differentiated_as_a_sum(*args):
    return rms_right(*args, count=1)


@wrong(RMS, "sign", "rms")
def minus_of_the_quotient_rule_forgotten(*args):
    return rms_right(*args, along=-1.0)


# --- an attention head with a causal mask ------------------------------------------------------------------------

CAUSAL = np.tril(np.ones((5, 5), bool))


def head_loss(x, y, wq, wk, wv, wo):
    with mg.scope("queries"):
        q = x @ wq
    with mg.scope("keys"):
        k = x @ wk
    with mg.scope("values"):
        v = x @ wv
    with mg.scope("scores"):
        s = mg.where(CAUSAL, q @ k.T / np.sqrt(3), -1e9)
    with mg.scope("attention"):
        a = mg.softmax(s, axis=-1)
    with mg.scope("mixed"):
        c = a @ v
    with mg.scope("output"):
        return mg.sum((c @ wo - y) ** 2)


def head_right(x, y, wq, wk, wv, wo, *, root=3**0.5, jacobian="full", values="a.T", swap=False, exchange=False):
    q, k, v = x @ wq, x @ wk, x @ wv
    s = np.where(CAUSAL, q @ k.T / np.sqrt(3), -1e9)
    a = softmax(s)
    c = a @ v
    d = 2 * (c @ wo - y)
    dc = d @ wo.T
    da = dc @ v.T
    dv = (a.T if values == "a.T" else a) @ dc
    ds = a * da if jacobian == "product" else a * (da - (da * a).sum(axis=1, keepdims=True))
    if jacobian == "diagonal":
        ds = da * a * (1 - a)
    ds = ds / root
    dq, dk = ds @ k, ds.T @ q
    if swap:
        dk = ds @ q
    if exchange:
        dq, dk = ds.T @ k, ds @ q
    return x.T @ dq, x.T @ dk, x.T @ dv, c.T @ d


HEAD = network(
    "head",
    {"x": (5, 4), "y": (5, 2), "wq": (4, 3), "wk": (4, 3), "wv": (4, 3), "wo": (3, 2)},
    "wq wk wv wo",
    head_loss,
    head_right,
)


@wrong(HEAD, "missing-factor", "scores")
def root_left_out_of_the_scores(*args):
    return head_right(*args, root=1.0)


@wrong(HEAD, "repeated-factor", "scores")
def divided_by_the_dimension_not_its_root(*args):
    return head_right(*args, root=3.0)


@wrong(HEAD, "diagonal-jacobian", "attention")
def p_times_one_minus_p(*args):
    return head_right(*args, jacobian="diagonal")


@wrong(HEAD, "missing-term", "attention")
def second_part_of_the_softmax_left_out(*args):
    return head_right(*args, jacobian="product")


@wrong(HEAD, "transpose", "mixed")
def attention_not_transposed_for_the_values(*args):
    return head_right(*args, values="a")


@wrong(HEAD, "transpose", "scores")
def scores_not_transposed_for_the_keys_of_the_head(*args):
    return head_right(*args, swap=True)


@wrong(HEAD, "wrong-parameter", "wq")
def gradients_of_queries_and_keys_exchanged(*args):
    d_wq, d_wk, d_wv, d_wo = head_right(*args)
    return d_wk, d_wq, d_wv, d_wo


# --- elastic net: L1 and L2, the bias not regularised ----------------------------------------------------------


def elastic_loss(x, y, w, b):
    with mg.scope("fit"):
        fit = mg.mean((x @ w + b - y) ** 2)
    with mg.scope("lasso"):
        lasso = 0.3 * mg.sum(mg.abs(w))
    with mg.scope("ridge"):
        ridge = 0.05 * mg.sum(w**2)
    return fit + lasso + ridge


def elastic_right(x, y, w, b, *, sign=np.sign, ridge=2 * 0.05, on_b=0.0, lasso=0.3):
    d = 2 * (x @ w + b - y) / y.size
    return x.T @ d + lasso * sign(w) + ridge * w, d.sum(axis=0) + on_b * b


ELASTIC = network("elastic net", {"x": (9, 3), "y": (9, 2), "w": (3, 2), "b": (2,)}, "w b", elastic_loss, elastic_right)


@wrong(ELASTIC, "missing-factor", "lasso")
def derivative_of_the_modulus_is_one(*args):
    return elastic_right(*args, sign=np.ones_like)


@wrong(ELASTIC, "scale", "ridge")
def two_of_the_ridge_left_out(*args):
    return elastic_right(*args, ridge=0.05)


@wrong(ELASTIC, "missing-term", "lasso")
def lasso_left_out(*args):
    return elastic_right(*args, lasso=0.0)


@wrong(ELASTIC, "missing-factor", "lasso")
def strength_of_the_lasso_left_out(*args):
    return elastic_right(*args, lasso=1.0)


@wrong(ELASTIC, "wrong-activation", "lasso")
def modulus_differentiated_as_itself(*args):
    return elastic_right(*args, sign=np.abs)


@wrong(ELASTIC, "sum-for-mean", "fit")
def fit_divided_by_nothing_but_the_penalty_right(x, y, w, b):
    d = 2 * (x @ w + b - y)
    return x.T @ d + 0.3 * np.sign(w) + 0.1 * w, d.sum(axis=0)


# --- two steps of an LSTM, the gates in one matrix ---------------------------------------------------------------


def lstm_loss(x1, x2, y, w, u, b, v):
    h = c = 0.0
    for name, x in (("step 1", x1), ("step 2", x2)):
        with mg.scope(name):
            z = x @ w + b if name == "step 1" else x @ w + h @ u + b
            i, f = mg.sigmoid(z[:, 0:3]), mg.sigmoid(z[:, 3:6])
            g, o = mg.tanh(z[:, 6:9]), mg.sigmoid(z[:, 9:12])
            c = i * g if name == "step 1" else f * c + i * g
            h = o * mg.tanh(c)
    with mg.scope("readout"):
        return mg.mean((h @ v - y) ** 2)


def lstm_right(
    x1, x2, y, w, u, b, v, *, through_c=True, through_h=True, tanh_c=lambda t: 1 - t**2, gate=lambda g: 1 - g**2,
    forget=True, swapped=False, first=True,
):  # fmt: skip
    def step(x, h, c):
        z = x @ w + h @ u + b
        i, f, g, o = sigmoid(z[:, :3]), sigmoid(z[:, 3:6]), np.tanh(z[:, 6:9]), sigmoid(z[:, 9:])
        new = f * c + i * g
        return i, f, g, o, c, new, o * np.tanh(new)

    def back(saved, dh, dc):
        i, f, g, o, c, new, _ = saved
        t = np.tanh(new)
        dc = dc + dh * o * tanh_c(t)
        di, df = dc * g * i * (1 - i), dc * c * f * (1 - f)
        if swapped:
            di, df = df, di
        dz = np.hstack([di, df, dc * i * gate(g), dh * t * o * (1 - o)])
        return dz, dc * f if forget else dc

    zero = np.zeros((len(x1), 3))
    one = step(x1, zero, zero)
    two = step(x2, one[-1], one[-2])
    d = 2 * (two[-1] @ v - y) / y.size
    dz2, dc1 = back(two, d @ v.T, 0)
    dz1, _ = back(one, dz2 @ u.T if through_h else zero, dc1 if through_c else zero)
    if not first:
        dz1 = 0 * dz1
    return x1.T @ dz1 + x2.T @ dz2, one[-1].T @ dz2, dz1.sum(axis=0) + dz2.sum(axis=0), two[-1].T @ d


LSTM = network(
    "LSTM",
    {"x1": (5, 2), "x2": (5, 2), "y": (5, 2), "w": (2, 12), "u": (3, 12), "b": (12,), "v": (3, 2)},
    "w u b v",
    lstm_loss,
    lstm_right,
)


@wrong(LSTM, "missing-term", "step 2")
def cell_not_carried_back(*args):
    return lstm_right(*args, through_c=False)


@wrong(LSTM, "detached", "step 2")
def state_not_carried_back(*args):
    return lstm_right(*args, through_h=False)


@wrong(LSTM, "missing-factor", "step 2")
def tanh_of_the_cell_not_differentiated(*args):
    return lstm_right(*args, tanh_c=lambda t: 1.0)


@wrong(LSTM, "wrong-activation", "step 2")
def candidate_differentiated_as_a_sigmoid(*args):
    return lstm_right(*args, gate=lambda g: g * (1 - g))


@wrong(LSTM, "missing-factor", "step 2")
def forget_gate_left_out_of_the_way_back(*args):
    return lstm_right(*args, forget=False)


@wrong(LSTM, "detached", "step 2", distinguishable=False)
def backpropagation_stopped_after_the_last_step(*args):
    return lstm_right(*args, first=False)


# --- an autoencoder whose decoder is its encoder's transpose ----------------------------------------------------


def tied_loss(x, w, b, c):
    with mg.scope("encoder"):
        h = mg.sigmoid(x @ w + b)
    with mg.scope("decoder"):
        r = h @ w.T + c
    return mg.mean(mg.sum((r - x) ** 2, axis=1))


def tied_right(x, w, b, c, *, encoder=1, decoder=1, derivative=lambda h: h * (1 - h), by=None):
    h = sigmoid(x @ w + b)
    d = 2 * (h @ w.T + c - x) / (by or len(x))
    dz = d @ w * derivative(h)
    return encoder * x.T @ dz + decoder * d.T @ h, dz.sum(axis=0), d.sum(axis=0)


TIED = network("tied", {"x": (6, 4), "w": (4, 3), "b": (3,), "c": (4,)}, "w b c", tied_loss, tied_right)


@wrong(TIED, "missing-term", "decoder")
def decoder_forgotten_in_the_shared_weight(*args):
    return tied_right(*args, decoder=0)


@wrong(TIED, "missing-term", "encoder")
def encoder_forgotten_in_the_shared_weight(*args):
    return tied_right(*args, encoder=0)


@wrong(TIED, "repeated-term", "decoder")
def decoder_counted_twice(*args):
    return tied_right(*args, decoder=2)


@wrong(TIED, "mean-for-sum", "")
def mean_over_every_element(x, w, b, c):
    return tied_right(x, w, b, c, by=x.size)


@wrong(TIED, "wrong-activation", "encoder")
def encoder_differentiated_as_tanh(*args):
    return tied_right(*args, derivative=lambda h: 1 - h**2)


# --- focal loss --------------------------------------------------------------------------------------------------


def focal_loss(x, y, w, b):
    with mg.scope("probabilities"):
        p = mg.softmax(x @ w + b, axis=1)
    with mg.scope("focus"):
        focus = (1 - p) ** 2
    with mg.scope("focal"):
        return -mg.sum(y * focus * mg.log(p)) / x.shape[0]


def focal_right(x, y, w, b, *, focus=1.0, log=1.0, jacobian=True, two=2):
    p = softmax(x @ w + b)
    dp = -y * (log * (1 - p) ** 2 / p - focus * two * (1 - p) * np.log(p)) / len(x)
    dz = p * (dp - (p * dp).sum(axis=1, keepdims=True)) if jacobian else dp * p * (1 - p)
    return x.T @ dz, dz.sum(axis=0)


FOCAL = network("focal", {"x": (7, 3), "y": (7, 4), "w": (3, 4), "b": (4,)}, "w b", focal_loss, focal_right, labels="y")


@wrong(FOCAL, "missing-term", "focus")
def focus_taken_for_a_weight(*args):
    return focal_right(*args, focus=0.0)


@wrong(FOCAL, "diagonal-jacobian", "probabilities")
def focal_softmax_cut_to_its_diagonal(*args):
    return focal_right(*args, jacobian=False)


@wrong(FOCAL, "sign", "focus")
def inner_minus_of_the_focus_forgotten(*args):
    return focal_right(*args, focus=-1.0)


@wrong(FOCAL, "missing-term + stale-value", "focus")
def focusing_factor_forgotten(x, y, w, b):
    d = (softmax(x @ w + b) - y) / len(x)
    return x.T @ d, d.sum(axis=0)


# --- hinge, the labels ±1 in y's signs ---------------------------------------------------------------------------


def hinge_loss(x, y, w, b):
    with mg.scope("margins"):
        m = 1 - mg.sign(y) * (x @ w + b)
    with mg.scope("hinge"):
        hinge = mg.mean(mg.maximum(0, m))
    with mg.scope("penalty"):
        return hinge + 0.1 * mg.sum(w * w)


def hinge_right(x, y, w, b, *, active=lambda m, s: m > 0, label=None, minus=-1, penalty=0.2):
    t = np.sign(y)
    s = x @ w + b
    d = minus * (t if label is None else label(t)) * active(1 - t * s, s) / y.size
    return x.T @ d + penalty * w, d.sum(axis=0)


HINGE = network("hinge", {"x": (20, 3), "y": (20, 1), "w": (3, 1), "b": (1,)}, "w b", hinge_loss, hinge_right)


@wrong(HINGE, "missing-factor", "hinge")
def rows_beyond_the_margin_not_left_out(*args):
    return hinge_right(*args, active=lambda m, s: 1.0)


@wrong(HINGE, "wrong-mask", "hinge")
def mask_of_the_score_not_the_margin(*args):
    return hinge_right(*args, active=lambda m, s: s > 0)


@wrong(HINGE, "missing-factor", "margins")
def label_left_out(*args):
    return hinge_right(*args, label=np.ones_like)


@wrong(HINGE, "sign", "margins")
def minus_of_the_margin_left_out(*args):
    return hinge_right(*args, minus=1)


@wrong(HINGE, "missing-term", "penalty")
def penalty_forgotten(*args):
    return hinge_right(*args, penalty=0.0)


# --- binary cross-entropy of probabilities -----------------------------------------------------------------------


def bce_loss(x, y, w1, b1, w2, b2):
    with mg.scope("hidden"):
        h = mg.activations["leaky_relu"](x @ w1 + b1)
    with mg.scope("output"):
        p = mg.sigmoid(h @ w2 + b2)
    with mg.scope("cross-entropy"):
        t = 0.5 + 0.5 * mg.tanh(y)
        return -mg.mean(t * mg.log(p) + (1 - t) * mg.log(1 - p))


def bce_right(x, y, w1, b1, w2, b2, *, output=lambda t, p: p - t, slope=0.01, mask=lambda z, h, x: z > 0):
    z1 = x @ w1 + b1
    h = np.where(z1 > 0, z1, 0.01 * z1)
    p = sigmoid(h @ w2 + b2)
    t = 0.5 + 0.5 * np.tanh(y)
    d2 = output(t, p) / y.size
    d1 = d2 @ w2.T * np.where(mask(z1, h, x), 1, slope)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


BCE = network(
    "BCE",
    {"x": (8, 3), "y": (8, 1), "w1": (3, 4), "b1": (4,), "w2": (4, 1), "b2": (1,)},
    "w1 b1 w2 b2",
    bce_loss,
    bce_right,
)


@wrong(BCE, "repeated-factor", "output")
def derivative_of_the_sigmoid_that_cancels_kept(*args):
    return bce_right(*args, output=lambda t, p: (p - t) * p * (1 - p))


@wrong(BCE, "missing-term", "cross-entropy")
def negative_class_forgotten(*args):
    return bce_right(*args, output=lambda t, p: -t * (1 - p))


@wrong(BCE, "wrong-activation", "hidden")
def leak_forgotten(*args):
    return bce_right(*args, slope=0.0)


@wrong(BCE, "missing-factor", "output")
def sigmoid_of_the_output_not_differentiated(*args):
    return bce_right(*args, output=lambda t, p: (p - t) / (p * (1 - p)))


@wrong(BCE, "missing-factor", "hidden")
def leaky_relu_not_differentiated(*args):
    return bce_right(*args, slope=1.0)


@wrong(BCE, "sign", "cross-entropy")
def inner_derivative_of_one_minus_p_forgotten(*args):
    return bce_right(*args, output=lambda t, p: -(t / p + (1 - t) / (1 - p)) * p * (1 - p))


# --- two towers and the cosine between them -------------------------------------------------------------------


def towers_loss(x, z, w, v):
    with mg.scope("left"):
        a = mg.tanh(x @ w)
    with mg.scope("right"):
        b = z @ v
    with mg.scope("cosine"):
        dot = mg.sum(a * b, axis=1)
        lengths = mg.sqrt(mg.sum(a**2, axis=1)) * mg.sqrt(mg.sum(b**2, axis=1))
        return mg.sum(1 - dot / lengths)


def towers_right(x, z, w, v, *, left=1.0, right=1.0, exchanged=False, tanh=True):
    a, b = np.tanh(x @ w), z @ v
    dot = (a * b).sum(axis=1, keepdims=True)
    la, lb = (np.sqrt((t**2).sum(axis=1, keepdims=True)) for t in (a, b))
    da = -(b / (la * lb) - left * dot * a / (la**3 * lb))
    db = -(a / (la * lb) - right * dot * b / (la * lb**3))
    if exchanged:
        da, db = db, da
    if tanh:
        da = da * (1 - a**2)
    return x.T @ da, z.T @ db


TOWERS = network("towers", {"x": (6, 3), "z": (6, 2), "w": (3, 4), "v": (2, 4)}, "w v", towers_loss, towers_right)


@wrong(TOWERS, "missing-term", "cosine")
def left_length_taken_for_a_constant(*args):
    return towers_right(*args, left=0.0)


@wrong(TOWERS, "missing-term", "cosine")
def both_lengths_taken_for_constants(*args):
    return towers_right(*args, left=0.0, right=0.0)


@wrong(TOWERS, "wrong-parameter", "left")
def the_towers_exchanged(*args):
    return towers_right(*args, exchanged=True)


@wrong(TOWERS, "missing-factor", "left")
def left_tower_not_differentiated(*args):
    return towers_right(*args, tanh=False)


# --- a mixture of experts ----------------------------------------------------------------------------------------


def experts_loss(x, y, g, e1, e2):
    with mg.scope("gate"):
        p = mg.softmax(x @ g, axis=1)
    with mg.scope("expert 1"):
        a = mg.tanh(x @ e1)
    with mg.scope("expert 2"):
        b = mg.sigmoid(x @ e2)
    with mg.scope("mixture"):
        m = p[:, :1] * a + p[:, 1:] * b
    return mg.sum((m - y) ** 2)


def experts_right(x, y, g, e1, e2, *, weighted=True, crossed=False, jacobian=True, gate=True):
    p = softmax(x @ g)
    a, b = np.tanh(x @ e1), sigmoid(x @ e2)
    d = 2 * (p[:, :1] * a + p[:, 1:] * b - y)
    dp = np.stack([(d * a).sum(axis=1), (d * b).sum(axis=1)], axis=1)
    ds = p * (dp - (p * dp).sum(axis=1, keepdims=True)) if jacobian else dp * p * (1 - p)
    p1, p2 = (p[:, 1:], p[:, :1]) if crossed else (p[:, :1], p[:, 1:])
    if not weighted:
        p1 = p2 = 1.0
    return x.T @ ds, x.T @ (d * p1 * (1 - a**2)), x.T @ (d * p2 * b * (1 - b))


EXPERTS = network(
    "experts",
    {"x": (7, 3), "y": (7, 2), "g": (3, 2), "e1": (3, 2), "e2": (3, 2)},
    "g e1 e2",
    experts_loss,
    experts_right,
)


@wrong(EXPERTS, "missing-factor", "mixture")
def experts_not_weighted_by_the_gate(*args):
    return experts_right(*args, weighted=False)


@wrong(EXPERTS, "wrong-point", "mixture", distinguishable=False)
def weights_of_the_experts_exchanged(*args):
    return experts_right(*args, crossed=True)


@wrong(EXPERTS, "diagonal-jacobian", "gate")
def gate_cut_to_its_diagonal(*args):
    return experts_right(*args, jacobian=False)


@wrong(EXPERTS, "wrong-activation", "expert 2")
def second_expert_differentiated_as_the_first(x, y, g, e1, e2):
    d_g, d_e1, _ = experts_right(x, y, g, e1, e2)
    p = softmax(x @ g)
    a, b = np.tanh(x @ e1), sigmoid(x @ e2)
    d = 2 * (p[:, :1] * a + p[:, 1:] * b - y)
    return d_g, d_e1, x.T @ (d * p[:, 1:] * (1 - b**2))


# --- a bag of words, padded ------------------------------------------------------------------------------------

BAG = np.array([[1, 2, 2, 0], [3, 1, 0, 0], [4, 4, 4, 1], [2, 0, 0, 0], [1, 3, 5, 2]])
KNOWN = (BAG > 0).astype(float)[:, :, None]
LENGTHS = KNOWN.sum(axis=1)
CLASSES = np.array([0, 2, 1, 1, 0])


def bag_loss(table, w, b):
    with mg.scope("words"):
        e = table[BAG] * KNOWN
    with mg.scope("average"):
        m = mg.sum(e, axis=1) / LENGTHS
    with mg.scope("scores"):
        s = m @ w + b
    with mg.scope("likelihood"):
        return -mg.mean(mg.log_softmax(s, axis=1)[np.arange(5), CLASSES])


def bag_right(table, w, b, *, known=KNOWN, lengths=LENGTHS, minus=1.0, add=np.add.at, n=5):
    m = (table[BAG] * KNOWN).sum(axis=1) / LENGTHS
    d = softmax(m @ w + b)
    d[np.arange(5), CLASSES] -= minus
    d = d / n
    dm = d @ w.T / lengths
    de = np.repeat(dm[:, None, :], 4, axis=1) * known
    d_table = np.zeros_like(table)
    add(d_table, BAG, de)
    return d_table, m.T @ d, d.sum(axis=0)


WORDS = network("bag of words", {"table": (6, 3), "w": (3, 3), "b": (3,)}, "table w b", bag_loss, bag_right)


@wrong(WORDS, "missing-factor", "words")
def padding_not_masked(*args):
    return bag_right(*args, known=1.0)


@wrong(WORDS, "missing-term", "words")
def gradients_of_the_same_word_overwritten(*args):
    return bag_right(*args, add=np.ndarray.__setitem__)


@wrong(WORDS, "missing-factor", "average")
def not_divided_by_the_lengths(*args):
    return bag_right(*args, lengths=1.0)


@wrong(WORDS, "missing-term", "likelihood")
def one_of_the_right_class_not_subtracted(*args):
    return bag_right(*args, minus=0.0)


@wrong(WORDS, "sum-for-mean", "likelihood")
def likelihood_not_averaged(*args):
    return bag_right(*args, n=1)


# --- an error over the elements that are known -----------------------------------------------------------------

SEEN = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]], float)


def factors_loss(r, u, v):
    with mg.scope("prediction"):
        p = u @ v.T
    with mg.scope("error"):
        error = mg.sum(SEEN * (p - r) ** 2) / np.sum(SEEN)
    with mg.scope("penalty"):
        return error + 0.1 * (mg.mean(u**2) + mg.mean(v**2))


def factors_right(r, u, v, *, seen=SEEN, count=None, penalty=1.0):
    d = 2 * seen * (u @ v.T - r) / (count or SEEN.sum())
    return d @ v + penalty * 0.2 * u / u.size, d.T @ u + penalty * 0.2 * v / v.size


FACTORS = network("factorisation", {"r": (5, 3), "u": (5, 2), "v": (3, 2)}, "u v", factors_loss, factors_right)


@wrong(FACTORS, "missing-factor", "error")
def elements_that_are_missing_not_masked(*args):
    return factors_right(*args, seen=np.ones_like(SEEN))


@wrong(FACTORS, "scale", "error")
def divided_by_all_elements_not_those_seen(*args):
    return factors_right(*args, count=15)


@wrong(FACTORS, "updated-parameter", "u")
def users_updated_before_items(r, u, v):
    d_u, _ = factors_right(r, u, v)
    _, d_v = factors_right(r, u - 0.05 * d_u, v)
    return d_u, d_v


@wrong(FACTORS, "scale", "penalty")
def two_of_the_penalty_forgotten(*args):
    return factors_right(*args, penalty=0.5)


@wrong(FACTORS, "sum-for-mean", "penalty")
def penalty_not_averaged(r, u, v):
    d = 2 * SEEN * (u @ v.T - r) / SEEN.sum()
    return d @ v + 0.2 * u, d.T @ u + 0.2 * v


# --- a variational autoencoder's encoder -------------------------------------------------------------------------


def variational_loss(x, eps, wm, ws, wd):
    with mg.scope("mean"):
        mu = x @ wm
    with mg.scope("log variance"):
        s = x @ ws
    with mg.scope("sample"):
        z = mu + eps * mg.exp(0.5 * s)
    with mg.scope("decoder"):
        r = mg.sum((z @ wd - x) ** 2)
    with mg.scope("KL"):
        return r - 0.5 * mg.sum(1 + s - mu**2 - mg.exp(s))


def variational_right(x, eps, wm, ws, wd, *, half=0.5, noise=True, kl=1.0, kl_mu=1.0, exp=True, std=True):
    mu, s = x @ wm, x @ ws
    std_ = np.exp(0.5 * s)
    z = mu + eps * std_
    d = 2 * (z @ wd - x)
    dz = d @ wd.T
    dmu = dz + kl_mu * mu
    ds = dz * (eps if noise else 1.0) * half * (std_ if std else 1.0) + kl * 0.5 * ((np.exp(s) if exp else 0) - 1)
    return x.T @ dmu, x.T @ ds, z.T @ d


VARIATIONAL = network(
    "variational",
    {"x": (6, 4), "eps": (6, 2), "wm": (4, 2), "ws": (4, 2), "wd": (2, 4)},
    "wm ws wd",
    variational_loss,
    variational_right,
)


@wrong(VARIATIONAL, "scale", "sample")
def half_of_the_standard_deviation_forgotten(*args):
    return variational_right(*args, half=1.0)


@wrong(VARIATIONAL, "missing-factor", "sample")
def noise_forgotten(*args):
    return variational_right(*args, noise=False)


@wrong(VARIATIONAL, "missing-term", "KL", distinguishable=False)
def divergence_forgotten_for_the_variance(*args):
    return variational_right(*args, kl=0.0)


@wrong(VARIATIONAL, "missing-term", "KL")
def divergence_forgotten_for_the_mean(*args):
    return variational_right(*args, kl_mu=0.0)


@wrong(VARIATIONAL, "missing-term", "KL")
def divergence_forgotten(*args):
    return variational_right(*args, kl=0.0, kl_mu=0.0)


@wrong(VARIATIONAL, "missing-factor", "sample")
def exponential_of_the_sample_not_differentiated(*args):
    return variational_right(*args, std=False)


# --- a normal likelihood with a predicted variance -------------------------------------------------------------


def normal_loss(x, y, a, c):
    with mg.scope("mean"):
        mu = x @ a
    with mg.scope("scale"):
        sigma = mg.softplus(x @ c) + 0.1
    with mg.scope("likelihood"):
        return mg.mean(mg.log(sigma) + (y - mu) ** 2 / (2 * sigma**2))


def normal_right(x, y, a, c, *, log=1.0, power=3, softplus=lambda z: sigmoid(z), sign=-1.0):
    mu, z = x @ a, x @ c
    sigma = np.log1p(np.exp(z)) + 0.1
    dmu = sign * (y - mu) / sigma**2 / y.size
    dsigma = (log / sigma - (y - mu) ** 2 / sigma**power) / y.size
    return x.T @ dmu, x.T @ (dsigma * softplus(z))


NORMAL = network("normal", {"x": (8, 3), "y": (8, 1), "a": (3, 1), "c": (3, 1)}, "a c", normal_loss, normal_right)


@wrong(NORMAL, "missing-term", "likelihood")
def log_of_the_scale_forgotten(*args):
    return normal_right(*args, log=0.0)


@wrong(NORMAL, "wrong-point", "scale")
def softplus_derivative_at_the_scale(*args):
    return normal_right(*args, softplus=lambda z: sigmoid(np.log1p(np.exp(z))))


@wrong(NORMAL, "missing-factor", "scale")
def softplus_not_differentiated(*args):
    return normal_right(*args, softplus=lambda z: 1.0)


@wrong(NORMAL, "sign", "likelihood")
def inner_minus_of_the_error_forgotten(*args):
    return normal_right(*args, sign=1.0)


# --- layers of a graph, low rank, dropout; float32 -----------------------------------------------------------

EDGES = np.array([[0.5, 0.5, 0, 0, 0], [0, 0.3, 0.7, 0, 0], [0, 0, 0.2, 0.8, 0], [0.4, 0, 0, 0.6, 0], [0, 1, 0, 0, 0]])
KEPT = np.random.default_rng(5).integers(2, size=(5, 4)) / 0.5


def graph_loss(x, y, w, a, b):
    with mg.scope("neighbours"):
        h = mg.activations["elu"](EDGES @ x @ w)
    with mg.scope("dropout"):
        h = h * KEPT
    with mg.scope("low rank"):
        r = EDGES @ h + 0.25 * (h @ a @ b)
    return mg.mean(mg.sum((r - y) ** 2, axis=1))


def graph_right(x, y, w, a, b, *, edges=EDGES.T, kept=KEPT, quarter=0.25, direct=1.0, elu=None):
    ex = EDGES @ x
    z = ex @ w
    e = np.where(z > 0, z, np.expm1(z))
    h = e * KEPT
    d = 2 * (EDGES @ h + 0.25 * h @ a @ b - y) / len(x)
    db = 0.25 * (h @ a).T @ d
    da = quarter * h.T @ (d @ b.T)
    dh = direct * edges @ d + quarter * d @ b.T @ a.T
    dz = dh * kept * (np.where(z > 0, 1, e + 1) if elu is None else elu(z, e))
    return ex.T @ dz, da, db


GRAPH = network(
    "graph layer",
    {"x": (5, 3), "y": (5, 4), "w": (3, 4), "a": (4, 2), "b": (2, 4)},
    "w a b",
    graph_loss,
    graph_right,
    dtype=np.float32,
)


@wrong(GRAPH, "transpose", "low rank")
def adjacency_not_transposed(*args):
    return graph_right(*args, edges=EDGES)


@wrong(GRAPH, "missing-factor", "dropout")
def dropout_forgotten_on_the_way_back(*args):
    return graph_right(*args, kept=1.0)


@wrong(GRAPH, "missing-factor", "dropout", distinguishable=False)
def dropout_mask_without_its_scale(*args):
    return graph_right(*args, kept=KEPT > 0)


@wrong(GRAPH, "wrong-point", "neighbours")
def elu_derivative_at_its_own_value(*args):
    return graph_right(*args, elu=lambda z, e: np.where(z > 0, 1, np.exp(e)))


@wrong(GRAPH, "missing-term", "low rank")
def way_along_the_edges_forgotten(*args):
    return graph_right(*args, direct=0.0)


@wrong(GRAPH, "missing-term", "low rank")
def low_rank_way_forgotten(x, y, w, a, b):
    _, d_a, d_b = graph_right(x, y, w, a, b)
    return graph_right(x, y, w, a, b, quarter=0.0)[0], d_a, d_b


# --- a residual block of ReLUs, and attention pooling over time -------------------------------------------------


def block_loss(x, y, w1, w2, q):
    with mg.scope("block"):
        inner = mg.relu(x @ w1) @ w2
        h = mg.relu(x + inner)
    with mg.scope("weights"):
        a = mg.softmax(h @ q, axis=1)
    with mg.scope("pooled"):
        c = mg.sum(mg.expand_dims(a, 2) * h, axis=1)
    with mg.scope("distance"):
        return mg.sum(mg.sqrt(1 + (c - y) ** 2) - 1)


def block_right(x, y, w1, w2, q, *, mask2=None, mask1=None, scores=1.0, direct=1.0, root=True, half=1.0):
    z = x @ w1
    r = np.maximum(z, 0)
    inner = r @ w2
    h = np.maximum(x + inner, 0)
    s = h @ q
    e = np.exp(s - s.max(axis=1, keepdims=True))
    a = e / e.sum(axis=1, keepdims=True)
    c = (a[:, :, None] * h).sum(axis=1)
    dc = half * (c - y) / (np.sqrt(1 + (c - y) ** 2) if root else 1.0)
    dc = dc[:, None, :]
    da = (dc * h).sum(axis=2)
    ds = a * (da - (a * da).sum(axis=1, keepdims=True))
    dh = direct * a[:, :, None] * dc + scores * ds[:, :, None] * q
    dsum = dh * (h > 0 if mask2 is None else mask2(inner, h))
    dr = dsum @ w2.T
    dz = dr * (z > 0 if mask1 is None else mask1(inner, dr))
    return np.einsum("nti,ntj->ij", x, dz), np.einsum("nti,ntj->ij", r, dsum), np.einsum("nt,nti->i", ds, h)


BLOCK = network(
    "block",
    {"x": (4, 3, 3), "y": (4, 3), "w1": (3, 3), "w2": (3, 3), "q": (3,)},
    "w1 w2 q",
    block_loss,
    block_right,
)


@wrong(BLOCK, "wrong-mask", "block")
def mask_taken_before_the_addition(*args):
    return block_right(*args, mask2=lambda inner, h: inner > 0)


@wrong(BLOCK, "missing-factor", "block")
def outer_relu_forgotten(*args):
    return block_right(*args, mask2=lambda inner, h: 1.0)


@wrong(BLOCK, "missing-term", "weights")
def weights_taken_for_constants(*args):
    return block_right(*args, scores=0.0)


@wrong(BLOCK, "missing-term", "pooled")
def states_forgotten_where_they_are_averaged(*args):
    return block_right(*args, direct=0.0)


@wrong(BLOCK, "missing-factor", "distance")
def root_of_the_distance_not_differentiated(*args):
    return block_right(*args, root=False)


@wrong(BLOCK, "scale", "distance")
def half_of_the_root_counted_twice(*args):
    return block_right(*args, half=0.5)
