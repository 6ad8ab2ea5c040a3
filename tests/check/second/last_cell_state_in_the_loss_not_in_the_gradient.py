"""Last cell state in the loss not in the gradient.

expected kind: missing-term
wrong line: 55
correction 55: dLdc = 2 * v * c[n - 1]
what: The loss uses the last cell too, the backward pass starts with a cell gradient of zero
source: github.com/deeplearning4j/deeplearning4j, issue 8838
said: The backward pass of the LSTM layer ignores the gradient that comes in at the last cell; at the last step it has
    to be added.
"""

import numpy as np

PARAMETERS = ["a", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3)


def loss(a, b, xs, u, v):
    h, c = np.zeros(3), np.zeros(3)
    for x in xs:
        i = 1 / (1 + np.exp(-(a * x + h)))
        c = (1 - i) * c + i * np.tanh(b * x)
        h = np.tanh(c)
    return u @ h + v @ (c * c)


def right(a, b, xs, u, v):
    seen, h, c = [], np.zeros(3), np.zeros(3)
    for x in xs:
        i, g, old = 1 / (1 + np.exp(-a * x - h)), np.tanh(b * x), c
        c = c + i * (g - c)
        h = np.tanh(c)
        seen.append((x, i, g, old, h))
    ga, gb, dh, dc = 0, 0, u, 2 * v * c
    for x, i, g, old, h in reversed(seen):
        dc = dc + dh * (1 - h * h)
        dh = dc * (g - old) * i * (1 - i)
        ga, gb, dc = ga + dh * x, gb + dc * i * (1 - g * g) * x, dc * (1 - i)
    return ga, gb


def backprop(a, b, xs, u, v):
    n = len(xs)
    h, c, i, g = {-1: np.zeros(3)}, {-1: np.zeros(3)}, {}, {}
    for t in range(n):
        i[t] = 1 / (1 + np.exp(-(a * xs[t] + h[t - 1])))
        g[t] = np.tanh(b * xs[t])
        c[t] = (1 - i[t]) * c[t - 1] + i[t] * g[t]
        h[t] = np.tanh(c[t])
    dLdh = u
    dLdc = np.zeros(3)
    dLda, dLdb = np.zeros(3), np.zeros(3)
    for t in range(n - 1, -1, -1):
        dLdc = dLdc + dLdh * (1 - h[t] ** 2)
        dLdi = dLdc * (g[t] - c[t - 1])
        dLdg = dLdc * i[t]
        dLdz = dLdi * i[t] * (1 - i[t])
        dLda += dLdz * xs[t]
        dLdb += dLdg * (1 - g[t] ** 2) * xs[t]
        dLdh = dLdz
        dLdc = dLdc * (1 - i[t])
    return {"a": dLda, "b": dLdb}
