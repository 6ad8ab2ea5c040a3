"""Buoy density without the scale in front.

expected kind: missing-term
wrong line: 63
correction 63: d_scale = lost + lost * (k - 1) - k * cumulative
what: The density is divided by the scale; the gradient of that logarithm is forgotten
source: https://github.com/ragulpr/wtte-rnn/issues/56
said: derives the Weibull likelihood and has a logarithm of the scale more than the function there
"""

import numpy as np

PARAMETERS = ["W1", "b1", "w2", "c", "s"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H = 9, 3, 4
    W1, b1, w2 = r.normal(size=(d, H)), 0.4 * r.normal(size=H), 0.5 * r.normal(size=H)
    # some buoys were still afloat when they were last seen
    lost = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1])
    return W1, b1, w2, 0.3 * r.normal(size=1), 0.3 * r.normal(size=1), r.normal(size=(n, d)), r.uniform(0.4, 2.5, size=n), lost


def loss(W1, b1, w2, c, s, sea, age, lost):
    # Weibull: the logarithm of the scale for each buoy, that of the shape for all
    log_scale = np.tanh(sea @ W1 + b1) @ w2 + c
    shape = np.exp(s)
    z = np.log(age) - log_scale
    hazard = np.exp(shape * z)
    log_density = s - log_scale + (shape - 1) * z
    return -np.mean(lost * log_density - hazard)


def one_buoy(W1, b1, w2, c, s, x, t, event):
    hidden = np.tanh(W1.T @ x + b1)
    mu = hidden @ w2 + c[0]
    k = np.exp(s[0])
    u = (t / np.exp(mu)) ** k
    # the density counts only if it was lost, the survival always
    dmu = k * (event - u)
    dk = u * (np.log(t) - mu) - event * (1 / k + np.log(t) - mu)
    dhidden = dmu * w2
    dpre = dhidden * (1 - hidden**2)
    return np.outer(x, dpre), dpre, dmu * hidden, np.array([dmu]), np.array([dk * k])


def right(W1, b1, w2, c, s, sea, age, lost):
    n = len(sea)
    dW1, db1, dw2, dc, ds = (np.zeros(w.shape) for w in (W1, b1, w2, c, s))
    for x, t, event in zip(sea, age, lost):
        parts = one_buoy(W1, b1, w2, c, s, x, t, event)
        for total, part in zip((dW1, db1, dw2, dc, ds), parts):
            total += part / n
    return dW1, db1, dw2, dc, ds


def weibull_slopes(log_scale, s, age, lost):
    """Of minus the log likelihood of each buoy, by log_scale and by s."""
    k = np.exp(s)
    z = np.log(age) - log_scale
    cumulative = np.exp(k * z)
    d_scale = lost * (k - 1) - k * cumulative
    d_shape = -lost * (1 + k * z) + k * z * cumulative
    return d_scale, d_shape


class Head:
    def __init__(self, W1, b1, w2, c):
        self.W1, self.b1, self.w2, self.c = W1, b1, w2, c

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.w2 + self.c

    def backward(self, d):
        dpre = d[:, None] * self.w2[None, :]
        dpre = dpre * (1 - self.h * self.h)
        return {"W1": self.x.T @ dpre, "b1": dpre.sum(axis=0), "w2": self.h.T @ d, "c": d.sum(keepdims=True)}


def backprop(W1, b1, w2, c, s, sea, age, lost):
    n = sea.shape[0]
    head = Head(W1, b1, w2, c)
    d_scale, d_shape = weibull_slopes(head.forward(sea), s, age, lost)
    grads = head.backward(d_scale / n)
    grads["s"] = np.sum(d_shape, keepdims=True) / n
    return grads
