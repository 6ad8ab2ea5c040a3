"""An LSTM over stacked input and state; the four gates are in one matrix.

expected kind: wrong-parameter or swapped-operands or wrong-shape or unexplained
wrong line: 74
correction 74: da = np.concatenate((di, df, do, dg))
given as: arrays
what: forwards the gates are in the order i, f, o, g, their gradients are put together as i, f, g, o
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "b"]
n = 3

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, 2, 5)), rng.normal(size=(n, 5)), 0.7 * rng.normal(size=(4 * n, n + 2)), rng.normal(size=(4 * n, 1))

def sig(a):
    return 1 / (1 + np.exp(-a))

def gates(W, b, z):
    a = W @ z + b
    return sig(a[:n]), sig(a[n:2 * n]), sig(a[2 * n:3 * n]), np.tanh(a[3 * n:])

def loss(xs, target, W, b):
    h = c = np.zeros(target.shape)
    for x in xs:
        i, f, o, g = gates(W, b, np.vstack((h, x)))
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum((h - target) ** 2)

def right(xs, target, W, b):
    h = c = np.zeros(target.shape)
    tape = []
    for x in xs:
        z = np.vstack((h, x))
        i, f, o, g = gates(W, b, z)
        tape.append((z, i, f, o, g, c, f * c + i * g))
        c = tape[-1][-1]
        h = o * np.tanh(c)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dh, dc = 2 * (h - target), np.zeros_like(h)
    while tape:
        z, i, f, o, g, c_old, c = tape.pop()
        do = dh * np.tanh(c) * o * (1 - o)
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        di, df, dg = dc * g * i * (1 - i), dc * c_old * f * (1 - f), dc * i * (1 - g * g)
        da = np.concatenate((di, df, do, dg))
        dW += da @ z.T
        db += da.sum(axis=1, keepdims=True)
        dh = (W.T @ da)[:n]
        dc = dc * f
    return dW, db

def backprop(xs, target, W, b):
    h = c = np.zeros(target.shape)
    tape = []
    for x in xs:
        z = np.vstack((h, x))
        i, f, o, g = gates(W, b, z)
        tape.append((z, i, f, o, g, c, f * c + i * g))
        c = tape[-1][-1]
        h = o * np.tanh(c)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dh, dc = 2 * (h - target), np.zeros_like(h)
    while tape:
        z, i, f, o, g, c_old, c = tape.pop()
        do = dh * np.tanh(c) * o * (1 - o)
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        di, df, dg = dc * g * i * (1 - i), dc * c_old * f * (1 - f), dc * i * (1 - g * g)
        da = np.concatenate((di, df, dg, do))
        dW += da @ z.T
        db += da.sum(axis=1, keepdims=True)
        dh = (W.T @ da)[:n]
        dc = dc * f
    return dW, db
