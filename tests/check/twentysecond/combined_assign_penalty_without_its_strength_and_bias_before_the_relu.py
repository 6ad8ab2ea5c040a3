"""Combined assign penalty without its strength and bias before the relu.

expected kind: missing-factor + missing-factor or scale
wrong line: 86 and 88
correction 86: db1 += delta_hid
correction 88: dW2 += 2 * REG * W2
what: The hidden bias gets the error before the ReLU; the penalty of the outer weights has no strength
source: https://github.com/Anfany/Machine-Learning-for-Beginner-by-Python3/issues/1
said: in the softmax regression the squares of the weights are not multiplied by lambda; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.15


def data(seed=0):
    rng = np.random.default_rng(seed)
    W1, b1 = rng.normal(size=(4, 5)), rng.normal(size=5)
    W2, b2 = rng.normal(size=(5, 3)), rng.normal(size=3)
    return W1, b1, W2, b2, rng.normal(size=(6, 4)), rng.integers(0, 3, size=6)


def loss(W1, b1, W2, b2, X, y):
    scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    log_norm = np.log(np.sum(np.exp(scores), axis=1))
    picked = np.sum(scores * np.eye(3)[y], axis=1)
    return np.mean(log_norm - picked) + REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


class TwoLayerClassifier:
    """Affine, ReLU, affine, softmax; gradients in a dictionary."""

    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}

    def scores(self, X):
        hidden = X.dot(self.params["W1"]) + self.params["b1"]
        hidden[hidden < 0] = 0
        return hidden, hidden.dot(self.params["W2"]) + self.params["b2"]

    def gradients(self, X, y, reg):
        grads = {}
        num = X.shape[0]
        hidden, scores = self.scores(X)
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        dscores = probs
        dscores[np.arange(num), y] -= 1
        dscores /= num
        grads["W2"] = hidden.T.dot(dscores) + 2 * reg * self.params["W2"]
        grads["b2"] = dscores.sum(axis=0)
        dhidden = dscores.dot(self.params["W2"].T)
        dhidden[hidden <= 0] = 0
        grads["W1"] = X.T.dot(dhidden) + 2 * reg * self.params["W1"]
        grads["b1"] = dhidden.sum(axis=0)
        return grads


def right(W1, b1, W2, b2, X, y):
    return TwoLayerClassifier(W1, b1, W2, b2).gradients(X, y, REG)


def one_example(x, label, W1, b1, W2, b2):
    pre = W1.T @ x + b1
    act = np.where(pre > 0, pre, 0.0)
    z = W2.T @ act + b2
    e = np.exp(z - np.max(z))
    return pre, act, e / np.sum(e)


def backprop(W1, b1, W2, b2, X, y):
    n = len(X)
    dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
    db1, db2 = np.zeros_like(b1), np.zeros_like(b2)
    for x, label in zip(X, y):
        pre, act, p = one_example(x, label, W1, b1, W2, b2)
        delta_out = p / n
        delta_out[label] -= 1 / n
        back = W2 @ delta_out
        delta_hid = back * (pre > 0)
        dW2 += np.outer(act, delta_out)
        db2 += delta_out
        dW1 += np.outer(x, delta_hid)
        db1 += back
    dW1 += 2 * REG * W1
    dW2 += 2 * W2
    return dW1, db1, dW2, db2
