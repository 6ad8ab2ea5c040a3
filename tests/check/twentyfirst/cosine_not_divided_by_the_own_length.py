"""Cosine not divided by the own length.

expected kind: missing-factor
wrong line: 66
correction 66: return (v / nv - cos * u / nu) / nu
what: The derivative of the cosine lacks one over the length of the vector that it is taken for
source: https://github.com/tyandzx/caffe/issues/3
said: isn't the gradient of the cosine the sine alone, without one over the norm? (it is with it)
"""

import numpy as np

PARAMETERS = ["W", "b"]
MARGIN = -0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), *r.normal(size=(2, 5, 3)), np.array([1, -1, -1, 1, -1])


def loss(W, b, left, right_side, same):
    x, y = np.tanh(left @ W + b), np.tanh(right_side @ W + b)
    lengths = np.sqrt(np.sum(x**2, axis=1)) * np.sqrt(np.sum(y**2, axis=1))
    c = np.sum(x * y, axis=1) / lengths
    return np.mean(np.where(same == 1, 1 - c, np.maximum(c - MARGIN, 0)))


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.gradWeight, self.gradBias = np.zeros(W.shape), np.zeros(b.shape)

    def updateOutput(self, x):
        return np.tanh(x.dot(self.W) + self.b)

    def accGradParameters(self, x, output, gradOutput):
        g = gradOutput * (1 - output * output)
        self.gradWeight += x.T.dot(g)
        self.gradBias += g.sum(0)


def cosine_criterion_backward(a, b, y):
    w1, w22, w32 = np.einsum("ij,ij->i", a, b), np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
    w = 1 / np.sqrt(w22 * w32)
    cos = w1 * w
    ga = w[:, None] * b - (cos / w22)[:, None] * a
    gb = w[:, None] * a - (cos / w32)[:, None] * b
    direction = np.where(y == 1, -1.0, cos > MARGIN)
    step = direction[:, None] / len(y)
    return step * ga, step * gb


def right(W, b, left, right_side, same):
    net = Linear(W, b)
    one, two = net.updateOutput(left), net.updateOutput(right_side)
    g1, g2 = cosine_criterion_backward(one, two, same)
    net.accGradParameters(left, one, g1)
    net.accGradParameters(right_side, two, g2)
    return net.gradWeight, net.gradBias


def cosine_diff(u, v):
    nu, nv = np.sqrt(u.dot(u)), np.sqrt(v.dot(v))
    cos = u.dot(v) / (nu * nv)
    return v / nv - cos * u / nu


def cosine(u, v):
    return u.dot(v) / np.sqrt(u.dot(u) * v.dot(v))


def backprop(W, b, left, right_side, same):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for p, q, label in zip(left, right_side, same):
        u, v = np.tanh(p @ W + b), np.tanh(q @ W + b)
        if label == 1:
            weight = -1
        elif cosine(u, v) > MARGIN:
            weight = 1
        else:
            continue
        du = weight / len(same) * cosine_diff(u, v) * (1 - u**2)
        dv = weight / len(same) * cosine_diff(v, u) * (1 - v**2)
        dW += np.outer(p, du) + np.outer(q, dv)
        db += du + dv
    return dW, db
