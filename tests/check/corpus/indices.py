"""Derivations with labels, masks and indices: of every dtype, given or computed in the loss, by all that NumPy takes.

The first run on this page found 29 of its 31, after the kinds had been written down: of an index that is an argument,
as `ids` below, no element was known to be used twice; and one mistake was none at the numbers drawn.
"""

from __future__ import annotations

import numpy as np

import microgradnet as mg

from .case import network, softmax, wrong


def whole(high, *shape, dtype=np.int64):
    """Whole numbers below `high`, in an argument."""
    return lambda random: random.integers(high, size=shape).astype(dtype)


def coins(*shape):
    """A mask in an argument, neither full nor empty."""

    def draw(random):
        mask = random.random(shape) < 0.5
        mask.flat[:2] = True, False
        return mask

    return draw


# --- the standard cross-entropy: the probability of each row's class is picked ------------------------------------


def picked_loss(x, y, w):
    with mg.scope("scores"):
        s = x @ w
    with mg.scope("probabilities"):
        p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    with mg.scope("cross-entropy"):
        return -np.mean(np.log(p[np.arange(len(y)), y]))


def picked_right(x, y, w, *, one=1.0, sign=1.0, rows=None, factor=lambda p: 1.0):
    d = softmax(x @ w)
    p = d.copy()
    d[np.arange(len(y)), y] -= one
    return x.T @ (sign * d * factor(p)) / (rows or len(y))


PICKED = [
    network(
        f"picked {np.dtype(dtype)}", {"x": (7, 4), "y": whole(3, 7, dtype=dtype), "w": (4, 3)}, "w", picked_loss,
        picked_right,
    )
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
]  # fmt: skip


@wrong(PICKED[6], "missing-term", "")
def one_not_taken_from_the_label(*args):
    return picked_right(*args, one=0.0)


@wrong(PICKED[1], "sign", "")
def labels_minus_probabilities(*args):
    return picked_right(*args, sign=-1.0)


@wrong(PICKED[0], "sum-for-mean", "")
def rows_forgotten(*args):
    return picked_right(*args, rows=1)


@wrong(PICKED[7], "transpose", "")
def gradient_transposed(x, y, w):
    return picked_right(x, y, w).T


# --- the same by take_along_axis, with a column of labels ----------------------------------------------------------


def along_loss(x, y, w, b):
    with mg.scope("scores"):
        s = x @ w + b
    with mg.scope("log"):
        q = mg.log_softmax(s, axis=1)
    with mg.scope("cross-entropy"):
        return -mg.mean(mg.take_along_axis(q, y[:, None], axis=1))


def along_right(x, y, w, b, *, summed=True, rows=None):
    d = softmax(x @ w + b)
    d[np.arange(len(y)), y] -= 1
    d /= rows or len(y)
    return x.T @ d, d.sum(axis=0) if summed else d.mean(axis=0)


ALONG = network(
    "along", {"x": (6, 3), "y": whole(4, 6, dtype=np.int32), "w": (3, 4), "b": (4,)}, "w b", along_loss, along_right
)


@wrong(ALONG, "mean-for-sum", "scores")
def bias_averaged(*args):
    return along_right(*args, summed=False)


@wrong(ALONG, "sum-for-mean", "cross-entropy")
def batch_forgotten(*args):
    return along_right(*args, rows=1)


# --- one-hot rows, looked up in the unit matrix --------------------------------------------------------------------


def one_hot_loss(x, y, w):
    with mg.scope("probabilities"):
        p = mg.softmax(x @ w, axis=1)
    with mg.scope("error"):
        return mg.sum((p - np.eye(3)[y]) ** 2)


def one_hot_right(x, y, w, *, jacobian=True, two=2.0):
    p = softmax(x @ w)
    g = two * (p - np.eye(3)[y])
    return x.T @ (p * (g - (g * p).sum(axis=1, keepdims=True)) if jacobian else g * p * (1 - p))


