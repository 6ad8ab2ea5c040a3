"""Arrays bag two for the length of the context.

expected kind: scale or missing-factor or mean-for-sum or sum-for-mean
wrong line: 61
correction 61: da *= 1 / self.contexts.shape[1]
given as: arrays
what: Where the number of words in the context belongs stands a two
source: https://github.com/mchen24/iclr2017/issues/5
said: asked why both are divided by 2; elsewhere it is the size of the window
"""

import numpy as np

PARAMETERS = ["Win", "Wout"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 4)), r.normal(size=(4, 7)), np.array([[0, 1, 3, 1], [2, 2, 5, 6], [4, 0, 6, 5]]), np.array([2, 3, 1])


def loss(Win, Wout, contexts, targets):
    h = np.mean(Win[contexts], axis=1)
    s = h @ Wout
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(targets)), targets])


def right(Win, Wout, contexts, targets):
    N, C = contexts.shape
    grad_in, grad_out = np.zeros_like(Win), np.zeros_like(Wout)
    for context, target in zip(contexts, targets):
        average = Win[context].sum(axis=0) / C
        p = np.exp(Wout.T.dot(average))
        p = p / np.sum(p)
        error = p / N
        error[target] -= 1 / N
        grad_out += np.outer(average, error)
        EH = Wout.dot(error)
        for word in context:
            grad_in[word] += EH / C
    return grad_in, grad_out


class CBOW:
    def __init__(self, Win, Wout):
        self.Win, self.Wout = Win, Wout

    def forward(self, contexts):
        self.contexts = contexts
        self.h = np.zeros((len(contexts), self.Win.shape[1]))
        for j in range(contexts.shape[1]):
            self.h += self.Win[contexts[:, j]]
        self.h /= contexts.shape[1]
        score = np.dot(self.h, self.Wout)
        e = np.exp(score - score.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, ds):
        dWin = np.zeros_like(self.Win)
        da = np.dot(ds, self.Wout.T)
        da *= 1 / 2
        for j in range(self.contexts.shape[1]):
            np.add.at(dWin, self.contexts[:, j], da)
        return dWin, np.dot(self.h.T, ds)


def backprop(Win, Wout, contexts, targets):
    model = CBOW(Win, Wout)
    ds = model.forward(contexts)
    ds[np.arange(len(targets)), targets] -= 1
    ds /= len(targets)
    return model.backward(ds)
