"""Arrays mosaic rare units pushed once for each tile.

expected kind: sum-for-mean
wrong line: 88
correction 88: da = da + BETA * sparse_slope(a.mean(axis=0)) / n
given as: arrays
what: The mean activation is a mean over the tiles, but the gradient of the divergence isn't divided by their number
source: https://stats.stackexchange.com/questions/151704/should-the-sparsity-penalty-term-be-divided-by-the-number-on-samples-when-comput
said: asks why the derivative of the sparsity term isn't divided by the number of samples, since the mean activation is a mean over them
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
RHO, BETA, DECAY = 0.15, 0.7, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H = 8, 5, 3
    W1, b1, W2, b2 = r.normal(size=(d, H)), 0.4 * r.normal(size=H), r.normal(size=(H, d)), 0.4 * r.normal(size=d)
    return W1, b1, W2, b2, r.uniform(0.1, 0.9, size=(n, d))


def loss(W1, b1, W2, b2, tiles):
    a = 1 / (1 + np.exp(-(tiles @ W1 + b1)))
    again = 1 / (1 + np.exp(-(a @ W2 + b2)))
    often = np.mean(a, axis=0)
    kl = RHO * np.log(RHO / often) + (1 - RHO) * np.log((1 - RHO) / (1 - often))
    error = np.sum((again - tiles) ** 2) / (2 * tiles.shape[0])
    return error + BETA * np.sum(kl) + 0.5 * DECAY * (np.sum(W1 * W1) + np.sum(W2 * W2))


class SparseCoder:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads = {k: np.zeros(v.shape) for k, v in self.params.items()}

    @staticmethod
    def sigmoid(x):
        return 1.0 / (1.0 + np.exp(-x))

    def encode(self, x):
        return self.sigmoid(x @ self.params["W1"] + self.params["b1"])

    def decode(self, a):
        return self.sigmoid(a @ self.params["W2"] + self.params["b2"])

    def fit_penalty(self, tiles):
        # one pass over all tiles, for how often each unit is on
        self.n = len(tiles)
        rho_hat = sum(self.encode(x) for x in tiles) / self.n
        self.penalty = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))

    def learn(self, x):
        a = self.encode(x)
        y = self.decode(a)
        out_delta = (y - x) * y * (1 - y)
        back = self.params["W2"] @ out_delta
        hidden_delta = (back + self.penalty) * a * (1 - a)
        self.grads["W2"] += np.outer(a, out_delta) / self.n
        self.grads["b2"] += out_delta / self.n
        self.grads["W1"] += np.outer(x, hidden_delta) / self.n
        self.grads["b1"] += hidden_delta / self.n


def right(W1, b1, W2, b2, tiles):
    coder = SparseCoder(W1, b1, W2, b2)
    coder.fit_penalty(tiles)
    for x in tiles:
        coder.learn(x)
    for name in ("W1", "W2"):
        coder.grads[name] += DECAY * coder.params[name]
    return coder.grads


def sparse_slope(often):
    """Of the divergence, by the mean activation."""
    return (1 - RHO) / (1 - often) - RHO / often


def backprop(W1, b1, W2, b2, tiles):
    n = tiles.shape[0]
    a = 1 / (1 + np.exp(-(tiles @ W1 + b1)))
    again = 1 / (1 + np.exp(-(a @ W2 + b2)))
    delta2 = (again - tiles) / n * again * (1 - again)
    da = delta2 @ W2.T
    da = da + BETA * sparse_slope(a.mean(axis=0))
    delta1 = da * a * (1 - a)
    dW2 = a.T @ delta2 + DECAY * W2
    dW1 = tiles.T @ delta1 + DECAY * W1
    return dW1, delta1.sum(axis=0), dW2, delta2.sum(axis=0)
