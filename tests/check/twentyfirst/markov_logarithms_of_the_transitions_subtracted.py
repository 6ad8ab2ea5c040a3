"""Markov logarithms of the transitions subtracted.

expected kind: wrong-activation or wrong-point
wrong line: 80
correction 80: d_trans = moves.sum(axis=1, keepdims=True) * A - moves
what: Where counts are held against the probabilities, these are taken as logarithms, as which they are stored
source: https://github.com/factorie/factorie/issues/107
said: the gradient of a chain subtracts normalised probabilities; should it not be their logarithms?
"""

import numpy as np

PARAMETERS = ["start", "trans", "emit"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=(3, 4)), np.array([2, 0, 3, 1, 1])


def loss(start, trans, emit, seen):
    m = np.exp(start) / np.sum(np.exp(start))
    A = np.exp(trans) / np.sum(np.exp(trans), axis=1, keepdims=True)
    B = np.exp(emit) / np.sum(np.exp(emit), axis=1, keepdims=True)
    alpha = m * B[:, seen[0]]
    for symbol in seen[1:]:
        alpha = (alpha @ A) * B[:, symbol]
    return -np.log(np.sum(alpha))


def softmax_rows(x):
    return np.exp(x) / np.exp(x).sum(axis=1)[:, None]


def softmax_rows_grad(s, ds):
    return s * (ds - (s * ds).sum(axis=1)[:, None])


def right(start, trans, emit, seen):
    m, P, E = softmax_rows(start[None])[0], softmax_rows(trans), softmax_rows(emit)
    alphas, moved = [m * E[:, seen[0]]], [m]
    for t in range(1, len(seen)):
        moved.append(np.dot(alphas[t - 1], P))
        alphas.append(moved[t] * E[:, seen[t]])
    dP, dE = np.zeros((3, 3)), np.zeros((3, 4))
    dalpha = np.full(3, -1 / np.sum(alphas[-1]))
    for t in range(len(seen) - 1, -1, -1):
        dE[:, seen[t]] += dalpha * moved[t]
        dmoved = dalpha * E[:, seen[t]]
        if t == 0:
            break
        dP += np.outer(alphas[t - 1], dmoved)
        dalpha = np.dot(P, dmoved)
    dm = softmax_rows_grad(m[None], dmoved[None])[0]
    return {"start": dm, "trans": softmax_rows_grad(P, dP), "emit": softmax_rows_grad(E, dE)}


def normalised(scores):
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)


def backprop(start, trans, emit, seen):
    m, A, B = normalised(start), normalised(trans), normalised(emit)
    T = len(seen)
    alpha, beta = np.zeros((T, 3)), np.ones((T, 3))
    alpha[0] = m * B[:, seen[0]]
    for t in range(1, T):
        alpha[t] = alpha[t - 1] @ A * B[:, seen[t]]
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, seen[t + 1]] * beta[t + 1])
    evidence = alpha[-1].sum()
    gamma = alpha * beta / evidence
    moves, symbols = np.zeros((3, 3)), np.zeros((3, 4))
    for t in range(T):
        symbols[:, seen[t]] += gamma[t]
        if t > 0:
            moves += np.outer(alpha[t - 1], B[:, seen[t]] * beta[t]) * A / evidence
    d_start = m - gamma[0]
    d_trans = moves.sum(axis=1, keepdims=True) * np.log(A) - moves
    d_emit = symbols.sum(axis=1, keepdims=True) * B - symbols
    return d_start, d_trans, d_emit
