"""Cell gradient replaced at every step.

expected kind: missing-term
wrong line: 53
correction 53: dc = dc + w * (1 - tanh_c * tanh_c)
what: The gradient of the cell is set from the output alone, what came from the step after is lost
source: github.com/apache/mxnet, issue 4057
said: In the example of an LSTM in Python the cell's gradient should be added to, not replaced.
"""

import numpy as np

PARAMETERS = ["U", "V", "c0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3)), r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=(4, 2)), r.normal(size=(4, 3))


def loss(U, V, c0, xs, ws):
    c, J = c0, 0
    for x, w in zip(xs, ws):
        f = 1 / (1 + np.exp(-(x @ U)))
        c = f * c + (1 - f) * np.tanh(x @ V)
        J = J + np.sum(w * np.tanh(c))
    return J


def right(U, V, c0, xs, ws):
    F, G = 1 / (1 + np.exp(-xs @ U)), np.tanh(xs @ V)
    C = [c0]
    for f, g in zip(F, G):
        C.append(f * C[-1] + (1 - f) * g)
    C = np.array(C)
    D = ws * (1 - np.tanh(C[1:]) ** 2)
    for t in range(len(xs) - 2, -1, -1):
        D[t] += D[t + 1] * F[t + 1]
    return xs.T @ (D * (C[:-1] - G) * F * (1 - F)), xs.T @ (D * (1 - F) * (1 - G * G)), D[0] * F[0]


def backprop(U, V, c0, xs, ws):
    steps = []
    c = c0
    for x in xs:
        f = 1.0 / (1.0 + np.exp(-np.dot(x, U)))
        g = np.tanh(np.dot(x, V))
        prev, c = c, f * c + (1 - f) * g
        steps.append(dict(x=x, f=f, g=g, prev=prev, c=c))
    dU, dV, dc = np.zeros_like(U), np.zeros_like(V), np.zeros_like(c0)
    for s, w in zip(steps[::-1], ws[::-1]):
        tanh_c = np.tanh(s["c"])
        dc = w * (1 - tanh_c * tanh_c)
        df = dc * (s["prev"] - s["g"])
        dg = dc * (1 - s["f"])
        dU += np.outer(s["x"], df * s["f"] * (1 - s["f"]))
        dV += np.outer(s["x"], dg * (1 - s["g"] ** 2))
        dc = dc * s["f"]
    return dU, dV, dc
