"""Ordinal sums from the wrong end.

expected kind: reversed or wrong-axis
wrong line: 76
correction 76: dsteps = np.cumsum(dtheta[::-1])[::-1]
what: The gradient of a cumulative sum is summed from the start, it should be from the end
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "first", "gaps"]

K = 4


def data(seed=0):
    r = np.random.default_rng(seed)
    w, first, gaps, X = (r.normal(size=s) for s in [3, 1, 2, (7, 3)])
    return w, first, 0.5 * gaps, X, np.array([0, 3, 1, 2, 3, 0, 1])


def loss(w, first, gaps, X, y):
    """Proportional odds; class k lies between the thresholds k - 1 and k."""
    theta = np.cumsum(np.concatenate([first, np.exp(gaps)]))
    eta = X @ w
    below = 1 / (1 + np.exp(-(theta - eta[:, None])))
    edges = np.concatenate([np.zeros((len(y), 1)), below, np.ones((len(y), 1))], axis=1)
    rows = np.arange(len(y))
    return -np.sum(np.log(edges[rows, y + 1] - edges[rows, y]))


class OrdinalLogistic:
    def __init__(self, w, first, gaps):
        self.w, self.first, self.gaps = w, first, gaps
        self.theta = [float(first[0])]
        for gap in gaps:
            self.theta.append(self.theta[-1] + np.exp(gap))

    def cdf(self, k, eta):
        return 1 / (1 + np.exp(eta - self.theta[k]))

    def gradient(self, X, y):
        dw, dtheta = np.zeros_like(self.w), np.zeros(K - 1)
        for x, k in zip(X, y):
            eta = x @ self.w
            deta = 0.0
            if k == 0:
                c = self.cdf(0, eta)
                dtheta[0] -= 1 - c
                deta += 1 - c
            elif k == K - 1:
                c = self.cdf(k - 1, eta)
                dtheta[k - 1] += c
                deta -= c
            else:
                hi, lo = self.cdf(k, eta), self.cdf(k - 1, eta)
                dtheta[k] -= hi * (1 - hi) / (hi - lo)
                dtheta[k - 1] += lo * (1 - lo) / (hi - lo)
                deta += 1 - hi - lo
            dw += deta * x
        dgaps = [np.exp(g) * dtheta[i + 1 :].sum() for i, g in enumerate(self.gaps)]
        return dw, dtheta.sum(keepdims=True), np.array(dgaps)


def right(w, first, gaps, X, y):
    return OrdinalLogistic(w, first, gaps).gradient(X, y)


def thresholds(first, gaps):
    return np.cumsum(np.hstack([first, np.exp(gaps)]))


def thresholds_backward(dtheta, gaps):
    dsteps = np.cumsum(dtheta)
    return dsteps[:1], dsteps[1:] * np.exp(gaps)


def backprop(w, first, gaps, X, y):
    theta = thresholds(first, gaps)
    s = 1 / (1 + np.exp(X.dot(w)[:, None] - theta))
    cumulative = np.hstack([np.zeros((len(y), 1)), s, np.ones((len(y), 1))])
    upper = cumulative[np.arange(len(y)), y + 1]
    lower = cumulative[np.arange(len(y)), y]
    p = upper - lower

    d_upper = -upper * (1 - upper) / p
    d_lower = lower * (1 - lower) / p
    padded = np.zeros(K + 1)
    np.add.at(padded, y + 1, d_upper)
    np.add.at(padded, y, d_lower)
    dw = -X.T.dot(d_upper + d_lower)
    dfirst, dgaps = thresholds_backward(padded[1:-1], gaps)
    return dw, dfirst, dgaps
