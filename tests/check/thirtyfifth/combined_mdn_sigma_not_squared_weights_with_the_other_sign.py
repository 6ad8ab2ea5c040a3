"""A mixture density network with two mistakes: the means, the weights

expected kind: missing-factor + sign or wrong-point + sign or missing-factor + swapped-operands or wrong-point + swapped-operands
wrong line: 47 and 48
correction 47: d_logits = (alpha - gamma) / N
correction 48: d_mu = gamma * (mu - y) / sigma ** 2 / N
what: the gradient by the means is divided by sigma, not by its square; that by the logits of the weights has the other sign
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wh", "Wpi", "Wmu", "Wsig"]


def loss(x, y, Wh, Wpi, Wmu, Wsig):
    h = np.tanh(x @ Wh)
    logits, mu, log_sig = h @ Wpi, h @ Wmu, h @ Wsig
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    log_n = -log_sig - 0.5 * ((y - mu) / np.exp(log_sig)) ** 2
    return -np.mean(np.log(np.sum(np.exp(log_pi + log_n), axis=1)))


def right(x, y, Wh, Wpi, Wmu, Wsig):
    N = len(x)
    h = np.tanh(x @ Wh)
    alpha = np.exp(h @ Wpi)
    alpha /= alpha.sum(axis=1, keepdims=True)
    mu, sigma = h @ Wmu, np.exp(h @ Wsig)
    joint = alpha * np.exp(-0.5 * ((y - mu) / sigma) ** 2) / sigma
    gamma = joint / joint.sum(axis=1, keepdims=True)
    d_logits = (alpha - gamma) / N
    d_mu = gamma * (mu - y) / sigma ** 2 / N
    d_log_sigma = gamma * (1 - ((y - mu) / sigma) ** 2) / N
    dh = d_logits @ Wpi.T + d_mu @ Wmu.T + d_log_sigma @ Wsig.T
    return x.T @ (dh * (1 - h ** 2)), h.T @ d_logits, h.T @ d_mu, h.T @ d_log_sigma


def backprop(x, y, Wh, Wpi, Wmu, Wsig):
    N = len(x)
    h = np.tanh(x @ Wh)
    alpha = np.exp(h @ Wpi)
    alpha /= alpha.sum(axis=1, keepdims=True)
    mu, sigma = h @ Wmu, np.exp(h @ Wsig)
    joint = alpha * np.exp(-0.5 * ((y - mu) / sigma) ** 2) / sigma
    gamma = joint / joint.sum(axis=1, keepdims=True)
    d_logits = (gamma - alpha) / N
    d_mu = gamma * (mu - y) / sigma / N
    d_log_sigma = gamma * (1 - ((y - mu) / sigma) ** 2) / N
    dh = d_logits @ Wpi.T + d_mu @ Wmu.T + d_log_sigma @ Wsig.T
    return x.T @ (dh * (1 - h ** 2)), h.T @ d_logits, h.T @ d_mu, h.T @ d_log_sigma


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 2)), rng.normal(size=(8, 1)), rng.normal(size=(2, 4)), rng.normal(size=(4, 3)),
            rng.normal(size=(4, 3)), rng.normal(size=(4, 3)) * 0.4]
