"""Gru kept by the other part of the gate.

expected kind: wrong-point or wrong-mask or another-loss
wrong line: 82
correction 82: dh_prev = dh * u
what: The state goes back by one less the update gate, where it was kept by the gate
source: https://github.com/fatchord/WaveRNN/issues/7
said: somebody asks whether the gate and one less the gate should be exchanged in the update of the state
"""

import numpy as np

PARAMETERS = ["E", "Wg", "Wc", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, Wg, Wc, Wy = (r.normal(size=s) for s in [(5, 2), (6, 5), (3, 5), (5, 3)])
    return E, Wg, Wc, Wy, np.array([1, 4, 1, 0]), np.array([4, 1, 0, 2])


def loss(E, Wg, Wc, Wy, words, targets):
    h, total = np.zeros(3), 0.0
    for word, target in zip(words, targets):
        gates = 1 / (1 + np.exp(-(Wg @ np.concatenate([h, E[word]]))))
        update, reset = gates[:3], gates[3:]
        candidate = np.tanh(Wc @ np.concatenate([reset * h, E[word]]))
        h = update * h + (1 - update) * candidate
        scores = Wy @ h
        total = total + np.log(np.sum(np.exp(scores))) - scores[target]
    return total / len(words)


def right(E, Wg, Wc, Wy, words, targets):
    H, T = 3, len(words)
    hs, us, rs, cs = {-1: np.zeros(H)}, {}, {}, {}
    Wu, Wr = Wg[:H], Wg[H:]
    sig = lambda a: 1 / (1 + np.exp(-a))
    for t, w in enumerate(words):
        us[t] = sig(Wu[:, :H] @ hs[t - 1] + Wu[:, H:] @ E[w])
        rs[t] = sig(Wr[:, :H] @ hs[t - 1] + Wr[:, H:] @ E[w])
        cs[t] = np.tanh(Wc[:, :H] @ (rs[t] * hs[t - 1]) + Wc[:, H:] @ E[w])
        hs[t] = us[t] * hs[t - 1] + (1 - us[t]) * cs[t]

    dE, dWy, dWc = np.zeros_like(E), np.zeros_like(Wy), np.zeros_like(Wc)
    dWu, dWr = np.zeros_like(Wu), np.zeros_like(Wr)
    dhnext = np.zeros(H)
    for t in range(T)[::-1]:
        x = E[words[t]]
        dy = np.exp(Wy @ hs[t]) / np.sum(np.exp(Wy @ hs[t]))
        dy[targets[t]] -= 1
        dWy += np.outer(dy, hs[t])
        dh = Wy.T @ dy + dhnext
        dc = dh * (1 - us[t]) * (1 - cs[t] * cs[t])
        du = dh * (hs[t - 1] - cs[t]) * us[t] * (1 - us[t])
        drh = Wc[:, :H].T @ dc
        dr = drh * hs[t - 1] * rs[t] * (1 - rs[t])
        dWc += np.outer(dc, np.hstack([rs[t] * hs[t - 1], x]))
        dWu += np.outer(du, np.hstack([hs[t - 1], x]))
        dWr += np.outer(dr, np.hstack([hs[t - 1], x]))
        dE[words[t]] += Wc[:, H:].T @ dc + Wu[:, H:].T @ du + Wr[:, H:].T @ dr
        dhnext = dh * us[t] + drh * rs[t] + Wu[:, :H].T @ du + Wr[:, :H].T @ dr
    dWg = np.vstack([dWu, dWr])
    return dE / T, dWg / T, dWc / T, dWy / T


def gru_step_forward(x, h_prev, Wg, Wc):
    hx = np.concatenate([h_prev, x])
    gates = 1.0 / (1.0 + np.exp(-Wg.dot(hx)))
    u, r = np.split(gates, 2)
    rhx = np.concatenate([r * h_prev, x])
    c = np.tanh(Wc.dot(rhx))
    h = u * h_prev + (1 - u) * c
    return h, (hx, rhx, h_prev, u, r, c)


def gru_step_backward(dh, cache, Wg, Wc):
    hx, rhx, h_prev, u, r, c = cache
    H = len(h_prev)
    du = dh * (h_prev - c)
    dc = dh * (1 - u)
    dh_prev = dh * (1 - u)
    dac = dc * (1 - c**2)
    dWc = np.outer(dac, rhx)
    drhx = Wc.T.dot(dac)
    dr = drhx[:H] * h_prev
    dh_prev += drhx[:H] * r
    dag = np.concatenate([du * u * (1 - u), dr * r * (1 - r)])
    dWg = np.outer(dag, hx)
    dhx = Wg.T.dot(dag)
    dh_prev += dhx[:H]
    dx = drhx[H:] + dhx[H:]
    return dx, dh_prev, dWg, dWc


def backprop(E, Wg, Wc, Wy, words, targets):
    T, h = len(words), np.zeros(3)
    hs, caches = [], []
    for w in words:
        h, cache = gru_step_forward(E[w], h, Wg, Wc)
        hs.append(h)
        caches.append(cache)
    dE, dWg, dWc, dWy = np.zeros_like(E), np.zeros_like(Wg), np.zeros_like(Wc), np.zeros_like(Wy)
    dh_next = np.zeros(3)
    for t in reversed(range(T)):
        p = np.exp(Wy.dot(hs[t]))
        p /= p.sum()
        p[targets[t]] -= 1
        p /= T
        dWy += np.outer(p, hs[t])
        dh = Wy.T.dot(p) + dh_next
        dx, dh_next, g1, g2 = gru_step_backward(dh, caches[t], Wg, Wc)
        dE[words[t]] += dx
        dWg += g1
        dWc += g2
    return dE, dWg, dWc, dWy
