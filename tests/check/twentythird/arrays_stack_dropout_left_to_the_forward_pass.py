"""Arrays stack dropout left to the forward pass.

expected kind: missing-factor
wrong line: 76
correction 76: return h * mask / KEEP, lambda g: g * mask / KEEP
given as: arrays
what: The gradient goes back through dropout as if there were none, neither masked nor scaled
source: https://community.deeplearning.ai/t/backward-propagation-with-dropout/8920
said: somebody asks why the gradients have to be set to zero and scaled, since that should happen by itself after the forward pass
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
KEEP, REG = 0.6, 0.3


def data(seed=0):
    rng = np.random.default_rng(seed)
    W1, W2, W3 = rng.normal(size=(4, 5)), rng.normal(size=(5, 3)), rng.normal(size=(3, 3))
    b1, b2, b3 = 0.3 * rng.normal(size=5), 0.3 * rng.normal(size=3), 0.3 * rng.normal(size=3)
    M1 = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 0, 1, 1, 1], [1, 1, 1, 0, 1], [1, 0, 1, 0, 1]])
    M2 = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1], [1, 1, 0]])
    return W1, b1, W2, b2, W3, b3, rng.normal(size=(5, 4)), np.array([2, 0, 1, 1, 0]), M1, M2


def loss(W1, b1, W2, b2, W3, b3, X, labels, M1, M2):
    H1 = np.tanh(X @ W1 + b1) * M1 / KEEP
    H2 = np.tanh(H1 @ W2 + b2) * M2 / KEEP
    logits = H2 @ W3 + b3
    right_one = np.sum(logits * np.eye(3)[labels], axis=1)
    fit = np.mean(np.log(np.sum(np.exp(logits), axis=1)) - right_one)
    return fit + 0.5 * REG * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def right(W1, b1, W2, b2, W3, b3, X, labels, M1, M2):
    weights, biases, masks = [W1, W2, W3], [b1, b2, b3], [M1, M2]
    # forward
    inputs, squashed = [X], []
    for W, b, M in zip(weights, biases, masks):
        squashed.append(np.tanh(inputs[-1].dot(W) + b))
        inputs.append(squashed[-1] * M / KEEP)
    scores = inputs[-1].dot(W3) + b3
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    # backward
    n = len(X)
    delta = probs.copy()
    delta[range(n), labels] -= 1
    delta /= n
    dW, db = [None] * 3, [None] * 3
    for l in (2, 1, 0):
        dW[l] = inputs[l].T.dot(delta)
        dW[l] += REG * weights[l]
        db[l] = delta.sum(axis=0)
        if l:
            delta = delta.dot(weights[l].T) * masks[l - 1] / KEEP
            delta *= 1 - squashed[l - 1] ** 2
    return dW[0], db[0], dW[1], db[1], dW[2], db[2]


def affine(x, W, b, store, number):
    def back(g):
        store["W%d" % number] = np.einsum("ni,nj->ij", x, g) + REG * W
        store["b%d" % number] = np.einsum("nj->j", g)
        return np.einsum("nj,ij->ni", g, W)

    return x @ W + b, back


def squash(z):
    t = np.tanh(z)
    return t, lambda g: g - g * t * t


def drop(h, mask):
    return h * mask / KEEP, lambda g: g


def cross_entropy(logits, labels):
    e = np.exp(logits - np.max(logits, axis=1)[:, None])
    q = e / np.sum(e, axis=1)[:, None]
    q[np.arange(len(labels)), labels] -= 1
    return q / len(labels)


def backprop(W1, b1, W2, b2, W3, b3, X, labels, M1, M2):
    grads, tape, value = {}, [], X
    for number, (W, b, mask) in enumerate([(W1, b1, M1), (W2, b2, M2)], start=1):
        value, back = affine(value, W, b, grads, number)
        tape.append(back)
        value, back = squash(value)
        tape.append(back)
        value, back = drop(value, mask)
        tape.append(back)
    value, back = affine(value, W3, b3, grads, 3)
    g = back(cross_entropy(value, labels))
    while tape:
        g = tape.pop()(g)
    return grads
