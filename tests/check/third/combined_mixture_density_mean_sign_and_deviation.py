"""Combined mixture density mean sign and deviation.

expected kind: sign + missing-term
wrong line: 56 or 61 and 62
correction 56: delta = self.mu - y[:, None]
correction 61: dmu = -gamma * delta / self.sigma**2 / n
correction 62: dlog_sigma = gamma * (1 - (delta / self.sigma) ** 2) / n
what: The means of a mixture density network go the wrong way, and its log deviations lack the one of the
    normalisation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wp", "Wm", "Ws"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(2, 3)), r.normal(size=(2, 3)), 0.3 * r.normal(size=(2, 3)),
        r.normal(size=(7, 2)), r.normal(size=7),
    )


def loss(Wp, Wm, Ws, X, y):
    a, m, s = X @ Wp, X @ Wm, X @ Ws
    logpi = a - np.log(np.sum(np.exp(a), axis=1, keepdims=True))
    density = np.exp(logpi - s - 0.5 * ((y[:, None] - m) / np.exp(s)) ** 2)
    return -np.mean(np.log(np.sum(density, axis=1)))


def right(Wp, Wm, Ws, X, y):
    p = np.exp(X @ Wp)
    p /= p.sum(1, keepdims=True)
    i = np.exp(-X @ Ws)
    u = (X @ Wm - y[:, None]) * i
    g = p * i * np.exp(-u * u / 2)
    g /= g.sum(1, keepdims=True)
    return tuple(X.T @ d / len(y) for d in (p - g, g * u * i, g - g * u * u))


class MDN:
    def __init__(self, **params):
        self.params = params

    def forward(self, X):
        z = {k: X @ W for k, W in self.params.items()}
        e = np.exp(z["Wp"] - z["Wp"].max(axis=1, keepdims=True))
        self.X, self.pi = X, e / e.sum(axis=1, keepdims=True)
        self.mu, self.sigma = z["Wm"], np.exp(z["Ws"])

    def backward(self, y):
        n = len(y)
        delta = y[:, None] - self.mu
        normal = np.exp(-0.5 * (delta / self.sigma) ** 2) / self.sigma
        gamma = self.pi * normal
        gamma /= gamma.sum(axis=1, keepdims=True)
        dpi = (self.pi - gamma) / n
        dmu = gamma * delta / self.sigma**2 / n
        dlog_sigma = -gamma * (delta / self.sigma) ** 2 / n
        return {"Wp": self.X.T @ dpi, "Wm": self.X.T @ dmu, "Ws": self.X.T @ dlog_sigma}


def backprop(Wp, Wm, Ws, X, y):
    net = MDN(Wp=Wp, Wm=Wm, Ws=Ws)
    net.forward(X)
    return net.backward(y)
