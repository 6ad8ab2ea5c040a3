"""Bandit value of the next state held constant.

expected kind: detached or missing-term
wrong line: 91
correction 91: slope = GAMMA * then - now
what: The loss is that of the whole residual; in the gradient the value of the next state is a constant
source: https://github.com/Farama-Foundation/Gymnasium/issues/1494
said: the critic's target has to be fixed, so that no gradient goes back through the values of later states; here the loss isn't that one
"""

import numpy as np

PARAMETERS = ["theta", "u"]
GAMMA, BETA = 0.8, 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    states, rewards, scores = r.normal(size=(7, 3)), r.normal(size=6), r.normal(size=6)
    return r.normal(size=(3, 4)), r.normal(size=3), states, np.array([3, 0, 1, 2, 0, 1]), rewards, scores


def loss(theta, u, states, actions, rewards, scores):
    T = len(actions)
    logits = states[:-1] @ theta
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    discounts = (GAMMA ** np.arange(T)).astype(scores.dtype)
    actor = -np.sum(discounts * scores * log_pi[np.arange(T), actions])
    residual = rewards + GAMMA * (states[1:] @ u) - states[:-1] @ u
    return actor + 0.5 * np.sum(residual**2) + BETA * np.sum(np.exp(log_pi) * log_pi)


class Softmax:
    """A linear policy: the probabilities of the actions in a state, and two derivatives by the preferences."""

    def __init__(self, theta):
        self.theta = theta

    def __call__(self, state):
        preferences = [float(state @ column) for column in self.theta.T]
        e = [np.exp(p - max(preferences)) for p in preferences]
        self.p = np.array(e) / sum(e)
        return self.p

    def score(self, action):
        g = -self.p.copy()
        g[action] += 1
        return g

    def entropy(self):
        logs = np.log(self.p)
        return -self.p * (logs - self.p @ logs)


def right(theta, u, states, actions, rewards, scores):
    gtheta, gu = np.zeros_like(theta), np.zeros_like(u)
    policy = Softmax(theta)
    discount = 1.0
    for t, action in enumerate(actions):
        now, then = states[t], states[t + 1]
        probabilities = policy(now)
        weight = discount * scores[t]
        gtheta -= np.outer(now, weight * policy.score(action))
        gtheta -= np.outer(now, BETA * policy.entropy())
        residual = rewards[t] + GAMMA * u @ then - u @ now
        gu += residual * (GAMMA * then - now)
        discount *= GAMMA
    return gtheta, gu


def policy(theta, states):
    logits = states @ theta
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def actor_gradient(theta, states, actions, scores):
    now = states[:-1]
    pi = policy(theta, now)
    weights = scores * GAMMA ** np.arange(len(actions))
    taken = np.eye(theta.shape[1])[actions]
    d_log = weights[:, None] * (pi - taken)
    log_pi = np.log(pi)
    d_negentropy = pi * (log_pi - np.sum(pi * log_pi, axis=1, keepdims=True))
    return now.T @ (d_log + BETA * d_negentropy)


def critic_gradient(u, states, rewards):
    now, then = states[:-1], states[1:]
    residual = rewards + GAMMA * then @ u - now @ u
    slope = -now
    return slope.T @ residual


def backprop(theta, u, states, actions, rewards, scores):
    return {
        "theta": actor_gradient(theta, states, actions, scores),
        "u": critic_gradient(u, states, rewards),
    }
