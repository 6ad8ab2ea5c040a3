"""Siamese push not divided by the distance.

expected kind: missing-factor
wrong line: 67 or 68
correction 67: beta = -mdist / self.dist[j]
correction 68: bottom_diff[j] = beta * self.diff[j] / self.dist[j] / num
what: The push of a pair that differs isn't divided by its distance, which has a root
source: https://github.com/BVLC/caffe/issues/4438
said: why should it be divided by the distance, is it a bug? It is the chain rule of the root
"""

import numpy as np

PARAMETERS = ["W1", "W2"]

margin = 5.0


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, left, partner = (r.normal(size=s) for s in [(3, 5), (5, 2), (8, 3), (8, 3)])
    return W1, W2, left, partner, np.array([1, 0, 0, 1, 0, 1, 0, 0])


def loss(W1, W2, left, partner, same):
    u = np.tanh(left @ W1) @ W2
    v = np.tanh(partner @ W1) @ W2
    d = np.sqrt(np.sum((u - v) ** 2, axis=1) + 1e-4)
    return np.mean(same * d**2 + (1 - same) * np.maximum(margin - d, 0) ** 2) / 2


def encode(x, W1, W2):
    h = np.tanh(x.dot(W1))
    return h, h.dot(W2)


def right(W1, W2, left, partner, same):
    (h1, u), (h2, v) = encode(left, W1, W2), encode(partner, W1, W2)
    gap = u - v
    d = np.sqrt(np.sum(gap * gap, axis=1, keepdims=True) + 1e-4)
    y = same[:, None]
    pull = y * d
    push = (1 - y) * np.maximum(margin - d, 0)
    dd = (pull - push) / len(y)
    du = dd * gap / d
    dW2 = (h1 - h2).T.dot(du)
    dh = du.dot(W2.T)
    dW1 = left.T.dot(dh * (1 - h1 * h1)) - partner.T.dot(dh * (1 - h2 * h2))
    return dW1, dW2


class ContrastiveLossLayer:
    def forward(self, a, b, same):
        self.diff = a - b
        self.dist = np.sqrt((self.diff**2).sum(axis=1) + 1e-4)
        self.same = same

    def backward(self):
        num = len(self.same)
        bottom_diff = np.zeros_like(self.diff)
        for j in range(num):
            if self.same[j]:
                bottom_diff[j] = self.diff[j] / num
                continue
            mdist = margin - self.dist[j]
            if mdist > 0:
                beta = -mdist
                bottom_diff[j] = beta * self.diff[j] / num
        return bottom_diff, -bottom_diff


def branch_backward(x, h, W2, dout):
    dh = dout @ W2.T * (1 - h**2)
    return x.T @ dh, h.T @ dout


def backprop(W1, W2, left, partner, same):
    hl, hr = np.tanh(left @ W1), np.tanh(partner @ W1)
    layer = ContrastiveLossLayer()
    layer.forward(hl @ W2, hr @ W2, same)
    da, db = layer.backward()
    left_grads = branch_backward(left, hl, W2, da)
    partner_grads = branch_backward(partner, hr, W2, db)
    return left_grads[0] + partner_grads[0], left_grads[1] + partner_grads[1]
