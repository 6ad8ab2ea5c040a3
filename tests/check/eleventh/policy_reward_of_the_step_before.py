"""Policy reward of the step before.

expected kind: another-loss or wrong-point or wrong-shape
wrong line: 79
correction 79: G[t] = rewards[t] + GAMMA * G[t + 1]
what: Each step has the reward that was given before it, not after
source: https://github.com/openai/spinningup/issues/50
said: what is stored in each place is the reward before the observation; the rewards are shifted
"""

import numpy as np

PARAMETERS = ["theta", "bias"]
GAMMA, BETA = 0.9, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    theta, bias, states, rewards = (r.normal(size=s) for s in [(4, 3), 3, (6, 4), 6])
    return theta, bias, states, np.array([2, 0, 1, 1, 0, 2]), rewards


def loss(theta, bias, states, actions, rewards):
    T = len(states)
    returns = np.array([np.sum(rewards[t:] * GAMMA ** np.arange(T - t)) for t in range(T)])
    advantages = (returns - np.mean(returns)) / np.std(returns)
    z = states @ theta + bias
    log_pi = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    entropy = -np.sum(np.exp(log_pi) * log_pi, axis=1)
    return -np.mean(log_pi[np.arange(T), actions] * advantages) - BETA * np.mean(entropy)


class PolicyNetwork:
    def __init__(self, theta, bias):
        self.theta, self.bias = theta, bias

    def probabilities(self, states):
        z = states.dot(self.theta) + self.bias
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    def advantages(self, rewards):
        R, returns = 0.0, []
        for reward in rewards[::-1]:
            R = reward + GAMMA * R
            returns.append(R)
        returns = np.array(returns[::-1])
        return (returns - returns.mean()) / returns.std()

    def backward(self, states, actions, rewards):
        T = states.shape[0]
        pi = self.probabilities(states)
        taken = np.zeros_like(pi)
        taken[np.arange(T), actions] = 1
        adv = self.advantages(rewards).reshape(-1, 1)
        dz = -(taken - pi) * adv / T
        H = -np.sum(pi * np.log(pi), axis=1, keepdims=True)
        dz += BETA * pi * (np.log(pi) + H) / T
        return states.T.dot(dz), dz.sum(axis=0)


def right(theta, bias, states, actions, rewards):
    return PolicyNetwork(theta, bias).backward(states, actions, rewards)


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


def returns_of(rewards):
    G = np.zeros(len(rewards) + 1)
    for t in range(len(rewards) - 1, -1, -1):
        G[t] = rewards[t - 1] + GAMMA * G[t + 1]
    return G[:-1]


def backprop(theta, bias, states, actions, rewards):
    T = len(rewards)
    G = returns_of(rewards)
    baseline = G.mean()
    scale = np.sqrt(np.mean((G - baseline) ** 2))
    d_theta, d_bias = np.zeros_like(theta), np.zeros_like(bias)
    for t in range(T):
        s, a = states[t], actions[t]
        p = softmax(s @ theta + bias)
        advantage = (G[t] - baseline) / scale
        dp = np.zeros(len(p))
        dp[a] = -advantage / p[a]
        dp += BETA * (np.log(p) + 1)
        dz = softmax_jacobian(p) @ dp / T
        d_theta += np.outer(s, dz)
        d_bias += dz
    return {"theta": d_theta, "bias": d_bias}
