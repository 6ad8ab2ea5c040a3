"""An LSTM with two matrices for each gate: the cell's gradient to the step before

expected kind: missing-factor
wrong line: 62
correction 62: dc_next = dc * f
what: the gradient that the cell hands to the step before isn't multiplied by the forget gate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wxi", "Whi", "Wxf", "Whf", "Wxg", "Whg", "Wxo", "Who", "v"]


def sg(a):
    return 1 / (1 + np.exp(-a))


def run(seq, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who):
    h = c = np.zeros((2, 3))
    tape = []
    for x in seq:
        i, f = sg(x @ Wxi + h @ Whi), sg(x @ Wxf + h @ Whf + 1)
        g, o = np.tanh(x @ Wxg + h @ Whg), sg(x @ Wxo + h @ Who)
        c_new = f * c + i * g
        tape.append((x, h, c, i, f, g, o, np.tanh(c_new)))
        h, c = o * np.tanh(c_new), c_new
    return h, tape


def loss(seq, y, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who, v):
    h, tape = run(seq, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who)
    return np.mean((h @ v - y) ** 2)


def right(seq, y, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who, v):
    h, tape = run(seq, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who)
    err, U = 2 * (h @ v - y) / len(y), np.hstack([Whi, Whf, Whg, Who])
    dh, dc, dW, dU = np.outer(err, v), 0, 0, 0
    for x, h_old, c_old, i, f, g, o, tc in tape[::-1]:
        dc = dc + dh * o * (1 - tc ** 2)
        d = np.hstack([dc * g * i * (1 - i), dc * c_old * f * (1 - f), dc * i * (1 - g ** 2), dh * tc * o * (1 - o)])
        dW, dU, dh, dc = dW + x.T @ d, dU + h_old.T @ d, d @ U.T, dc * f
    pairs = zip(np.split(dW, 4, axis=1), np.split(dU, 4, axis=1))
    return *[m for pair in pairs for m in pair], h.T @ err


def backprop(seq, y, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who, v):
    h, tape = run(seq, Wxi, Whi, Wxf, Whf, Wxg, Whg, Wxo, Who)
    err = 2 * (h @ v - y) / len(y)
    dv = h.T @ err
    dx_w = [np.zeros_like(Wxi) for _ in range(4)]
    dh_w = [np.zeros_like(Whi) for _ in range(4)]
    dh, dc_next = np.outer(err, v), 0
    for x, h_old, c_old, i, f, g, o, tc in reversed(tape):
        dc = dc_next + dh * o * (1 - tc * tc)
        deltas = [dc * g * i * (1 - i), dc * c_old * f * (1 - f), dc * i * (1 - g * g), dh * tc * o * (1 - o)]
        for k in range(4):
            dx_w[k] += x.T @ deltas[k]
            dh_w[k] += h_old.T @ deltas[k]
        dh = sum(d @ W.T for d, W in zip(deltas, (Whi, Whf, Whg, Who)))
        dc_next = dc
    return dx_w[0], dh_w[0], dx_w[1], dh_w[1], dx_w[2], dh_w[2], dx_w[3], dh_w[3], dv


def data(seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(2 if k % 2 == 0 else 3, 3)) * 0.9 for k in range(8)]
    return [rng.normal(size=(4, 2, 2)), rng.normal(size=2), *weights, rng.normal(size=3)]
