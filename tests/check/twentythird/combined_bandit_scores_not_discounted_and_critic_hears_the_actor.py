"""Combined bandit scores not discounted and critic hears the actor.

expected kind: missing-factor + repeated-term
wrong line: 94 and 98
correction 94: weight = discount * scores[t]
correction 98: gu += residual * (GAMMA * then - now)
what: The scores of later steps aren't discounted; the actor's loss goes on into the critic as if the scores were made of its values
source: https://github.com/icoxfog417/baby-steps-of-rl-ja/issues/16
said: the gradient of the policy's loss seems to go through the advantages into the value function; the other mistake is made up
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
    slope = GAMMA * then - now
    return slope.T @ residual


def right(theta, u, states, actions, rewards, scores):
    return {
        "theta": actor_gradient(theta, states, actions, scores),
        "u": critic_gradient(u, states, rewards),
    }


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


def backprop(theta, u, states, actions, rewards, scores):
    gtheta, gu = np.zeros_like(theta), np.zeros_like(u)
    policy = Softmax(theta)
    discount = 1.0
    for t, action in enumerate(actions):
        now, then = states[t], states[t + 1]
        probabilities = policy(now)
        weight = scores[t]
        gtheta -= np.outer(now, weight * policy.score(action))
        gtheta -= np.outer(now, BETA * policy.entropy())
        residual = rewards[t] + GAMMA * u @ then - u @ now
        gu += residual * (GAMMA * then - now) + discount * np.log(probabilities[action]) * now
        discount *= GAMMA
    return gtheta, gu
