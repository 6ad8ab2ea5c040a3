"""Caravan recurrent bias not reset.

expected kind: missing-factor or wrong-parameter
wrong line: 136
correction 136: dcn += dinner.sum(0)
what: The bias inside of the reset gate gets the gradient of the one outside, without r
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wz", "Wr", "Wn", "Uz", "Ur", "Un", "bz", "br", "bn", "cn", "V", "q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, K, n, T = 2, 3, 3, 4, 4
    ws, us = [r.normal(size=(d, H)) for _ in range(3)], [0.8 * r.normal(size=(H, H)) for _ in range(3)]
    bs = [0.4 * r.normal(size=H) for _ in range(4)]
    camels = r.normal(size=(n, T, d))
    return *ws, *us, *bs, 1.5 * r.normal(size=(H, K)), 0.3 * r.normal(size=K), camels, np.array([0, 2, 1, 0])


def loss(Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn, cn, V, q, camels, goals):
    n, T = camels.shape[:2]
    h = 0.5 * np.tanh(camels[:, 0] @ Wn)
    pooled = 0.0
    for t in range(T):
        x = camels[:, t]
        z = 1 / (1 + np.exp(-(x @ Wz + h @ Uz + bz)))
        r = 1 / (1 + np.exp(-(x @ Wr + h @ Ur + br)))
        new = np.tanh(x @ Wn + bn + r * (h @ Un + cn))
        h = z * h + (1 - z) * new
        pooled = pooled + h / T
    scores = pooled @ V + q
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), goals])


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def travel(days, p):
    """One caravan through all days; what every day was like."""
    log = []
    h = 0.5 * np.tanh(days[0] @ p["Wn"])
    for x in days:
        z = sigmoid(x @ p["Wz"] + h @ p["Uz"] + p["bz"])
        r = sigmoid(x @ p["Wr"] + h @ p["Ur"] + p["br"])
        lin = h @ p["Un"] + p["cn"]
        new = np.tanh(x @ p["Wn"] + p["bn"] + r * lin)
        log.append((x, h, z, r, lin, new))
        h = z * h + (1 - z) * new
    return log, h


def right(Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn, cn, V, q, camels, goals):
    p = dict(Wz=Wz, Wr=Wr, Wn=Wn, Uz=Uz, Ur=Ur, Un=Un, bz=bz, br=br, bn=bn, cn=cn, V=V, q=q)
    g = {name: np.zeros(value.shape) for name, value in p.items()}
    n = len(camels)
    for days, goal in zip(camels, goals):
        log, last = travel(days, p)
        T = len(days)
        pooled = (sum(entry[1] for entry in log[1:]) + last) / T
        e = np.exp(pooled @ V + q)
        err = e / e.sum()
        err[goal] -= 1
        err /= n
        g["V"] += np.outer(pooled, err)
        g["q"] += err
        dpool = V @ err / T
        dh = np.zeros(len(bz))
        for x, h, z, r, lin, new in log[::-1]:
            dh = dh + dpool
            dn = dh * (1 - z) * (1 - new**2)
            dz = dh * (h - new) * z * (1 - z)
            dr = dn * lin * r * (1 - r)
            dlin = dn * r
            for k, da in (("z", dz), ("r", dr), ("n", dn)):
                g["W" + k] += np.outer(x, da)
                g["b" + k] += da
            g["Uz"] += np.outer(h, dz)
            g["Ur"] += np.outer(h, dr)
            g["Un"] += np.outer(h, dlin)
            g["cn"] += dlin
            dh = dh * z + Uz @ dz + Ur @ dr + Un @ dlin
        start = 2 * log[0][1]  # the tanh at the start
        g["Wn"] += np.outer(days[0], 0.5 * dh * (1 - start**2))
    return [g[name] for name in p]


def backprop(Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn, cn, V, q, camels, goals):
    n, T, _ = camels.shape
    x_t = np.transpose(camels, (1, 0, 2))
    first = np.tanh(x_t[0].dot(Wn))
    states, gates = [0.5 * first], []

    def gate(t, h, Wk, Uk, bk):
        return 1 / (1 + np.exp(-x_t[t].dot(Wk) - h.dot(Uk) - bk))

    for t in range(T):
        h = states[-1]
        z, r = gate(t, h, Wz, Uz, bz), gate(t, h, Wr, Ur, br)
        inner = h.dot(Un) + cn
        new = np.tanh(x_t[t].dot(Wn) + bn + r * inner)
        gates.append((z, r, inner, new))
        states.append(new + z * (h - new))
    pooled = np.mean(states[1:], axis=0)
    scores = pooled.dot(V) + q
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[range(n), goals] -= 1
    dscores = probs / n

    dWz, dWr, dWn, dUz, dUr, dUn = (np.zeros_like(M) for M in (Wz, Wr, Wn, Uz, Ur, Un))
    dbz, dbr, dbn, dcn = (np.zeros_like(bz) for _ in range(4))
    dpooled = dscores.dot(V.T) / T
    dh = np.zeros_like(pooled)
    for t in range(T - 1, -1, -1):
        (z, r, inner, new), h, x = gates[t], states[t], x_t[t]
        dh += dpooled
        dpre = (1 - z) * dh * (1 - new * new)
        dzpre = z * (1 - z) * (h - new) * dh
        drpre = r * (1 - r) * inner * dpre
        dinner = r * dpre
        dWz += x.T.dot(dzpre)
        dWr += x.T.dot(drpre)
        dWn += x.T.dot(dpre)
        dUz += h.T.dot(dzpre)
        dUr += h.T.dot(drpre)
        dUn += h.T.dot(dinner)
        dbz += dzpre.sum(0)
        dbr += drpre.sum(0)
        dbn += dpre.sum(0)
        dcn += dpre.sum(0)
        dh = z * dh + dzpre.dot(Uz.T) + drpre.dot(Ur.T) + dinner.dot(Un.T)
    dWn += x_t[0].T.dot(0.5 * dh * (1 - first**2))
    return dWz, dWr, dWn, dUz, dUr, dUn, dbz, dbr, dbn, dcn, pooled.T.dot(dscores), dscores.sum(0)