ONE_HOT = network("one-hot", {"x": (5, 4), "y": whole(3, 5), "w": (4, 3)}, "w", one_hot_loss, one_hot_right)


@wrong(ONE_HOT, "diagonal-jacobian", "probabilities")
def softmax_as_if_it_were_a_sigmoid(*args):
    return one_hot_right(*args, jacobian=False)


@wrong(ONE_HOT, "scale", "error")
def two_forgotten(*args):
    return one_hot_right(*args, two=1.0)


# --- a mask of rows, and a mask of elements ------------------------------------------------------------------------


def rows_loss(x, t, mask, w):
    with mg.scope("prediction"):
        h = mg.tanh(x @ w)
    with mg.scope("error"):
        return mg.mean((h[mask] - t[mask]) ** 2)


def rows_right(x, t, mask, w, *, slope=lambda h: 1 - h**2, two=2.0):
    h = np.tanh(x @ w)
    d = two * (h - t) * mask[:, None] / (mask.sum() * t.shape[1])
    return x.T @ (d * slope(h))


ROWS = network("rows", {"x": (8, 3), "t": (8, 2), "mask": coins(8), "w": (3, 2)}, "w", rows_loss, rows_right)


@wrong(ROWS, "missing-factor", "prediction")
def tanh_not_differentiated(*args):
    return rows_right(*args, slope=lambda h: 1.0)


@wrong(ROWS, "scale", "error")
def two_of_the_masked_square_forgotten(*args):
    return rows_right(*args, two=1.0)


def holes_loss(known, t, u, v):
    with mg.scope("completion"):
        z = u @ v.T
    with mg.scope("error"):
        return mg.sum((z[known] - t[known]) ** 2)


def holes_right(known, t, u, v, *, turned=True, sign=1.0):
    d = 2 * (u @ v.T - t) * known
    return d @ v, sign * (d.T if turned else d) @ u


HOLES = network("holes", {"known": coins(5, 5), "t": (5, 5), "u": (5, 2), "v": (5, 2)}, "u v", holes_loss, holes_right)


@wrong(HOLES, "transpose", "completion")
def error_not_transposed(*args):
    return holes_right(*args, turned=False)


@wrong(HOLES, "sign", "v")
def sign_of_the_second_factor(*args):
    return holes_right(*args, sign=-1.0)


# --- a mask in where, and one that is multiplied by ----------------------------------------------------------------


def gate_loss(x, on, w):
    with mg.scope("gate"):
        z = x @ w
        a = mg.where(on, mg.sin(z), z**2)
    with mg.scope("loss"):
        return mg.sum(a**2)


def gate_right(x, on, w, *, cos=np.cos, square=2.0):
    z = x @ w
    a = np.where(on, np.sin(z), z**2)
    return x.T @ (2 * a * np.where(on, cos(z), square * z))


GATE = network("where", {"x": (6, 3), "on": coins(6, 2), "w": (3, 2)}, "w", gate_loss, gate_right)


@wrong(GATE, "missing-factor", "gate")
def sine_not_differentiated(*args):
    return gate_right(*args, cos=np.ones_like)


@wrong(GATE, "scale", "gate")
def two_of_the_other_case_forgotten(*args):
    return gate_right(*args, square=1.0)


def dropped_loss(x, keep, w, v):
    with mg.scope("hidden"):
        h = mg.tanh(x @ w) * keep / 0.5
    with mg.scope("error"):
        return mg.mean((h @ v) ** 2)


def dropped_right(x, keep, w, v, *, kept=True, half=0.5):
    a = np.tanh(x @ w)
    h = a * keep / 0.5
    d = 2 * (h @ v) / len(x)
    return x.T @ (d @ v.T * (1 - a**2) * (keep if kept else 1.0) / half), h.T @ d


DROPPED = network(
    "dropped", {"x": (6, 3), "keep": coins(6, 4), "w": (3, 4), "v": (4, 1)}, "w v", dropped_loss, dropped_right
)


