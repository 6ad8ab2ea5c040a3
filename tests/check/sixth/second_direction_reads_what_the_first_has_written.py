"""Second direction reads what the first has written.

expected kind: stale-value or wrong-point
wrong line: 86 or 87
correction 86: dU, dx_left = run_back(dy, hf, U, ltr, np.zeros_like(dy))
correction 87: dV, dx_right = run_back(hf + hb - T, hb, V, rtl, np.zeros_like(dy))
what: The buffer of the gradient of the outputs takes the gradient of the inputs, before the other direction has read
    it
source: https://github.com/apache/mxnet/pull/18203
said: the derivative of y was overwritten by that of x before the layer from right to left could use it
"""

import numpy as np

PARAMETERS = ["E", "U", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    U, V = 0.5 * r.normal(size=(2, 3, 3))
    return r.normal(size=(4, 3)), U, V, r.normal(size=(6, 4)), r.normal(size=(6, 3))


def loss(E, U, V, X, T):
    x = X @ E
    fw, bw, h, k = [], [], np.zeros(3), np.zeros(3)
    for t in range(6):
        h = np.tanh(x[t] + U @ h)
        fw.append(h)
    for t in range(5, -1, -1):
        k = np.tanh(x[t] + V @ k)
        bw.insert(0, k)
    return 0.5 * np.sum((np.stack(fw) + np.stack(bw) - T) ** 2)


def right(E, U, V, X, T):
    def scan(seq, M):
        out, h = [], np.zeros(3)
        for row in seq:
            h = np.tanh(row + M @ h)
            out.append(h)
        return np.array(out)

    def back(g, hs, M):
        before = np.vstack([np.zeros(3), hs[:-1]])
        d, carry = np.zeros_like(hs), np.zeros(3)
        for t in reversed(range(6)):
            d[t] = (g[t] + carry) * (1 - hs[t] ** 2)
            carry = d[t] @ M
        return d, d.T @ before

    x = X @ E
    a, b = scan(x, U), scan(x[::-1], V)
    g = a + b[::-1] - T
    da, dU = back(g, a, U)
    db, dV = back(g[::-1], b, V)
    return X.T @ (da + db[::-1]), dU, dV


def run(x, W, steps):
    hs = np.zeros((len(x) + 1, x.shape[1]))
    for t in steps:
        prev = hs[-1] if t == steps[0] else hs[last]
        hs[t] = np.tanh(x[t] + W @ prev)
        last = t
    return hs[:-1]


def run_back(dy, hs, W, steps, dx):
    dW, dh = np.zeros_like(W), np.zeros(len(W))
    for n in range(len(steps) - 1, -1, -1):
        t = steps[n]
        da = (dy[t] + dh) * (1 - hs[t] ** 2)
        if n > 0:
            dW += np.outer(da, hs[steps[n - 1]])
        dh = W.T @ da
        dx[t] = da
    return dW, dx


def backprop(E, U, V, X, T):
    x = X @ E
    ltr, rtl = list(range(len(x))), list(range(len(x)))[::-1]
    hf, hb = run(x, U, ltr), run(x, V, rtl)
    dy = hf + hb - T
    dU, dx_left = run_back(dy, hf, U, ltr, dy)
    dV, dx_right = run_back(dy, hb, V, rtl, np.zeros_like(dy))
    return X.T @ (dx_left + dx_right), dU, dV
