"""Combined twolayer smoothing and slope of relu.

expected kind: missing-term or wrong-point + wrong-activation or wrong-mask
wrong line: 77 or 79 and 81
correction 77: target = np.full((N, K), SMOOTH / K)
correction 79: dscores = (self.probs - target - SMOOTH / K) / N
correction 81: dz1 = dhidden * np.where(self.z1 > 0, 1, 0.1)
what: What the other classes get of the label is left out; the hidden layer's slope is that of relu, not of the leaky one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.1
SMOOTH = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(3, 5), 5, (5, 4), 4, (6, 3)])
    return W1, b1, W2, b2, X, np.array([3, 0, 1, 2, 2, 0])


def loss(W1, b1, W2, b2, X, y):
    z = X @ W1 + b1
    scores = np.where(z > 0, z, 0.1 * z) @ W2 + b2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    target = (1 - SMOOTH) * np.eye(4)[y] + SMOOTH / 4
    return -np.sum(target * log_p) / len(X) + 0.5 * REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


def leaky(z, slope=0.1):
    return np.maximum(z, slope * z)


def leaky_grad(z, slope=0.1):
    g = np.ones_like(z)
    g[z < 0] = slope
    return g


def right(W1, b1, W2, b2, X, y):
    N = X.shape[0]
    z1 = np.dot(X, W1) + b1
    a1 = leaky(z1)
    z2 = np.dot(a1, W2) + b2
    probs = np.exp(z2)
    probs /= probs.sum(1)[:, None]

    # softmax and cross-entropy together
    delta2 = probs - SMOOTH / 4
    delta2[np.arange(N), y] -= 1 - SMOOTH
    delta2 /= N
    delta1 = np.einsum("nk,hk->nh", delta2, W2) * leaky_grad(z1)
    dW2 = np.einsum("nh,nk->hk", a1, delta2) + REG * W2
    dW1 = np.einsum("nd,nh->dh", X, delta1) + REG * W1
    return dW1, delta1.sum(0), dW2, delta2.sum(0)


class Net:
    def __init__(self, **params):
        self.params = params
        self.reg = REG

    def forward(self, X):
        self.X = X
        self.z1 = X @ self.params["W1"] + self.params["b1"]
        self.a1 = np.where(self.z1 > 0, self.z1, 0.1 * self.z1)
        scores = self.a1 @ self.params["W2"] + self.params["b2"]
        exp = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        self.probs = exp / np.sum(exp, axis=1, keepdims=True)

    def backward(self, y):
        N, K = self.probs.shape
        target = np.zeros((N, K))
        target[range(N), y] += 1 - SMOOTH
        dscores = (self.probs - target) / N
        dhidden = dscores @ self.params["W2"].T
        dz1 = dhidden * np.where(self.z1 > 0, 1, 0)
        return {
            "W1": self.X.T @ dz1 + self.reg * self.params["W1"],
            "b1": np.sum(dz1, axis=0),
            "W2": self.a1.T @ dscores + self.reg * self.params["W2"],
            "b2": np.sum(dscores, axis=0),
        }


def backprop(W1, b1, W2, b2, X, y):
    net = Net(W1=W1, b1=b1, W2=W2, b2=b2)
    net.forward(X)
    return net.backward(y)
