"""Returns turned round at every step.

expected kind: reversed or wrong-shape
wrong line: 40
correction 40: returns = returns[::-1] if t == 0 else returns
what: The list of returns is turned round inside the loop that makes it, where it should be once at the end
source: https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/27
said: the reversal of the discounted rewards should be moved outside of the loop
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(6, 4)), r.integers(0, 3, 6), r.normal(size=6)


def loss(theta, states, actions, rewards, gamma=0.9):
    z = states @ theta
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    G = np.array([sum(gamma ** (k - t) * rewards[k] for k in range(t, 6)) for t in range(6)])
    return -np.sum(logp[np.arange(6), actions] * G)


def right(theta, states, actions, rewards, gamma=0.9):
    P = np.exp(states @ theta)
    P /= P.sum(1, keepdims=True)
    D = np.triu(gamma ** np.maximum(np.arange(6)[None] - np.arange(6)[:, None], 0))
    return states.T @ ((P - np.eye(3)[actions]) * (D @ rewards)[:, None])


def discount(rewards, gamma):
    running, returns = 0.0, []
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + gamma * running
        returns.append(running)
        returns.reverse()
    return np.array(returns)


def policy(theta, s):
    z = s.dot(theta)
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def backprop(theta, states, actions, rewards, gamma=0.9):
    G = discount(rewards, gamma)
    grad = np.zeros(theta.shape)
    for s, a, g in zip(states, actions, G):
        dlogp = -policy(theta, s)
        dlogp[a] += 1
        grad += -np.outer(s, dlogp) * g
    return grad
