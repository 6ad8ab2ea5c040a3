"""Derivations of networks that the other pages do not have: how far do the hypotheses reach beyond those?"""

from __future__ import annotations

import numpy as np

import microgradnet as mg

from .case import network, sigmoid, softmax, wrong

# --- a GRU cell, three steps ------------------------------------------------------------------------------------


def gru_loss(xs, y, wz, uz, wn, un, v):
    with mg.scope("start"):
        h = mg.tanh(xs[0] @ wn)
    for t in (1, 2):
        with mg.scope(f"step {t}"):
            z = mg.sigmoid(xs[t] @ wz + h @ uz)
            n = mg.tanh(xs[t] @ wn + h @ un)
            h = (1 - z) * n + z * h
    with mg.scope("readout"):
        return mg.mean((h @ v - y) ** 2)


def gru_right(xs, y, wz, uz, wn, un, v, *, carry=1.0, minus=-1.0, gate=lambda z: z * (1 - z), through_n=1.0, h_for=0):
    hs = [np.tanh(xs[0] @ wn)]
    saved = []
    for t in (1, 2):
        h = hs[-1]
        z, n = sigmoid(xs[t] @ wz + h @ uz), np.tanh(xs[t] @ wn + h @ un)
        saved.append((h, z, n))
        hs.append((1 - z) * n + z * h)
    d = 2 * (hs[-1] @ v - y) / y.size
    dh = d @ v.T
    grads = [np.zeros_like(w) for w in (wz, uz, wn, un)]
    for t in (2, 1):
        h, z, n = saved[t - 1]
        dz = dh * (minus * n + h) * gate(z)
        dn = dh * (1 - z) * (1 - n**2)
        grads[0] += xs[t].T @ dz
        grads[1] += (hs[t] if h_for else h).T @ dz
        grads[2] += xs[t].T @ dn
        grads[3] += h.T @ dn
        dh = carry * dh * z + dz @ uz.T + through_n * dn @ un.T
    grads[2] += xs[0].T @ (dh * (1 - hs[0] ** 2))
    return *grads, hs[-1].T @ d


GRU = network(
    "GRU",
    {"xs": (3, 4, 2), "y": (4, 2), "wz": (2, 3), "uz": (3, 3), "wn": (2, 3), "un": (3, 3), "v": (3, 2)},
    "wz uz wn un v",
    gru_loss,
    gru_right,
)


@wrong(GRU, "missing-term", "step")
def carry_forgotten_at_every_step(*args):
    return gru_right(*args, carry=0.0)


@wrong(GRU, "sign", "step")
def minus_of_the_update_gate_forgotten(*args):
    return gru_right(*args, minus=1.0)


@wrong(GRU, "missing-factor", "step")
def update_gate_not_differentiated(*args):
    return gru_right(*args, gate=lambda z: 1.0)


@wrong(GRU, "missing-term", "step")
def candidate_forgotten_on_the_way_back(*args):
    return gru_right(*args, through_n=0.0)


@wrong(GRU, "stale-value", "step")
def new_state_for_the_old_one(*args):
    return gru_right(*args, h_for=1)


# --- a normalised embedding, contrasted within the batch ------------------------------------------------------


def contrast_loss(x, z, w, v):
    with mg.scope("left"):
        a = x @ w
        a = a / mg.linalg.norm(a, axis=1, keepdims=True)
    with mg.scope("right"):
        b = z @ v
    with mg.scope("similarity"):
        s = a @ b.T / 0.5
    with mg.scope("contrast"):
        return mg.mean(mg.logsumexp(s, axis=1) - mg.diagonal(s))


def contrast_right(x, z, w, v, *, project=1.0, eye=1.0, turn=True, temperature=0.5, rows=1):
    a = x @ w
    length = np.linalg.norm(a, axis=1, keepdims=True)
    n, b = a / length, z @ v
    s = n @ b.T / 0.5
    p = softmax(s) if rows else softmax(s.T).T
    ds = (p - eye * np.eye(len(x))) / len(x) / temperature
    dn, db = ds @ b, (ds.T if turn else ds) @ n
    da = (dn - project * n * (dn * n).sum(axis=1, keepdims=True)) / length
    return x.T @ da, z.T @ db


