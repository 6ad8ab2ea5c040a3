"""Clover weights move while leaves are still counted.

expected kind: updated-parameter
wrong line: 108
correction 108: pass
what: The output weights make a step in the loop in which the gradients are still summed, so later leaves see others
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
LAM = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, kinds = 8, 3, 4, 3
    W1, b1, W2, b2 = r.normal(size=(H, d)), 0.4 * r.normal(size=H), r.normal(size=(kinds, H)), 0.4 * r.normal(size=kinds)
    return W1, b1, W2, b2, 1.5 * r.normal(size=(n, d)), r.integers(0, kinds, size=n)


def loss(W1, b1, W2, b2, leaves, kind):
    n = leaves.shape[0]
    h = 1 / (1 + np.exp(-(leaves @ W1.T + b1)))
    o = h @ W2.T + b2
    entropy = np.mean(np.log(np.sum(np.exp(o), axis=1)) - o[np.arange(n), kind])
    return entropy + LAM / 2 * (np.sum(W1**2) + np.sum(W2**2))


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def feed(net, x):
    hidden = [1 / (1 + np.exp(-dot(w, x) - b)) for w, b in zip(net["W1"], net["b1"])]
    scores = [np.exp(dot(w, hidden) + b) for w, b in zip(net["W2"], net["b2"])]
    total = sum(scores)
    return hidden, [s / total for s in scores]


def finish(sums, weights, n):
    """From the sums over the leaves to the gradient."""
    done = []
    for sum_row, weight_row in zip(sums, weights):
        done.append([g / n + LAM * w for g, w in zip(sum_row, weight_row)])
    return done


def right(W1, b1, W2, b2, leaves, kind):
    net = {"W1": W1.tolist(), "b1": b1.tolist(), "W2": W2.tolist(), "b2": b2.tolist()}
    n, d, H, K = len(leaves), W1.shape[1], len(b1), len(b2)
    sum1, sum2 = [[0.0] * d for _ in range(H)], [[0.0] * H for _ in range(K)]
    bias1, bias2 = [0.0] * H, [0.0] * K
    for x, label in zip(leaves.tolist(), kind):
        hidden, out = feed(net, x)
        out[label] -= 1
        for k in range(K):
            bias2[k] += out[k] / n
            for j in range(H):
                sum2[k][j] += out[k] * hidden[j]
        for j in range(H):
            error = sum(net["W2"][k][j] * out[k] for k in range(K))
            delta = error * hidden[j] * (1 - hidden[j])
            bias1[j] += delta / n
            for i in range(d):
                sum1[j][i] += delta * x[i]
    grads = {"b1": bias1, "b2": bias2}
    grads["W1"], grads["W2"] = finish(sum1, net["W1"], n), finish(sum2, net["W2"], n)
    return {name: np.array(g) for name, g in grads.items()}


class Student:
    rate = 0.1

    def __init__(self, W1, b1, W2, b2):
        self.w = {"W1": W1.tolist(), "b1": b1.tolist(), "W2": W2.tolist(), "b2": b2.tolist()}
        # weight decay first, the leaves are added to it
        self.g = {
            "W1": [[LAM * v for v in row] for row in self.w["W1"]],
            "b1": [0.0 for _ in self.w["b1"]],
            "W2": [[LAM * v for v in row] for row in self.w["W2"]],
            "b2": [0.0 for _ in self.w["b2"]],
        }

    def predict(self, x):
        self.h = []
        for row, bias in zip(self.w["W1"], self.w["b1"]):
            z = bias
            for value, weight in zip(x, row):
                z += value * weight
            self.h.append(1 / (1 + np.exp(-z)))
        raw = []
        for row, bias in zip(self.w["W2"], self.w["b2"]):
            raw.append(np.exp(bias + sum(h * weight for h, weight in zip(self.h, row))))
        return [value / sum(raw) for value in raw]

    def see(self, x, label, n):
        p = self.predict(x)
        d2 = [(p[k] - (1 if k == label else 0)) / n for k in range(len(p))]
        d1 = [0.0] * len(self.h)
        for k, d in enumerate(d2):
            self.g["b2"][k] += d
            for j, h in enumerate(self.h):
                d1[j] += d * self.w["W2"][k][j] * h * (1 - h)
                self.g["W2"][k][j] += d * h
                self.w["W2"][k][j] -= self.rate * self.g["W2"][k][j]
        for j, d in enumerate(d1):
            self.g["b1"][j] += d
            for i, value in enumerate(x):
                self.g["W1"][j][i] += d * value


def backprop(W1, b1, W2, b2, leaves, kind):
    student = Student(W1, b1, W2, b2)
    for x, label in zip(leaves.tolist(), kind.tolist()):
        student.see(x, label, len(leaves))
    return [np.array(student.g[name]) for name in PARAMETERS]
