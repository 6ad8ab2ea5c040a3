"""tied autoencoder only the encoder.

expected kind: missing-term or detached
wrong line: 47
correction 47: dW = np.dot(x.T, delta_hidden) + np.dot(delta_out.T, h)
what: of the two places where the weights are used only the encoder's counts
source: https://math.techqa.club/derivative-of-autoencoder-3102599
said: the asker has the derivatives by W and by its transpose apart, of different shapes, and doesn't know how the
    two are merged; the answer adds them
"""
import numpy as np


def sigmoid(s):
    return 1.0 / (1.0 + np.exp(-s))


def reconstruct(x, W, b, c):
    """The decoder's weights are the encoder's, transposed."""
    h = sigmoid(x @ W + b)
    return h, sigmoid(h @ W.T + c)


def loss(x, W, b, c):
    _, z = reconstruct(x, W, b, c)
    return 0.5 * np.mean(np.sum((z - x) ** 2, axis=1))


def right(x, W, b, c):
    dW = np.zeros_like(W)
    db, dc = np.zeros_like(b), np.zeros_like(c)
    for row in x:
        h, z = reconstruct(row, W, b, c)
        dz = (z - row) * z * (1 - z)
        dh = dz @ W * h * (1 - h)
        dW += (np.outer(row, dh) + np.outer(dz, h)) / len(x)
        db += dh / len(x)
        dc += dz / len(x)
    return {"W": dW, "b": db, "c": dc}


def backprop(x, W, b, c):
    n = x.shape[0]
    h, z = reconstruct(x, W, b, c)
    delta_out = (z - x) * z * (1 - z) / n
    delta_hidden = np.dot(delta_out, W) * h * (1 - h)
    dW = np.dot(x.T, delta_hidden)
    return {"W": dW, "b": delta_hidden.sum(axis=0), "c": delta_out.sum(axis=0)}


PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.random((6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)]
