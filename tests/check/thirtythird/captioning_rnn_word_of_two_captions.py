"""captioning rnn word of two captions.

expected kind: missing-sum or missing-term or stale-value or unexplained
wrong line: 70
correction 70: np.add.at(dW_embed, tokens[:, t], da @ Wx.T)
what: where two captions have the same word at a step only one of them reaches its embedding: += with repeated
    indices
source: https://forums.fast.ai/t/embedding-layer-from-the-scratch/26480
said: the asker sees that a word's rows overwrite each other in the embedding's backward pass when they are written
    by index
"""
import numpy as np

NULL = 0


def forward(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab):
    tokens = captions[:, :-1]
    h = features @ W_proj + b_proj
    states = [h]
    for t in range(tokens.shape[1]):
        h = np.tanh(W_embed[tokens[:, t]] @ Wx + h @ Wh + b)
        states.append(h)
    scores = np.stack(states[1:], axis=1) @ W_vocab + b_vocab
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    return states, e / e.sum(axis=2, keepdims=True)


def loss(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab):
    _, probs = forward(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab)
    y = captions[:, 1:]
    picked = np.take_along_axis(probs, y[:, :, None], axis=2)[:, :, 0]
    return -np.sum((y != NULL) * np.log(picked)) / len(y)


def right(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab):
    states, probs = forward(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab)
    onehot = np.eye(len(W_embed))[captions]
    y = onehot[:, 1:]
    e = (probs - y) * (1 - y[:, :, NULL : NULL + 1]) / len(y)
    grads, d = [0, 0, 0, 0, 0], 0
    for t in range(e.shape[1] - 1, -1, -1):
        h, x = states[t + 1], onehot[:, t]
        d = (e[:, t] @ W_vocab.T + d) * (1 - h * h)
        new = x.T @ d @ Wx.T, (x @ W_embed).T @ d, states[t].T @ d, d.sum(0), h.T @ e[:, t]
        grads = [old + g for old, g in zip(grads, new)]
        d = d @ Wh.T
    return features.T @ d, d.sum(0), *grads, e.sum((0, 1))


def backprop(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab):
    states, probs = forward(features, captions, W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, b_vocab)
    N, T, V = probs.shape
    tokens, y = captions[:, :-1], captions[:, 1:]
    dscores = probs.copy()
    dscores[np.arange(N)[:, None], np.arange(T), y] -= 1
    dscores *= (y != NULL)[:, :, None] / N
    hs = np.stack(states[1:], axis=1)
    dW_vocab = hs.reshape(N * T, -1).T @ dscores.reshape(N * T, V)
    db_vocab = dscores.sum(axis=(0, 1))
    dh = dscores @ W_vocab.T
    dW_embed, dWx, dWh, db = (np.zeros_like(p) for p in (W_embed, Wx, Wh, b))
    dprev = np.zeros_like(states[0])
    for t in reversed(range(T)):
        dnext = dh[:, t] + dprev
        da = dnext * (1 - states[t + 1] ** 2)
        dWx += W_embed[tokens[:, t]].T @ da
        dWh += states[t].T @ da
        db += da.sum(axis=0)
        dW_embed[tokens[:, t]] += da @ Wx.T
        dprev = da @ Wh.T
    return features.T @ dprev, dprev.sum(axis=0), dW_embed, dWx, dWh, db, dW_vocab, db_vocab


PARAMETERS = ["W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab", "b_vocab"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    captions = np.array([[1, 3, 3, 2, 0], [1, 4, 3, 4, 2], [1, 3, 2, 0, 0]])
    shapes = [(2, 4), 4, (5, 3), (3, 4), (4, 4), 4, (4, 5), 5]
    return [rng.normal(size=(3, 2)), captions, *(0.6 * rng.normal(size=s) for s in shapes)]
