"""Word2vec centre from the updated outputs.

expected kind: updated-parameter or stale-value
wrong line: 60 or 61 or 62
correction 60: pass
correction 61: neu1e = gb @ l2b
correction 62: dsyn0[word] += gb @ l2b
what: The gradient of the word in the middle is made of the output vectors after their update
source: https://github.com/piskvorky/gensim/issues/287
said: the error of the hidden layer should be collected before the output vectors are updated (there it turned out
    to be a copy)
"""

import numpy as np

PARAMETERS = ["syn0", "syn1neg"]
context = np.array([3, 1, 5])
sampled = np.array([[2, 6, 0, 2], [4, 0, 6, 5], [0, 3, 4, 1]])
center = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 4)), r.normal(size=(7, 4))


def loss(syn0, syn1neg):
    v = syn0[center]
    positive = np.logaddexp(0, -(syn1neg[context] @ v))
    negative = np.logaddexp(0, syn1neg[sampled] @ v)
    return np.sum(positive) + np.sum(negative)


def right(syn0, syn1neg):
    v, counts = syn0[center], np.zeros((2, 7))
    for row in (context[:, None], sampled):
        for word in row.ravel():
            counts[int(row is sampled), word] += 1
    p = 1 / (1 + np.exp(-syn1neg @ v))
    g = (p - 1) * counts[0] + p * counts[1]
    out = np.zeros_like(syn0)
    out[center] = g @ syn1neg
    return out, np.outer(g, v)


class SkipGram:
    def __init__(self, syn0, syn1neg, alpha=0.1):
        self.syn0, self.syn1neg, self.alpha = syn0.copy(), syn1neg.copy(), alpha

    def train_pairs(self, word):
        dsyn0, dsyn1 = np.zeros_like(self.syn0), np.zeros_like(self.syn1neg)
        l1 = self.syn0[word].copy()
        words = np.concatenate([context, sampled.ravel()])
        labels = np.concatenate([np.ones(context.size), np.zeros(sampled.size)])
        l2b = self.syn1neg[words]
        fb = 1 / (1 + np.exp(-l2b @ l1))
        gb = fb - labels
        step = np.outer(gb, l1)
        np.add.at(dsyn1, words, step)
        self.syn1neg -= self.alpha * dsyn1
        neu1e = gb @ self.syn1neg[words]
        dsyn0[word] += neu1e
        self.syn0 -= self.alpha * dsyn0
        return dsyn0, dsyn1


def backprop(syn0, syn1neg):
    return SkipGram(syn0, syn1neg).train_pairs(center)
