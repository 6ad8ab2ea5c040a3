"""Volatility of the portfolio held constant.

expected kind: detached or missing-term
wrong line: 43
correction 43: dport = dsharpe * (np.ones(T) / (T * std) - sharpe * (port - mean) / (T * std**2))
what: The Sharpe ratio is differentiated as if its denominator didn't depend on the weights
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["logits"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(12, 4)) + 0.3


def loss(logits, returns):
    w = np.exp(logits) / np.sum(np.exp(logits))
    p = returns @ w
    return -np.mean(p) / np.std(p)


def right(logits, returns):
    w = np.exp(logits) / np.exp(logits).sum()
    mu, C = returns.mean(0), np.cov(returns.T, bias=True)
    s = np.sqrt(w @ C @ w)
    g = -mu / s + (mu @ w) * (C @ w) / s**3
    return w * (g - w @ g)


def backprop(logits, returns):
    T = len(returns)
    w = np.exp(logits - logits.max())
    w /= w.sum()
    port = returns.dot(w)
    mean, std = port.mean(), port.std()
    sharpe = mean / std
    dsharpe = -1.0
    dport = dsharpe * np.ones(T) / (T * std)
    dw = returns.T.dot(dport)
    return w * (dw - w.dot(dw))
