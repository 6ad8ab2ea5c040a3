"""Bidirectional words not turned round.

expected kind: reversed
wrong line: 83
correction 83: dWb, dE_b = rnn_backward(dh[H:], bs, xs[::-1], Wb)
what: The direction from the right is led back along the words from the left
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "Wf", "Wb", "U", "c"]


N, H, K = 5, 3, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    E, Wf, Wb, U, c = (r.normal(size=s) for s in [(4, H), (H, H), (H, H), (2 * H, K), K])
    return r.normal(size=(N, 4)), int(r.integers(K)), E, Wf, Wb, U, c


def loss(xs, label, E, Wf, Wb, U, c):
    emb = xs @ E
    f = b = np.zeros(H)
    for t in range(N):
        f = np.tanh(emb[t] + f @ Wf)
        b = np.tanh(emb[N - 1 - t] + b @ Wb)
    z = np.concatenate([f, b]) @ U + c
    return np.log(np.sum(np.exp(z))) - z[label]


def right(xs, label, E, Wf, Wb, U, c):
    f, b = [np.zeros(H)], [np.zeros(H)]
    for t in range(N):
        f.append(np.tanh(xs[t] @ E + f[t] @ Wf))
        b.append(np.tanh(xs[-1 - t] @ E + b[t] @ Wb))
    last = np.r_[f[N], b[N]]
    e = np.exp(last @ U + c)
    g = e / e.sum() - np.eye(K)[label]
    gU, gc = last[:, None] * g, g
    gf, gb = (U @ g).reshape(2, H)
    gE, gWf, gWb = np.zeros(E.shape), np.zeros(Wf.shape), np.zeros(Wb.shape)
    for t in range(N, 0, -1):
        pf, pb = gf * (1 - f[t] ** 2), gb * (1 - b[t] ** 2)
        gWf += np.outer(f[t - 1], pf)
        gWb += np.outer(b[t - 1], pb)
        gE += np.outer(xs[t - 1], pf)
        gE += np.outer(xs[N - t], pb)
        gf, gb = Wf @ pf, Wb @ pb
    return gE, gWf, gWb, gU, gc


def rnn_forward(emb, W):
    hs = np.zeros((len(emb) + 1, H))
    for t, e in enumerate(emb):
        hs[t + 1] = np.tanh(e + hs[t] @ W)
    return hs


def rnn_backward(dh, hs, xs, W):
    dW, dE = np.zeros_like(W), np.zeros((4, H))
    for t in range(len(xs) - 1, -1, -1):
        dpre = dh * (1 - hs[t + 1] ** 2)
        dW += np.outer(hs[t], dpre)
        dE += np.outer(xs[t], dpre)
        dh = W @ dpre
    return dW, dE


def backprop(xs, label, E, Wf, Wb, U, c):
    emb = xs @ E
    fs = rnn_forward(emb, Wf)
    bs = rnn_forward(emb[::-1], Wb)
    h = np.concatenate([fs[-1], bs[-1]])
    z = h @ U + c
    dz = np.exp(z) / np.exp(z).sum()
    dz[label] -= 1
    dh = U @ dz
    dWf, dE_f = rnn_backward(dh[:H], fs, xs, Wf)
    dWb, dE_b = rnn_backward(dh[H:], bs, xs, Wb)
    return {"E": dE_f + dE_b, "Wf": dWf, "Wb": dWb, "U": np.outer(h, dz), "c": dz}
