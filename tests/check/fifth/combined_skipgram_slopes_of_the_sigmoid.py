"""Combined skipgram slopes of the sigmoid.

expected kind: repeated-factor + repeated-factor
wrong line: 44 and 49
correction 44: d = sigmoid(z) - 1
correction 49: d = sigmoid(z)
what: For the word that is there and for those that are not, the slope of the logarithm has one sigmoid too many
source: https://datascience.stackexchange.com/questions/5615/gradient-descent-step-for-word2vec-negative-sampling
said: the question's derivatives are the sigmoid times itself minus one, and the sigmoid times that of minus x
"""

import numpy as np

PARAMETERS = ["centre", "outside"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(6, 4)), 2, np.array([0, 4, 5])


def loss(centre, outside, word, negatives):
    s = lambda x: 1 / (1 + np.exp(-x))
    return -np.log(s(outside[word] @ centre)) - np.sum(np.log(s(-(outside[negatives] @ centre))))


def right(centre, outside, word, negatives):
    rows = [word, *negatives]
    label = np.array([1, 0, 0, 0])
    d = 1 / (1 + np.exp(-(outside[rows] @ centre))) - label
    g = np.zeros_like(outside)
    np.add.at(g, rows, np.outer(d, centre))
    return d @ outside[rows], g


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def backprop(centre, outside, word, negatives):
    gradPred = np.zeros_like(centre)
    grad = np.zeros_like(outside)
    z = np.dot(outside[word], centre)
    d = sigmoid(z) * (sigmoid(z) - 1)
    grad[word] += d * centre
    gradPred += d * outside[word]
    for k in negatives:
        z = np.dot(outside[k], centre)
        d = sigmoid(z) * sigmoid(-z)
        grad[k] += d * centre
        gradPred += d * outside[k]
    return gradPred, grad
