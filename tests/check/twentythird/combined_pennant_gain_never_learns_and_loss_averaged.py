"""Combined pennant gain never learns and loss averaged.

expected kind: detached or missing-term + mean-for-sum or scale
wrong line: 90 and 108
correction 90: grads["gamma"] = np.sum(d * u, axis=0)
correction 108: flow = softmax - np.eye(len(b2))[y]
what: The gradient of the gain is zero; the loss is a sum, its gradient a mean
source: https://github.com/apache/mxnet/issues/12899
said: the gradient of gamma comes out as zero, not as what one finds by hand; the other, in github.com/paiml/aprender/pull/2182: the gradient is divided by the batch though the losses are added
"""

import numpy as np

PARAMETERS = ["W1", "b1", "gamma", "beta", "W2", "b2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(7, 3)), np.array([2, 0, 1, 1, 0, 2, 0])
    first = r.normal(size=(4, 3)), r.normal(size=4), r.uniform(0.6, 1.8, 4), r.normal(size=4)
    return *first, r.normal(size=(3, 4)), r.normal(size=3), X, y


def loss(W1, b1, gamma, beta, W2, b2, X, y):
    h = np.tanh(X @ W1.T + b1)
    mean = np.mean(h, axis=0)
    normed = (h - mean) / np.sqrt(np.mean((h - mean) ** 2, axis=0) + EPS)
    logits = (gamma * normed + beta) @ W2.T + b2
    return np.sum(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(len(y)), y])


def column_statistics(column):
    mean = sum(column) / len(column)
    variance = sum((v - mean) ** 2 for v in column) / len(column)
    return mean, (variance + EPS) ** -0.5


def column_backward(normed, scale, upstream):
    """Lead the gradient of one normalised column back to the column."""
    n = len(normed)
    along = sum(u * v for u, v in zip(upstream, normed)) / n
    level = sum(upstream) / n
    return np.array([scale * (u - level - v * along) for u, v in zip(upstream, normed)])


def right(W1, b1, gamma, beta, W2, b2, X, y):
    h = np.tanh(np.einsum("nd,kd->nk", X, W1) + b1)
    normed, scales = np.empty_like(h), np.empty(h.shape[1])
    for k in range(h.shape[1]):
        mean, scales[k] = column_statistics(h[:, k])
        normed[:, k] = (h[:, k] - mean) * scales[k]
    shown = gamma * normed + beta
    dlogits = np.exp(np.einsum("nk,ck->nc", shown, W2) + b2)
    dlogits /= np.einsum("nc->n", dlogits)[:, None]
    for n, label in enumerate(y):
        dlogits[n, label] -= 1
    dshown = np.einsum("nc,ck->nk", dlogits, W2)
    dh = np.empty_like(h)
    for k in range(h.shape[1]):
        dh[:, k] = column_backward(normed[:, k], scales[k], dshown[:, k] * gamma[k])
    dsum = dh * (1 - h) * (1 + h)
    dW1, db1 = np.einsum("nk,nd->kd", dsum, X), dsum.sum(0)
    return dW1, db1, (dshown * normed).sum(0), dshown.sum(0), np.einsum("nc,nk->ck", dlogits, shown), dlogits.sum(0)


def linear(params, grads, weight, bias):
    def forward(x):
        def backward(d):
            grads[weight] = d.T @ x
            grads[bias] = np.sum(d, axis=0)
            return d @ params[weight]

        return x @ params[weight].T + params[bias], backward

    return forward


def tanh(x):
    t = np.tanh(x)
    return t, lambda d: d * (1 - t * t)


def batch_norm(params, grads):
    def forward(x):
        spread = np.sqrt(np.var(x, axis=0) + EPS)
        u = (x - np.mean(x, axis=0)) / spread

        def backward(d):
            grads["gamma"] = np.zeros_like(params["gamma"])
            grads["beta"] = np.sum(d, axis=0)
            du = d * params["gamma"]
            return (du - np.mean(du, axis=0) - u * np.mean(du * u, axis=0)) / spread

        return params["gamma"] * u + params["beta"], backward

    return forward


def backprop(W1, b1, gamma, beta, W2, b2, X, y):
    params, grads = {"W1": W1, "b1": b1, "gamma": gamma, "beta": beta, "W2": W2, "b2": b2}, {}
    pipeline = [linear(params, grads, "W1", "b1"), tanh, batch_norm(params, grads), linear(params, grads, "W2", "b2")]
    value, trail = X, []
    for stage in pipeline:
        value, back = stage(value)
        trail.append(back)
    softmax = np.exp(value) / np.sum(np.exp(value), axis=1, keepdims=True)
    flow = (softmax - np.eye(len(b2))[y]) / len(y)
    while trail:
        flow = trail.pop()(flow)
    return grads
