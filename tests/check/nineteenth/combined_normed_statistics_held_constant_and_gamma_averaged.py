"""Combined normed statistics held constant and gamma averaged.

expected kind: missing-term or detached + mean-for-sum
wrong line: 82 and 78
correction 82: dz[i] = rstd[i] * (dxhat[i] - dxhat[i].mean() - xhat[i] * dxhat[i].dot(xhat[i]) / D)
correction 78: dgamma = np.einsum("nd,nd->d", dn, xhat)
what: Mean and deviation of the row are taken for constants; gamma's gradient is divided by the number of rows once more
source: https://github.com/ooples/AiDotNet/pull/695
said: the backward pass (of RMS norm, there) ignores that the statistic depends on the input; the mean for gamma is made up
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]
EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5,), (5, 3), (6, 4)]
    return *(r.normal(size=shape) for shape in shapes), np.array([2, 0, 1, 1, 2, 0])


def loss(W1, gamma, beta, W2, X, y):
    z = X @ W1
    centred = z - np.mean(z, axis=1, keepdims=True)
    xhat = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    scores = np.maximum(gamma * xhat + beta, 0) @ W2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.xmu = x - x.mean(axis=1, keepdims=True)
        self.rstd = 1 / np.sqrt((self.xmu**2).mean(axis=1, keepdims=True) + EPS)
        return self.gamma * self.xmu * self.rstd + self.beta

    def backward(self, dout):
        inv = self.rstd
        xhat = self.xmu * inv
        self.dgamma = (dout * xhat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dxhat = dout * self.gamma
        along = xhat * (dxhat * xhat).mean(axis=1, keepdims=True)
        return inv * (dxhat - dxhat.mean(axis=1, keepdims=True) - along)


def right(W1, gamma, beta, W2, X, y):
    norm = LayerNorm(gamma, beta)
    normed = norm.forward(X @ W1)
    hidden = np.maximum(normed, 0)
    exps = np.exp(hidden @ W2)
    dscores = exps / exps.sum(axis=1, keepdims=True)
    dscores[np.arange(len(y)), y] -= 1
    dscores /= len(y)
    dnormed = dscores @ W2.T * (normed > 0)
    dz = norm.backward(dnormed)
    return X.T @ dz, norm.dgamma, norm.dbeta, hidden.T @ dscores


def backprop(W1, gamma, beta, W2, X, y):
    z = np.einsum("nc,cd->nd", X, W1)
    N, D = z.shape
    rstd = (z.var(axis=1) + EPS) ** -0.5
    xhat = (z - z.mean(axis=1)[:, None]) * rstd[:, None]
    n_out = xhat * gamma + beta
    h = n_out.clip(min=0)
    logits = np.einsum("nd,dk->nk", h, W2)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1)[:, None]
    dlogits = (probs - np.eye(W2.shape[1])[y]) / N
    dW2 = np.einsum("nd,nk->dk", h, dlogits)
    dn = np.einsum("nk,dk->nd", dlogits, W2) * (n_out > 0)
    dbeta = np.einsum("nd->d", dn)
    dgamma = np.einsum("nd,nd->d", dn, xhat) / N
    dxhat = np.einsum("nd,d->nd", dn, gamma)
    dz = np.zeros((N, D))
    for i in range(N):
        dz[i] = rstd[i] * dxhat[i]
    dW1 = np.einsum("nc,nd->cd", X, dz)
    return {"W1": dW1, "gamma": dgamma, "beta": dbeta, "W2": dW2}