CONTRAST = network(
    "contrast", {"x": (5, 3), "z": (5, 2), "w": (3, 4), "v": (2, 4)}, "w v", contrast_loss, contrast_right
)


@wrong(CONTRAST, "missing-term", "left")
def norm_taken_for_a_constant(*args):
    return contrast_right(*args, project=0.0)


@wrong(CONTRAST, "missing-term", "contrast")
def positive_pair_forgotten(*args):
    return contrast_right(*args, eye=0.0)


@wrong(CONTRAST, "transpose", "similarity")
def similarities_not_transposed(*args):
    return contrast_right(*args, turn=False)


@wrong(CONTRAST, "wrong-axis", "contrast")
def probabilities_along_the_columns(*args):
    return contrast_right(*args, rows=0)


# --- strided convolution and max pooling, by reshaping ----------------------------------------------------------


def pool_loss(x, y, k, b, w):
    with mg.scope("patches"):
        p = mg.reshape(mg.transpose(mg.reshape(x, (3, 2, 2, 2, 2)), (0, 1, 3, 2, 4)), (3, 4, 4))
    with mg.scope("convolution"):
        h = mg.maximum(p @ k + b, 0)
    with mg.scope("pool"):
        m = mg.max(h, axis=1)
    with mg.scope("classes"):
        return mg.sum(mg.logaddexp(0, -y * (m @ w)))


