"""Arrays trumpet forget gate hears of the new cell.

expected kind: wrong-point or wrong-shape
wrong line: 94 or 97
correction 94: df = dc * cells[t] * f * (1 - f)
correction 97: da = np.stack([di, dc * cells[t] * f * (1 - f), do, dg])
given as: arrays
what: The slope of the forget gate has the cell after the step, where the one before it belongs
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wi", "Wf", "Wo", "Wg", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    bars, tunes, d, h, moods = 4, 4, 2, 3, 3
    # pitch and loudness of each bar of a trumpet's tune; the mood of each tune
    Wi, Wf, Wo, Wg = 0.8 * r.normal(size=(4, d + h, h))
    return Wi, Wf, Wo, Wg, 0.4 * r.normal(size=(4, h)), r.normal(size=(h, moods)), r.normal(size=(tunes, bars, d)), r.integers(0, moods, size=tunes)


def loss(Wi, Wf, Wo, Wg, b, V, tunes, mood):
    h = c = np.zeros((len(tunes), b.shape[1]))
    for t in range(tunes.shape[1]):
        z = np.concatenate([tunes[:, t], h], axis=1)
        i, f, o = [1 / (1 + np.exp(-(z @ M + b[k]))) for k, M in enumerate((Wi, Wf, Wo))]
        c = f * c + i * np.tanh(z @ Wg + b[3])
        h = o * np.tanh(c)
    s = h @ V
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(s)), mood])


def activation(gate, a):
    return np.tanh(a) if gate == "g" else 1 / (1 + np.exp(-a))


def slope(gate, out):
    return 1 - out**2 if gate == "g" else out * (1 - out)


def right(Wi, Wf, Wo, Wg, b, V, tunes, mood):
    W = {"i": Wi, "f": Wf, "o": Wo, "g": Wg}
    h, c, history = np.zeros((len(tunes), len(V))), np.zeros((len(tunes), len(V))), []
    for t in range(tunes.shape[1]):
        z = np.hstack([tunes[:, t], h])
        v = {k: activation(k, z @ W[k] + b[n]) for n, k in enumerate("ifog")}
        before, c = c, v["f"] * c + v["i"] * v["g"]
        h = v["o"] * np.tanh(c)
        history.append((z, v, before, np.tanh(c)))
    p = np.exp(h @ V)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(mood)), mood] -= 1
    grads = {k: np.zeros_like(M) for k, M in W.items()}
    db, dV = np.zeros_like(b), h.T @ p
    dh, dc = p @ V.T, np.zeros_like(h)
    while history:
        z, v, before, squashed = history.pop()
        dc = dc + dh * v["o"] * (1 - squashed**2)
        dout = {"i": dc * v["g"], "f": dc * before, "o": dh * squashed, "g": dc * v["i"]}
        dz = 0
        for n, k in enumerate("ifog"):
            da = dout[k] * slope(k, v[k])
            grads[k] += z.T @ da
            db[n] += da.sum(axis=0)
            dz = dz + da @ W[k].T
        dh, dc = dz[:, tunes.shape[2] :], dc * v["f"]
    return grads["i"], grads["f"], grads["o"], grads["g"], db, dV


def play(tune, Ws, b):
    H = b.shape[1]
    zs, gates, cells, h = [], [], [np.zeros(H)], np.zeros(H)
    for x in tune:
        zs.append(np.append(x, h))
        a = np.einsum("d,kdh->kh", zs[-1], Ws) + b
        i, f, o, g = np.append(1 / (1 + np.exp(-a[:3])), np.tanh(a[3:]), axis=0)
        gates.append((i, f, o, g))
        cells.append(f * cells[-1] + i * g)
        h = o * np.tanh(cells[-1])
    return zs, gates, cells, h


def rewind(dh, zs, gates, cells, Ws):
    dWs, db, dc, H = np.zeros(Ws.shape), np.zeros((4, len(dh))), 0 * dh, len(dh)
    for t in reversed(range(len(zs))):
        i, f, o, g = gates[t]
        th = np.tanh(cells[t + 1])
        dc += dh * o * (1 - th**2)
        di = dc * g * i * (1 - i)
        df = dc * cells[t + 1] * f * (1 - f)
        do = dh * th * o * (1 - o)
        dg = dc * i * (1 - g**2)
        da = np.stack([di, df, do, dg])
        dWs += np.einsum("d,kh->kdh", zs[t], da)
        db += da
        dh = np.einsum("kh,kdh->d", da, Ws)[-H:]
        dc = dc * f
    return dWs, db


def backprop(Wi, Wf, Wo, Wg, b, V, tunes, mood):
    Ws = np.stack([Wi, Wf, Wo, Wg])
    dWs, db, dV = np.zeros(Ws.shape), np.zeros(b.shape), np.zeros(V.shape)
    for tune, m in zip(tunes, mood):
        zs, gates, cells, h = play(tune, Ws, b)
        e = np.exp(h @ V)
        ds = e / e.sum() - (np.arange(V.shape[1]) == m)
        dV += np.outer(h, ds)
        more_W, more_b = rewind(V @ ds, zs, gates, cells, Ws)
        dWs, db = dWs + more_W, db + more_b
    return (*dWs, db, dV)
