"""combined tied autoencoder output and hidden.

expected kind: missing-factor + missing-factor or missing-factor + wrong-activation or another-loss + missing-factor
    or another-loss + wrong-activation or missing-factor + wrong-point or another-loss + wrong-point
wrong line: 48 or 49 and 51
correction 48: error = (z - x) * z * (1 - z) / n
correction 49: delta2 = error * z * (1 - z)
correction 51: delta1 = delta2.dot(W) * h * (1 - h)
what: the output's sigmoid has no derivative, as if the loss were the cross entropy; and the hidden one's is that of
    tanh
source: usual
said: a usual mistake, made up by the author
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
    error = (z - x) / n
    delta2 = error
    dc = delta2.sum(axis=0)
    delta1 = delta2.dot(W) * (1 - h ** 2)
    db = delta1.sum(axis=0)
    dW = x.T.dot(delta1) + delta2.T.dot(h)
    return {"W": dW, "b": db, "c": dc}


PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.random((6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)]
