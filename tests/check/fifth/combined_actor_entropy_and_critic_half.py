"""Combined actor entropy and critic half.

expected kind: sign + scale or missing-factor
wrong line: 65 or 66 and 67
correction 65: dentropy = probs * (logp + entropy)
correction 66: dscores -= beta * dentropy
correction 67: dvalue = 2 * (self.value - returns)
what: The bonus for entropy is led back as a penalty, and the critic's squared error lacks its two
source: https://github.com/ikostrikov/pytorch-a3c/issues/30
said: the asker would write plus the entropy, as in the paper, where a loss that is minimised must have minus; the
    second is made up
"""

import numpy as np

PARAMETERS = ["W", "Wp", "wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=(5, 3)), r.integers(0, 3, 5),
        r.normal(size=5), r.normal(size=5),
    )


def loss(W, Wp, wv, states, actions, returns, advantage, beta=0.1):
    h = np.tanh(states @ W)
    z = h @ Wp
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    entropy = -np.sum(p * np.log(p), axis=1)
    policy = -np.log(p[np.arange(len(actions)), actions]) * advantage - beta * entropy
    return np.sum(policy + (h @ wv - returns) ** 2)


def right(W, Wp, wv, states, actions, returns, advantage, beta=0.1):
    h = np.tanh(states @ W)
    p = np.exp(h @ Wp)
    p /= p.sum(1, keepdims=True)
    L = np.log(p)
    dz = (p - np.eye(3)[actions]) * advantage[:, None] + beta * p * (L - (p * L).sum(1, keepdims=True))
    dv = 2 * (h @ wv - returns)
    da = (dz @ Wp.T + np.outer(dv, wv)) * (1 - h**2)
    return states.T @ da, h.T @ dz, h.T @ dv


class ActorCritic:
    def __init__(self, W, Wp, wv):
        self.W, self.Wp, self.wv = W, Wp, wv

    def act(self, states):
        self.states = states
        self.h = np.tanh(states @ self.W)
        scores = self.h @ self.Wp
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.probs = scores / scores.sum(axis=1, keepdims=True)
        self.value = self.h @ self.wv

    def update(self, actions, returns, advantage, beta):
        probs = self.probs
        onehot = np.eye(probs.shape[1])[actions]
        dscores = (probs - onehot) * advantage[:, None]
        logp = np.log(probs)
        entropy = -(probs * logp).sum(axis=1, keepdims=True)
        dentropy = -probs * (logp + entropy)
        dscores += beta * dentropy
        dvalue = self.value - returns
        dh = dscores @ self.Wp.T + dvalue[:, None] * self.wv
        dh = dh * (1 - self.h**2)
        return {"W": self.states.T @ dh, "Wp": self.h.T @ dscores, "wv": self.h.T @ dvalue}


def backprop(W, Wp, wv, states, actions, returns, advantage, beta=0.1):
    net = ActorCritic(W, Wp, wv)
    net.act(states)
    return net.update(actions, returns, advantage, beta)
