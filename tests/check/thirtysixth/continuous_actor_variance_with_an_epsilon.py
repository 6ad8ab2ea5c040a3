"""The actor of an actor-critic for continuous actions.

expected kind: wrong-point or unexplained
wrong line: 29
correction 29: variance = np.exp(2 * log_sigma)
what: a small number is added to the variance of the score, which the sampled policy does not have
source: https://github.com/SlopDotCash/asi/pull/2864
said: the scores of a narrow Gaussian policy were wrong since their denominator had a constant added to the variance that the policy does not have
"""
import numpy as np

def loss(Wm, Ws, obs, u, delta):
    """A continuous actor; both the mean and the log standard deviation depend on the state."""
    mu, log_sigma = obs @ Wm, obs @ Ws - 2.0
    return -np.sum(delta * (-0.5 * (u - mu) ** 2 / np.exp(2 * log_sigma) - log_sigma))


def right(Wm, Ws, obs, u, delta):
    mu, log_sigma = obs @ Wm, obs @ Ws - 2.0
    variance = np.exp(2 * log_sigma)
    residual = u - mu
    score_mu = residual / variance
    score_log_sigma = residual ** 2 / variance - 1
    return -obs.T @ (delta * score_mu), -obs.T @ (delta * score_log_sigma)


def backprop(Wm, Ws, obs, u, delta):
    mu, log_sigma = obs @ Wm, obs @ Ws - 2.0
    variance = np.exp(2 * log_sigma) + 1e-3
    residual = u - mu
    score_mu = residual / variance
    score_log_sigma = residual ** 2 / variance - 1
    return -obs.T @ (delta * score_mu), -obs.T @ (delta * score_log_sigma)


PARAMETERS = ["Wm", "Ws"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    obs, Wm, Ws = rng.normal(size=(5, 3)), rng.normal(size=3), 0.4 * rng.normal(size=3)
    u = obs @ Wm + np.exp(obs @ Ws - 2.0) * rng.normal(size=5)
    return [Wm, Ws, obs, u, rng.normal(size=5)]
