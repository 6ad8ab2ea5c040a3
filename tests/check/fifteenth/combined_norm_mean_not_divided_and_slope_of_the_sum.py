"""Combined norm mean not divided and slope of the sum.

expected kind: sum-for-mean + wrong-point
wrong line: 87 or 86 and 107
correction 86: dmu = (np.sum(dX_norm * -std_inv, axis=0) + dvar * np.mean(-2.0 * X_mu, axis=0)) / N
correction 87: dX = dX_norm * std_inv + dvar * 2 * X_mu / N + dmu / N
correction 107: dbn1 = dh1 * (1 - h1**2)
what: The gradient of the mean is not shared among the batch; the slope of tanh in the first layer is that of what
    goes into it
source: https://github.com/tsoding/nn.h/issues/18
said: the derivative should be taken of what is before the activation, not of the activated output
"""

import numpy as np

PARAMETERS = ["W1", "gamma1", "beta1", "W2", "gamma2", "beta2", "w3"]
EPS = 1e-4


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (4,), (4, 3), (3,), (3,), (3, 1), (8, 3), (8, 1)]
    return tuple(r.normal(size=s) for s in shapes)


def loss(W1, gamma1, beta1, W2, gamma2, beta2, w3, X, Y):
    out = X
    for W, gamma, beta in [(W1, gamma1, beta1), (W2, gamma2, beta2)]:
        z = out @ W
        out = np.tanh(gamma * (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPS) + beta)
    return np.mean((out @ w3 - Y) ** 2)


class NormedLayer:
    def __init__(self, W, gamma, beta):
        self.W, self.gamma, self.beta = W, gamma, beta

    def forward(self, x):
        self.x = x
        z = x @ self.W
        centered = z - z.mean(0)
        self.istd = 1 / np.sqrt((centered**2).mean(0) + EPS)
        self.xhat = centered * self.istd
        self.out = np.tanh(self.gamma * self.xhat + self.beta)
        return self.out

    def backward(self, dout):
        dpre = dout * (1 - self.out**2)
        self.dgamma = (dpre * self.xhat).sum(0)
        self.dbeta = dpre.sum(0)
        dxhat = dpre * self.gamma
        along = (dxhat * self.xhat).mean(0)
        dz = self.istd * (dxhat - dxhat.mean(0) - self.xhat * along)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


def right(W1, gamma1, beta1, W2, gamma2, beta2, w3, X, Y):
    layers = [NormedLayer(W1, gamma1, beta1), NormedLayer(W2, gamma2, beta2)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    error = out @ w3 - Y
    dw3 = 2 * out.T @ error / len(Y)
    dout = 2 * error @ w3.T / len(Y)
    for layer in layers[::-1]:
        dout = layer.backward(dout)
    grads = [g for layer in layers for g in (layer.dW, layer.dgamma, layer.dbeta)]
    return *grads, dw3


def bn_forward(X, gamma, beta):
    mu = np.mean(X, axis=0)
    var = np.var(X, axis=0)
    X_norm = (X - mu) / np.sqrt(var + EPS)
    return gamma * X_norm + beta, (X, X_norm, mu, var, gamma)


def bn_backward(dout, cache):
    X, X_norm, mu, var, gamma = cache
    N = X.shape[0]
    X_mu = X - mu
    std_inv = 1.0 / np.sqrt(var + EPS)
    dX_norm = dout * gamma
    dvar = np.sum(dX_norm * X_mu, axis=0) * -0.5 * std_inv**3
    dmu = np.sum(dX_norm * -std_inv, axis=0) + dvar * np.mean(-2.0 * X_mu, axis=0)
    dX = dX_norm * std_inv + dvar * 2 * X_mu / N + dmu
    dgamma = np.sum(dout * X_norm, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dX, dgamma, dbeta


def backprop(W1, gamma1, beta1, W2, gamma2, beta2, w3, X, Y):
    model = dict(W1=W1, gamma1=gamma1, beta1=beta1, W2=W2, gamma2=gamma2, beta2=beta2, w3=w3)
    bn1, cache1 = bn_forward(X @ model["W1"], model["gamma1"], model["beta1"])
    h1 = np.tanh(bn1)
    bn2, cache2 = bn_forward(h1 @ model["W2"], model["gamma2"], model["beta2"])
    h2 = np.tanh(bn2)
    grad = {}
    dy = 2 * (h2 @ model["w3"] - Y) / Y.size
    grad["w3"] = h2.T @ dy
    dh2 = dy @ model["w3"].T
    dbn2 = dh2 * (1 - h2**2)
    dz2, grad["gamma2"], grad["beta2"] = bn_backward(dbn2, cache2)
    grad["W2"] = h1.T @ dz2
    dh1 = dz2 @ model["W2"].T
    dbn1 = dh1 * (1 - bn1**2)
    dz1, grad["gamma1"], grad["beta1"] = bn_backward(dbn1, cache1)
    grad["W1"] = X.T @ dz1
    return grad
