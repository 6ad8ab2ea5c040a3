"""Pottery gradient centered along the features.

expected kind: wrong-axis
wrong line: 100
correction 100: mean = dhat.mean(axis=0, keepdims=True)
what: The mean that comes back through the mean of the batch was taken over the features
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 0.01


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, gamma, beta = r.normal(size=(3, 4)), r.uniform(0.5, 2.0, size=4), 0.6 * r.normal(size=4)
    return W1, gamma, beta, r.normal(size=(4, 2)), 0.5 * r.normal(size=2), r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W1, gamma, beta, W2, b2, clay, glaze):
    s = clay @ W1
    centered = s - np.mean(s, axis=0)
    hat = centered / np.sqrt(np.mean(centered**2, axis=0) + EPS)
    h = np.log(1 + np.exp(gamma * hat + beta))
    return 0.5 * np.mean(np.sum((h @ W2 + b2 - glaze) ** 2, axis=1))


class Softplus:
    def forward(self, x):
        self.out = np.log1p(np.exp(x))
        return self.out

    def backward(self, dout):
        return dout * (1 - np.exp(-self.out))


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.n = x.shape[0]
        # step by step, as in the lecture
        mu = 1.0 / self.n * np.sum(x, axis=0)
        self.xmu = x - mu
        var = 1.0 / self.n * np.sum(self.xmu**2, axis=0)
        self.sqrtvar = np.sqrt(var + EPS)
        self.ivar = 1.0 / self.sqrtvar
        self.xhat = self.xmu * self.ivar
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dbeta = np.sum(dout, axis=0)
        self.dgamma = np.sum(dout * self.xhat, axis=0)
        dxhat = dout * self.gamma
        divar = np.sum(dxhat * self.xmu, axis=0)
        dxmu1 = dxhat * self.ivar
        dsqrtvar = -1.0 / self.sqrtvar**2 * divar
        dvar = 0.5 / self.sqrtvar * dsqrtvar
        dsq = 1.0 / self.n * np.ones_like(dout) * dvar
        dxmu2 = 2 * self.xmu * dsq
        dmu = -np.sum(dxmu1 + dxmu2, axis=0)
        return dxmu1 + dxmu2 + dmu / self.n


def right(W1, gamma, beta, W2, b2, clay, glaze):
    norm, activation = BatchNorm(gamma, beta), Softplus()
    h = activation.forward(norm.forward(clay @ W1))
    dout = (h @ W2 + b2 - glaze) / len(clay)
    dW2, db2 = h.T @ dout, dout.sum(axis=0)
    ds = norm.backward(activation.backward(dout @ W2.T))
    return clay.T @ ds, norm.dgamma, norm.dbeta, dW2, db2


def fire(W1, gamma, beta, clay):
    """The hidden layer with all that it went through."""
    pre = np.einsum("ni,ih->nh", clay, W1)
    istd = (pre.var(axis=0) + EPS) ** -0.5
    hat = (pre - pre.mean(axis=0)) * istd
    scaled = hat * gamma + beta
    return {"istd": istd, "hat": hat, "scaled": scaled, "h": np.log(1 + np.exp(scaled))}


def backprop(W1, gamma, beta, W2, b2, clay, glaze):
    cache = fire(W1, gamma, beta, clay)
    grads = {}
    residual = np.einsum("nh,ho->no", cache["h"], W2) + b2 - glaze
    residual /= residual.shape[0]
    grads["W2"] = np.einsum("nh,no->ho", cache["h"], residual)
    grads["b2"] = residual.sum(axis=0)
    up = np.einsum("no,ho->nh", residual, W2)
    up *= 1 / (1 + np.exp(-cache["scaled"]))
    grads["beta"] = up.sum(axis=0)
    grads["gamma"] = np.einsum("nh,nh->h", up, cache["hat"])
    dhat = up * gamma
    # both ways through the statistics
    mean = dhat.mean(axis=1, keepdims=True)
    along = np.mean(dhat * cache["hat"], axis=0, keepdims=True)
    dpre = cache["istd"] * (dhat - mean - cache["hat"] * along)
    grads["W1"] = np.einsum("ni,nh->ih", clay, dpre)
    return grads
