"""Deep leaky slope of the plain relu.

expected kind: wrong-activation or missing-term or wrong-mask or detached
wrong line: 75
correction 75: return np.where(z > 0, 1.0, ALPHA)
what: The derivative of the leaky rectifier is that of the plain one
source: https://github.com/scientific-computing/FKB/issues/15
said: the derivative of leaky_relu is the same as that of the rectifier
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
ALPHA = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = (r.normal(size=s) for s in [(3, 5), (5, 4), (4, 2)])
    b1, b2, b3 = (r.normal(size=n) for n in (5, 4, 2))
    return W1, b1, W2, b2, W3, b3, r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    a = X
    for W, b in ((W1, b1), (W2, b2)):
        z = a @ W + b
        a = np.where(z > 0, z, ALPHA * z)
    return np.mean((a @ W3 + b3 - Y) ** 2)


def leaky(x, alpha=0.01):
    return np.where(x > 0, x, alpha * x)


def leaky_grad(x, alpha=0.01):
    grad = np.ones_like(x)
    grad[x <= 0] = alpha
    return grad


def forward_pass(params, x):
    caches = []
    for W, b in params[:-1]:
        z = np.dot(x, W) + b
        caches.append((x, z))
        x = leaky(z, ALPHA)
    W, b = params[-1]
    caches.append((x, None))
    return np.dot(x, W) + b, caches


def backward_pass(params, caches, dout):
    grads = []
    for (W, b), (x, z) in zip(reversed(params), reversed(caches)):
        if z is not None:
            dout = dout * leaky_grad(z, ALPHA)
        grads.append((np.dot(x.T, dout), np.sum(dout, axis=0)))
        dout = np.dot(dout, W.T)
    return grads[::-1]


def right(W1, b1, W2, b2, W3, b3, X, Y):
    params = [(W1, b1), (W2, b2), (W3, b3)]
    out, caches = forward_pass(params, X)
    grads = backward_pass(params, caches, (out - Y) * (2.0 / out.size))
    return [g for pair in grads for g in pair]


def leaky_relu(z):
    return np.maximum(z, ALPHA * z)


def leaky_relu_prime(z):
    return np.where(z > 0, 1.0, 0.0)


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    W, b = [W1, W2, W3], [b1, b2, b3]
    L = len(W)
    zs, activations = [], [X]
    for l in range(L):
        zs.append(activations[-1].dot(W[l]) + b[l])
        activations.append(leaky_relu(zs[-1]) if l < L - 1 else zs[-1])

    dW, db = [None] * L, [None] * L
    delta = 2 * (activations[-1] - Y) / Y.size
    for l in reversed(range(L)):
        dW[l] = activations[l].T.dot(delta)
        db[l] = delta.sum(axis=0)
        if l > 0:
            delta = delta.dot(W[l].T) * leaky_relu_prime(zs[l - 1])
    return dW[0], db[0], dW[1], db[1], dW[2], db[2]
