"""Arrays bag not divided by the batch.

expected kind: sum-for-mean or scale
wrong line: 93
correction 93: e = (y_pred - w_t) / len(targets)
given as: arrays
what: The loss is a mean over the batch, the gradients are sums
source: https://github.com/hunkim/DeepLearningZeroToAll/issues/173
said: the gradients grow with the number of samples; they need to be averaged
"""

import numpy as np

PARAMETERS = ["W_in", "W_out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    contexts = np.array([[0, 1, 3, 4], [1, 2, 1, 5], [2, 0, 4, 0], [5, 5, 3, 2], [4, 1, 0, 3]])
    return r.normal(size=(6, 3)), r.normal(size=(3, 6)), contexts, np.array([2, 3, 5, 1, 2])


def loss(W_in, W_out, contexts, targets):
    hidden = np.mean(W_in[contexts], axis=1)
    scores = hidden @ W_out
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.sum(log_probs[np.arange(len(targets)), targets]) / len(targets)


def forward(W_in, W_out, contexts):
    h = np.zeros((len(contexts), W_in.shape[1]))
    C = contexts.shape[1]
    for position in range(C):
        h += W_in[contexts[:, position]]
    h /= C
    scores = np.dot(h, W_out)
    scores -= scores.max(axis=1, keepdims=True)
    y = np.exp(scores)
    y /= y.sum(axis=1, keepdims=True)
    return h, y


def right(W_in, W_out, contexts, targets):
    h, y = forward(W_in, W_out, contexts)
    batch, C = contexts.shape
    ds = y.copy()
    ds[np.arange(batch), targets] -= 1
    ds /= batch
    dW_out = np.dot(h.T, ds)
    dh = np.dot(ds, W_out.T)
    dh /= C
    dW_in = np.zeros_like(W_in)
    for position in range(C):
        np.add.at(dW_in, contexts[:, position], dh)
    return dW_in, dW_out


class Word2Vec:
    def __init__(self, W_in, W_out):
        self.w1, self.w2 = W_in, W_out
        self.dl_dw1, self.dl_dw2 = np.zeros_like(W_in), np.zeros_like(W_out)

    def softmax(self, x):
        e_x = np.exp(x - np.max(x))
        return e_x / e_x.sum(axis=0)

    def forward_pass(self, x):
        h = np.dot(self.w1.T, x)
        u = np.dot(self.w2.T, h)
        return self.softmax(u), h

    def backprop(self, e, h, x):
        self.dl_dw2 += np.outer(h, e)
        dh = np.dot(self.w2, e)
        self.dl_dw1 += np.outer(x, dh)


def bag_of(context, V):
    x = np.zeros(V)
    for word in context:
        x[word] += 1
    return x / len(context)


def backprop(W_in, W_out, contexts, targets):
    model = Word2Vec(W_in, W_out)
    V = len(W_in)
    for context, target in zip(contexts, targets):
        x = bag_of(context, V)
        y_pred, h = model.forward_pass(x)
        w_t = np.zeros(V)
        w_t[target] = 1
        e = y_pred - w_t
        model.backprop(e, h, x)
    return model.dl_dw1, model.dl_dw2
