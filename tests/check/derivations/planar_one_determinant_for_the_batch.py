"""A dot product makes one determinant of those of the whole batch.

expected kind: another-loss or matmul-for-elementwise or wrong-axis
wrong line: 47
correction 47: psi_u = h_prime * uw
what: the sum over the batch of h' stands where each row's h' belongs
source: https://github.com/casperkaae/parmesan/issues/50
said: For a batch psi_u should have one number a row, and is a scalar; the dot product should be an element-
    wise one.
"""

import numpy as np

PARAMETERS = ["u", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), 0.3 * r.normal(size=3), r.normal(size=3), np.array(0.2)]


def loss(z, u, w, b):
    t = np.tanh(z @ w + b)
    f = z + t[:, None] * u
    return 0.5 * np.sum(f**2) - np.sum(np.log(1 + (1 - t**2) * (u @ w)))


def right(z, u, w, b):
    du, dw, db = np.zeros(3), np.zeros(3), 0.0
    for v in z:
        t = np.tanh(v @ w + b)
        s = 1 - t * t
        det = 1 + s * (u @ w)
        f = v + u * t
        da = (f @ u) * s + 2 * t * s * (u @ w) / det
        du += f * t - s * w / det
        dw += da * v - s * u / det
        db += da
    return du, dw, db


def backprop(z, u, w, b):
    zwb = np.dot(z, w) + b
    tanh = np.tanh(zwb)
    h_prime = 1 - tanh ** 2
    uw = np.dot(u, w)
    psi_u = np.dot(h_prime, np.ones_like(h_prime)) * uw
    inv_det = 1 / (1 + psi_u)
    f_z = z + np.outer(tanh, u)
    # squared length
    d_u = np.dot(tanh, f_z)
    d_tanh = np.dot(f_z, u)
    # minus log det
    d_h_prime = -inv_det * uw
    d_uw = -np.sum(inv_det * h_prime)
    d_u = d_u + d_uw * w
    d_tanh = d_tanh - 2 * tanh * d_h_prime
    d_zwb = d_tanh * h_prime
    d_w = np.dot(d_zwb, z) + d_uw * u
    return d_u, d_w, d_zwb.sum()