@wrong(DROPPED, "missing-factor", "hidden")
def mask_not_applied_on_the_way_back(*args):
    return dropped_right(*args, kept=False)


@wrong(DROPPED, "scale", "hidden")
def probability_forgotten(*args):
    return dropped_right(*args, half=1.0)


# --- rows of a table: looked up by lists, by arrays of two axes, by take and by ix_ --------------------------------


def words_loss(ids, t, table, v):
    with mg.scope("lookup"):
        e = mg.mean(table[ids], axis=1)
    with mg.scope("error"):
        return mg.sum((mg.tanh(e) @ v - t) ** 2)


def words_right(ids, t, table, v, *, add=True, count=None):
    h = np.tanh(table[ids].mean(axis=1))
    d = 2 * (h @ v - t)
    g = np.repeat((d @ v.T * (1 - h**2))[:, None] / (count or ids.shape[1]), ids.shape[1], axis=1)
    d_table = np.zeros_like(table)
    if add:
        np.add.at(d_table, ids, g)
    else:
        d_table[ids] = g
    return d_table, h.T @ d


LOOKED_UP = network(
    "looked up", {"ids": whole(5, 4, 3, dtype=np.int8), "t": (4, 2), "table": (5, 3), "v": (3, 2)}, "table v",
    words_loss, words_right,
)  # fmt: skip


@wrong(LOOKED_UP, "missing-term", "lookup")
def rows_assigned_not_added(*args):
    return words_right(*args, add=False)


@wrong(LOOKED_UP, "sum-for-mean", "lookup")
def words_not_averaged(*args):
    return words_right(*args, count=1)


def taken_loss(t, table):
    with mg.scope("take"):
        e = np.take(table, [2, 0, 2, 1], axis=0)
    with mg.scope("error"):
        return np.sum(np.exp(e) * t)


def taken_right(t, table, *, add=True, exp=np.exp):
    d_table = np.zeros_like(table)
    for k, i in enumerate([2, 0, 2, 1]):
        d_table[i] = add * d_table[i] + exp(table[i]) * t[k]
    return d_table


TAKEN = network("taken", {"t": (4, 3), "table": (3, 3)}, "table", taken_loss, taken_right)


@wrong(TAKEN, "missing-term", "take")
def last_use_alone(*args):
    return taken_right(*args, add=False)


@wrong(TAKEN, "missing-factor", "error")
def exponential_left_out(*args):
    return taken_right(*args, exp=np.ones_like)


def block_loss(t, w):
    with mg.scope("block"):
        b = w[np.ix_([3, 0], (1, 2, 4))]
    with mg.scope("error"):
        return mg.sum((mg.sin(b) - t) ** 2)


def block_right(t, w, *, two=2.0, cos=np.cos):
    at = np.ix_([3, 0], (1, 2, 4))
    d = np.zeros_like(w)
    d[at] = two * (np.sin(w[at]) - t) * cos(w[at])
    return d


BLOCK = network("ix_", {"t": (2, 3), "w": (4, 5)}, "w", block_loss, block_right)


@wrong(BLOCK, "scale", "error")
def two_of_the_block_forgotten(*args):
    return block_right(*args, two=1.0)


@wrong(BLOCK, "missing-factor", "error")
def sine_of_the_block_left_out(*args):
    return block_right(*args, cos=np.ones_like)


# --- slices, None and an ellipsis ----------------------------------------------------------------------------------


def centres_loss(x, c):
    with mg.scope("distances"):
        d = mg.sum((x[:, None, :] - c[None]) ** 2, axis=-1)
    with mg.scope("loss"):
        return mg.sum(mg.exp(-d))


def centres_right(x, c, *, sign=1.0, two=2.0):
    r = x[:, None, :] - c[None]
    e = np.exp(-(r**2).sum(axis=-1))
    return sign * two * (e[..., None] * r).sum(axis=0)


CENTRES = network("centres", {"x": (6, 2), "c": (3, 2)}, "c", centres_loss, centres_right)


