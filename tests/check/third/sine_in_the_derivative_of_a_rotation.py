"""Sine in the derivative of a rotation.

expected kind: sign
wrong line: 38
correction 38: dR = np.array([[-s, -c], [c, -s]])
what: In the derivative of a rotation by its angle the minus stands before the wrong entry
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["angle", "shift"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6, r.normal(size=2), r.normal(size=(6, 2)), r.normal(size=(6, 2))


def loss(angle, shift, P, Q):
    c, s = np.cos(angle), np.sin(angle)
    x = c * P[:, 0] - s * P[:, 1] + shift[0]
    y = s * P[:, 0] + c * P[:, 1] + shift[1]
    return np.sum((x - Q[:, 0]) ** 2 + (y - Q[:, 1]) ** 2)


def right(angle, shift, P, Q):
    z, q = (P[:, 0] + 1j * P[:, 1]) * np.exp(1j * angle), Q[:, 0] + 1j * Q[:, 1]
    e = z + shift[0] + 1j * shift[1] - q
    return 2 * np.sum((e.conj() * 1j * z).real), 2 * np.array([e.real.sum(), e.imag.sum()])


def backprop(angle, shift, P, Q):
    c, s = np.cos(angle), np.sin(angle)
    R = np.array([[c, -s], [s, c]])
    error = P.dot(R.T) + shift - Q
    dR = np.array([[-s, -c], [-c, -s]])
    dangle = 0.0
    for p, e in zip(P, error):
        dangle += 2 * e.dot(dR.dot(p))
    return dangle, 2 * error.sum(axis=0)