def pool_right(x, y, k, b, w, *, ties=True, relu=True, label=None, rows=(0, 1)):
    p = x.reshape(3, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(3, 4, 4)
    z = p @ k + b
    h = np.maximum(z, 0)
    m = h.max(axis=1)
    t = y
    s = m @ w
    d = -(t if label is None else label) * sigmoid(-t * s)
    dm = d @ w.T
    mask = h == m[:, None, :]
    dh = dm[:, None, :] * (mask / mask.sum(axis=1, keepdims=True) if ties else 1.0)
    dz = dh * (z > 0) if relu else dh
    return np.einsum("npi,npj->ij", p, dz), dz.sum(axis=rows), m.T @ d


POOL = network(
    "patches", {"x": (3, 4, 4), "y": (3, 1), "k": (4, 3), "b": (3,), "w": (3, 1)}, "k b w", pool_loss, pool_right
)


@wrong(POOL, "missing-factor", "pool")
def maximum_given_to_all_positions(*args):
    return pool_right(*args, ties=False)


@wrong(POOL, "missing-factor + sign", "classes")  # −y is one factor of what was written
def label_of_the_logistic_loss_forgotten(*args):
    return pool_right(*args, label=1.0)


@wrong(POOL, "missing-sum", "convolution")
def bias_summed_over_positions_only(*args):
    return pool_right(*args, rows=1)


# --- a physics-like loss: products of powers, a quotient, an exponential ---------------------------------------


def kernel_loss(x, c, y, s, w):
    with mg.scope("distance"):
        d2 = mg.sum((mg.expand_dims(x, 1) - c) ** 2, axis=2)
    with mg.scope("kernel"):
        k = mg.exp(-d2 / (2 * s**2))
    with mg.scope("output"):
        p = k @ w
    return mg.mean((p - y) ** 2) + 0.01 * mg.sum(mg.log(1 + w**2))


def kernel_right(x, c, y, s, w, *, minus=-1.0, two=2.0, cube=3, kernel=True, prior=None, penalty=0.01):
    diff = x[:, None] - c
    d2 = (diff**2).sum(axis=2)
    k = np.exp(-d2 / (2 * s**2))
    d = 2 * (k @ w - y) / y.size
    dk = d @ w.T
    de = dk * k if kernel else dk
    dd2 = -de / (2 * s**2)
    dc = (minus * two * diff * dd2[:, :, None]).sum(axis=0)
    ds = (de * d2 / s**cube).sum(axis=0)
    dp = 2 * w / (1 + w**2) if prior is None else prior(w)
    return dc, ds, k.T @ d + penalty * dp


KERNEL = network(
    "kernels", {"x": (6, 2), "c": (3, 2), "y": (6, 2), "s": (3,), "w": (3, 2)}, "c s w", kernel_loss, kernel_right
)


@wrong(KERNEL, "sign", "distance", distinguishable=False)
def minus_of_the_centre_forgotten(*args):
    return kernel_right(*args, minus=1.0)


@wrong(KERNEL, "scale", "distance")
def two_of_the_square_forgotten(*args):
    return kernel_right(*args, two=1.0)


@wrong(KERNEL, "missing-factor", "kernel", distinguishable=False)
def power_of_the_width_one_too_low(*args):
    return kernel_right(*args, cube=2)


@wrong(KERNEL, "missing-factor", "kernel")
def kernel_not_multiplied(*args):
    return kernel_right(*args, kernel=False)


@wrong(KERNEL, "missing-factor", "")
def derivative_of_the_logarithm_forgotten(*args):
    return kernel_right(*args, prior=lambda w: 2 * w)


@wrong(KERNEL, "missing-factor", "")
def inner_derivative_of_the_logarithm_forgotten(*args):
    return kernel_right(*args, prior=lambda w: 1 / (1 + w**2))


@wrong(KERNEL, "wrong-point", "")
def square_in_the_logarithm_forgotten(*args):
    return kernel_right(*args, prior=lambda w: 2 * w / (1 + w))


# --- gated linear units and a swish, float32 -----------------------------------------------------------------------


def glu_loss(x, y, a, b, o):
    with mg.scope("gate"):
        g = mg.activations["silu"](x @ a)
    with mg.scope("up"):
        u = x @ b
    with mg.scope("down"):
        p = (g * u) @ o
    with mg.scope("error"):
        return mg.mean(mg.abs(p - y)) + mg.mean((p - y) ** 2)


def glu_right(x, y, a, b, o, *, silu=None, weigh=True, absolute=1.0, square=2.0, relu=False, up=None):
    za = x @ a
    s = sigmoid(za)
    g, u = za * s, x @ b
    h = g * u
    p = h @ o
    e = p - y
    d = (absolute * np.sign(e) + square * e) / y.size
    dh = d @ o.T
    dg = dh * u if weigh else dh
    du = dh * (g if up is None else up(za, s))
    return x.T @ (dg * (s + za * s * (1 - s) if silu is None else silu(za, s))), x.T @ du, h.T @ d


GLU = network(
    "SwiGLU",
    {"x": (6, 3), "y": (6, 2), "a": (3, 4), "b": (3, 4), "o": (4, 2)},
    "a b o",
    glu_loss,
    glu_right,
    dtype=np.float32,
)


@wrong(GLU, "missing-term", "gate")
def silu_as_if_its_sigmoid_were_constant(*args):
    return glu_right(*args, silu=lambda z, s: s)


@wrong(GLU, "missing-term", "gate")
def silu_as_if_only_its_sigmoid_varied(*args):
    return glu_right(*args, silu=lambda z, s: z * s * (1 - s))


@wrong(GLU, "missing-factor", "down")
def gate_not_weighted_by_the_values(*args):
    return glu_right(*args, weigh=False)


@wrong(GLU, "missing-term", "error")
def absolute_error_forgotten(*args):
    return glu_right(*args, absolute=0.0)


@wrong(GLU, "wrong-activation", "gate")
def silu_differentiated_as_relu(*args):
    return glu_right(*args, silu=lambda z, s: z > 0)


@wrong(GLU, "stale-value", "down")
def sigmoid_for_the_gate(*args):
    return glu_right(*args, up=lambda z, s: s)


@wrong(GLU, "stale-value", "down")
def scores_for_the_gate(*args):
    return glu_right(*args, up=lambda z, s: z)


# --- a value and advantages of actions; rates of counts; sets; triplets ---------------------------------------

ACTIONS = np.array([0, 2, 1, 2, 0, 1])


def duel_loss(x, t, w, v, a):
    with mg.scope("state"):
        h = mg.activations["elu"](x @ w)
    with mg.scope("value"):
        value = h @ v
    with mg.scope("advantage"):
        advantage = h @ a
    with mg.scope("Q"):
        q = value + advantage - mg.mean(advantage, axis=1, keepdims=True)
    with mg.scope("error"):
        return mg.mean((q[np.arange(6), ACTIONS] - t) ** 2)


def duel_right(x, t, w, v, a, *, mean=1.0, value=1.0, value_sum=True):
    z = x @ w
    h = np.where(z > 0, z, np.expm1(z))
    adv = h @ a
    q = h @ v + adv - adv.mean(axis=1, keepdims=True)
    dq = np.zeros_like(q)
    dq[np.arange(6), ACTIONS] = 2 * (q[np.arange(6), ACTIONS] - t) / 6
    da = dq - mean * dq.mean(axis=1, keepdims=True)
    dv = dq.sum(axis=1, keepdims=True) if value_sum else dq.mean(axis=1, keepdims=True)
    dh = value * dv @ v.T + da @ a.T
    dz = dh * np.where(z > 0, 1, h + 1)
    return x.T @ dz, h.T @ dv, h.T @ da


DUEL = network("duel", {"x": (6, 3), "t": (6,), "w": (3, 4), "v": (4, 1), "a": (4, 3)}, "w v a", duel_loss, duel_right)


@wrong(DUEL, "missing-term", "Q")
def mean_of_the_advantages_taken_for_a_constant(*args):
    return duel_right(*args, mean=0.0)


@wrong(DUEL, "missing-term", "value")
def value_forgotten_on_the_way_to_the_state(*args):
    return duel_right(*args, value=0.0)


@wrong(DUEL, "mean-for-sum", "Q")
def value_averaged_over_the_actions(*args):
    return duel_right(*args, value_sum=False)


def counts_loss(x, y, w, b):
    with mg.scope("rate"):
        rate = mg.exp(x @ w + b)
    with mg.scope("likelihood"):
        return mg.sum(rate - y**2 * mg.log(rate)) / len(x)


def counts_right(x, y, w, b, *, exp=True, log=1.0, n=None):
    rate = np.exp(x @ w + b)
    d = (1 - log * y**2 / rate) / (n or len(x))
    d = d * rate if exp else d
    return x.T @ d, d.sum(axis=0)


COUNTS = network("counts", {"x": (7, 3), "y": (7, 2), "w": (3, 2), "b": (2,)}, "w b", counts_loss, counts_right)


@wrong(COUNTS, "missing-factor", "rate")
def exponential_of_the_rate_not_differentiated(*args):
    return counts_right(*args, exp=False)


@wrong(COUNTS, "missing-term", "likelihood")
def likelihood_without_its_logarithm(*args):
    return counts_right(*args, log=0.0)


@wrong(COUNTS, "sum-for-mean", "likelihood")
def likelihood_not_divided_by_the_rows(*args):
    return counts_right(*args, n=1)


def triplet_loss(x, p, n, w):
    with mg.scope("embeddings"):
        a, b, c = (mg.tanh(v @ w) for v in (x, p, n))
    with mg.scope("distances"):
        near, far = mg.sum((a - b) ** 2, axis=1), mg.sum((a - c) ** 2, axis=1)
    with mg.scope("margin"):
        return mg.sum(mg.relu(near - far + 1.0))


def triplet_right(x, p, n, w, *, active=True, anchor=True, negative=-1.0, slope=lambda t: 1 - t**2):
    a, b, c = np.tanh(x @ w), np.tanh(p @ w), np.tanh(n @ w)
    near, far = ((a - b) ** 2).sum(axis=1), ((a - c) ** 2).sum(axis=1)
    on = (near - far + 1 > 0)[:, None] if active else 1.0
    da = on * 2 * ((a - b) - (a - c)) if anchor else 0 * a
    db, dc = on * -2 * (a - b), negative * on * -2 * (a - c)
    return sum(v.T @ (d * slope(t)) for v, d, t in ((x, da, a), (p, db, b), (n, dc, c)))


TRIPLET = network("triplet", {"x": (8, 3), "p": (8, 3), "n": (8, 3), "w": (3, 3)}, "w", triplet_loss, triplet_right)


@wrong(TRIPLET, "missing-factor", "margin")
def margin_always_active(*args):
    return triplet_right(*args, active=False)


@wrong(TRIPLET, "missing-term", "embeddings")
def anchor_forgotten(*args):
    return triplet_right(*args, anchor=False)


@wrong(TRIPLET, "missing-factor", "embeddings")
def no_embedding_differentiated(*args):
    return triplet_right(*args, slope=lambda t: 1.0)


@wrong(TRIPLET, "sign", "distances")
def negative_pushed_the_wrong_way(*args):
    return triplet_right(*args, negative=1.0)
