"""Almanac nothing comes back through the softmax.

expected kind: detached
wrong line: 107
correction 107: return p * (g - np.sum(g * p, axis=-1, keepdims=True))
what: The softmax hands nothing back, as if the attention weights were constants
source: https://github.com/huggingface/candle/pull/3724
said: the fused softmax of the attention has no backward pass, so the gradients of all that is before it are silently dropped
"""

import numpy as np

PARAMETERS = ["E", "gamma", "beta", "Wq", "Wk", "Wv", "Wo"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    gamma, beta = 1 + 0.3 * r.normal(size=4), 0.3 * r.normal(size=4)
    Wq, Wk, Wv, Wo = (r.normal(size=(4, 4)) for _ in range(4))
    # two years of four seasons each
    seasons, harvest = r.normal(size=(2, 4, 3)), r.normal(size=(2, 4, 4))
    return r.normal(size=(3, 4)), gamma, beta, Wq, Wk, Wv, Wo, seasons, harvest


def loss(E, gamma, beta, Wq, Wk, Wv, Wo, seasons, harvest):
    x = seasons @ E
    m = np.mean(x, axis=-1, keepdims=True)
    v = np.mean((x - m) ** 2, axis=-1, keepdims=True)
    z = gamma * (x - m) / np.sqrt(v + EPS) + beta
    total = 0.0
    for n in range(len(seasons)):
        s = (z[n] @ Wq) @ (z[n] @ Wk).T / np.sqrt(4.0)
        s = np.exp(s - np.max(s, axis=1, keepdims=True))
        p = s / np.sum(s, axis=1, keepdims=True)
        y = x[n] + p @ (z[n] @ Wv) @ Wo
        total = total + np.sum((y - harvest[n]) ** 2)
    return total / len(seasons)


def norm_forward(x, gamma, beta):
    m = x.mean(axis=1, keepdims=True)
    inv = 1 / np.sqrt(x.var(axis=1, keepdims=True) + EPS)
    hat = (x - m) * inv
    return gamma * hat + beta, (hat, inv)


def norm_backward(dz, gamma, cache):
    hat, inv = cache
    g = dz * gamma
    dx = inv * (g - g.mean(axis=1, keepdims=True) - hat * (g * hat).mean(axis=1, keepdims=True))
    return dx, (dz * hat).sum(axis=0), dz.sum(axis=0)


def right(E, gamma, beta, Wq, Wk, Wv, Wo, seasons, harvest):
    names = ("E", "gamma", "beta", "Wq", "Wk", "Wv", "Wo")
    grads = {n: np.zeros_like(w) for n, w in zip(names, (E, gamma, beta, Wq, Wk, Wv, Wo))}
    scale = 1 / np.sqrt(Wq.shape[1])
    for year, target in zip(seasons, harvest):
        x = year @ E
        z, cache = norm_forward(x, gamma, beta)
        Q, K, V = z @ Wq, z @ Wk, z @ Wv
        S = scale * Q @ K.T
        P = np.exp(S - S.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        O = P @ V
        dy = 2 * (x + O @ Wo - target) / len(seasons)
        grads["Wo"] += O.T @ dy
        dO = dy @ Wo.T
        dV = P.T @ dO
        dP = dO @ V.T
        dS = P * (dP - np.sum(P * dP, axis=1, keepdims=True))
        dQ, dK = scale * dS @ K, scale * dS.T @ Q
        dz = dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T
        for name, d in (("Wq", dQ), ("Wk", dK), ("Wv", dV)):
            grads[name] += z.T @ d
        dx, dgamma, dbeta = norm_backward(dz, gamma, cache)
        grads["gamma"] += dgamma
        grads["beta"] += dbeta
        grads["E"] += year.T @ (dx + dy)
    return grads


def matmul(x, W):
    return x @ W, lambda g: (g @ W.T, np.einsum("nti,nto->io", x, g))


def layer_norm(x, gamma, beta):
    centred = x - x.mean(-1, keepdims=True)
    sd = np.sqrt((centred**2).mean(-1, keepdims=True) + EPS)
    hat = centred / sd

    def back(g):
        dhat = g * gamma
        dsd = -np.sum(dhat * centred, axis=-1, keepdims=True) / sd**2
        dcentred = dhat / sd + dsd * centred / (sd * x.shape[-1])
        return dcentred - dcentred.mean(-1, keepdims=True), np.sum(g * hat, axis=(0, 1)), np.sum(g, axis=(0, 1))

    return gamma * hat + beta, back


def softmax_last(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)

    def back(g):
        return np.zeros_like(g)

    return p, back


def backprop(E, gamma, beta, Wq, Wk, Wv, Wo, seasons, harvest):
    root = np.sqrt(Wk.shape[1])
    x, back_E = matmul(seasons, E)
    z, back_norm = layer_norm(x, gamma, beta)
    (q, back_q), (k, back_k), (v, back_v) = (matmul(z, W) for W in (Wq, Wk, Wv))
    p, back_p = softmax_last(np.einsum("nid,njd->nij", q, k) / root)
    mixed, back_o = matmul(np.einsum("nij,njd->nid", p, v), Wo)
    # and all the way back
    g = 2 * (x + mixed - harvest) / len(seasons)
    go, dWo = back_o(g)
    gs = back_p(np.einsum("nid,njd->nij", go, v)) / root
    from_q, dWq = back_q(np.einsum("nij,njd->nid", gs, k))
    from_k, dWk = back_k(np.einsum("nij,nid->njd", gs, q))
    from_v, dWv = back_v(np.einsum("nij,nid->njd", p, go))
    gx, dgamma, dbeta = back_norm(from_q + from_k + from_v)
    _, dE = back_E(g + gx)
    return dE, dgamma, dbeta, dWq, dWk, dWv, dWo
