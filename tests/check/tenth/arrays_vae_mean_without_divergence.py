"""Arrays vae mean without divergence.

expected kind: missing-term or detached
wrong line: 52
correction 52: d_mean = d_z + mean
given as: arrays
what: The mean hears nothing of the divergence
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "a", "B", "D"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a, B, D, x, noise = (r.normal(size=s) for s in [(3, 2), 2, (3, 2), (2, 3), (7, 3), (7, 2)])
    return A, a, 0.4 * B, D, x, noise


def loss(A, a, B, D, x, noise):
    mean, log_sigma = x @ A + a, x @ B
    z = mean + np.exp(log_sigma) * noise
    kl = 0.5 * np.sum(mean**2 + np.exp(2 * log_sigma) - 2 * log_sigma - 1, axis=1)
    return np.mean(np.sum((np.sin(z @ D) - x) ** 2, axis=1) + kl)


def right(A, a, B, D, x, noise):
    n = len(x)
    mean, log_sigma = x @ A + a, x @ B
    sigma = np.exp(log_sigma)
    z = mean + sigma * noise
    u = z @ D
    g_u = 2 * (np.sin(u) - x) * np.cos(u) / n
    g_z = g_u @ D.T
    g_mean = g_z + mean / n
    g_log_sigma = g_z * sigma * noise
    g_log_sigma += 0.5 * (2 * sigma**2 - 2) / n
    return x.T @ g_mean, g_mean.sum(axis=0), x.T @ g_log_sigma, z.T @ g_u


def backprop(A, a, B, D, x, noise):
    grads = {"A": np.zeros_like(A), "a": np.zeros_like(a), "B": np.zeros_like(B), "D": np.zeros_like(D)}
    for xi, e in zip(x, noise):
        mean, sigma = xi.dot(A) + a, np.exp(xi.dot(B))
        z = mean + sigma * e
        out = z.dot(D)
        d_out = 2 * (np.sin(out) - xi) * np.cos(out)
        d_z = D.dot(d_out)
        d_mean = d_z
        d_log_sigma = d_z * sigma * e + sigma * sigma - 1
        grads["D"] += np.outer(z, d_out) / len(x)
        grads["A"] += np.outer(xi, d_mean) / len(x)
        grads["a"] += d_mean / len(x)
        grads["B"] += np.outer(xi, d_log_sigma) / len(x)
    return grads
