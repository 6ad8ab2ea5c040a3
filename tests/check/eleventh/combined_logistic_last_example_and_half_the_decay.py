"""Combined logistic last example and half the decay.

expected kind: missing-term + missing-factor or scale
wrong line: 66 and 69
correction 66: grads["b"] += p
correction 69: grads["w"] += 2 * LAMBDA * params["w"]
what: The bias's gradient is written over by every example; the penalty's two is left out
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]
LAMBDA = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    w, b, x = (r.normal(size=s) for s in [(4, 3), 3, (6, 4)])
    return w, b, x, np.array([0, 2, 1, 1, 2, 0])


def loss(w, b, x, y):
    s = x @ w + b
    log_z = np.log(np.sum(np.exp(s), axis=1))
    return np.mean(log_z - np.sum(s * np.eye(3)[y], axis=1)) + LAMBDA * np.sum(w * w)


class SoftmaxRegression:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.dw, self.db = np.zeros_like(w), np.zeros_like(b)

    def forward(self, x):
        logits = x.dot(self.w) + self.b
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, x, y, probas):
        n = x.shape[0]
        onehot = np.zeros_like(probas)
        onehot[np.arange(n), y] = 1
        err = onehot - probas
        self.dw += -np.dot(x.T, err) / n
        self.dw += 2 * LAMBDA * self.w
        self.db += -np.sum(err, axis=0) / n


def right(w, b, x, y):
    model = SoftmaxRegression(w, b)
    probas = model.forward(x)
    model.backward(x, y, probas)
    return model.dw, model.db


def backprop(w, b, x, y):
    params = {"w": w, "b": b}
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    for xi, yi in zip(x, y):
        scores = xi @ params["w"] + params["b"]
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        p[yi] -= 1
        grads["w"] += np.outer(xi, p)
        grads["b"] = p
    for key in grads:
        grads[key] /= len(x)
    grads["w"] += LAMBDA * params["w"]
    return grads
