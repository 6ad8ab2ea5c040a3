"""Mixture weights without their normalisation.

expected kind: missing-term
wrong line: 43
correction 43: g_logits += pi - gamma
what: The gradient of the mixture's logits is only minus the responsibilities, the softmax of the logits is missing
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["logits", "means", "logstd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), 0.3 * r.normal(size=3), r.normal(size=7)


def loss(logits, means, logstd, x):
    logw = logits - np.log(np.sum(np.exp(logits)))
    u = (x[:, None] - means) / np.exp(logstd)
    return -np.sum(np.log(np.sum(np.exp(logw - logstd - 0.5 * u**2), axis=1)))


def right(logits, means, logstd, x):
    w = np.exp(logits) / np.exp(logits).sum()
    s = np.exp(logstd)
    u = (x[:, None] - means) / s
    r = w / s * np.exp(-u * u / 2)
    r /= r.sum(1, keepdims=True)
    return len(x) * w - r.sum(0), -(r * u / s).sum(0), (r * (1 - u * u)).sum(0)


def backprop(logits, means, logstd, x):
    pi = np.exp(logits) / np.sum(np.exp(logits))
    sd = np.exp(logstd)
    g_logits, g_means, g_logstd = np.zeros(3), np.zeros(3), np.zeros(3)
    for value in x:
        joint = pi * np.exp(-0.5 * ((value - means) / sd) ** 2) / sd
        gamma = joint / joint.sum()
        g_logits += -gamma
        g_means += -gamma * (value - means) / sd**2
        g_logstd += -gamma * (((value - means) / sd) ** 2 - 1)
    return g_logits, g_means, g_logstd
