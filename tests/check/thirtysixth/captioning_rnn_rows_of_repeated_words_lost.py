"""A captioning RNN with word embeddings.

expected kind: missing-term or missing-sum
wrong line: 76
correction 76: np.add.at(G["W_embed"], words[:, t], dz @ Wx.T)
what: += with a list of indices adds once for a word that occurs several times; np.add.at is needed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def unroll(P, features, words):
    hs = [features @ P["W_proj"] + P["b_proj"]]
    for t in range(words.shape[1]):
        x = P["W_embed"][words[:, t]]
        hs.append(np.tanh(x @ P["Wx"] + hs[-1] @ P["Wh"] + P["b"]))
    return hs


def loss(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, features, captions):
    P = dict(W_proj=W_proj, b_proj=b_proj, W_embed=W_embed, Wx=Wx, Wh=Wh, b=b)
    hs = unroll(P, features, captions[:, :-1])
    total = 0
    for t, h in enumerate(hs[1:]):
        p = softmax(h @ W_vocab)
        total -= np.sum(np.log(p[np.arange(len(p)), captions[:, t + 1]]))
    return total / len(features)


def right(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, features, captions):
    P = dict(W_proj=W_proj, b_proj=b_proj, W_embed=W_embed, Wx=Wx, Wh=Wh, b=b)
    words, N = captions[:, :-1], len(features)
    hs = unroll(P, features, words)
    G = {k: np.zeros_like(v) for k, v in (*P.items(), ("W_vocab", W_vocab))}
    dprev = np.zeros_like(hs[0])
    for t in reversed(range(words.shape[1])):
        h, h_before = hs[t + 1], hs[t]
        dscores = softmax(h @ W_vocab)
        dscores[np.arange(N), captions[:, t + 1]] -= 1
        dscores /= N
        G["W_vocab"] += h.T @ dscores
        dnext = dscores @ W_vocab.T + dprev
        dz = dnext * (1 - h ** 2)
        G["Wx"] += W_embed[words[:, t]].T @ dz
        G["Wh"] += h_before.T @ dz
        G["b"] += dz.sum(0)
        np.add.at(G["W_embed"], words[:, t], dz @ Wx.T)
        dprev = dz @ Wh.T
    G["W_proj"], G["b_proj"] = features.T @ dprev, dprev.sum(0)
    return G


def backprop(W_proj, b_proj, W_embed, Wx, Wh, b, W_vocab, features, captions):
    P = dict(W_proj=W_proj, b_proj=b_proj, W_embed=W_embed, Wx=Wx, Wh=Wh, b=b)
    words, N = captions[:, :-1], len(features)
    hs = unroll(P, features, words)
    G = {k: np.zeros_like(v) for k, v in (*P.items(), ("W_vocab", W_vocab))}
    dprev = np.zeros_like(hs[0])
    for t in reversed(range(words.shape[1])):
        h, h_before = hs[t + 1], hs[t]
        dscores = softmax(h @ W_vocab)
        dscores[np.arange(N), captions[:, t + 1]] -= 1
        dscores /= N
        G["W_vocab"] += h.T @ dscores
        dnext = dscores @ W_vocab.T + dprev
        dz = dnext * (1 - h ** 2)
        G["Wx"] += W_embed[words[:, t]].T @ dz
        G["Wh"] += h_before.T @ dz
        G["b"] += dz.sum(0)
        G["W_embed"][words[:, t]] += dz @ Wx.T
        dprev = dz @ Wh.T
    G["W_proj"], G["b_proj"] = features.T @ dprev, dprev.sum(0)
    return G


PARAMETERS = ["W_proj", "b_proj", "W_embed", "Wx", "Wh", "b", "W_vocab"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), 4, (4, 2), (2, 4), (4, 4), 4, (4, 4)]
    return *(0.7 * r.normal(size=s) for s in shapes), r.normal(size=(5, 3)), r.integers(4, size=(5, 4))
