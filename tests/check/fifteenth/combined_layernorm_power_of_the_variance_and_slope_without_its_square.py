"""Combined layernorm power of the variance and slope without its square.

expected kind: missing-factor or wrong-point + missing-factor or wrong-activation
wrong line: 93 and 116
correction 93: dvar = np.sum(dxhat * (s - mu)) * -0.5 * (var + EPS) ** -1.5
correction 116: dpre = (1 - h**2) * (W2 @ ds)
what: The power of the variance is that of the forward pass; the slope of tanh has no square
source: usual
said: the power falls by one; one minus the square
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "gamma", "beta", "Wo"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5, 4), (4,), (4,), (4,), (4, 3), (2, 3, 4)]
    return *(r.normal(size=s) for s in shapes), np.array([[0, 2, 1], [1, 1, 2]])


def loss(W1, b1, W2, b2, gamma, beta, Wo, x, labels):
    s = x + np.tanh(x @ W1 + b1) @ W2 + b2
    normed = (s - s.mean(axis=-1, keepdims=True)) / np.sqrt(s.var(axis=-1, keepdims=True) + EPS)
    logits = (gamma * normed + beta) @ Wo
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.mean(np.take_along_axis(log_probs, labels[..., None], axis=-1))


class FeedForward:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, dout):
        self.dW2 = np.einsum("bth,btd->hd", self.h, dout)
        self.db2 = dout.sum(axis=(0, 1))
        dpre = dout @ self.W2.T * (1 - self.h**2)
        self.dW1 = np.einsum("btd,bth->dh", self.x, dpre)
        self.db1 = dpre.sum(axis=(0, 1))


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=-1, keepdims=True) + EPS)
        self.xhat = (x - x.mean(axis=-1, keepdims=True)) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        dxhat = dout.copy()
        dxhat *= self.gamma
        self.dgamma = np.sum(dout * self.xhat, axis=(0, 1))
        self.dbeta = np.sum(dout, axis=(0, 1))
        mean1 = dxhat.mean(axis=-1, keepdims=True)
        mean2 = (dxhat * self.xhat).mean(axis=-1, keepdims=True)
        return (dxhat - mean1 - self.xhat * mean2) / self.std


def right(W1, b1, W2, b2, gamma, beta, Wo, x, labels):
    ff, ln = FeedForward(W1, b1, W2, b2), LayerNorm(gamma, beta)
    out = ln.forward(x + ff.forward(x))
    logits = out @ Wo
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    B, T, V = probs.shape
    dlogits = probs
    dlogits[np.arange(B)[:, None], np.arange(T), labels] -= 1
    dlogits /= B * T
    dWo = np.tensordot(out, dlogits, ((0, 1), (0, 1)))
    dout = dlogits @ Wo.T
    ff.backward(ln.backward(dout))
    return ff.dW1, ff.db1, ff.dW2, ff.db2, ln.dgamma, ln.dbeta, dWo


def softmax(v):
    e = np.exp(v - np.max(v))
    return e / e.sum()


def norm_backward(dy, s, gamma):
    D = len(s)
    mu = s.sum() / D
    var = ((s - mu) ** 2).sum() / D
    dxhat = dy * gamma
    dvar = np.sum(dxhat * (s - mu)) * -0.5 * (var + EPS) ** -0.5
    dmu = -np.sum(dxhat) / np.sqrt(var + EPS)
    return dxhat / np.sqrt(var + EPS) + dvar * 2 * (s - mu) / D + dmu / D


def backprop(W1, b1, W2, b2, gamma, beta, Wo, x, labels):
    tokens, targets = x.reshape(-1, x.shape[-1]), labels.ravel()
    dW1, db1, dW2, db2, dgamma, dbeta, dWo = (np.zeros_like(p) for p in (W1, b1, W2, b2, gamma, beta, Wo))
    for token, target in zip(tokens, targets):
        h = np.tanh(W1.T @ token + b1)
        s = token + W2.T @ h + b2
        xhat = (s - s.mean()) / np.sqrt(s.var() + EPS)
        y = gamma * xhat + beta
        dlogit = softmax(Wo.T @ y)
        dlogit[target] -= 1
        dlogit = dlogit / len(tokens)
        dWo += np.outer(y, dlogit)
        dy = Wo @ dlogit
        dgamma += dy * xhat
        dbeta += dy
        ds = norm_backward(dy, s, gamma)
        dW2 += np.outer(h, ds)
        db2 += ds
        dpre = (1 - h) * (W2 @ ds)
        dW1 += np.outer(token, dpre)
        db1 += dpre
    return dW1, db1, dW2, db2, dgamma, dbeta, dWo
