"""REINFORCE with a Gaussian policy.

expected kind: missing-factor or wrong-parameter or wrong-point
wrong line: 33
correction 33: dmean = weight * (actions - mean) / std ** 2
what: the score of the mean is divided by the standard deviation and not by the variance
source: https://github.com/hill-a/stable-baselines/issues/1059
said: in the log-probability of a diagonal Gaussian policy the standard deviation stood where the variance belongs
"""
import numpy as np

def loss(W, logstd, obs, actions, advantages):
    """REINFORCE with a diagonal Gaussian whose standard deviations are parameters."""
    mean = obs @ W
    std = np.exp(logstd)
    logprob = -0.5 * np.sum(((actions - mean) / std) ** 2, axis=1) - np.sum(logstd) - 0.5 * actions.shape[1] * np.log(2 * np.pi)
    return -np.mean(advantages * logprob)


def right(W, logstd, obs, actions, advantages):
    mean = obs @ W
    std = np.exp(logstd)
    weight = -advantages[:, None] / len(obs)
    dmean = weight * (actions - mean) / std ** 2
    dlogstd = weight * (((actions - mean) / std) ** 2 - 1)
    return obs.T @ dmean, dlogstd.sum(axis=0)


def backprop(W, logstd, obs, actions, advantages):
    mean = obs @ W
    std = np.exp(logstd)
    weight = -advantages[:, None] / len(obs)
    dmean = weight * (actions - mean) / std
    dlogstd = weight * (((actions - mean) / std) ** 2 - 1)
    return obs.T @ dmean, dlogstd.sum(axis=0)


PARAMETERS = ["W", "logstd"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(3, 2)), 0.5 * rng.normal(size=2) - 0.5, rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=6)]
