"""ReLU is applied to the gradient.

expected kind: wrong-mask or wrong-point
wrong line: 45
correction 45: l1 = l1 * (z1 > 0)
what: max(0, gradient) in place of the gradient where z1 is positive
source: https://github.com/FahdSeddik/DeepLearning.AI-Natural-Language-Processing-Specialization/issues/1
said: Outputs have zeros where negative values are expected, from the line that implements ReLU in back_prop.
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


def softmax(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / np.sum(e, axis=0)


def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
    z1 = np.dot(W1, x) + b1
    l1 = np.dot(W2.T, (yhat - y))
    l1 = np.maximum(0, l1)
    grad_W1 = np.dot(l1, x.T) / batch_size
    grad_W2 = np.dot((yhat - y), h.T) / batch_size
    grad_b1 = np.sum(l1, axis=1, keepdims=True) / batch_size
    grad_b2 = np.sum((yhat - y), axis=1, keepdims=True) / batch_size
    return grad_W1, grad_W2, grad_b1, grad_b2


def backprop(x, y, W1, W2, b1, b2):
    h = np.maximum(0, np.dot(W1, x) + b1)
    yhat = softmax(np.dot(W2, h) + b2)
    return back_prop(x, yhat, y, h, W1, W2, b1, b2, x.shape[1])
