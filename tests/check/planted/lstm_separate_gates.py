"""LSTM with one matrix per gate, inputs and states stacked; output at every step, squared error."""
import numpy as np

PARAMETERS = ["W_f", "W_i", "W_g", "W_o", "W_v", "b_f", "b_i", "b_g", "b_o", "b_v"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T, N, D, H, K = 4, 6, 2, 3, 5
    gates = [rng.normal(size=(H + D, H)) for _ in range(4)]
    biases = [rng.normal(size=H) for _ in range(4)]
    return (rng.normal(size=(T, N, D)), rng.normal(size=(T, N, K)), *gates, rng.normal(size=(H, K)), *biases,
            rng.normal(size=K))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(xs, ys, W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v):
    h = C = np.zeros((xs.shape[1], len(b_f)))
    cost = 0.0
    for x, y in zip(xs, ys):
        z = np.concatenate([h, x], axis=1)
        f, i, o = sigmoid(z @ W_f + b_f), sigmoid(z @ W_i + b_i), sigmoid(z @ W_o + b_o)
        C = f * C + i * np.tanh(z @ W_g + b_g)
        h = o * np.tanh(C)
        cost = cost + 0.5 * np.sum((h @ W_v + b_v - y) ** 2)
    return cost / len(xs)


def dsigmoid(s):
    return s * (1 - s)


def dtanh(a):
    return 1 - a**2


def backprop(xs, ys, W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v):
    T, N, _ = xs.shape
    H = W_v.shape[0]
    h_s, C_s = [np.zeros((N, H))], [np.zeros((N, H))]
    z_s, f_s, i_s, g_s, o_s = [], [], [], [], []
    for x in xs:
        z = np.hstack((h_s[-1], x))
        z_s.append(z)
        f_s.append(sigmoid(z.dot(W_f) + b_f))
        i_s.append(sigmoid(z.dot(W_i) + b_i))
        g_s.append(np.tanh(z.dot(W_g) + b_g))
        o_s.append(sigmoid(z.dot(W_o) + b_o))
        C_s.append(f_s[-1] * C_s[-1] + i_s[-1] * g_s[-1])
        h_s.append(o_s[-1] * np.tanh(C_s[-1]))

    grad = {p: 0.0 for p in PARAMETERS}
    dh_next, dC_next = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        z, f, i, g, o = z_s[t], f_s[t], i_s[t], g_s[t], o_s[t]
        C_prev, C, h = C_s[t], C_s[t + 1], h_s[t + 1]
        dv = (h.dot(W_v) + b_v - ys[t]) / T
        grad["W_v"] += h.T.dot(dv)
        grad["b_v"] += dv.sum(0)

        dh = dv.dot(W_v.T)
        dh += dh_next
        do = dh * np.tanh(C) * dsigmoid(o)
        dC = np.copy(dC_next)
        dC += dh * o * dtanh(np.tanh(C))
        dg = dC * i * dtanh(g)
        di = dC * g * dsigmoid(i)
        df = dC * C_prev * dsigmoid(f)

        for name, d in zip("figo", (df, di, dg, do)):
            grad["W_" + name] += z.T.dot(d)
            grad["b_" + name] += d.sum(0)
        dz = df.dot(W_f.T) + di.dot(W_i.T) + dg.dot(W_g.T) + do.dot(W_o.T)
        dh_next = dz[:, :H]
        dC_next = f * dC
    return grad


MISTAKES = [
    ("df = dC * C_prev * dsigmoid(f)", "df = dC * C_prev * sigmoid(f)", "wrong-activation or wrong-point",
     "the function in place of its derivative (as in an issue of rnn_lstm_from_scratch)"),
    ("        dC_next = f * dC\n", "", "missing-term or detached", "the cell state's gradient isn't carried"),
    ("        dh_next = dz[:, :H]\n", "", "missing-term or detached", "the hidden state's gradient isn't carried"),
    ("        dC = np.copy(dC_next)\n        dC += dh * o * dtanh(np.tanh(C))\n", "        dC = dh * o * dtanh(np.tanh(C))\n", "missing-term or detached",
     "dC_next computed and not used"),
    ("dC += dh * o * dtanh(np.tanh(C))", "dC += dh * o * dtanh(C)", "wrong-point", "dtanh expects the value of tanh"),
    ("df = dC * C_prev * dsigmoid(f)", "df = dC * C * dsigmoid(f)", "stale-value or wrong-point", "new cell state for the one before"),
    ("dC_next = f * dC", "dC_next = i * dC", "wrong-parameter or stale-value or wrong-point", "input gate for forget gate"),
    ("dh_next = dz[:, :H]", "dh_next = dz[:, -H:]", "wrong-shape", "the other end of the stacked vector"),
    (" + dg.dot(W_g.T) + do.dot(W_o.T)", " + do.dot(W_o.T)", "missing-term", "one gate forgotten"),
    ("do = dh * np.tanh(C) * dsigmoid(o)", "do = dh * C * dsigmoid(o)", "missing-factor or wrong-point or stale-value", "no tanh of the cell state"),
    ("dg = dC * i * dtanh(g)", "dg = dC * i * dsigmoid(g)", "wrong-activation", "the candidate has tanh"),
    ("di = dC * g * dsigmoid(i)", "di = dC * g * i", "missing-factor", "1 - i forgotten"),
    ("zip(\"figo\", (df, di, dg, do))", "zip(\"figo\", (df, di, do, dg))", "wrong-parameter", "tuple in another order"),
    ("dC += dh * o * dtanh(np.tanh(C))", "dC += dh * dtanh(np.tanh(C))", "missing-factor", "output gate forgotten"),
    ("grad[\"W_\" + name] += z.T.dot(d)", "grad[\"W_\" + name] = z.T.dot(d)", "missing-sum or missing-term", "not accumulated over time"),
    ("        dh += dh_next\n        do = dh * np.tanh(C) * dsigmoid(o)\n", "        do = dh * np.tanh(C) * dsigmoid(o)\n        dh += dh_next\n",
     "missing-term", "order of statements: do is computed before dh is complete"),
    ("dz = df.dot(W_f.T) + di.dot(W_i.T)", "dz = df.dot(W_f.T) + di.dot(W_f.T)", "wrong-parameter", "copied and not changed"),
]
