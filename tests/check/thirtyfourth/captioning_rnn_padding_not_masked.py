"""captioning RNN: the mask of the temporal softmax is forgotten on the way back.

expected kind: wrong-mask or missing-factor
wrong line: 53
correction 53: dscores = (p - np.eye(p.shape[2])[targets]) * mask[:, :, None] / N
what: padded steps, which the loss leaves out, send back a gradient
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(features, captions, Wp, E, Wx, Wh, b, Wv):
    h, total, N = features @ Wp, 0, len(captions)
    for word, target in zip(captions[:, :-1].T, captions[:, 1:].T):
        h = np.tanh(E[word] @ Wx + h @ Wh + b)
        s = h @ Wv
        s = s - np.max(s, axis=1, keepdims=True)
        logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
        total = total - np.sum((target != 0) * logp[np.arange(N), target]) / N
    return total

def right(features, captions, Wp, E, Wx, Wh, b, Wv):
    words, targets = captions[:, :-1], captions[:, 1:]
    N, T = words.shape
    hs, mask = [features @ Wp], targets != 0
    for t in range(T):
        hs.append(np.tanh(E[words[:, t]] @ Wx + hs[-1] @ Wh + b))
    s = np.stack(hs[1:], axis=1) @ Wv
    p = np.exp(s - np.max(s, axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    dscores = (p - np.eye(p.shape[2])[targets]) * mask[:, :, None] / N
    dWv = np.einsum("nth,ntv->hv", np.stack(hs[1:], axis=1), dscores)
    dh_all = dscores @ Wv.T
    dE, dWx, dWh, db, dh = np.zeros_like(E), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), 0
    for t in reversed(range(T)):
        dz = (dh_all[:, t] + dh) * (1 - hs[t + 1] ** 2)
        dWx += E[words[:, t]].T @ dz
        dWh += hs[t].T @ dz
        db += dz.sum(axis=0)
        np.add.at(dE, words[:, t], dz @ Wx.T)
        dh = dz @ Wh.T
    return features.T @ dh, dE, dWx, dWh, db, dWv

def backprop(features, captions, Wp, E, Wx, Wh, b, Wv):
    words, targets = captions[:, :-1], captions[:, 1:]
    N, T = words.shape
    hs, mask = [features @ Wp], targets != 0
    for t in range(T):
        hs.append(np.tanh(E[words[:, t]] @ Wx + hs[-1] @ Wh + b))
    s = np.stack(hs[1:], axis=1) @ Wv
    p = np.exp(s - np.max(s, axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    dscores = (p - np.eye(p.shape[2])[targets]) / N
    dWv = np.einsum("nth,ntv->hv", np.stack(hs[1:], axis=1), dscores)
    dh_all = dscores @ Wv.T
    dE, dWx, dWh, db, dh = np.zeros_like(E), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), 0
    for t in reversed(range(T)):
        dz = (dh_all[:, t] + dh) * (1 - hs[t + 1] ** 2)
        dWx += E[words[:, t]].T @ dz
        dWh += hs[t].T @ dz
        db += dz.sum(axis=0)
        np.add.at(dE, words[:, t], dz @ Wx.T)
        dh = dz @ Wh.T
    return features.T @ dh, dE, dWx, dWh, db, dWv

PARAMETERS = ["Wp", "E", "Wx", "Wh", "b", "Wv"]

def data(seed=0):
    r = np.random.default_rng(seed)
    captions = r.integers(1, 6, size=(3, 5))
    captions[0, 3:], captions[2, 4:] = 0, 0
    return [r.normal(size=(3, 4)), captions, *(0.7 * r.normal(size=s) for s in [(4, 3), (6, 3), (3, 3), (3, 3), (3,), (3, 6)])]
