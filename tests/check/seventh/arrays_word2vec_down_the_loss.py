"""Arrays word2vec down the loss.

expected kind: sign
wrong line: 55
correction 55: err = prob - labels
given as: arrays
what: The error is label minus prediction, as for a step up the likelihood: both gradients have the other sign
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W_in", "W_out"]
context = np.array([3, 1, 5])
sampled = np.array([[2, 6, 0, 2], [4, 0, 6, 5], [0, 3, 4, 1]])
center = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 2)), r.normal(size=(7, 2))


def loss(W_in, W_out):
    v = W_in[center]
    positive = np.logaddexp(0, -(W_out[context] @ v))
    negative = np.logaddexp(0, W_out[sampled] @ v)
    return np.sum(positive) + np.sum(negative)


def right(W_in, W_out):
    v, counts = W_in[center], np.zeros((2, 7))
    for row in (context[:, None], sampled):
        for word in row.ravel():
            counts[int(row is sampled), word] += 1
    p = 1 / (1 + np.exp(-W_out @ v))
    g = (p - 1) * counts[0] + p * counts[1]
    out = np.zeros_like(W_in)
    out[center] = g @ W_out
    return out, np.outer(g, v)


class SGNS:
    def __init__(self, W_in, W_out, alpha=0.1):
        self.W_in, self.W_out, self.alpha = W_in.copy(), W_out.copy(), alpha

    def train_pairs(self, word):
        dW_in, dW_out = np.zeros_like(self.W_in), np.zeros_like(self.W_out)
        h = self.W_in[word].copy()
        words = np.concatenate([context, sampled.ravel()])
        labels = np.concatenate([np.ones(context.size), np.zeros(sampled.size)])
        rows = self.W_out[words]
        prob = 1 / (1 + np.exp(-rows @ h))
        err = labels - prob
        step = np.outer(err, h)
        np.add.at(dW_out, words, step)
        self.W_out -= self.alpha * dW_out
        dh = err @ rows
        dW_in[word] += dh
        self.W_in -= self.alpha * dW_in
        return dW_in, dW_out


def backprop(W_in, W_out):
    return SGNS(W_in, W_out).train_pairs(center)
