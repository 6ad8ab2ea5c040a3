"""Networks of other kinds: gated, centred, recurrent, normalised, attending, looking up, pooling, robust."""

from __future__ import annotations

import numpy as np

import microgradnet as mg

from .case import network, sigmoid, softmax, wrong

# --- none of the hypotheses was chosen with these in mind ---------------------------------------------------------


def gate_loss(x, y, w, u, b):
    with mg.scope("gate"):
        g = mg.sigmoid(x @ w + b)
    with mg.scope("candidate"):
        c = mg.tanh(x @ u)
    with mg.scope("mixed"):
        h = g * c + (1 - g) * x
    return mg.mean((h - y) ** 2)


def gate_parts(x, y, w, u, b):
    g, c = sigmoid(x @ w + b), np.tanh(x @ u)
    return g, c, 2 * (g * c + (1 - g) * x - y) / y.size


def gate_right(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * (c - x) * g * (1 - g), d * g * (1 - c**2)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


GATE = network("gate", {"x": (7, 3), "y": (7, 3), "w": (3, 3), "u": (3, 3), "b": (3,)}, "w u b", gate_loss, gate_right)


@wrong(GATE, "missing-term", "1 − ")
def carry_of_the_gate_forgotten(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * c * g * (1 - g), d * g * (1 - c**2)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


@wrong(GATE, "sign", "1 − ")
def carry_of_the_gate_added(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * (c + x) * g * (1 - g), d * g * (1 - c**2)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


@wrong(GATE, "missing-factor", "mixed")
def candidate_not_multiplied_by_the_gate(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * (c - x) * g * (1 - g), d * (1 - c**2)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


@wrong(GATE, "wrong-activation", "candidate")
def sigmoid_rule_for_the_candidate(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * (c - x) * g * (1 - g), d * g * c * (1 - c)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


@wrong(GATE, "wrong-parameter", "∂loss/∂")
def gradients_of_both_weights_exchanged(x, y, w, u, b):
    d_w, d_u, d_b = gate_right(x, y, w, u, b)
    return d_u, d_w, d_b


@wrong(GATE, "wrong-point", "candidate")
def derivative_of_the_candidate_at_the_gate(x, y, w, u, b):
    g, c, d = gate_parts(x, y, w, u, b)
    dz, du = d * (c - x) * g * (1 - g), d * g * (1 - g**2)
    return x.T @ dz, x.T @ du, dz.sum(axis=0)


def centred_loss(x, y, w, a):
    with mg.scope("scores"):
        z = x @ w
    with mg.scope("centred"):
        n = (z - mg.mean(z, axis=1, keepdims=True)) * a
    return mg.sum(mg.softplus(n) * y)


def centred_right(x, y, w, a, *, centre=1.0):
    z = x @ w
    c = z - z.mean(axis=1, keepdims=True)
    dn = y * sigmoid(c * a)
    dc = dn * a
    return x.T @ (dc - centre * dc.mean(axis=1, keepdims=True)), (dn * c).sum(axis=0)


CENTRED = network("centred", {"x": (6, 4), "y": (6, 3), "w": (4, 3), "a": (3,)}, "w a", centred_loss, centred_right)


@wrong(CENTRED, "missing-term", "centred")
def the_mean_held_constant(x, y, w, a):
    return centred_right(x, y, w, a, centre=0.0)


@wrong(CENTRED, "sum-for-mean", "centred")
def the_mean_differentiated_as_a_sum(x, y, w, a):
    return centred_right(x, y, w, a, centre=3.0)


@wrong(CENTRED, "missing-factor", "centred")
def scale_left_out_of_the_gradient_of_w(x, y, w, a):
    c = x @ w - (x @ w).mean(axis=1, keepdims=True)
    dc = y * sigmoid(c * a)
    return x.T @ (dc - dc.mean(axis=1, keepdims=True)), (dc * c).sum(axis=0)


@wrong(CENTRED, "stale-value", "centred")
def scale_gradient_from_scores_that_are_not_centred(x, y, w, a):
    z = x @ w
    d_w, _ = centred_right(x, y, w, a)
    return d_w, (y * sigmoid((z - z.mean(axis=1, keepdims=True)) * a) * z).sum(axis=0)


@wrong(CENTRED, "wrong-activation", "softplus")
def softplus_differentiated_as_a_sigmoid(x, y, w, a):
    c = x @ w - (x @ w).mean(axis=1, keepdims=True)
    s = sigmoid(c * a)
    dn = y * s * (1 - s)
    dc = dn * a
    return x.T @ (dc - dc.mean(axis=1, keepdims=True)), (dn * c).sum(axis=0)


@wrong(CENTRED, "missing-sum", "centred")
def scale_gradient_not_summed(x, y, w, a):
    c = x @ w - (x @ w).mean(axis=1, keepdims=True)
    return centred_right(x, y, w, a)[0], y * sigmoid(c * a) * c


def steps_loss(x, y, w, u, v):
    h = mg.tanh(x @ w)
    for step in ("second", "third"):
        with mg.scope(f"{step} step"):
            h = mg.tanh(x @ w + h @ u)
    with mg.scope("readout"):
        return mg.sum((h @ v - y) ** 2) / 2


def steps_right(x, y, w, u, v, *, back=3, transposed=True):
    hs = [np.tanh(x @ w)]
    for _ in range(2):
        hs.append(np.tanh(x @ w + hs[-1] @ u))
    d = hs[-1] @ v - y
    d_w, d_u, d_v = np.zeros_like(w), np.zeros_like(u), hs[-1].T @ d
    dh = d @ v.T
    for t in range(2, 2 - back, -1):
        dz = dh * (1 - hs[t] ** 2)
        d_w += x.T @ dz
        if t:
            d_u += hs[t - 1].T @ dz
        dh = dz @ (u.T if transposed else u)
    return d_w, d_u, d_v


STEPS = network(
    "recurrent", {"x": (5, 3), "y": (5, 2), "w": (3, 4), "u": (4, 4), "v": (4, 2)}, "w u v", steps_loss, steps_right
)


@wrong(STEPS, "detached", "third step")
def only_the_last_step_differentiated(x, y, w, u, v):
    return steps_right(x, y, w, u, v, back=1)


@wrong(STEPS, "detached", "second step", distinguishable=False)  # from its one term, the first x @ w, left out
def one_step_too_few(x, y, w, u, v):
    return steps_right(x, y, w, u, v, back=2)


@wrong(STEPS, "transpose", "step")
def recurrent_weight_not_transposed(x, y, w, u, v):
    return steps_right(x, y, w, u, v, transposed=False)


@wrong(STEPS, "scale", "")
def half_of_the_loss_forgotten(x, y, w, u, v):
    return tuple(2 * d for d in steps_right(x, y, w, u, v))


@wrong(STEPS, "updated-parameter", "v")
def readout_updated_first(x, y, w, u, v):
    d_w, d_u, d_v = steps_right(x, y, w, u, v)
    h = np.tanh(x @ w)
    for _ in range(2):
        h = np.tanh(x @ w + h @ u)
    d = h @ v - y
    hs = [np.tanh(x @ w)]
    for _ in range(2):
        hs.append(np.tanh(x @ w + hs[-1] @ u))
    v = v - 0.01 * d_v
    dh, d_w, d_u = d @ v.T, 0, 0
    for t in (2, 1, 0):
        dz = dh * (1 - hs[t] ** 2)
        d_w = d_w + x.T @ dz
        d_u = d_u + (hs[t - 1].T @ dz if t else 0)
        dh = dz @ u.T
    return d_w, d_u, d_v


@wrong(STEPS, "missing-factor", "third step")
def last_tanh_not_differentiated(x, y, w, u, v):
    hs = [np.tanh(x @ w)]
    for _ in range(2):
        hs.append(np.tanh(x @ w + hs[-1] @ u))
    d = hs[-1] @ v - y
    d3 = d @ v.T
    d2 = d3 @ u.T * (1 - hs[1] ** 2)
    d1 = d2 @ u.T * (1 - hs[0] ** 2)
    return x.T @ (d1 + d2 + d3), hs[0].T @ d2 + hs[1].T @ d3, hs[2].T @ d


# --- networks of other kinds: normalised, attending, looking up, pooling, robust, weighted, residual ------------------


def layer_norm_loss(x, y, w, gamma, beta):
    with mg.scope("linear"):
        z = x @ w
    with mg.scope("layer norm"):
        c = z - mg.mean(z, axis=1, keepdims=True)
        n = c / mg.sqrt(mg.mean(c**2, axis=1, keepdims=True) + 1e-5)
    with mg.scope("affine"):
        p = gamma * n + beta
    return mg.mean((mg.tanh(p) - y) ** 2)


def layer_norm_right(x, y, w, gamma, beta, *, mean=1.0, deviation=1.0):
    z = x @ w
    c = z - z.mean(axis=1, keepdims=True)
    s = np.sqrt((c**2).mean(axis=1, keepdims=True) + 1e-5)
    n = c / s
    t = np.tanh(gamma * n + beta)
    dp = 2 * (t - y) / y.size * (1 - t**2)
    dn = dp * gamma
    dc = dn / s - deviation * c * (dn * c).mean(axis=1, keepdims=True) / s**3
    dz = dc - mean * dc.mean(axis=1, keepdims=True)
    return x.T @ dz, (dp * n).sum(axis=0), dp.sum(axis=0)


LAYER_NORM = network(
    "layer norm", {"x": (6, 3), "y": (6, 4), "w": (3, 4), "gamma": (4,), "beta": (4,)}, "w gamma beta",
    layer_norm_loss, layer_norm_right,
)  # fmt: skip


@wrong(LAYER_NORM, "missing-term", "layer norm")
def standard_deviation_held_constant(*args):
    return layer_norm_right(*args, deviation=0.0)


@wrong(LAYER_NORM, "missing-term + missing-term", "layer norm")
def mean_and_standard_deviation_held_constant(*args):
    return layer_norm_right(*args, mean=0.0, deviation=0.0)


def attention_loss(x, y, wq, wk, wv):
    with mg.scope("queries, keys, values"):
        q, k, v = x @ wq, x @ wk, x @ wv
    with mg.scope("scores"):
        s = q @ k.T / 2.0
    with mg.scope("weights"):
        a = mg.activations["softmax"](s, axis=-1)
    with mg.scope("mixed"):
        return mg.sum((a @ v - y) ** 2)


def attention_right(x, y, wq, wk, wv, *, whole=True, scale=2.0, keys=lambda ds, q: ds.T @ q):
    q, k, v = x @ wq, x @ wk, x @ wv
    a = softmax(q @ k.T / 2.0)
    do = 2 * (a @ v - y)
    da = do @ v.T
    ds = a * (da - (da * a).sum(axis=1, keepdims=True)) if whole else da * a * (1 - a)
    ds = ds / scale
    return x.T @ (ds @ k), x.T @ keys(ds, q), x.T @ (a.T @ do)


ATTENTION = network(
    "attention", {"x": (5, 3), "y": (5, 4), "wq": (3, 4), "wk": (3, 4), "wv": (3, 4)}, "wq wk wv", attention_loss,
    attention_right,
)  # fmt: skip


@wrong(ATTENTION, "diagonal-jacobian", "weights")
def attention_softmax_cut_to_its_diagonal(*args):
    return attention_right(*args, whole=False)


@wrong(ATTENTION, "missing-factor", "scores")
def root_of_the_dimension_forgotten(*args):
    return attention_right(*args, scale=1.0)


@wrong(ATTENTION, "transpose", "scores")
def scores_not_transposed_for_the_keys(*args):
    return attention_right(*args, keys=lambda ds, q: ds @ q)


WORDS = np.array([0, 3, 1, 3, 4, 0])


def embedding_loss(y, table, w):
    with mg.scope("embedding"):
        e = table[WORDS]
    with mg.scope("output"):
        return mg.mean((mg.tanh(e @ w) - y) ** 2)


def embedding_right(y, table, w, *, add=np.add.at):
    e = table[WORDS]
    p = np.tanh(e @ w)
    d = 2 * (p - y) / y.size * (1 - p**2)
    d_table = np.zeros_like(table)
    add(d_table, WORDS, d @ w.T)
    return d_table, e.T @ d


EMBEDDING = network(
    "embedding", {"y": (6, 2), "table": (5, 3), "w": (3, 2)}, "table w", embedding_loss, embedding_right
)


@wrong(EMBEDDING, "missing-term", "embedding")
def repeated_words_overwritten_in_place_of_added(*args):
    return embedding_right(*args, add=np.ndarray.__setitem__)


def pooled_loss(x, y, w, v):
    with mg.scope("features"):
        h = mg.tanh(x @ w)
    with mg.scope("pooled"):
        m = mg.max(h, axis=1)
    with mg.scope("output"):
        return mg.sum((m @ v - y) ** 2)


def pooled_right(x, y, w, v, *, mask=lambda h, m: h == m):
    h = np.tanh(x @ w)
    m = h.max(axis=1)
    d = 2 * (m @ v - y)
    dh = (d @ v.T)[:, None, :] * mask(h, m[:, None, :])
    return np.einsum("nti,ntj->ij", x, dh * (1 - h**2)), m.T @ d


POOLED = network("max-pool", {"x": (5, 3, 2), "y": (5, 2), "w": (2, 4), "v": (4, 2)}, "w v", pooled_loss, pooled_right)


@wrong(POOLED, "missing-factor", "pooled")
def gradient_given_to_all_and_not_to_the_largest(*args):
    return pooled_right(*args, mask=lambda h, m: np.ones_like(h))


def huber_loss(x, y, w):
    with mg.scope("error"):
        e = x @ w - y
    with mg.scope("huber"):
        size = mg.abs(e)
        return mg.sum(mg.where(size < 0.8, e**2 / 2, 0.8 * (size - 0.4)))


def huber_right(x, y, w, *, sign=np.sign):
    e = x @ w - y
    return x.T @ np.where(np.abs(e) < 0.8, e, 0.8 * sign(e))


HUBER = network("Huber", {"x": (9, 3), "y": (9, 2), "w": (3, 2)}, "w", huber_loss, huber_right)


@wrong(HUBER, "missing-factor", "huber: |·|")
def sign_of_the_error_forgotten(*args):
    return huber_right(*args, sign=np.ones_like)


@wrong(HUBER, "wrong-mask", "huber")
def squared_error_everywhere(x, y, w):
    return x.T @ (x @ w - y)


def weighted_loss(x, y, c, w, b):
    with mg.scope("prediction"):
        p = mg.sigmoid(x @ w + b)
    with mg.scope("weighted"):
        return mg.sum(c * (p - y) ** 2) / mg.sum(c)


def weighted_right(x, y, c, w, b, *, weight=lambda c: c / c.sum()):
    p = sigmoid(x @ w + b)
    d = weight(c) * 2 * (p - y) * p * (1 - p)
    return x.T @ d, d.sum(axis=0)


WEIGHTED = network(
    "weighted", {"x": (7, 3), "y": (7, 2), "c": (7, 1), "w": (3, 2), "b": (2,)}, "w b", weighted_loss, weighted_right
)


@wrong(WEIGHTED, "missing-factor", "weighted")
def rows_not_weighted(*args):
    return weighted_right(*args, weight=lambda c: np.ones_like(c) / c.sum())


@wrong(WEIGHTED, "missing-factor", "weighted")
def not_divided_by_the_sum_of_the_weights(*args):
    return weighted_right(*args, weight=lambda c: c)


def smooth_loss(x, y, w, v):
    with mg.scope("hidden"):
        h = mg.activations["gelu"](x @ w)
    with mg.scope("output"):
        p = mg.activations["silu"](h @ v)
    return mg.mean((p - y) ** 2)


def normal(z):
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def gelu_derivative(z):
    return mg.ndtr(z) + z * normal(z)


def silu_derivative(z):
    s = sigmoid(z)
    return s + z * s * (1 - s)


def smooth_right(x, y, w, v, *, hidden=lambda z, a: gelu_derivative(z), output=lambda z, a: silu_derivative(z)):
    z1 = x @ w
    h = z1 * mg.ndtr(z1)
    z2 = h @ v
    p = z2 * sigmoid(z2)
    d2 = 2 * (p - y) / y.size * output(z2, p)
    return x.T @ (d2 @ v.T * hidden(z1, h)), h.T @ d2


SMOOTH = network("GELU, SiLU", {"x": (6, 3), "y": (6, 2), "w": (3, 4), "v": (4, 2)}, "w v", smooth_loss, smooth_right)


@wrong(SMOOTH, "wrong-point", "hidden")
def gelu_derivative_of_its_own_value(*args):
    return smooth_right(*args, hidden=lambda z, a: gelu_derivative(a))


@wrong(SMOOTH, "wrong-activation", "output")
def sigmoid_derivative_for_silu(*args):
    return smooth_right(*args, output=lambda z, a: sigmoid(z) * (1 - sigmoid(z)))


@wrong(SMOOTH, "missing-term", "hidden")
def product_rule_of_gelu_cut_short(*args):
    return smooth_right(*args, hidden=lambda z, a: mg.ndtr(z))


def bilinear_loss(x, u, y, t):
    with mg.scope("bilinear"):
        z = mg.einsum("ni,ijk,nk->nj", x, t, u)
    return mg.sum((mg.tanh(z) - y) ** 2)


def bilinear_right(x, u, y, t, *, rule="ni,nj,nk->ijk"):
    p = np.tanh(np.einsum("ni,ijk,nk->nj", x, t, u))
    return np.einsum(rule, x, 2 * (p - y) * (1 - p**2), u)


BILINEAR = network(
    "einsum", {"x": (6, 2), "u": (6, 3), "y": (6, 3), "t": (2, 3, 3)}, "t", bilinear_loss, bilinear_right
)


@wrong(BILINEAR, "transpose", "∂loss/∂t")
def indices_of_the_einsum_exchanged(*args):
    return bilinear_right(*args, rule="ni,nj,nk->ikj")


def deep_residual_loss(x, y, w, u, v):
    with mg.scope("first block"):
        h1 = x + 0.5 * mg.tanh(x @ w)
    with mg.scope("second block"):
        h2 = h1 + 0.5 * mg.tanh(h1 @ u) + x
    with mg.scope("output"):
        return mg.sum((h2 @ v - y) ** 2)


def deep_residual_right(x, y, w, u, v, *, half=0.5, skip=1.0):
    t1 = np.tanh(x @ w)
    h1 = x + 0.5 * t1
    t2 = np.tanh(h1 @ u)
    h2 = h1 + 0.5 * t2 + x
    d = 2 * (h2 @ v - y)
    dh2 = d @ v.T
    du = half * dh2 * (1 - t2**2)
    dh1 = skip * dh2 + du @ u.T
    return x.T @ (0.5 * dh1 * (1 - t1**2)), h1.T @ du, h2.T @ d


DEEP_RESIDUAL = network(
    "deep residual", {"x": (6, 3), "y": (6, 2), "w": (3, 3), "u": (3, 3), "v": (3, 2)}, "w u v", deep_residual_loss,
    deep_residual_right,
)  # fmt: skip


@wrong(DEEP_RESIDUAL, "scale", "second block")
def half_of_the_second_block_left_out(*args):
    return deep_residual_right(*args, half=1.0)


@wrong(DEEP_RESIDUAL, "missing-term", "second block")
def way_around_the_second_block_forgotten(*args):
    return deep_residual_right(*args, skip=0.0)


def cosine_loss(x, y, w):
    with mg.scope("projected"):
        z = x @ w
    with mg.scope("unit length"):
        n = z / mg.sqrt(mg.sum(z**2, axis=1, keepdims=True))
    return -mg.sum(n * y)


def cosine_right(x, y, w, *, along=1.0):
    z = x @ w
    s = np.sqrt((z**2).sum(axis=1, keepdims=True))
    n = z / s
    return x.T @ (-(y - along * n * (n * y).sum(axis=1, keepdims=True)) / s)


COSINE = network("cosine", {"x": (6, 3), "y": (6, 4), "w": (3, 4)}, "w", cosine_loss, cosine_right)


@wrong(COSINE, "missing-term", "unit length")
def length_held_constant(*args):
    return cosine_right(*args, along=0.0)


def temperature_loss(x, y, w):
    with mg.scope("temperature"):
        z = x @ w / 0.3
    with mg.scope("probabilities"):
        p = mg.activations["softmax"](z, axis=-1)
    return -mg.mean(mg.sum(y * mg.log(p), axis=1))


def temperature_right(x, y, w, *, temperature=0.3):
    p = softmax(x @ w / 0.3)
    return x.T @ (p - y) / len(x) / temperature


TEMPERATURE = network(
    "temperature", {"x": (6, 3), "y": (6, 4), "w": (3, 4)}, "w", temperature_loss, temperature_right, labels="y"
)


@wrong(TEMPERATURE, "missing-factor", "temperature")
def temperature_forgotten(*args):
    return temperature_right(*args, temperature=1.0)
