"""Violin alike pushed apart and others pulled together.

expected kind: wrong-mask or another-loss
wrong line: 79
correction 79: ddist = (same * dist - (1 - same) * gap) / n
what: The labels are read the other way round: those of one kind get the slope of those of two
source: https://github.com/ywpkwon/siamese_tf_mnist/issues/8
said: the label and one minus the label ought to change places between the two parts of the loss
"""

import numpy as np

PARAMETERS = ["A", "a", "B"]
MARGIN = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a, B = 0.7 * r.normal(size=(3, 4)), 0.5 * r.normal(size=4), 0.5 * r.normal(size=(4, 2))
    ones = r.normal(size=(8, 3))
    return A, a, B, ones, ones + 0.8 * r.normal(size=(8, 3)), np.array([1.0, 0, 0, 1, 0, 1, 0, 0])


def loss(A, a, B, ones, others, same):
    difference = np.tanh(ones @ A + a) @ B - np.tanh(others @ A + a) @ B
    distance = np.sqrt(np.sum(difference**2, axis=1) + 1e-6)
    near = np.maximum(MARGIN - distance, 0)
    return 0.5 * np.mean(same * distance**2 + (1 - same) * near**2)


def right(A, a, B, ones, others, same):
    d = {"A": np.zeros(A.shape), "a": np.zeros(a.shape), "B": np.zeros(B.shape)}

    def listen(x):
        h = np.tanh(A.T @ x + a)

        def back(g):
            d["B"] += np.outer(h, g)
            dh = (B @ g) * (1 - h * h)
            d["A"] += np.outer(x, dh)
            d["a"] += dh

        return B.T @ h, back

    for x, y, alike in zip(ones, others, same):
        sound, back_one = listen(x)
        echo, back_other = listen(y)
        apart = sound - echo
        distance = np.sqrt(np.dot(apart, apart) + 1e-6)
        if alike:
            pull = apart
        elif distance < MARGIN:
            pull = -(MARGIN - distance) * apart / distance
        else:
            continue
        pull = pull / len(same)
        for back, g in ((back_one, pull), (back_other, -pull)):
            back(g)
    return d


def embed(x, A, a, B):
    h = np.tanh(x @ A + a)
    return h, h @ B


def embed_backward(dout, x, h, B):
    dh = (dout @ B.T) * (1 - h**2)
    return x.T @ dh, dh.sum(axis=0), h.T @ dout


def backprop(A, a, B, ones, others, same):
    n = len(same)
    h1, e1 = embed(ones, A, a, B)
    h2, e2 = embed(others, A, a, B)
    diff = e1 - e2
    dist = np.sqrt((diff**2).sum(axis=1) + 1e-6)
    gap = np.maximum(MARGIN - dist, 0)
    ddist = ((1 - same) * dist - same * gap) / n
    ddiff = (ddist / dist)[:, None] * diff
    first = embed_backward(ddiff, ones, h1, B)
    second = embed_backward(-ddiff, others, h2, B)
    return [g1 + g2 for g1, g2 in zip(first, second)]
