"""Caption step without what comes from the next.

expected kind: missing-term or detached
wrong line: 83 or 84
correction 83: dnext_h = dh[:, t] + dprev_h
correction 84: dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dnext_h + dprev_h, caches[t])
what: Each step is led back with the gradient of its own scores alone, without that from the step after it
source: https://github.com/Halfish/cs231n/issues/4
said: why is the argument dh plus the previous step's, and not dh alone? Because the state is used by the next step too
"""

import numpy as np

PARAMETERS = ["W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), 3, (5, 2), (2, 3), (3, 3), 3, (3, 5), 5, (2, 4)]
    return *(r.normal(size=s) for s in shapes), np.array([[1, 3, 4, 3, 2], [1, 4, 2, 0, 0]])


def loss(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab, features, captions):
    h = features @ W_proj + b_proj
    total = 0
    for t in range(captions.shape[1] - 1):
        h = np.tanh(W_embed[captions[:, t]] @ Wx + h @ Wh + b)
        s = h @ W_vocab + b_vocab
        nll = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(s)), captions[:, t + 1]]
        total = total + np.sum(nll * (captions[:, t + 1] != 0))
    return total / len(features)


def right(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab, features, captions):
    grads = {name: 0.0 for name in PARAMETERS}
    grads["W_embed"] = np.zeros(W_embed.shape)
    dc = np.zeros(b_vocab.shape)
    n = len(features)
    for feature, words in zip(features, captions):
        h = {-1: feature @ W_proj + b_proj}
        y = {}
        for t, word in enumerate(words[:-1]):
            h[t] = np.tanh(W_embed[word] @ Wx + h[t - 1] @ Wh + b)
            e = np.exp(h[t] @ W_vocab + b_vocab)
            y[t] = e / e.sum()
        dh_next = np.zeros(len(b))
        for t in reversed(range(len(words) - 1)):
            dy = np.copy(y[t])
            dy[words[t + 1]] -= 1
            dy *= (words[t + 1] != 0) / n
            dc += dy
            grads["W_vocab"] += np.outer(h[t], dy)
            dh = W_vocab @ dy + dh_next
            dpre = (1 - h[t] * h[t]) * dh
            grads["b"] += dpre
            grads["Wx"] += np.outer(W_embed[words[t]], dpre)
            grads["Wh"] += np.outer(h[t - 1], dpre)
            grads["W_embed"][words[t]] += Wx @ dpre
            dh_next = Wh @ dpre
        grads["W_proj"] += np.outer(feature, dh_next)
        grads["b_proj"] += dh_next
    grads["b_vocab"] = dc
    return grads


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz.dot(Wx.T), dz.dot(Wh.T), x.T.dot(dz), prev_h.T.dot(dz), dz.sum(axis=0)


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][0].shape[1]
    dx, dWx, dWh, db = np.zeros((N, T, D)), np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev_h = np.zeros((N, H))
    for t in reversed(range(T)):
        dnext_h = dh[:, t]
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dnext_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


def backprop(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab, features, captions):
    captions_in, captions_out = captions[:, :-1], captions[:, 1:]
    mask = captions_out != 0
    N, T = captions_in.shape
    x, h = W_embed[captions_in], features.dot(W_proj) + b_proj
    hs, caches = [], []
    for t in range(T):
        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    hs = np.stack(hs, axis=1)
    scores = hs @ W_vocab + b_vocab
    probs = np.exp(scores - scores.max(axis=2, keepdims=True))
    probs /= probs.sum(axis=2, keepdims=True)
    dscores = probs
    dscores[np.arange(N)[:, None], np.arange(T), captions_out] -= 1
    dscores *= mask[:, :, None] / N
    flat = dscores.reshape(N * T, -1)
    dW_vocab, db_vocab = hs.reshape(N * T, -1).T.dot(flat), flat.sum(axis=0)
    dx, dh0, dWx, dWh, db = rnn_backward(dscores.dot(W_vocab.T), caches)
    dW_embed = np.zeros_like(W_embed)
    np.add.at(dW_embed, captions_in, dx)
    return features.T.dot(dh0), dh0.sum(axis=0), dW_embed, dWx, dWh, db, dW_vocab, db_vocab
