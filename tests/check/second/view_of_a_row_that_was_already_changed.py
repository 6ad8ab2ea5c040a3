"""View of a row that was already changed.

expected kind: updated-parameter or stale-value
wrong line: 35 or 38
correction 35: x, y = xs[ix, :].copy(), ys[jy, :].copy()
correction 38: ys[jy, :] += scale * old_xs[ix, :]
what: The word's vector is a view of the table's row, so the context's update uses the row after its own update
source: github.com/epfml/ML_course, issue 37
said: The second update uses the variable that the first one has already changed; the data have to be copied.
"""

import numpy as np

PARAMETERS = ["xs", "ys"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(3, 2)), 1, 2, r.uniform(0.5, 2), r.uniform(0.2, 1)


def loss(xs, ys, ix, jy, logn, fn):
    return 0.5 * fn * (logn - xs[ix] @ ys[jy]) ** 2


def right(xs, ys, ix, jy, logn, fn):
    e = fn * (xs[ix] @ ys[jy] - logn)
    I, J = np.eye(3)[ix], np.eye(3)[jy]
    return np.outer(I, e * ys[jy]), np.outer(J, e * xs[ix])


def backprop(xs, ys, ix, jy, logn, fn):
    old_xs, old_ys = xs.copy(), ys.copy()
    eta = 0.5
    x, y = xs[ix, :], ys[jy, :]
    scale = eta * fn * (logn - np.dot(x, y))
    xs[ix, :] += scale * y
    ys[jy, :] += scale * x
    return (old_xs - xs) / eta, (old_ys - ys) / eta