@wrong(CENTRES, "sign", "")
def away_from_the_centres(*args):
    return centres_right(*args, sign=-1.0)


@wrong(CENTRES, "scale", "distances")
def two_of_the_distance_forgotten(*args):
    return centres_right(*args, two=1.0)


def steps_loss(t, w):
    with mg.scope("steps"):
        s = w[..., 1:] - w[..., :-1]
    with mg.scope("smoothness"):
        return mg.sum(s**2 * t)


def steps_right(t, w, *, left=1.0, two=2.0):
    g = two * (w[..., 1:] - w[..., :-1]) * t
    d = np.zeros_like(w)
    d[..., 1:] += g
    d[..., :-1] -= left * g
    return d


STEPS = network("steps", {"t": (2, 4), "w": (2, 5)}, "w", steps_loss, steps_right)


@wrong(STEPS, "missing-term", "steps")
def left_ends_forgotten(*args):
    return steps_right(*args, left=0.0)


@wrong(STEPS, "scale", "smoothness")
def two_of_the_steps_forgotten(*args):
    return steps_right(*args, two=1.0)


# --- indices that the loss computes from its arguments -------------------------------------------------------------


def hinge_loss(x, y, w):
    with mg.scope("scores"):
        s = x @ w
    rows = np.arange(len(y))
    rivals = np.argmax(s - 100.0 * np.eye(4)[y], axis=1)
    with mg.scope("margin"):
        return mg.mean(mg.relu(1.0 + s[rows, rivals] - s[rows, y]))


def hinge_right(x, y, w, *, own=1.0, rows=None):
    s, at = x @ w, np.arange(len(y))
    rivals = np.argmax(s - 100.0 * np.eye(4)[y], axis=1)
    on = (1 + s[at, rivals] - s[at, y] > 0) / (rows or len(y))
    d = np.zeros_like(s)
    d[at, rivals] += on
    d[at, y] -= own * on
    return x.T @ d


HINGE = network("rivals", {"x": (7, 3), "y": whole(4, 7, dtype=np.uint16), "w": (3, 4)}, "w", hinge_loss, hinge_right)


@wrong(HINGE, "missing-term", "margin")
def own_class_forgotten(*args):
    return hinge_right(*args, own=0.0)


@wrong(HINGE, "sum-for-mean", "margin")
def rows_of_the_hinge_forgotten(*args):
    return hinge_right(*args, rows=1)


def hardest_loss(x, t, w):
    with mg.scope("errors"):
        e = (x @ w - t) ** 2
    with mg.scope("hardest"):
        return mg.mean(e[np.argsort(e)[-3:]])


def hardest_right(x, t, w, *, two=2.0, count=3):
    e = (x @ w - t) ** 2
    hard = np.argsort(e)[-3:]
    d = np.zeros_like(e)
    d[hard] = two * (x @ w - t)[hard] / count
    return x.T @ d


HARDEST = network("hardest", {"x": (8, 3), "t": (8,), "w": (3,)}, "w", hardest_loss, hardest_right)


@wrong(HARDEST, "scale", "errors")
def two_of_the_hardest_forgotten(*args):
    return hardest_right(*args, two=1.0)


@wrong(HARDEST, "sum-for-mean", "hardest")
def hardest_not_averaged(*args):
    return hardest_right(*args, count=1)


def positive_loss(x, w):
    with mg.scope("positive"):
        z = x @ w
        a = z * (z > 0)
    with mg.scope("loss"):
        return mg.sum(a**3)


def positive_right(x, w, *, three=3.0, mask=True):
    z = x @ w
    return x.T @ (three * (z * (z > 0)) ** 2 * ((z > 0) if mask else 1.0))


POSITIVE = network("positive", {"x": (6, 3), "w": (3, 2)}, "w", positive_loss, positive_right)


@wrong(POSITIVE, "scale", "loss")
def three_forgotten(*args):
    return positive_right(*args, three=1.0)
