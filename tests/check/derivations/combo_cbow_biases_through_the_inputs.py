"""Two at once: each bias gets the row sums of its layer's weight gradient.

expected kind: repeated-factor + repeated-factor or wrong-point + wrong-point
wrong line: 50 and 51
correction 50: grad_b1 = np.sum((1 / batch_size) * l1, axis=1, keepdims=True)
correction 51: grad_b2 = np.sum((1 / batch_size) * (yhat - y), axis=1, keepdims=True)
what: in both layers the bias's gradient is multiplied by the layer's input (in the course b1 is right by
    luck: there each column of x sums to one)
source: https://github.com/rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization/issues/62
said: The gradients of both biases are sums of np.dot(l1, x.T) and np.dot(yhat - y, h.T); a later change says
    that no product with x is needed.
"""

import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, N, m = 5, 4, 6
    x = r.uniform(size=(V, m))
    y = np.eye(V)[:, r.integers(V, size=m)]
    return [x, y, r.normal(size=(N, V)), r.normal(size=(V, N)), r.normal(size=(N, 1)), r.normal(size=(V, 1))]


def loss(x, y, W1, W2, b1, b2):
    z = W2 @ np.maximum(W1 @ x + b1, 0) + b2
    return (np.sum(np.log(np.sum(np.exp(z), axis=0))) - np.sum(y * z)) / 6


def right(x, y, W1, W2, b1, b2):
    a = W1 @ x + b1
    z = W2 @ np.maximum(a, 0) + b2
    d = (np.exp(z) / np.exp(z).sum(0) - y) / 6
    da = np.where(a > 0, W2.T @ d, 0)
    return da @ x.T, d @ np.maximum(a, 0).T, da.sum(1)[:, None], d.sum(1)[:, None]


def backprop(x, y, W1, W2, b1, b2):
    batch_size = x.shape[1]
    z1 = W1 @ x + b1
    h = z1 * (z1 > 0)
    scores = W2 @ h + b2
    yhat = np.exp(scores) / np.sum(np.exp(scores), axis=0, keepdims=True)
    l1 = W2.T @ (yhat - y)
    l1[z1 < 0] = 0
    grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
    grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
    grad_b1 = np.sum((1 / batch_size) * np.dot(l1, x.T), axis=1, keepdims=True)
    grad_b2 = np.sum((1 / batch_size) * np.dot(yhat - y, h.T), axis=1, keepdims=True)
    return {"b1": grad_b1, "b2": grad_b2, "W1": grad_W1, "W2": grad_W2}
