"""A policy gradient with a Gaussian policy: the logarithm of its width

expected kind: missing-term or another-loss
wrong line: 46
correction 46: d_log_sigma = np.sum(w * (z ** 2 - 1), axis=0)
what: the normalisation -log sigma of the density is forgotten: its derivative is the -1
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "c", "log_sigma"]


def loss(states, actions, advantage, W, c, log_sigma):
    mean = np.tanh(states @ W + c)
    z = (actions - mean) / np.exp(log_sigma)
    log_pi = np.sum(-0.5 * z ** 2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=1)
    return -np.mean(log_pi * advantage)


class GaussianPolicy:
    def __init__(self, W, c, log_sigma):
        self.W, self.c, self.log_sigma = W, c, log_sigma

    def act(self, states):
        self.states = states
        self.mean = np.tanh(states @ self.W + self.c)
        return self.mean


def right(states, actions, advantage, W, c, log_sigma):
    pi = GaussianPolicy(W, c, log_sigma)
    z = (actions - pi.act(states)) / np.exp(log_sigma)
    w = -advantage[:, None] / len(states)
    d_log_sigma = np.sum(w * (z ** 2 - 1), axis=0)
    d_mean = w * z / np.exp(log_sigma)
    d_pre = d_mean * (1 - pi.mean ** 2)
    return {"W": states.T @ d_pre, "c": d_pre.sum(axis=0), "log_sigma": d_log_sigma}


def backprop(states, actions, advantage, W, c, log_sigma):
    pi = GaussianPolicy(W, c, log_sigma)
    z = (actions - pi.act(states)) / np.exp(log_sigma)
    w = -advantage[:, None] / len(states)
    d_log_sigma = np.sum(w * z ** 2, axis=0)
    d_mean = w * z / np.exp(log_sigma)
    d_pre = d_mean * (1 - pi.mean ** 2)
    return {"W": states.T @ d_pre, "c": d_pre.sum(axis=0), "log_sigma": d_log_sigma}


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(7, 3)), rng.normal(size=(7, 2)), rng.normal(size=7) + 0.7, rng.normal(size=(3, 2)),
            rng.normal(size=2), rng.normal(size=2) * 0.3]
