"""Thesaurus words divided by the batch once more.

expected kind: mean-for-sum or repeated-factor
wrong line: 86
correction 86: dE = bags.T @ dhidden
what: The gradient of the words is divided by the batch, though the errors have been already
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "O", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    windows = np.array([[0, 1, 3, 4], [1, 2, 4, 1], [5, 2, 0, 0], [3, 3, 1, 6], [6, 5, 2, 4]])
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), r.normal(size=7), windows, np.array([2, 3, 6, 5, 1])


def loss(E, O, bias, windows, targets):
    h = np.mean(E[windows], axis=1)
    scores = h @ O.T + bias
    picked = scores[np.arange(len(targets)), targets]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - picked)


class Cbow:
    def __init__(self, E, O, bias):
        self.tables = {"E": E, "O": O, "bias": bias}
        self.grads = {name: np.zeros_like(table) for name, table in self.tables.items()}

    def predict(self, window):
        average = sum(self.tables["E"][word] for word in window) / len(window)
        scores = self.tables["O"] @ average + self.tables["bias"]
        e = np.exp(scores - scores.max())
        return average, e / e.sum()

    def example(self, window, target, share):
        average, p = self.predict(window)
        error = share * p
        error[target] -= share
        self.grads["O"] += np.outer(error, average)
        self.grads["bias"] += error
        daverage = self.tables["O"].T @ error
        dword = daverage / len(window)
        for word in window:
            self.grads["E"][word] += dword


def right(E, O, bias, windows, targets):
    model = Cbow(E, O, bias)
    for window, target in zip(windows, targets):
        model.example(window, target, share=1 / len(targets))
    return model.grads


def bag_of_words(windows, vocabulary):
    """How often each word is in each window, as a share of the window."""
    bags = np.zeros((len(windows), vocabulary))
    for n, window in enumerate(windows):
        for word in window:
            bags[n, word] += 1 / len(window)
    return bags


def softmax_rows(scores):
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def backprop(E, O, bias, windows, targets):
    batch, vocabulary = len(targets), len(E)
    bags = bag_of_words(windows, vocabulary)
    onehot = np.zeros((batch, vocabulary))
    onehot[np.arange(batch), targets] = 1

    hidden = bags @ E
    p = softmax_rows(hidden @ O.T + bias)

    dscores = (p - onehot) / batch
    dO = dscores.T @ hidden
    dbias = np.sum(dscores, axis=0)
    dhidden = dscores @ O
    dE = bags.T @ dhidden / batch
    return dE, dO, dbias
