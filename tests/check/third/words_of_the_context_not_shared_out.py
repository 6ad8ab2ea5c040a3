"""Words of the context not shared out.

expected kind: sum-for-mean
wrong line: 54 or 56
correction 54: dword = dh / len(context)
correction 56: grad_in[word] += dword / len(context)
what: The hidden vector is the mean of the words around, each of which gets the whole gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["emb", "out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    contexts = np.array([[0, 1, 3, 4], [1, 2, 4, 0], [2, 3, 0, 0]])
    return r.normal(size=(5, 3)), r.normal(size=(5, 3)), contexts, np.array([2, 3, 4])


def loss(emb, out, contexts, targets):
    h = np.mean(emb[contexts], axis=1)
    s = h @ out.T
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(3), targets])


def right(emb, out, contexts, targets):
    count = np.array([[np.sum(c == w) for w in range(5)] for c in contexts]) / 4
    h = count @ emb
    p = np.exp(h @ out.T)
    d = p / p.sum(1, keepdims=True) - np.eye(5)[targets]
    return count.T @ (d @ out), d.T @ h


class CBOW:
    def __init__(self, emb, out):
        self.W_in, self.W_out = emb, out
        self.cache = None

    def forward(self, context):
        h = self.W_in[context].mean(axis=0)
        scores = self.W_out @ h
        p = np.exp(scores - scores.max())
        p /= p.sum()
        self.cache = context, h
        return p

    def backward(self, dscores, grad_in, grad_out):
        context, h = self.cache
        grad_out += np.outer(dscores, h)
        dh = self.W_out.T @ dscores
        dword = dh
        for word in context:
            grad_in[word] += dword


def backprop(emb, out, contexts, targets):
    model = CBOW(emb, out)
    grad_in, grad_out = np.zeros_like(emb), np.zeros_like(out)
    for context, target in zip(contexts, targets):
        dscores = model.forward(context).copy()
        dscores[target] -= 1
        model.backward(dscores, grad_in, grad_out)
    return grad_in, grad_out
