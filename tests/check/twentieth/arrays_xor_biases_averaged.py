"""Arrays xor biases averaged.

expected kind: mean-for-sum
wrong line: 57
correction 57: return np.sum(delta, axis=0)
given as: arrays
what: The gradients of the biases are averaged over the examples, the loss is a sum
source: https://github.com/dengfy/cs231n/issues/1
said: somebody asks if the gradient of the bias shouldn't be averaged over all examples, and is told that it is a sum
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(6, 2))
    xor = (X[:, 0] * X[:, 1] < 0).astype(int)
    return r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=1), X, xor


def loss(W1, b1, W2, b2, X, y):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return 0.5 * np.sum((y - o) ** 2)


def sig(x):
    return 1 / (1 + np.exp(-x))


def right(W1, b1, W2, b2, X, y):
    dW1, db1, dW2, db2 = np.zeros((2, 3)), np.zeros(3), np.zeros(3), np.zeros(1)
    for x, target in zip(X, y):
        h = [sig(W1[0, j] * x[0] + W1[1, j] * x[1] + b1[j]) for j in range(3)]
        out = sig(sum(W2[j] * h[j] for j in range(3)) + b2[0])
        dout = -(target - out)
        for j in range(3):
            dW2[j] += dout * out * (1 - out) * h[j]
            dh = dout * out * (1 - out) * W2[j]
            dW1[0, j] += dh * h[j] * (1 - h[j]) * x[0]
            dW1[1, j] += dh * h[j] * (1 - h[j]) * x[1]
            db1[j] += dh * h[j] * (1 - h[j])
        db2[0] += dout * out * (1 - out)
    return dW1, db1, dW2, db2


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def bias_gradient(delta):
    return np.mean(delta, axis=0)


def backprop(W1, b1, W2, b2, X, y):
    syn0, syn1 = W1, W2.reshape(3, 1)
    l1 = nonlin(np.dot(X, syn0) + b1)
    l2 = nonlin(np.dot(l1, syn1) + b2)
    l2_error = l2 - y.reshape(-1, 1)
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1_grad = l1.T.dot(l2_delta).ravel()
    syn0_grad = X.T.dot(l1_delta)
    return syn0_grad, bias_gradient(l1_delta), syn1_grad, bias_gradient(l2_delta)
