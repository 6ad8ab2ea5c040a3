"""Lexicon vector of the other table.

expected kind: wrong-parameter
wrong line: 79
correction 79: grad_embedding[centre] += error * context[word]
what: The gradient of a centre is made of the word's vector in the table of the centres, not in that of the contexts
source: https://github.com/nathanrooy/word2vec-from-scratch-with-python/issues/2
said: the embedding and the context matrix stand in each other's place
"""

import numpy as np

PARAMETERS = ["inner", "outer"]


def data(seed=0):
    r = np.random.default_rng(seed)
    centres, around = np.array([0, 1, 2, 2, 4, 5]), np.array([1, 0, 1, 3, 5, 4])
    noise = r.integers(0, 6, size=(6, 3))
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), centres, around, noise


def loss(inner, outer, centres, around, noise):
    v = inner[centres]
    seen = np.sum(v * outer[around], axis=1)
    sampled = np.sum(v[:, None, :] * outer[noise], axis=2)
    return np.sum(np.log(1 + np.exp(-seen))) + np.sum(np.log(1 + np.exp(sampled)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class SkipGram:
    def __init__(self, inner, outer):
        self.inner, self.outer = inner, outer
        self.dinner, self.douter = np.zeros_like(inner), np.zeros_like(outer)

    def batch(self, centres, around, noise):
        v, u, n = self.inner[centres], self.outer[around], self.outer[noise]
        positive_score = np.einsum("bd,bd->b", v, u)
        negative_score = np.einsum("bkd,bd->bk", n, v)
        dpositive = sigmoid(positive_score)[:, None] - 1
        dnegative = sigmoid(negative_score)[:, :, None]
        dv = dpositive * u + np.sum(dnegative * n, axis=1)
        np.add.at(self.dinner, centres, dv)
        np.add.at(self.douter, around, dpositive * v)
        np.add.at(self.douter, noise, dnegative * v[:, None, :])


def right(inner, outer, centres, around, noise):
    model = SkipGram(inner, outer)
    model.batch(centres, around, noise)
    return model.dinner, model.douter


def logistic(x):
    if x >= 0:
        return 1 / (1 + np.exp(-x))
    return np.exp(x) / (1 + np.exp(x))


def pairs_with_labels(centres, around, noise):
    for centre, word, sampled in zip(centres, around, noise):
        yield centre, word, 1
        for other in sampled:
            yield centre, other, 0


def backprop(inner, outer, centres, around, noise):
    embedding, context = inner, outer
    grad_embedding = np.zeros_like(embedding)
    grad_context = np.zeros_like(context)
    for centre, word, label in pairs_with_labels(centres, around, noise):
        score = 0.0
        for d in range(embedding.shape[1]):
            score += embedding[centre, d] * context[word, d]
        error = logistic(score) - label
        grad_embedding[centre] += error * embedding[word]
        grad_context[word] += error * embedding[centre]
    return grad_embedding, grad_context
