"""Combined cbow window not averaged and batch divided twice.

expected kind: sum-for-mean or scale + scale or repeated-factor
wrong line: 77 or 79 and 80
correction 77: dh = U @ dz / len(window)
correction 79: dE[word] += dh / len(window)
correction 80: return dE, dU
what: The gradients of the words aren't divided by the size of the window they are averaged over; that of the output weights is divided by the batch once more
source: https://github.com/tech-srl/code2seq/pull/9
said: the error was divided by the size of the batch already, so it must not be divided again (the first mistake is made up)
"""

import numpy as np

PARAMETERS = ["E", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    contexts = np.array([[0, 1, 3, 0], [1, 2, 0, 4], [2, 3, 4, 2], [3, 0, 5, 1], [4, 5, 1, 5]])
    return r.normal(size=(6, 3)), r.normal(size=(3, 6)), contexts, np.array([2, 3, 0, 4, 0])


def loss(E, U, contexts, centers):
    h = np.mean(E[contexts], axis=1)
    scores = h @ U
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(centers)), centers])


class CBOW:
    def __init__(self, E, U):
        self.params = {"E": E, "U": U}
        self.grads = {}

    def forward(self, contexts):
        self.contexts = contexts
        self.hidden = self.params["E"][contexts].mean(axis=1)
        scores = self.hidden.dot(self.params["U"])
        scores -= scores.max(axis=1, keepdims=True)
        self.y = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return self.y

    def backward(self, target):
        batch, window = self.contexts.shape
        dscore = (self.y - target) / batch
        self.grads["U"] = self.hidden.T.dot(dscore)
        dhidden = dscore.dot(self.params["U"].T) / window
        dE = np.zeros(self.params["E"].shape)
        np.add.at(dE, self.contexts, dhidden[:, None, :])
        self.grads["E"] = dE


def right(E, U, contexts, centers):
    model = CBOW(E, U)
    model.forward(contexts)
    model.backward(np.eye(len(E))[centers])
    return model.grads


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def backprop(E, U, contexts, centers):
    dE, dU = np.zeros_like(E), np.zeros_like(U)
    N = len(centers)
    for window, center in zip(contexts, centers):
        h = np.zeros(E.shape[1])
        for word in window:
            h += E[word]
        h /= len(window)
        dz = softmax(U.T @ h)
        dz[center] -= 1
        dz /= N
        dU += np.outer(h, dz)
        dh = U @ dz
        for word in window:
            dE[word] += dh
    return dE, dU / N
