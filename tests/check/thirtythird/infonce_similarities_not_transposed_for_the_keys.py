"""InfoNCE on normalised embeddings of two views, the other rows of the batch as negatives.

expected kind: transpose
wrong line: 48
correction 48: dk = dsim.T @ q
what: the gradient of the similarities is square, and it isn't transposed for the second view
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

tau = 0.5


def normalise(u):
    return u / np.linalg.norm(u, axis=1, keepdims=True)


def normalise_backward(dv, u):
    norm = np.linalg.norm(u, axis=1, keepdims=True)
    v = u / norm
    return (dv - v * np.sum(dv * v, axis=1, keepdims=True)) / norm


def loss(x1, x2, Wq, Wk):
    sim = normalise(x1 @ Wq) @ normalise(x2 @ Wk).T / tau
    return np.mean(np.log(np.sum(np.exp(sim), axis=1)) - np.diag(sim))


def right(x1, x2, Wq, Wk):
    u1, u2 = x1 @ Wq, x2 @ Wk
    q, k = normalise(u1), normalise(u2)
    sim = q @ k.T / tau
    p = np.exp(sim) / np.sum(np.exp(sim), axis=1, keepdims=True)
    dsim = (p - np.eye(len(p))) / len(p) / tau
    dq = dsim @ k
    dk = dsim.T @ q
    return x1.T @ normalise_backward(dq, u1), x2.T @ normalise_backward(dk, u2)


def backprop(x1, x2, Wq, Wk):
    u1, u2 = x1 @ Wq, x2 @ Wk
    q, k = normalise(u1), normalise(u2)
    sim = q @ k.T / tau
    p = np.exp(sim) / np.sum(np.exp(sim), axis=1, keepdims=True)
    dsim = (p - np.eye(len(p))) / len(p) / tau
    dq = dsim @ k
    dk = dsim @ q
    return x1.T @ normalise_backward(dq, u1), x2.T @ normalise_backward(dk, u2)


PARAMETERS = ["Wq", "Wk"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = r.normal(size=(5, 4))
    return [x, x + 0.5 * r.normal(size=(5, 4)), r.normal(size=(4, 3)), r.normal(size=(4, 3))]
