"""REINFORCE with a linear policy, several actions.

expected kind: sign
wrong line: 41
correction 41: delta = (p - taken) * returns(rewards)[:, None] / len(S)
given as: arrays
what: the direction in which the return grows, where the gradient of the loss, minus it, is asked for
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def log_policy(S, W, b):
    s = S @ W + b
    s = s - s.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))


def returns(rewards, gamma=0.95):
    G, out = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        G = rewards[t] + gamma * G
        out[t] = G
    return out


def loss(S, actions, rewards, W, b):
    return -np.mean(returns(rewards) * log_policy(S, W, b)[np.arange(len(S)), actions])


def right(S, actions, rewards, W, b):
    p = np.exp(log_policy(S, W, b))
    taken = np.eye(p.shape[1])[actions]
    delta = (p - taken) * returns(rewards)[:, None] / len(S)
    return S.T @ delta, delta.sum(axis=0)


def backprop(S, actions, rewards, W, b):
    p = np.exp(log_policy(S, W, b))
    taken = np.eye(p.shape[1])[actions]
    delta = (taken - p) * returns(rewards)[:, None] / len(S)
    return S.T @ delta, delta.sum(axis=0)


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.integers(4, size=7), r.normal(size=7), r.normal(size=(3, 4)), r.normal(size=4)]
