"""Multi-head self-attention with an output projection.

expected kind: another-loss or scale or wrong-point
wrong line: 51
correction 51: scale = (n_embd // HEADS) ** -0.5
what: the scores are divided by the root of the width of the embedding instead of that of a head
source: https://github.com/FareedKhan-dev/train-llm-from-scratch/pull/3
said: The attention scores were divided by the square root of the embedding size; it has to be that of the size of a head.
"""
import numpy as np

HEADS = 2


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def split(M):
    return M.reshape(M.shape[0], HEADS, -1).transpose(1, 0, 2)


def merge(M):
    return M.transpose(1, 0, 2).reshape(M.shape[1], -1)


def loss(X, Y, Wq, Wk, Wv, Wo):
    Q, K, V = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    A = softmax(Q @ K.transpose(0, 2, 1) / np.sqrt(Q.shape[-1]))
    return 0.5 * np.sum((merge(A @ V) @ Wo - Y) ** 2)


def right(X, Y, Wq, Wk, Wv, Wo):
    n_embd = X.shape[1]
    Q, K, V = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    scale = (n_embd // HEADS) ** -0.5
    A = softmax(Q @ K.transpose(0, 2, 1) * scale)
    context = merge(A @ V)
    dY = context @ Wo - Y
    dcontext = split(dY @ Wo.T)
    dA = dcontext @ V.transpose(0, 2, 1)
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True)) * scale
    dQ, dK, dV = dS @ K, dS.transpose(0, 2, 1) @ Q, A.transpose(0, 2, 1) @ dcontext
    return {"Wq": X.T @ merge(dQ), "Wk": X.T @ merge(dK), "Wv": X.T @ merge(dV), "Wo": context.T @ dY}


def backprop(X, Y, Wq, Wk, Wv, Wo):
    n_embd = X.shape[1]
    Q, K, V = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    scale = n_embd ** -0.5
    A = softmax(Q @ K.transpose(0, 2, 1) * scale)
    context = merge(A @ V)
    dY = context @ Wo - Y
    dcontext = split(dY @ Wo.T)
    dA = dcontext @ V.transpose(0, 2, 1)
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True)) * scale
    dQ, dK, dV = dS @ K, dS.transpose(0, 2, 1) @ Q, A.transpose(0, 2, 1) @ dcontext
    return {"Wq": X.T @ merge(dQ), "Wk": X.T @ merge(dK), "Wv": X.T @ merge(dV), "Wo": context.T @ dY}


PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.normal(size=(5, 4)), *(r.normal(size=(4, 4)) for _ in range(4))]
