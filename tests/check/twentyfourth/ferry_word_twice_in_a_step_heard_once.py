"""Ferry word twice in a step heard once.

expected kind: missing-sum or missing-term
wrong line: 77
correction 77: np.add.at(dE, words[:, t], dout[:, t])
what: Of sentences with the same word at the same place only the last one reaches its vector
source: https://github.com/pytorch/pytorch/issues/1631
said: gather gives wrong gradients where an index is repeated: they should be added for the same element
"""

import numpy as np

PARAMETERS = ["E", "Wx", "Wh", "b", "Wy", "by"]
def data(seed=0):
    r = np.random.default_rng(seed)
    E, Wx = r.normal(size=(6, 3)), 0.8 * r.normal(size=(3, 4))
    Wh, b = 0.7 * r.normal(size=(4, 4)), 0.3 * r.normal(size=4)
    Wy, by = r.normal(size=(4, 3)), 0.3 * r.normal(size=3)
    words = np.array([[0, 2, 5, 2], [0, 1, 5, 3], [4, 1, 5, 0], [4, 2, 1, 3], [0, 1, 3, 3]])
    return E, Wx, Wh, b, Wy, by, words, np.array([0, 2, 1, 1, 0])


def loss(E, Wx, Wh, b, Wy, by, words, label):
    # a sentence is read word by word, its class is told at the end
    h = np.tanh(E[words[:, 0]] @ Wx + b)
    for t in range(1, words.shape[1]):
        h = np.tanh(E[words[:, t]] @ Wx + h @ Wh + b)
    scores = h @ Wy + by
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(label)), label]))


def read_sentence(sentence, E, Wx, Wh, b):
    states, sums = [np.zeros(len(b))], []
    for w in sentence:
        sums.append(E[w] @ Wx + states[-1] @ Wh + b)
        states.append(np.tanh(sums[-1]))
    return states, sums


def right(E, Wx, Wh, b, Wy, by, words, label):
    gE, gWx, gWh, gb, gWy, gby = [np.zeros(p.shape) for p in (E, Wx, Wh, b, Wy, by)]
    for sentence, goal in zip(words, label):
        states, sums = read_sentence(sentence, E, Wx, Wh, b)
        out = states[-1] @ Wy + by
        p = np.exp(out - np.max(out))
        p /= p.sum()
        error = (p - (np.arange(len(p)) == goal)) / len(label)
        gWy += np.outer(states[-1], error)
        gby += error
        back = Wy @ error
        for t in range(len(sentence) - 1, -1, -1):
            da = back * (1 - np.tanh(sums[t]) ** 2)
            gWh += np.outer(states[t], da)
            gWx += np.outer(E[sentence[t]], da)
            gb += da
            gE[sentence[t]] += Wx @ da
            back = Wh @ da
    return gE, gWx, gWh, gb, gWy, gby


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, next_h)


def rnn_step_backward(dnext_h, cache, Wx, Wh):
    x, prev_h, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def word_embedding_backward(dout, words, E):
    dE = np.zeros_like(E)
    for t in range(words.shape[1]):
        dE[words[:, t]] += dout[:, t]
    return dE


def backprop(E, Wx, Wh, b, Wy, by, words, label):
    N, T = words.shape
    h, caches = np.zeros((N, len(b))), []
    for t in range(T):
        h, cache = rnn_step_forward(E[words[:, t]], h, Wx, Wh, b)
        caches.append(cache)
    scores = h.dot(Wy) + by
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[np.arange(N), label] -= 1
    dscores = probs / N
    grads = {"Wy": h.T.dot(dscores), "by": dscores.sum(axis=0)}
    dx = np.zeros((N, T, E.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = dscores.dot(Wy.T)
    for t in reversed(range(T)):
        dx[:, t], dh, dWx_t, dWh_t, db_t = rnn_step_backward(dh, caches[t], Wx, Wh)
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    grads.update(Wx=dWx, Wh=dWh, b=db, E=word_embedding_backward(dx, words, E))
    return grads
