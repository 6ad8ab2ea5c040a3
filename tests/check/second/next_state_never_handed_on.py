"""Next state never handed on.

expected kind: missing-term
wrong line: 69 or 73
correction 69: dh = np.dot(Wy.T, dy) + (np.dot(Wh.T, da) if t < len(inputs) - 1 else 0)
correction 73: dh_next = np.dot(Wh.T, da)
what: The gradients of the state before are computed and stored under names that nobody reads, so nothing goes from
    step to step
source: github.com/CaptainE/RNN-LSTM-in-numpy, issue 1
said: dh_prev is computed at the end of the loop, but dh_next is never set to it for the next round.
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(4, 3)), 0.6 * r.normal(size=(4, 4)), r.normal(size=(3, 4)), r.integers(0, 3, 5)


def loss(Wx, Wh, Wy, word):
    h, J = np.zeros(4), 0
    for t in range(len(word) - 1):
        h = np.tanh(Wx[:, word[t]] + Wh @ h)
        s = Wy @ h
        J = J + np.log(np.sum(np.exp(s))) - s[word[t + 1]]
    return J


def right(Wx, Wh, Wy, word):
    x, y = np.eye(3)[word[:-1]], np.eye(3)[word[1:]]
    H = [np.zeros(4)]
    for v in x:
        H.append(np.tanh(Wx @ v + Wh @ H[-1]))
    gx, gh, gy, c = 0 * Wx, 0 * Wh, 0 * Wy, 0
    for k in range(len(x) - 1, -1, -1):
        e = np.exp(Wy @ H[k + 1])
        e = e / e.sum() - y[k]
        a = (Wy.T @ e + c) * (1 - H[k + 1] ** 2)
        gy, gx, gh, c = gy + np.outer(e, H[k + 1]), gx + np.outer(a, x[k]), gh + np.outer(a, H[k]), Wh.T @ a
    return gx, gh, gy


def one_hot(i, n):
    v = np.zeros((n, 1))
    v[i] = 1
    return v


def softmax(s):
    e = np.exp(s - np.max(s))
    return e / np.sum(e)


def backprop(Wx, Wh, Wy, word):
    inputs = [one_hot(i, 3) for i in word[:-1]]
    targets = [one_hot(i, 3) for i in word[1:]]
    h_states, probs = [np.zeros((4, 1))], []
    for x in inputs:
        h_states.append(np.tanh(np.dot(Wx, x) + np.dot(Wh, h_states[-1])))
        probs.append(softmax(np.dot(Wy, h_states[-1])))
    d_Wx, d_Wh, d_Wy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
    dh_next = np.zeros((4, 1))
    for t in reversed(range(len(inputs))):
        dy = probs[t] - targets[t]
        d_Wy += np.dot(dy, h_states[t + 1].T)
        dh = np.dot(Wy.T, dy) + dh_next
        da = (1 - h_states[t + 1] ** 2) * dh
        d_Wx += np.dot(da, inputs[t].T)
        d_Wh += np.dot(da, h_states[t].T)
        dh_prev = np.dot(Wh.T, da)
    return {"Wx": d_Wx, "Wh": d_Wh, "Wy": d_Wy}
