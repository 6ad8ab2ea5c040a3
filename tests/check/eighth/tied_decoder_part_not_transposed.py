"""Tied decoder part not transposed.

expected kind: transpose or swapped-operands
wrong line: 64
correction 64: grads["W"] += np.outer(h, e)
what: The decoder multiplies with the transposed matrix, so its part of the gradient is turned round
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b1", "b2"]


LAM, SPARSE, P = 0.3, 0.4, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 1)), r.normal(size=(3, 1)), r.normal(size=(3, 5))


def loss(W, b1, b2, data_):
    m = data_.shape[1]
    hidden = 1 / (1 + np.exp(-(np.dot(W, data_) + b1)))
    output = np.dot(W.T, hidden) + b2
    p_hat = np.sum(hidden, axis=1) / m
    divergence = P * np.log(P / p_hat) + (1 - P) * np.log((1 - P) / (1 - p_hat))
    return np.sum((output - data_) ** 2) / (2 * m) + LAM / 2 * np.sum(W**2) + SPARSE * np.sum(divergence)


def right(W, b1, b2, data_):
    m = data_.shape[1]
    hidden = 1 / (1 + np.exp(-(np.dot(W, data_) + b1)))
    output = np.dot(W.T, hidden) + b2
    p_hat = np.sum(hidden, axis=1, keepdims=True) / m
    kl_grad = SPARSE * (-P / p_hat + (1 - P) / (1 - p_hat))
    del3 = output - data_
    del2 = (np.dot(W, del3) + kl_grad) * hidden * (1 - hidden)
    decoder = np.dot(hidden, del3.T)
    encoder = np.dot(del2, data_.T)
    W_grad = (encoder + decoder) / m + LAM * W
    b1_grad = np.sum(del2, axis=1, keepdims=True) / m
    b2_grad = np.sum(del3, axis=1, keepdims=True) / m
    return W_grad, b1_grad, b2_grad


def kl_prime(p, q):
    return (1 - p) / (1 - q) - p / q


def backprop(W, b1, b2, data_):
    m = data_.shape[1]
    grads = {"W": LAM * W, "b1": np.zeros_like(b1), "b2": np.zeros_like(b2)}
    H = [1 / (1 + np.exp(-W @ x - b1[:, 0])) for x in data_.T]
    rho = sum(H) / m
    for x, h in zip(data_.T, H):
        e = (W.T @ h + b2[:, 0] - x) / m
        g = W @ e + SPARSE * kl_prime(P, rho) / m
        g = g * h * (1 - h)
        grads["b2"] += e[:, None]
        grads["b1"] += g[:, None]
        grads["W"] += np.outer(e, h)
        grads["W"] += np.outer(g, x)
    return grads
