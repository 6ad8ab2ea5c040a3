"""Critic deviation without its one.

expected kind: missing-term
wrong line: 67
correction 67: self.dlog_std = np.sum(dlog_prob[:, None] * (scaled**2 - 1), axis=0)
what: The normalising part of the Gaussian's density is left out for its deviation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "Wmu", "log_std", "Wv"]

C_VALUE, C_ENTROPY = 0.7, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W, Wmu, log_std, Wv = (r.normal(size=s) for s in [(3, 4), (4, 2), 2, (4, 1)])
    states, actions, advantages, returns = (r.normal(size=s) for s in [(6, 3), (6, 2), 6, 6])
    return W, Wmu, 0.3 * log_std, Wv, states, actions, advantages, returns


def loss(W, Wmu, log_std, Wv, states, actions, advantages, returns):
    h = np.tanh(states @ W)
    z = (actions - h @ Wmu) / np.exp(log_std)
    log_prob = np.sum(-0.5 * z**2 - log_std - 0.5 * np.log(2 * np.pi), axis=1)
    entropy = np.sum(log_std + 0.5 * np.log(2 * np.pi * np.e))
    errors = (h @ Wv)[:, 0] - returns
    return -np.mean(log_prob * advantages) + C_VALUE * np.mean(errors**2) - C_ENTROPY * entropy


def right(W, Wmu, log_std, Wv, states, actions, advantages, returns):
    n = states.shape[0]
    var = np.exp(2 * log_std)
    dW, dWmu, dWv = np.zeros(W.shape), np.zeros(Wmu.shape), np.zeros(Wv.shape)
    dlog_std = np.zeros(log_std.shape)
    for t in range(n):
        h = np.tanh(W.T.dot(states[t]))
        mu = Wmu.T.dot(h)
        value = float(Wv.T.dot(h)[0])
        delta = actions[t] - mu
        grad_mu = -advantages[t] * delta / var
        grad_std = -advantages[t] * (delta**2 / var - 1)
        grad_value = 2 * C_VALUE * (value - returns[t])
        dWmu += np.outer(h, grad_mu) / n
        dWv[:, 0] += h * grad_value / n
        dlog_std += grad_std / n
        grad_h = Wmu.dot(grad_mu) + Wv[:, 0] * grad_value
        dW += np.outer(states[t], grad_h * (1 - h**2)) / n
    dlog_std -= C_ENTROPY
    return {"W": dW, "Wmu": dWmu, "log_std": dlog_std, "Wv": dWv}


class GaussianPolicy:
    def __init__(self, weights, log_std):
        self.weights, self.log_std = weights, log_std

    def forward(self, h, actions):
        self.h, self.mu, self.actions = h, h @ self.weights, actions
        self.std = np.exp(self.log_std)

    def backward(self, dlog_prob):
        scaled = (self.actions - self.mu) / self.std
        dmu = dlog_prob[:, None] * scaled / self.std
        self.dlog_std = np.sum(dlog_prob[:, None] * scaled**2, axis=0)
        self.dweights = self.h.T @ dmu
        return dmu @ self.weights.T


class Critic:
    def __init__(self, weights):
        self.weights = weights

    def backward(self, h, returns):
        derror = 2 * C_VALUE * ((h @ self.weights).ravel() - returns) / len(h)
        self.dweights = h.T @ derror[:, None]
        return derror[:, None] @ self.weights.T


def backprop(W, Wmu, log_std, Wv, states, actions, advantages, returns):
    actor, critic = GaussianPolicy(Wmu, log_std), Critic(Wv)
    h = np.tanh(states @ W)
    actor.forward(h, actions)
    dh = actor.backward(-advantages / len(states))
    dh += critic.backward(h, returns)
    dW = states.T @ (dh * (1 - h**2))
    return dW, actor.dweights, actor.dlog_std - C_ENTROPY, critic.dweights
