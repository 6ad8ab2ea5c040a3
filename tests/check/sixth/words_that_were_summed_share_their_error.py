"""Words that were summed share their error.

expected kind: mean-for-sum
wrong line: 58
correction 58: pass
what: The context's vectors are summed, yet each gets the error divided by their number
source: https://github.com/piskvorky/gensim/issues/1873
said: the asker would divide by the number of context words in the other of the two modes; where the vectors are
    averaged and where summed was mixed up
"""

import numpy as np

PARAMETERS = ["W_in", "W_out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    windows = np.array([[0, 1, 3, 4], [2, 1, 0, 5], [6, 8, 2, 7]])
    return 0.5 * r.normal(size=(9, 4)), 0.5 * r.normal(size=(9, 4)), windows, np.array([2, 3, 5])


def loss(W_in, W_out, windows, centres):
    total = 0
    for window, centre in zip(windows, centres):
        scores = W_out @ np.sum(W_in[window], axis=0)
        total = total + np.log(np.sum(np.exp(scores))) - scores[centre]
    return total


def right(W_in, W_out, windows, centres):
    B = np.zeros((3, 9))
    for row, window in zip(B, windows):
        np.add.at(row, window, 1)
    H = B @ W_in
    P = np.exp(H @ W_out.T)
    P = P / P.sum(1, keepdims=True) - np.eye(9)[centres]
    return B.T @ P @ W_out, P.T @ H


class CBOW:
    def __init__(self, W_in, W_out):
        self.W_in, self.W_out = W_in, W_out
        self.grads = {"W_in": np.zeros_like(W_in), "W_out": np.zeros_like(W_out)}

    def forward(self, window):
        self.window = window
        self.hidden = self.W_in[window].sum(axis=0)
        u = np.dot(self.W_out, self.hidden)
        exp = np.exp(u - np.max(u))
        return exp / exp.sum()

    def backward(self, probs, centre):
        err = probs.copy()
        err[centre] -= 1
        self.grads["W_out"] += np.outer(err, self.hidden)
        neu1e = np.dot(self.W_out.T, err)
        neu1e /= len(self.window)
        for i in self.window:
            self.grads["W_in"][i] += neu1e


def backprop(W_in, W_out, windows, centres):
    model = CBOW(W_in, W_out)
    for window, centre in zip(windows, centres):
        model.backward(model.forward(window), centre)
    return model.grads
