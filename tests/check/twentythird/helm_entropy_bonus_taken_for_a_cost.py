"""Helm entropy bonus taken for a cost.

expected kind: sign
wrong line: 91
correction 91: dlogits -= BETA * self.entropy_slope()
what: The entropy is a bonus in the loss and is led back as a cost
source: https://github.com/google-deepmind/open_spiel/issues/962
said: the entropy is added to the loss where it has to be subtracted
"""

import numpy as np

PARAMETERS = ["Wh", "bh", "Wp", "Wv"]
CRITIC, BETA = 0.8, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=4)
    return *weights, r.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2]), r.normal(size=6), r.normal(size=6)


def loss(Wh, bh, Wp, Wv, states, actions, advantages, returns):
    h = np.tanh(states @ Wh + bh)
    logits = h @ Wp
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    entropy = -np.sum(np.exp(log_pi) * log_pi, axis=1)
    actor = -np.mean(advantages * log_pi[np.arange(len(actions)), actions])
    critic = 0.5 * np.mean((h @ Wv - returns) ** 2)
    return actor + CRITIC * critic - BETA * np.mean(entropy)


def act(h, Wp):
    scores = h @ Wp
    weights = np.exp(scores - np.max(scores))
    return weights / np.sum(weights)


def right(Wh, bh, Wp, Wv, states, actions, advantages, returns):
    steps = len(states)
    gWh, gbh, gWp, gWv = np.zeros(Wh.shape), np.zeros(bh.shape), np.zeros(Wp.shape), np.zeros(Wv.shape)
    for s, a, advantage, R in zip(states, actions, advantages, returns):
        h = np.tanh(s @ Wh + bh)
        pi = act(h, Wp)

        # actor
        chosen = np.zeros_like(pi)
        chosen[a] = 1.0
        g = advantage * (pi - chosen) / steps

        # entropy, through the whole softmax
        surprise = -np.log(pi)
        g -= BETA * pi * (surprise - pi @ surprise) / steps

        # critic
        td = Wv @ h - R
        gv = CRITIC * td / steps

        gWp += np.outer(h, g)
        gWv += gv * h
        gh = Wp @ g + gv * Wv
        gz = gh * (1.0 - h * h)
        gWh += np.outer(s, gz)
        gbh += gz
    return gWh, gbh, gWp, gWv


class ActorCritic:
    def __init__(self, Wh, bh, Wp, Wv):
        self.Wh, self.bh, self.Wp, self.Wv = Wh, bh, Wp, Wv

    def forward(self, states):
        self.states = states
        self.h = np.tanh(states @ self.Wh + self.bh)
        logits = self.h @ self.Wp
        logits -= logits.max(axis=1, keepdims=True)
        self.pi = np.exp(logits)
        self.pi /= self.pi.sum(axis=1, keepdims=True)
        self.values = self.h @ self.Wv
        return self.pi, self.values

    def entropy_slope(self):
        log_pi = np.log(self.pi)
        entropy = -(self.pi * log_pi).sum(axis=1, keepdims=True)
        return -self.pi * (log_pi + entropy)

    def backward(self, actions, advantages, returns):
        n = len(actions)
        dlogits = self.pi * advantages[:, np.newaxis]
        dlogits[np.arange(n), actions] -= advantages
        dlogits += BETA * self.entropy_slope()
        dlogits /= n
        dvalues = CRITIC * (self.values - returns) / n
        dh = dlogits @ self.Wp.T + np.outer(dvalues, self.Wv)
        da = dh * (1 - self.h**2)
        return {
            "Wp": self.h.T @ dlogits,
            "Wv": self.h.T @ dvalues,
            "Wh": self.states.T @ da,
            "bh": da.sum(axis=0),
        }


def backprop(Wh, bh, Wp, Wv, states, actions, advantages, returns):
    agent = ActorCritic(Wh, bh, Wp, Wv)
    agent.forward(states)
    return agent.backward(actions, advantages, returns)
