"""Postcard output gate hears the cell before its tanh.

expected kind: wrong-point or stale-value
wrong line: 106
correction 106: do = dh * np.tanh(s) * o * (1 - o)
what: The gradient of the output gate has the cell itself, not the tanh of it that the gate multiplies
source: https://github.com/nicodjimenez/lstm/pull/30
said: if the output of the cell gets a tanh, the gradient of the output gate needs the tanh of the state as well
"""

import numpy as np

PARAMETERS = ["E", "W", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # five signs, four cards of five signs each, three countries
    E, W, b = r.normal(size=(5, 2)), 0.8 * r.normal(size=(5, 12)), 0.5 * r.normal(size=12)
    V, c = r.normal(size=(3, 3)), 0.5 * r.normal(size=3)
    return E, W, b, V, c, r.integers(5, size=(4, 5)), np.array([0, 2, 1, 2])


def loss(E, W, b, V, c, cards, country):
    N, H = cards.shape[0], V.shape[0]
    h, s = np.zeros((N, H)), np.zeros((N, H))
    for t in range(cards.shape[1]):
        a = np.concatenate([h, E[cards[:, t]]], axis=1) @ W + b
        i = 1 / (1 + np.exp(-a[:, :H]))
        f = 1 / (1 + np.exp(-a[:, H : 2 * H]))
        o = 1 / (1 + np.exp(-a[:, 2 * H : 3 * H]))
        s = f * s + i * np.tanh(a[:, 3 * H :])
        h = o * np.tanh(s)
    scores = h @ V + c
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), country])


def right(E, W, b, V, c, cards, country):
    sigma = lambda a: 1 / (1 + np.exp(-a))
    H = V.shape[0]
    part = {"i": slice(0, H), "f": slice(H, 2 * H), "o": slice(2 * H, 3 * H), "g": slice(3 * H, 4 * H)}
    d = {"E": 0 * E, "W": 0 * W, "b": 0 * b, "V": 0 * V, "c": 0 * c}
    for card, label in zip(cards, country):
        h = s = np.zeros(H)
        steps = []
        for sign in card:
            both = np.append(h, E[sign])
            a = both @ W + b
            gate = {k: np.tanh(a[p]) if k == "g" else sigma(a[p]) for k, p in part.items()}
            before = s
            s = gate["f"] * s + gate["i"] * gate["g"]
            h = gate["o"] * np.tanh(s)
            steps.append((sign, both, gate, before, np.tanh(s)))
        guess = np.exp(h @ V + c)
        guess = guess / guess.sum()
        guess[label] -= 1
        guess /= len(cards)
        d["V"] += np.outer(h, guess)
        d["c"] += guess
        back_h, back_s = V @ guess, np.zeros(H)
        while steps:
            sign, both, gate, before, bent = steps.pop()
            back_s = back_s + back_h * gate["o"] * (1 - bent * bent)
            da = np.empty(4 * H)
            da[part["o"]] = back_h * bent * gate["o"] * (1 - gate["o"])
            da[part["i"]] = back_s * gate["g"] * gate["i"] * (1 - gate["i"])
            da[part["f"]] = back_s * before * gate["f"] * (1 - gate["f"])
            da[part["g"]] = back_s * gate["i"] * (1 - gate["g"] ** 2)
            d["W"] += np.outer(both, da)
            d["b"] += da
            d["E"][sign] += W[H:] @ da
            back_h, back_s = W[:H] @ da, back_s * gate["f"]
    return d


def sigm(x):
    return 1.0 / (1.0 + np.exp(-x))


def read(E, W, b, cards, H):
    N = len(cards)
    h, s = np.zeros((N, H)), np.zeros((N, H))
    caches = []
    for signs in cards.T:
        hx = np.concatenate((h, E[signs]), axis=1)
        ai, af, ao, ag = np.split(hx @ W + b, 4, axis=1)
        i, f, o, g = sigm(ai), sigm(af), sigm(ao), np.tanh(ag)
        s_old, s = s, f * s + i * g
        h = o * np.tanh(s)
        caches.append((signs, hx, i, f, o, g, s_old, s))
    return h, caches


def backprop(E, W, b, V, c, cards, country):
    N, H = len(cards), len(V)
    h, caches = read(E, W, b, cards, H)
    scores = h @ V + c
    prob = np.exp(scores)
    prob /= prob.sum(axis=1, keepdims=True)
    prob[np.arange(N), country] -= 1
    dscores = prob / N
    dV, dc = h.T @ dscores, dscores.sum(axis=0)
    dE, dW, db = np.zeros_like(E), np.zeros_like(W), np.zeros_like(b)
    dh, ds = dscores @ V.T, np.zeros((N, H))
    for signs, hx, i, f, o, g, s_old, s in caches[::-1]:
        do = dh * s * o * (1 - o)
        ds = ds + dh * o * (1 - np.tanh(s) ** 2)
        di = ds * g * i * (1 - i)
        df = ds * s_old * f * (1 - f)
        dg = ds * i * (1 - g**2)
        da = np.concatenate((di, df, do, dg), axis=1)
        dW += hx.T @ da
        db += da.sum(axis=0)
        dhx = da @ W.T
        np.add.at(dE, signs, dhx[:, H:])
        dh, ds = dhx[:, :H], ds * f
    return dE, dW, db, dV, dc
