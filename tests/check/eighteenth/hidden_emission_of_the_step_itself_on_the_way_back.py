"""Hidden emission of the step itself on the way back.

expected kind: wrong-point or stale-value
wrong line: 73
correction 73: beta[t] = A @ (B[:, seq[t + 1]] * beta[t + 1]) / scale[t + 1]
what: The backward recursion takes the emission of the step itself, not of the one after it
source: https://github.com/LxMLS/lxmls-toolkit/issues/43
said: the emission stands at another place in the backward recursion than in the forward one
"""

import numpy as np

PARAMETERS = ["start", "trans", "emit"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=(3, 4)), np.array([[0, 3, 1, 1, 2], [2, 2, 0, 3, 1]])


def loss(start, trans, emit, sequences):
    pi = np.exp(start) / np.sum(np.exp(start))
    A = np.exp(trans) / np.sum(np.exp(trans), axis=1, keepdims=True)
    B = np.exp(emit) / np.sum(np.exp(emit), axis=1, keepdims=True)
    total = 0.0
    for seq in sequences:
        alpha = pi * B[:, seq[0]]
        for o in seq[1:]:
            alpha = (alpha @ A) * B[:, o]
        total = total - np.log(np.sum(alpha))
    return total


def rows_to_logits(p, dp):
    return p * (dp - np.sum(p * dp, axis=-1, keepdims=True))


def right(start, trans, emit, sequences):
    pi = np.exp(start) / np.exp(start).sum()
    A = np.exp(trans) / np.exp(trans).sum(axis=1)[:, None]
    B = np.exp(emit) / np.exp(emit).sum(axis=1)[:, None]
    dpi, dA, dB = np.zeros_like(pi), np.zeros_like(A), np.zeros_like(B)
    for seq in sequences:
        alphas, moved = [pi * B[:, seq[0]]], [pi]
        for o in seq[1:]:
            moved.append(alphas[-1] @ A)
            alphas.append(moved[-1] * B[:, o])
        dalpha = -np.ones_like(pi) / alphas[-1].sum()
        for t in range(len(seq) - 1, -1, -1):
            dB[:, seq[t]] += dalpha * moved[t]
            dmoved = dalpha * B[:, seq[t]]
            if t == 0:
                dpi += dmoved
                break
            dA += np.outer(alphas[t - 1], dmoved)
            dalpha = A @ dmoved
    return rows_to_logits(pi, dpi), rows_to_logits(A, dA), rows_to_logits(B, dB)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward_backward(pi, A, B, seq):
    T, K = len(seq), len(pi)
    alpha, beta, scale = np.zeros((T, K)), np.ones((T, K)), np.zeros(T)
    for t in range(T):
        alpha[t] = (pi if t == 0 else alpha[t - 1] @ A) * B[:, seq[t]]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, seq[t]] * beta[t + 1]) / scale[t + 1]
    gamma = alpha * beta
    xi = np.zeros((K, K))
    for t in range(T - 1):
        xi += np.outer(alpha[t], B[:, seq[t + 1]] * beta[t + 1]) * A / scale[t + 1]
    return gamma, xi


def backprop(start, trans, emit, sequences):
    pi, A, B = softmax(start), softmax(trans), softmax(emit)
    dstart, dtrans, demit = np.zeros_like(start), np.zeros_like(trans), np.zeros_like(emit)
    for seq in sequences:
        gamma, xi = forward_backward(pi, A, B, seq)
        dstart -= gamma[0] - pi
        dtrans -= xi - xi.sum(axis=1, keepdims=True) * A
        counts = np.zeros_like(emit)
        for t, o in enumerate(seq):
            counts[:, o] += gamma[t]
        demit -= counts - counts.sum(axis=1, keepdims=True) * B
    return dstart, dtrans, demit
