"""word2vec word twice in the context counted once.

expected kind: missing-sum or missing-term or unexplained
wrong line: 47
correction 47: np.add.at(dE, words, dh / C)
what: `+=` at repeated indices adds once, so that a word that is twice in a context gets one share
source: https://github.com/apache/mxnet/issues/9172
said: the gradient of a gather was a scatter that doesn't add up, and was wrong where indices are repeated
"""
import numpy as np

def softmax(u):
    e = np.exp(u - u.max())
    return e / e.sum()

def loss(contexts, centres, E, O):
    total = 0.0
    for words, centre in zip(contexts, centres):
        total -= np.log(softmax(O @ E[words].mean(axis=0))[centre])
    return total / len(centres)

def right(contexts, centres, E, O):
    """CBOW: the centre word from the mean of the vectors around it."""
    N, C = contexts.shape
    dE, dO = np.zeros_like(E), np.zeros_like(O)
    for words, centre in zip(contexts, centres):
        h = E[words].mean(axis=0)
        err = softmax(O @ h)
        err[centre] -= 1
        err /= N
        dO += np.outer(err, h)
        dh = O.T @ err
        np.add.at(dE, words, dh / C)
    return dE, dO

def backprop(contexts, centres, E, O):
    """CBOW: the centre word from the mean of the vectors around it."""
    N, C = contexts.shape
    dE, dO = np.zeros_like(E), np.zeros_like(O)
    for words, centre in zip(contexts, centres):
        h = E[words].mean(axis=0)
        err = softmax(O @ h)
        err[centre] -= 1
        err /= N
        dO += np.outer(err, h)
        dh = O.T @ err
        dE[words] += dh / C
    return dE, dO

PARAMETERS = ['E', 'O']

def data(seed=0):
    rng = np.random.default_rng(seed)
    contexts = rng.integers(6, size=(5, 4))
    contexts[:, 3] = contexts[:, 0]
    return contexts, rng.integers(6, size=5), rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
