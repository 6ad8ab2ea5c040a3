"""Tundra degree of the one that is heard.

expected kind: wrong-axis or wrong-parameter or wrong-point
wrong line: 61
correction 61: np.add.at(dx, src, dout[dst] / deg[dst][:, None])
what: On the way back a message is divided by the degree of the other end of its edge
source: https://github.com/harvardnlp/botnet-detection/issues/17
said: thinks that messages are normalised by the degree of the neighbour that they come from, and should be by that of the node that adds them up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    herds, d, hidden, lands = 6, 3, 4, 3
    W1, b1, W2, b2 = r.normal(size=(d, hidden)), 0.4 * r.normal(size=hidden), r.normal(size=(hidden, lands)), 0.4 * r.normal(size=lands)
    # herds of the tundra, which of them (column) follows into the tracks of which (row), and where some of them winter
    follows = np.maximum(np.eye(herds), r.random((herds, herds)) < 0.35)
    follows[0] = 1.0
    return W1, b1, W2, b2, r.normal(size=(herds, d)), follows, r.integers(0, lands, herds), np.array([0, 1, 3, 4])


def loss(W1, b1, W2, b2, herds, follows, winter, known):
    share = follows / np.sum(follows, axis=1, keepdims=True)
    h = np.tanh(share @ herds @ W1 + b1)
    s = (share @ h @ W2 + b2)[known]
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(known)), winter[known]])


def right(W1, b1, W2, b2, herds, follows, winter, known):
    D_inv = np.diag(1 / follows.sum(axis=1))
    A_hat = D_inv @ follows
    # two rounds of listening to those that are followed
    AX = A_hat @ herds
    H = np.tanh(AX @ W1 + b1)
    AH = A_hat @ H
    logits = AH @ W2 + b2
    mask = np.zeros(len(herds))
    mask[known] = 1
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    dlogits = (probs - np.eye(len(b2))[winter]) * mask[:, None] / mask.sum()
    dW2, db2 = AH.T @ dlogits, dlogits.sum(axis=0)
    dAH = dlogits @ W2.T
    dH = A_hat.T @ dAH
    dZ = dH * (1 - H * H)
    return AX.T @ dZ, dZ.sum(axis=0), dW2, db2


def gather(x, src, dst, deg):
    """The mean over all that a node hears."""
    out = np.zeros((len(deg), x.shape[1]))
    np.add.at(out, dst, x[src] / deg[dst][:, None])
    return out


def gather_backward(dout, src, dst, deg):
    dx = np.zeros(dout.shape)
    np.add.at(dx, src, dout[dst] / deg[src][:, None])
    return dx


def backprop(W1, b1, W2, b2, herds, follows, winter, known):
    dst, src = np.nonzero(follows)
    deg = np.bincount(dst).astype(float)
    m1 = gather(herds, src, dst, deg)
    h = np.tanh(m1 @ W1 + b1)
    m2 = gather(h, src, dst, deg)
    scores = m2 @ W2 + b2
    ds = np.zeros_like(scores)
    for i in known:
        p = np.exp(scores[i]) / np.sum(np.exp(scores[i]))
        p[winter[i]] -= 1
        ds[i] = p / len(known)
    dh = gather_backward(ds @ W2.T, src, dst, deg)
    dz = dh * (1 - h**2)
    return {"W1": m1.T @ dz, "b1": dz.sum(axis=0), "W2": m2.T @ ds, "b2": ds.sum(axis=0)}
