"""Block attention summed over the queries.

expected kind: wrong-axis
wrong line: 85 or 86
correction 85: inner = np.sum(grad_weights * self.weights, axis=1, keepdims=True)
correction 86: grad_scores = self.weights * (grad_weights - np.sum(grad_weights * self.weights, axis=1, keepdims=True)) * self.scale
what: The sum in the derivative of the softmax goes over the queries, not over the keys
source: https://github.com/nerdai/llms-from-scratch-rs/pull/30
said: the softmax of the attention weights was over the wrong dimension
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo", "W1", "W2", "gamma", "beta"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.6 * r.normal(size=(4, 4)) for _ in range(4)]
    return *weights, 0.6 * r.normal(size=(4, 5)), 0.6 * r.normal(size=(5, 4)), r.uniform(0.5, 1.5, size=4), r.normal(size=4), *r.normal(size=(2, 5, 4))


def loss(Wq, Wk, Wv, Wo, W1, W2, gamma, beta, X, Y):
    e = np.exp((X @ Wq) @ (X @ Wk).T / np.sqrt(Wk.shape[1]))
    Z = X + (e / np.sum(e, axis=1, keepdims=True)) @ (X @ Wv) @ Wo
    centred = Z - np.mean(Z, axis=1, keepdims=True)
    N = gamma * centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS) + beta
    out = N + np.maximum(N @ W1, 0) @ W2
    return 0.5 * np.sum((out - Y) ** 2)


def right(Wq, Wk, Wv, Wo, W1, W2, gamma, beta, X, Y):
    d = Wk.shape[1]
    # forward
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = Q @ K.T / np.sqrt(d)
    S = S - S.max(axis=-1, keepdims=True)
    A = np.exp(S) / np.exp(S).sum(axis=-1, keepdims=True)
    C = A @ V
    Z = X + C @ Wo
    mu = Z.mean(axis=-1, keepdims=True)
    std = np.sqrt(Z.var(axis=-1, keepdims=True) + EPS)
    norm = (Z - mu) / std
    N = gamma * norm + beta
    pre = N @ W1
    act = np.maximum(pre, 0)
    out = N + act @ W2
    # backward
    d_out = out - Y
    d_W2 = act.T @ d_out
    d_pre = (d_out @ W2.T) * (pre > 0)
    d_W1 = N.T @ d_pre
    d_N = d_out + d_pre @ W1.T
    d_gamma = (d_N * norm).sum(axis=0)
    d_beta = d_N.sum(axis=0)
    d_norm = d_N * gamma
    d_Z = (d_norm - d_norm.mean(axis=-1, keepdims=True) - norm * (d_norm * norm).mean(axis=-1, keepdims=True)) / std
    d_Wo = C.T @ d_Z
    d_C = d_Z @ Wo.T
    d_A = d_C @ V.T
    d_V = A.T @ d_C
    d_S = A * (d_A - (d_A * A).sum(axis=-1, keepdims=True))
    d_Q = d_S @ K / np.sqrt(d)
    d_K = d_S.T @ Q / np.sqrt(d)
    return X.T @ d_Q, X.T @ d_K, X.T @ d_V, d_Wo, d_W1, d_W2, d_gamma, d_beta


class SelfAttention:
    def __init__(self, Wq, Wk, Wv, Wo):
        self.Wq, self.Wk, self.Wv, self.Wo = Wq, Wk, Wv, Wo
        self.scale = Wk.shape[1] ** -0.5

    def forward(self, x):
        self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk, x @ self.Wv
        weights = np.exp(self.q @ self.k.T * self.scale)
        self.weights = weights / weights.sum(axis=1, keepdims=True)
        self.mixed = self.weights @ self.v
        return self.mixed @ self.Wo

    def backward(self, grad):
        self.dWo = self.mixed.T @ grad
        grad_mixed = grad @ self.Wo.T
        grad_weights = grad_mixed @ self.v.T
        inner = np.sum(grad_weights * self.weights, axis=0, keepdims=True)
        grad_scores = self.weights * (grad_weights - inner) * self.scale
        self.dWq = self.x.T @ grad_scores @ self.k
        self.dWk = self.x.T @ grad_scores.T @ self.q
        self.dWv = self.x.T @ self.weights.T @ grad_mixed


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        self.inv = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPS)
        self.xhat = centred * self.inv
        return self.gamma * self.xhat + self.beta

    def backward(self, grad):
        self.dgamma, self.dbeta = np.sum(grad * self.xhat, axis=0), np.sum(grad, axis=0)
        D = grad.shape[1]
        g = grad * self.gamma
        return self.inv / D * (D * g - g.sum(axis=1, keepdims=True) - self.xhat * (g * self.xhat).sum(axis=1, keepdims=True))


class FeedForward:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def forward(self, x):
        self.x, self.h = x, np.maximum(x @ self.W1, 0)
        return self.h @ self.W2

    def backward(self, grad):
        self.dW2 = self.h.T @ grad
        grad_h = grad @ self.W2.T
        grad_h[self.h <= 0] = 0
        self.dW1 = self.x.T @ grad_h
        return grad_h @ self.W1.T


def backprop(Wq, Wk, Wv, Wo, W1, W2, gamma, beta, X, Y):
    attention, norm, feed = SelfAttention(Wq, Wk, Wv, Wo), LayerNorm(gamma, beta), FeedForward(W1, W2)
    n = norm.forward(X + attention.forward(X))
    grad = n + feed.forward(n) - Y
    grad = grad + feed.backward(grad)
    grad = norm.backward(grad)
    attention.backward(grad)
    return attention.dWq, attention.dWk, attention.dWv, attention.dWo, feed.dW1, feed.dW2, norm.dgamma, norm.dbeta
