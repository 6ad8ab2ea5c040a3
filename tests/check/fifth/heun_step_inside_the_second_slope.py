"""Heun step inside the second slope.

expected kind: missing-factor
wrong line: 63
correction 63: dk1 = dk1 + H * dmid
what: The second slope of Heun's rule sends its part to the first without the step width
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "x0"]
H = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3)


def loss(A, x0, goal):
    x = x0
    for _ in range(4):
        k1 = np.tanh(A @ x)
        k2 = np.tanh(A @ (x + H * k1))
        x = x + H / 2 * (k1 + k2)
    return 0.5 * np.sum((x - goal) ** 2)


def right(A, x0, goal):
    x, J, P = x0, np.eye(3), np.zeros((3, 9))
    for _ in range(4):
        k1 = np.tanh(A @ x)
        D1 = np.diag(1 - k1**2)
        K1x, K1A = D1 @ A @ J, D1 @ (np.kron(np.eye(3), x) + A @ P)
        m, Mx, MA = x + H * k1, J + H * K1x, P + H * K1A
        k2 = np.tanh(A @ m)
        D2 = np.diag(1 - k2**2)
        K2x, K2A = D2 @ A @ Mx, D2 @ (np.kron(np.eye(3), m) + A @ MA)
        x, J, P = x + H / 2 * (k1 + k2), J + H / 2 * (K1x + K2x), P + H / 2 * (K1A + K2A)
    e = x - goal
    return (e @ P).reshape(3, 3), e @ J


def backprop(A, x0, goal):
    tape = []
    x = x0
    for _ in range(4):
        k1 = np.tanh(A.dot(x))
        mid = x + H * k1
        k2 = np.tanh(A.dot(mid))
        tape.append((x, k1, mid, k2))
        x = x + H / 2 * (k1 + k2)
    lam = x - goal
    dA = np.zeros_like(A)
    for x, k1, mid, k2 in reversed(tape):
        dk1 = H / 2 * lam
        dk2 = H / 2 * lam
        da2 = dk2 * (1 - k2**2)
        dA += np.outer(da2, mid)
        dmid = A.T.dot(da2)
        dk1 = dk1 + dmid
        da1 = dk1 * (1 - k1**2)
        dA += np.outer(da1, x)
        lam = lam + dmid + A.T.dot(da1)
    return {"A": dA, "x0": lam}
