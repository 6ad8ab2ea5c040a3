"""Tiller linear cost of steering left out.

expected kind: missing-term
wrong line: 68
correction 68: gu = R @ us[t] + r + B.T @ lam
what: The linear part of the cost of steering isn't in the slope of the control
source: https://github.com/HJReachability/ilqgames/issues/70
said: the linear term r of the cost of the control is missing on the right-hand side of an equation of the derivation
"""

import numpy as np

PARAMETERS = ["K", "k", "x0"]
STEPS = 5


def data(seed=0):
    r = np.random.default_rng(seed)
    n, m = 3, 2
    # a boat and its tiller; costs of being somewhere (Q, q) and of steering (R, r)
    A, B = 0.5 * r.normal(size=(n, n)), r.normal(size=(n, m))
    Q, R = (f @ f.T / 2 + 0.3 * np.eye(len(f)) for f in (r.normal(size=(n, n)), r.normal(size=(m, m))))
    return 0.3 * r.normal(size=(m, n)), r.normal(size=m), r.normal(size=n), A, B, Q, R, r.normal(size=n), r.normal(size=m)


def loss(K, k, x0, A, B, Q, R, q, r):
    x, cost = x0, 0.0
    for _ in range(STEPS):
        u = -K @ x - k
        cost = cost + 0.5 * x @ Q @ x + q @ x + 0.5 * u @ R @ u + r @ u
        x = A @ x + B @ u
    return cost + 0.5 * x @ Q @ x + q @ x


def right(K, k, x0, A, B, Q, R, q, r):
    grads = {"K": np.zeros(K.shape), "k": np.zeros(k.shape)}

    def cost_to_go(x, left):
        """Return the slope of all costs from x on; those of the controller are collected on the way out."""
        here = x @ Q + q
        if left == 0:
            return here
        u = -(K @ x + k)
        ahead = cost_to_go(A @ x + B @ u, left - 1)
        steering = u @ R + r
        slope = steering + ahead @ B
        grads["K"] += -slope[:, None] * x[None, :]
        grads["k"] += -slope
        return here + ahead @ A - slope @ K

    grads["x0"] = cost_to_go(x0, STEPS)
    return grads


def rollout(K, k, x0, A, B):
    xs, us = [x0], []
    for _ in range(STEPS):
        us.append(-K @ xs[-1] - k)
        xs.append(A @ xs[-1] + B @ us[-1])
    return xs, us


def backprop(K, k, x0, A, B, Q, R, q, r):
    xs, us = rollout(K, k, x0, A, B)
    gK, gk = np.zeros_like(K), np.zeros_like(k)
    lam = Q @ xs[STEPS] + q
    for t in range(STEPS - 1, -1, -1):
        gu = R @ us[t] + B.T @ lam
        gK -= np.outer(gu, xs[t])
        gk -= gu
        lam = Q @ xs[t] + q + A.T @ lam - K.T @ gu
    return gK, gk, lam
