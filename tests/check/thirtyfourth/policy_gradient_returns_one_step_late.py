"""REINFORCE for one episode, a policy with a hidden layer.

expected kind: missing-term or wrong-shape or another-loss or stale-value
wrong line: 54
correction 54: returns[t - 1] = rewards[t - 1] + GAMMA * running
what: what is earned from the next step on is written down for this step: its own reward is lost and nothing is discounted for it
source: https://github.com/shehzaadzd/MINERVA/issues/28
said: A change was proposed that stores the sum of the discounted rewards from step t at t - 1, which shifts all the returns by a step; its author found later that it had improved nothing.
"""
import numpy as np

GAMMA = 0.9


def policy(S, W1, W2):
    h = np.tanh(S @ W1)
    e = np.exp(h @ W2)
    return h, e / e.sum(axis=1, keepdims=True)


def loss(S, actions, rewards, W1, W2):
    _, p = policy(S, W1, W2)
    total = 0.0
    for t in range(len(rewards)):
        G = sum(GAMMA ** (k - t) * rewards[k] for k in range(t, len(rewards)))
        total -= G * np.log(p[t, actions[t]])
    return total


def discounted_returns_checked(rewards):
    returns = rewards.copy()
    running = 0.0
    for t in reversed(range(1, len(rewards))):
        running = GAMMA * running + rewards[t]
        returns[t - 1] = rewards[t - 1] + GAMMA * running
    return returns


def right(S, actions, rewards, W1, W2):
    h, p = policy(S, W1, W2)
    dlogits = p.copy()
    dlogits[np.arange(len(actions)), actions] -= 1
    dlogits *= discounted_returns_checked(rewards)[:, None]
    dh = dlogits @ W2.T
    dh *= 1 - h ** 2
    return {"W1": S.T @ dh, "W2": h.T @ dlogits}


def discounted_returns(rewards):
    returns = rewards.copy()
    running = 0.0
    for t in reversed(range(1, len(rewards))):
        running = GAMMA * running + rewards[t]
        returns[t - 1] = running
    return returns


def backprop(S, actions, rewards, W1, W2):
    h, p = policy(S, W1, W2)
    dlogits = p.copy()
    dlogits[np.arange(len(actions)), actions] -= 1
    dlogits *= discounted_returns(rewards)[:, None]
    dh = dlogits @ W2.T
    dh *= 1 - h ** 2
    return {"W1": S.T @ dh, "W2": h.T @ dlogits}


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.integers(2, size=6), r.normal(size=6), r.normal(size=(3, 4)), r.normal(size=(4, 2))]
