"""Mean of the log probabilities times all returns.

expected kind: another-loss or mean-for-sum
wrong line: 52
correction 52: return -np.sum(score * deltas[:, None, None], axis=0)
what: Every step is weighted with the mean of the returns, as if the loss were the mean log probability times the sum
    of the returns
source: github.com/Farama-Foundation/Gymnasium, issue 1336
said: The tutorial takes the mean of the log probabilities first and multiplies by the returns then; each one has to
    be multiplied by its own return.
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(5, 3)), r.integers(0, 2, 5), r.normal(size=5), 0.9


def loss(theta, states, actions, rewards, discount):
    J, G = 0, 0
    for t in range(len(rewards) - 1, -1, -1):
        G = rewards[t] + discount * G
        s = states[t] @ theta
        J = J - G * (s[actions[t]] - np.log(np.sum(np.exp(s))))
    return J


def right(theta, states, actions, rewards, discount):
    n = len(rewards)
    G = np.array([sum(discount ** (k - t) * rewards[k] for k in range(t, n)) for t in range(n)])
    p = np.exp(states @ theta)
    p /= p.sum(1, keepdims=True)
    return states.T @ (G[:, None] * (p - np.eye(2)[actions]))


def backprop(theta, states, actions, rewards, discount):
    running_g = 0
    gs = []
    for R in rewards[::-1]:
        running_g = R + discount * running_g
        gs.insert(0, running_g)
    deltas = np.array(gs)
    score = np.zeros((len(gs), *theta.shape))
    for t in range(len(gs)):
        pi = np.exp(states[t] @ theta)
        pi /= pi.sum()
        score[t] = np.outer(states[t], np.eye(2)[actions[t]] - pi)
    return -np.sum(score.mean(axis=0) * deltas[:, None, None], axis=0)
