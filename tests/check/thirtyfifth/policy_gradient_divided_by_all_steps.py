"""A policy gradient over some episodes: the mean

expected kind: mean-for-sum or scale
wrong line: 48
correction 48: d_logits *= batch_weights[:, None] / episodes
what: the loss sums over the steps of an episode; its gradient is divided by the number of all steps, not of the episodes
source: https://github.com/openai/spinningup/issues/414
said: the formula divides by the number of trajectories, the code takes the mean over the actions of all of them
"""
import numpy as np

PARAMETERS = ["W", "b"]


def log_probs(obs, W, b):
    logits = obs @ W + b
    logits = logits - np.max(logits, axis=-1, keepdims=True)
    return logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True))


def loss(obs, acts, returns, W, b):
    episodes, T = acts.shape
    total = 0
    for e in range(episodes):
        logp = log_probs(obs[e], W, b)[np.arange(T), acts[e]]
        total = total - np.sum(logp) * returns[e]
    return total / episodes


def right(obs, acts, returns, W, b):
    episodes, T = acts.shape
    batch_obs = obs.reshape(episodes * T, -1)
    batch_acts = acts.reshape(-1)
    batch_weights = np.repeat(returns, T)
    d_logits = np.exp(log_probs(batch_obs, W, b))
    d_logits[np.arange(len(batch_acts)), batch_acts] -= 1
    d_logits *= batch_weights[:, None] / episodes
    return batch_obs.T @ d_logits, d_logits.sum(axis=0)


def backprop(obs, acts, returns, W, b):
    episodes, T = acts.shape
    batch_obs = obs.reshape(episodes * T, -1)
    batch_acts = acts.reshape(-1)
    batch_weights = np.repeat(returns, T)
    d_logits = np.exp(log_probs(batch_obs, W, b))
    d_logits[np.arange(len(batch_acts)), batch_acts] -= 1
    d_logits *= batch_weights[:, None] / len(batch_acts)
    return batch_obs.T @ d_logits, d_logits.sum(axis=0)


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(3, 5, 4)), rng.integers(3, size=(3, 5)), rng.normal(size=3) * 3, rng.normal(size=(4, 3)),
            rng.normal(size=3)]
