"""Peephole LSTM, softmax on the last hidden state only."""

import numpy as np

PARAMETERS = ["W", "U", "b", "p_i", "p_f", "p_o", "V", "d"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, T, D, H, K = 3, 5, 2, 4, 6
    x = rng.normal(size=(T, B, D))
    y = rng.integers(0, K, size=B)
    W, U = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)) * 0.6
    b = rng.normal(size=4 * H) * 0.5
    p_i, p_f, p_o = rng.normal(size=(3, H))
    V, d = rng.normal(size=(H, K)), rng.normal(size=K)
    return x, y, W, U, b, p_i, p_f, p_o, V, d


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(x, y, W, U, b, p_i, p_f, p_o, V, d):
    H = len(p_i)
    h, c = np.zeros((x.shape[1], H)), np.zeros((x.shape[1], H))
    for t in range(len(x)):
        a = x[t] @ W + h @ U + b
        i = sigmoid(a[:, :H] + p_i * c)
        f = sigmoid(a[:, H : 2 * H] + p_f * c)
        g = np.tanh(a[:, 2 * H : 3 * H])
        c = f * c + i * g
        o = sigmoid(a[:, 3 * H :] + p_o * c)
        h = o * np.tanh(c)
    s = h @ V + d
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def forward(x, W, U, b, p_i, p_f, p_o):
    H = len(p_i)
    h, c = np.zeros((2, x.shape[1], H))
    cache = []
    for xt in x:
        ai, af, ag, ao = np.split(xt @ W + h @ U + b, 4, axis=1)
        i, f, g = sigmoid(ai + p_i * c), sigmoid(af + p_f * c), np.tanh(ag)
        c_new = f * c + i * g
        o = sigmoid(ao + p_o * c_new)
        h_new = o * np.tanh(c_new)
        cache.append((xt, h, c, i, f, g, o, c_new))
        h, c = h_new, c_new
    return h, cache


def backprop(x, y, W, U, b, p_i, p_f, p_o, V, d):
    h, cache = forward(x, W, U, b, p_i, p_f, p_o)
    e = np.exp(h @ V + d)
    ds = e / e.sum(axis=1, keepdims=True)
    ds[np.arange(len(y)), y] -= 1
    ds /= len(y)
    G = {k: np.zeros_like(w) for k, w in dict(W=W, U=U, b=b, p_i=p_i, p_f=p_f, p_o=p_o).items()}
    G.update(V=h.T @ ds, d=ds.sum(axis=0))
    dh, dc = ds @ V.T, np.zeros_like(p_i)
    for xt, h_prev, c_prev, i, f, g, o, c in reversed(cache):
        tc = np.tanh(c)
        do = dh * tc * o * (1 - o)
        dc = dc + dh * o * (1 - tc**2)
        dc += do * p_o
        di = dc * g * i * (1 - i)
        df = dc * c_prev * f * (1 - f)
        dg = dc * i * (1 - g**2)
        da = np.hstack([di, df, dg, do])
        G["W"] += xt.T @ da
        G["U"] += h_prev.T @ da
        G["b"] += da.sum(axis=0)
        G["p_i"] += (di * c_prev).sum(axis=0)
        G["p_f"] += (df * c_prev).sum(axis=0)
        G["p_o"] += (do * c).sum(axis=0)
        dh = da @ U.T
        dc = dc * f + di * p_i + df * p_f
    return G


MISTAKES = [
    ("        dc += do * p_o\n", "", "missing-term", "the output gate's peephole gives nothing back to the cell"),
    ("dc = dc * f + di * p_i + df * p_f", "dc = dc * f", "missing-term", "the peepholes of input and forget gate give nothing to the cell before"),
    ("dc = dc * f + di * p_i + df * p_f", "dc = dc * f + di * p_i", "missing-term", "forget peephole forgotten"),
    ("dc = dc * f + di * p_i + df * p_f", "dc = dc * f + di * p_f + df * p_i", "swapped-operands or wrong-parameter", "peepholes exchanged"),
    ("dc = dc + dh * o * (1 - tc**2)", "dc = dh * o * (1 - tc**2)", "missing-term or detached", "cell state not carried"),
    ("dc = dc + dh * o * (1 - tc**2)", "dc = dc + dh * o * (1 - c**2)", "wrong-point", "c for tanh(c)"),
    ("dc = dc + dh * o * (1 - tc**2)", "dc = dc + dh * o * (1 - np.tanh(tc) ** 2)", "wrong-point or repeated-factor", "tanh taken twice"),
    ("dc = dc + dh * o * (1 - tc**2)", "dc = dc + dh * tc * (1 - tc**2)", "wrong-point or wrong-parameter", "tanh(c) for o"),
    ('G["p_o"] += (do * c).sum(axis=0)', 'G["p_o"] += (do * c_prev).sum(axis=0)', "stale-value or wrong-point", "the output gate looks at the new cell state"),
    ("df = dc * c_prev * f", "df = dc * c * f", "wrong-point or stale-value", "new cell state instead of the one before"),
    ("dg = dc * i * (1 - g**2)", "dg = dc * i * g * (1 - g)", "wrong-activation", "derivative of the sigmoid for the candidate"),
    ("di = dc * g * i * (1 - i)", "di = dc * g * (1 - i)", "missing-factor", "half of the sigmoid's derivative"),
    ("dh = da @ U.T", "dh = da @ U.T + ds @ V.T", "repeated-term", "loss added at every step, as in a sequence labeller"),
    ('G["U"] += h_prev.T @ da', 'G["U"] += h.T @ da', "wrong-point or stale-value", "the last hidden state at every step"),
    ('G["W"] += xt', 'G["W"] = xt', "missing-sum or missing-term", "only the first step is left"),
    ("da = np.hstack([di, df, dg, do])", "da = np.hstack([di, df, do, dg])", "swapped-operands or wrong-shape", "order of the gates is not that of the forward pass"),
    ('        G["U"] += h_prev.T @ da\n        G["b"] += da.sum(axis=0)\n', '        G["U"] += h_prev.T @ da\n        G["b"] = da.sum(axis=0)\n',
     "missing-sum or missing-term", "bias not accumulated over time"),
    ("        dh = da @ U.T\n        dc = dc * f", "        dc = dc * f", "stale-value or detached", "dh not carried: that of the last step everywhere"),
    ("dh = da @ U.T", "dh = dg @ U[:, 2 * len(p_i) : 3 * len(p_i)].T", "missing-term", "only the way through the candidate"),
    ("do = dh * tc * o * (1 - o)\n        dc = dc + dh * o * (1 - tc**2)\n        dc += do * p_o",
     "dc = dc + dh * o * (1 - tc**2)\n        do = dh * tc\n        dc += do * p_o\n        do = do * o * (1 - o)", "missing-factor or wrong-point",
     "peephole multiplied with the gradient of the gate before its sigmoid"),
    ("reversed(cache)", "cache", "reversed", "walked forwards in time"),
    ("dc = dc * f + di * p_i + df * p_f", "dc = dc * f * (1 - f) + di * p_i + df * p_f", "repeated-factor or repeated-term", "derivative of the gate where the gate belongs"),
]
