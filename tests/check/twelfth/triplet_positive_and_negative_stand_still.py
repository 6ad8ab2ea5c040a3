"""Triplet positive and negative stand still.

expected kind: missing-term or detached
wrong line: 82
correction 82: for x, out, grad in zip(batches, outs, grads):
what: Only the anchors lead back to the weights, positives and negatives are held constant
source: https://github.com/jhjin/triplet-criterion/issues/2
said: the gradient of the anchor seems right, but those of the positive and the negative aren't there
"""

import numpy as np

PARAMETERS = ["W", "b"]

margin = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, anchors, positives, negatives = (r.normal(size=s) for s in [(3, 4), 4, (8, 3), (8, 3), (8, 3)])
    return 0.5 * W, b, anchors, positives, negatives


def loss(W, b, anchors, positives, negatives):
    a, p, n = (np.tanh(x @ W + b) for x in (anchors, positives, negatives))
    near = np.sum((a - p) ** 2, axis=1)
    far = np.sum((a - n) ** 2, axis=1)
    return np.sum(np.maximum(near - far + margin, 0)) / len(anchors)


def right(W, b, anchors, positives, negatives):
    num = anchors.shape[0]
    X = np.concatenate([anchors, positives, negatives])
    E = np.tanh(np.dot(X, W) + b)
    a, p, n = E[:num], E[num : 2 * num], E[2 * num :]
    triplets = []
    for i in range(num):
        pos_dist = np.sum((a[i] - p[i]) ** 2)
        neg_dist = np.sum((a[i] - n[i]) ** 2)
        if margin + pos_dist - neg_dist > 0:
            triplets.append(i)

    dE = np.zeros_like(E)
    scale = 2.0 / num
    for i in triplets:
        dE[i] += scale * (n[i] - p[i])
        dE[num + i] += scale * (p[i] - a[i])
        dE[2 * num + i] += scale * (a[i] - n[i])
    dZ = dE * (1 - E * E)
    return {"W": np.dot(X.T, dZ), "b": dZ.sum(axis=0)}


class Tower:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        return np.tanh(x.dot(self.W) + self.b)

    def backward(self, x, out, dout):
        d = dout * (1 - out**2)
        self.dW += x.T.dot(d)
        self.db += d.sum(axis=0)


def triplet_criterion(a, p, n):
    N = len(a)
    Li = np.maximum(0, margin + ((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1))
    active = (Li > 0)[:, None] * 2 / N
    da = (n - p) * active
    dp = (p - a) * active
    dn = (a - n) * active
    return da, dp, dn


def backprop(W, b, anchors, positives, negatives):
    tower = Tower(W, b)
    batches = [anchors, positives, negatives]
    outs = [tower.forward(x) for x in batches]
    grads = triplet_criterion(*outs)
    for x, out, grad in zip(batches[:1], outs, grads):
        tower.backward(x, out, grad)
    return tower.dW, tower.db
