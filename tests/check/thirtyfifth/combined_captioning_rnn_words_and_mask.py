"""A captioning RNN with a word embedding; padded places don't count.

expected kind: missing-factor + missing-sum or wrong-mask + missing-sum or another-loss + missing-sum or
    missing-factor + missing-term or wrong-mask + missing-term or another-loss + missing-term or missing-factor +
    unexplained or wrong-mask + unexplained or another-loss + unexplained
wrong line: 70 and 83
correction 70: dscores = (probs - np.eye(e.shape[2])[captions_out]) * mask[:, :, None] / N
correction 83: np.add.at(dW_embed, captions_in, dx)
what: the gradient of the scores isn't masked at the padded places, and a word that occurs several times gets one
    gradient only
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W_embed", "Wx", "Wh", "b", "W_vocab"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    captions = rng.integers(4, size=(3, 5))
    mask = np.arange(4) < np.array([[4], [3], [2]])
    shapes = [(4, 3), (3, 3), (3, 3), (3,), (3, 4)]
    return captions, mask, rng.normal(size=(3, 3)), *[0.7 * rng.normal(size=s) for s in shapes]

def run(captions, h0, W_embed, Wx, Wh, b):
    x, h = W_embed[captions[:, :-1]], [h0]
    for t in range(x.shape[1]):
        h.append(np.tanh(x[:, t].dot(Wx) + h[t].dot(Wh) + b))
    return x, h

def loss(captions, mask, h0, W_embed, Wx, Wh, b, W_vocab):
    _, h = run(captions, h0, W_embed, Wx, Wh, b)
    total = 0.0
    for t in range(mask.shape[1]):
        s = h[t + 1] @ W_vocab
        for n in range(len(s)):
            total += mask[n, t] * (np.log(np.sum(np.exp(s[n]))) - s[n, captions[n, t + 1]])
    return total / len(captions)

def right(captions, mask, h0, W_embed, Wx, Wh, b, W_vocab):
    captions_in, captions_out = captions[:, :-1], captions[:, 1:]
    N, T = captions_in.shape
    x, h = run(captions, h0, W_embed, Wx, Wh, b)
    H = np.stack(h[1:], axis=1)
    e = np.exp(H @ W_vocab)
    probs = e / e.sum(axis=2, keepdims=True)
    dscores = (probs - np.eye(e.shape[2])[captions_out]) * mask[:, :, None] / N
    dW_vocab = H.reshape(N * T, -1).T @ dscores.reshape(N * T, -1)
    dH = dscores @ W_vocab.T
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        raw = (dH[:, t] + dh) * (1 - h[t + 1] ** 2)
        dx[:, t] = raw @ Wx.T
        dWx += x[:, t].T @ raw
        dWh += h[t].T @ raw
        db += raw.sum(axis=0)
        dh = raw @ Wh.T
    dW_embed = np.zeros_like(W_embed)
    np.add.at(dW_embed, captions_in, dx)
    return dW_embed, dWx, dWh, db, dW_vocab

def backprop(captions, mask, h0, W_embed, Wx, Wh, b, W_vocab):
    captions_in, captions_out = captions[:, :-1], captions[:, 1:]
    N, T = captions_in.shape
    x, h = run(captions, h0, W_embed, Wx, Wh, b)
    H = np.stack(h[1:], axis=1)
    e = np.exp(H @ W_vocab)
    probs = e / e.sum(axis=2, keepdims=True)
    dscores = (probs - np.eye(e.shape[2])[captions_out]) / N
    dW_vocab = H.reshape(N * T, -1).T @ dscores.reshape(N * T, -1)
    dH = dscores @ W_vocab.T
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        raw = (dH[:, t] + dh) * (1 - h[t + 1] ** 2)
        dx[:, t] = raw @ Wx.T
        dWx += x[:, t].T @ raw
        dWh += h[t].T @ raw
        db += raw.sum(axis=0)
        dh = raw @ Wh.T
    dW_embed = np.zeros_like(W_embed)
    dW_embed[captions_in] += dx
    return dW_embed, dWx, dWh, db, dW_vocab
