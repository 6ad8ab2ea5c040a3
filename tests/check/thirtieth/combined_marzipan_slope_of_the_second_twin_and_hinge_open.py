"""Combined marzipan slope of the second twin and hinge open.

expected kind: wrong-point or stale-value + missing-factor or wrong-mask
wrong line: 86 and 101
correction 86: dz *= 1 - self.hidden[side] ** 2
correction 101: push = (1 - self.y) * np.maximum(self.margin - self.dist, 0)
what: On both sides the derivative of tanh is taken at what the second one has left in the encoder, and pairs beyond the
    margin are pulled together again
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "a", "B"]
MARGIN, EPS = 1.6, 1e-4


def data(seed=0):
    r = np.random.default_rng(seed)
    # ten pairs of marzipan fruits with four measures; are both of one kind
    A, a, B = 0.6 * r.normal(size=(4, 5)), 0.3 * r.normal(size=5), 0.7 * r.normal(size=(5, 3))
    return A, a, B, r.normal(size=(10, 4)), r.normal(size=(10, 4)), np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0])


def loss(A, a, B, first, second, same):
    apart = np.tanh(first @ A + a) @ B - np.tanh(second @ A + a) @ B
    d = np.sqrt(np.sum(apart**2, axis=1) + EPS)
    return np.mean(0.5 * same * d**2 + 0.5 * (1 - same) * np.maximum(MARGIN - d, 0) ** 2)


def encode(x, params):
    hidden = np.tanh(x @ params["A"] + params["a"])
    return hidden @ params["B"], hidden


def encode_backward(dembedding, x, hidden, params):
    dB = hidden.T @ dembedding
    dhidden = dembedding @ params["B"].T
    dsum = dhidden * (1 - hidden**2)
    return {"A": x.T @ dsum, "a": np.sum(dsum, axis=0), "B": dB}


def contrastive(e1, e2, same):
    """The loss isn't needed, only its derivative for the first embedding."""
    n = len(same)
    diff = e1 - e2
    dist = np.sqrt(np.sum(diff * diff, axis=1) + EPS)
    ddist = np.zeros(n)
    for i in range(n):
        if same[i]:
            ddist[i] = dist[i]
        elif dist[i] < MARGIN:
            ddist[i] = -(MARGIN - dist[i])
    ddist = ddist / n
    return ddist[:, None] * diff / dist[:, None]


def right(A, a, B, first, second, same):
    params = {"A": A, "a": a, "B": B}
    e1, hidden1 = encode(first, params)
    e2, hidden2 = encode(second, params)
    de1 = contrastive(e1, e2, same)
    grads1 = encode_backward(de1, first, hidden1, params)
    grads2 = encode_backward(-de1, second, hidden2, params)
    return {name: grads1[name] + grads2[name] for name in params}


class Twin:
    """One encoder for both sides; each call of forward leaves what its way back needs."""

    def __init__(self, A, a, B):
        self.A, self.a, self.B = A, a, B
        self.inputs, self.hidden = [], []
        self.dA, self.da, self.dB = np.zeros_like(A), np.zeros_like(a), np.zeros_like(B)

    def forward(self, x):
        h = np.tanh(x.dot(self.A) + self.a)
        self.inputs.append(x)
        self.hidden.append(h)
        return h.dot(self.B)

    def backward(self, side, de):
        self.dB += self.hidden[side].T.dot(de)
        dz = de.dot(self.B.T)
        dz *= 1 - self.hidden[-1] ** 2
        self.dA += self.inputs[side].T.dot(dz)
        self.da += dz.sum(0)


class ContrastiveLoss:
    def __init__(self, margin):
        self.margin = margin

    def forward(self, left, right_side, y):
        self.delta, self.y = left - right_side, y
        self.dist = np.sqrt((self.delta**2).sum(1) + EPS)

    def backward(self):
        pull = self.y * self.dist
        push = (1 - self.y) * (self.margin - self.dist)
        unit = self.delta / self.dist.reshape(-1, 1)
        dleft = (pull - push).reshape(-1, 1) * unit / len(self.y)
        return dleft, -dleft


def backprop(A, a, B, first, second, same):
    net, criterion = Twin(A, a, B), ContrastiveLoss(MARGIN)
    criterion.forward(net.forward(first), net.forward(second), same)
    for side, slope in enumerate(criterion.backward()):
        net.backward(side, slope)
    return net.dA, net.da, net.dB
