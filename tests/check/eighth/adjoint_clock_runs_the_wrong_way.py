"""Adjoint clock runs the wrong way.

expected kind: wrong-point or reversed
wrong line: 68
correction 68: t = k * h
what: On the way back the time is counted from the end, so that it runs forwards again
source: https://github.com/dynamiqs/dynamiqs/issues/51
said: I believe that the time evolves in the wrong direction in this part of the adjoint's pass
"""

import numpy as np

PARAMETERS = ["A", "u", "x0"]


N, h = 4, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2)), r.normal(size=2), r.normal(size=2), r.normal(size=(N, 2))


def field(x, t, A, u):
    return np.sin(A @ x + t * u)


def loss(A, u, x0, ref):
    x, cost = x0, 0.0
    for k in range(N):
        x = x + h * field(x, k * h, A, u)
        cost = cost + h * np.sum((x - ref[k]) ** 2)
    return cost


def right(A, u, x0, ref):
    x, tape, cost = x0, [], 0.0
    for k in range(N):
        arg = A @ x + k * h * u
        tape.append((x, k * h, np.cos(arg)))
        x = x + h * np.sin(arg)
        tape[-1] += (x,)
        cost += h * np.sum((x - ref[k]) ** 2)

    grad = {"A": 0 * A, "u": 0 * u, "x0": 0 * x0}
    while tape:
        x, t, slope, x_next = tape.pop()
        grad["x0"] += h * 2 * (x_next - ref[len(tape)])
        back = h * grad["x0"] * slope
        grad["A"] += back.reshape(2, 1) * x
        grad["u"] += back * t
        grad["x0"] += back @ A
    return grad


def solve(A, u, x0):
    xs = [x0]
    for k in range(N):
        xs.append(xs[-1] + h * field(xs[-1], k * h, A, u))
    return xs


def backprop(A, u, x0, ref):
    xs = solve(A, u, x0)
    p = np.zeros(2)
    dA, du = np.zeros((2, 2)), np.zeros(2)
    for k in reversed(range(N)):
        t = (N - 1 - k) * h
        p = p + 2 * h * (xs[k + 1] - ref[k])
        q = p * np.cos(A @ xs[k] + t * u)
        dA += h * np.outer(q, xs[k])
        du += h * t * q
        p = p + h * A.T @ q
    return dA, du, p
