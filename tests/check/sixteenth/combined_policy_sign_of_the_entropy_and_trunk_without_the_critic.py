"""Combined policy sign of the entropy and trunk without the critic.

expected kind: sign + missing-term
wrong line: 78 and 82 or 83
correction 78: dlogits += ENTROPY * pi * (np.log(pi) + entropy)
correction 82: dh = Wp @ dlogits + wv * dvalue
correction 83: grads["W"] += np.outer(s, (dh + wv * dvalue) * (1 - h * h))
what: The entropy is punished where the loss rewards it; what the critic asks of the layer that both share isn't added
source: https://github.com/qiancheng0/ToolRL/issues/52
said: the sign of the term that regularises the policy is wrong, and training collapses
"""

import numpy as np

PARAMETERS = ["W", "Wp", "wv"]
VALUE, ENTROPY = 0.5, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    actions = np.array([0, 2, 1, 1, 0, 2])
    return r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=(6, 3)), actions, r.normal(size=6), r.normal(size=6)


def loss(W, Wp, wv, states, actions, advantages, returns):
    h = np.tanh(states @ W)
    logits, values = h @ Wp, h @ wv
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    gain = logp[np.arange(len(actions)), actions] * advantages
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    return np.mean(-gain - ENTROPY * entropy + VALUE * (values - returns) ** 2)


class ActorCritic:
    def __init__(self, W, Wp, wv):
        self.W, self.Wp, self.wv = W, Wp, wv

    def forward(self, states):
        self.states = states
        self.h = np.tanh(np.dot(states, self.W))
        logits = np.dot(self.h, self.Wp)
        logits = logits - logits.max(axis=1, keepdims=True)
        self.logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
        self.p = np.exp(self.logp)
        self.v = np.dot(self.h, self.wv)

    def backward(self, actions, advantages, returns):
        N = len(actions)
        dlogits = self.p * advantages[:, None]
        dlogits[np.arange(N), actions] -= advantages
        H = -np.sum(self.p * self.logp, axis=1, keepdims=True)
        dentropy = -self.p * (self.logp + H)
        dlogits -= ENTROPY * dentropy
        dlogits /= N
        dv = 2 * VALUE * (self.v - returns) / N
        dh = np.dot(dlogits, self.Wp.T) + np.outer(dv, self.wv)
        dW = np.dot(self.states.T, dh * (1 - self.h**2))
        return dW, np.dot(self.h.T, dlogits), np.dot(self.h.T, dv)


def right(W, Wp, wv, states, actions, advantages, returns):
    net = ActorCritic(W, Wp, wv)
    net.forward(states)
    return net.backward(actions, advantages, returns)


def backprop(W, Wp, wv, states, actions, advantages, returns):
    grads = {"W": np.zeros_like(W), "Wp": np.zeros_like(Wp), "wv": np.zeros_like(wv)}
    n_actions = Wp.shape[1]
    for s, a, adv, ret in zip(states, actions, advantages, returns):
        h = np.tanh(s @ W)
        e = np.exp(h @ Wp)
        pi = e / e.sum()
        onehot = np.zeros(n_actions)
        onehot[a] = 1
        entropy = -(pi * np.log(pi)).sum()
        dlogits = adv * (pi - onehot)
        dlogits -= ENTROPY * pi * (np.log(pi) + entropy)
        dvalue = 2 * VALUE * (h @ wv - ret)
        grads["Wp"] += np.outer(h, dlogits)
        grads["wv"] += h * dvalue
        dh = Wp @ dlogits
        grads["W"] += np.outer(s, dh * (1 - h * h))
    return {k: g / len(states) for k, g in grads.items()}
