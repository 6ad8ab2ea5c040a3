"""Captioning rnn repeated words counted once.

expected kind: missing-sum or missing-term or unexplained
wrong line: 68
correction 68: np.add.at(dW_embed, captions_in, dx)
what: dW[captions] += dx adds once for a word that stands in the captions several times
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W_embed", "Wx", "Wh", "b", "W_vocab"]
captions_in = np.array([[0, 2, 3, 2], [0, 1, 1, 4]])
captions_out = np.array([[2, 3, 2, 4], [1, 1, 4, 4]])

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) * 0.8 for s in [(2, 4), (5, 3), (3, 4), (4, 4), (4,), (4, 5)]]

def forward(h0, W_embed, Wx, Wh, b, W_vocab):
    x, h, hs = W_embed[captions_in], h0, []
    for t in range(4):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)
        hs.append(h)
    scores = np.stack(hs, axis=1) @ W_vocab
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    return x, hs, e / e.sum(axis=2, keepdims=True)

def loss(h0, W_embed, Wx, Wh, b, W_vocab):
    probs = forward(h0, W_embed, Wx, Wh, b, W_vocab)[2]
    right_ones = np.take_along_axis(probs, captions_out[:, :, None], axis=2)
    return -np.sum(np.log(right_ones)) / 2

def right(h0, W_embed, Wx, Wh, b, W_vocab):
    x, hs, probs = forward(h0, W_embed, Wx, Wh, b, W_vocab)
    dscores = (probs - np.eye(5)[captions_out]) / 2
    dW_vocab = np.tensordot(np.stack(hs, axis=1), dscores, axes=([0, 1], [0, 1]))
    dh = dscores @ W_vocab.T
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h = np.zeros_like(h0)
    for t in reversed(range(4)):
        da = (dh[:, t] + dprev_h) * (1 - hs[t] ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += (hs[t - 1] if t > 0 else h0).T @ da
        db += da.sum(axis=0)
        dprev_h = da @ Wh.T
    dW_embed = np.zeros_like(W_embed)
    np.add.at(dW_embed, captions_in, dx)
    return dW_embed, dWx, dWh, db, dW_vocab

def backprop(h0, W_embed, Wx, Wh, b, W_vocab):
    x, hs, probs = forward(h0, W_embed, Wx, Wh, b, W_vocab)
    dscores = (probs - np.eye(5)[captions_out]) / 2
    dW_vocab = np.tensordot(np.stack(hs, axis=1), dscores, axes=([0, 1], [0, 1]))
    dh = dscores @ W_vocab.T
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h = np.zeros_like(h0)
    for t in reversed(range(4)):
        da = (dh[:, t] + dprev_h) * (1 - hs[t] ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += (hs[t - 1] if t > 0 else h0).T @ da
        db += da.sum(axis=0)
        dprev_h = da @ Wh.T
    dW_embed = np.zeros_like(W_embed)
    dW_embed[captions_in] += dx
    return dW_embed, dWx, dWh, db, dW_vocab
