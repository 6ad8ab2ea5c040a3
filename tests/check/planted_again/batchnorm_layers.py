"""Dense, batch normalisation, relu, dense as layer objects; a trainer runs them forwards and backwards."""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    gamma, beta = rng.uniform(0.5, 2, size=4), rng.normal(size=4)
    W1, W2, b2 = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)
    return X, Y, W1, gamma, beta, W2, b2


def loss(X, Y, W1, gamma, beta, W2, b2):
    z = X @ W1
    z = z - np.mean(z, axis=0)
    h = np.maximum(gamma * z / np.sqrt(np.mean(z**2, axis=0) + 0.1) + beta, 0)
    return np.mean(np.sum((h @ W2 + b2 - Y) ** 2, axis=1))


class Dense:
    def __init__(self, W, b=None):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W if self.b is None else x @ self.W + self.b

    def backward(self, d):
        self.dW = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.W.T


class BatchNorm:
    def __init__(self, gamma, beta, eps=0.1):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        self.var = (self.centred**2).mean(axis=0)
        self.std = np.sqrt(self.var + self.eps)
        self.xhat = self.centred / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, d):
        N = len(d)
        self.dbeta = d.sum(axis=0)
        self.dgamma = (d * self.xhat).sum(axis=0)
        dxhat = d * self.gamma
        dvar = (dxhat * self.centred).sum(axis=0) * -0.5 * self.std**-3
        dcentred = dxhat / self.std
        dcentred += dvar * 2 * self.centred / N
        dmean = -dcentred.sum(axis=0)
        return dcentred + dmean / N


class Relu:
    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, d):
        return d * self.positive


class Trainer(list):
    def step(self, X, Y):
        out = X
        for layer in self:
            out = layer.forward(out)
        d = 2 * (out - Y) / len(X)
        for layer in reversed(self):
            d = layer.backward(d)


def backprop(X, Y, W1, gamma, beta, W2, b2):
    first, norm, last = Dense(W1), BatchNorm(gamma, beta), Dense(W2, b2)
    Trainer([first, norm, Relu(), last]).step(X, Y)
    return {"W1": first.dW, "gamma": norm.dgamma, "beta": norm.dbeta, "W2": last.dW, "b2": last.db}


MISTAKES = [
    ("return dcentred + dmean / N", "return dcentred", "missing-term or detached", "mean held constant"),
    ("        dcentred += dvar * 2 * self.centred / N\n", "", "missing-term or detached", "variance held constant"),
    ("return dcentred + dmean / N", "return dcentred + dmean", "sum-for-mean", "the mean's 1/N forgotten"),
    ("dcentred += dvar * 2 * self.centred / N", "dcentred += dvar * 2 * self.centred", "sum-for-mean", "the variance's 1/N forgotten"),
    ("dcentred += dvar * 2 * self.centred / N", "dcentred += dvar * self.centred / N", "scale", "two of the square forgotten"),
    ("dcentred += dvar * 2 * self.centred / N", "dcentred += dvar * 2 * self.centred / (N - 1)", "scale or another-loss", "derivative of the unbiased variance"),
    ("dcentred += dvar * 2 * self.centred / N", "dcentred += dvar * 2 * self.xhat / N", "wrong-point or missing-factor", "xhat for the centred values"),
    ("self.std**-3", "self.std**-2", "missing-factor", "power of the standard deviation"),
    ("self.std**-3", "(self.var + self.eps) ** -3", "repeated-factor or wrong-point", "power of the variance: -3/2 misread"),
    ("-0.5 * self.std**-3", "-0.5 * self.var**-1.5", "wrong-point", "eps forgotten in the derivative"),
    ("-0.5 * self.std**-3", "0.5 * self.std**-3", "sign", "minus lost"),
    ("dxhat = d * self.gamma", "dxhat = d", "missing-factor", "gamma forgotten"),
    ("dxhat = d * self.gamma", "dxhat = self.dgamma * d", "wrong-parameter or wrong-point", "dgamma for gamma"),
    ("dcentred = dxhat / self.std", "dcentred = dxhat / self.var", "wrong-point or missing-factor", "variance for the standard deviation"),
    ("(d * self.xhat).sum(axis=0)", "(d * self.centred).sum(axis=0)", "wrong-point or missing-factor", "centred values for xhat"),
    ("dmean = -dcentred.sum(axis=0)", "dmean = -dxhat.sum(axis=0)", "wrong-point or missing-factor", "not divided by the standard deviation"),
    ("dmean = -dcentred.sum(axis=0)", "dmean = -dcentred.sum()", "wrong-axis", "summed over features too"),
    ("self.dbeta = d.sum(axis=0)", "self.dbeta = d.mean(axis=0)", "mean-for-sum", "averaged twice"),
    ("return d * self.positive", "return d", "missing-factor or wrong-mask", "relu ignored"),
    ("return d * self.positive", "return d * (d > 0)", "wrong-mask", "mask of the gradient's sign"),
    ("        self.dW = self.x.T @ d\n        self.db = d.sum(axis=0)\n        return d @ self.W.T",
     "        self.dW = self.x.T @ d\n        self.db = d.sum(axis=0)\n        self.W -= 0.1 * self.dW\n        return d @ self.W.T", "updated-parameter",
     "the layer learns in backward, before the gradient is passed on"),
    ("        d = 2 * (out - Y) / len(X)\n", "        d = 2 * (out - Y) / Y.size\n", "scale or mean-for-sum", "mean over all elements"),
    ("            d = layer.backward(d)\n", "            g = layer.backward(d)\n            d = g if g.shape != d.shape else d\n", "missing-factor or detached or stale-value",
     "the gradient is only replaced where its shape changes"),
    ("Trainer([first, norm, Relu(), last]).step(X, Y)", "relu = Relu()\n    Trainer([first, norm, relu, last]).step(X, Y)\n    norm.dgamma = (norm.xhat * relu.positive).sum(axis=0)",
     "missing-factor or wrong-point", "the gradient of gamma without what comes from above"),
]
