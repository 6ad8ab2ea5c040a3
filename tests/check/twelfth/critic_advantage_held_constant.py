"""Critic advantage held constant.

expected kind: missing-term or detached or another-loss
wrong line: 85
correction 85: dvalues = chosen - 2 * VALUE * diff
what: The advantage is held constant in the policy's part; in the loss it isn't
source: https://github.com/keras-team/keras-io/issues/194
said: the loss of the example goes back through the value in the advantage; the textbook's gradient stops there
"""

import numpy as np

PARAMETERS = ["W", "Wpi", "wv"]

VALUE, ENTROPY = 0.5, 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    W, Wpi, wv, states, returns = (r.normal(size=s) for s in [(3, 4), (4, 3), (4, 1), (6, 3), 6])
    return W, Wpi, wv, states, np.array([0, 2, 1, 1, 0, 2]), returns


def loss(W, Wpi, wv, states, actions, returns):
    """The gradient goes through the advantage too, as the tutorial's does."""
    h = np.tanh(states @ W)
    logits, value = h @ Wpi, (h @ wv)[:, 0]
    log_pi = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    advantage = returns - value
    chosen = log_pi[np.arange(len(actions)), actions]
    entropy = -np.sum(np.exp(log_pi) * log_pi, axis=1)
    return np.mean(-chosen * advantage + VALUE * advantage**2 - ENTROPY * entropy)


def policy(h, Wpi):
    e = np.exp(h @ Wpi)
    return e / e.sum()


def entropy_backward(p):
    """The derivative of the entropy with respect to the logits."""
    H = -np.sum(p * np.log(p))
    return -p * (np.log(p) + H)


def right(W, Wpi, wv, states, actions, returns):
    grads = [np.zeros_like(W), np.zeros_like(Wpi), np.zeros_like(wv)]
    for s, a, R in zip(states, actions, returns):
        h = np.tanh(s @ W)
        p = policy(h, Wpi)
        v = h @ wv[:, 0]
        advantage = R - v
        dz = advantage * p
        dz[a] -= advantage
        dz -= ENTROPY * entropy_backward(p)
        dv = np.log(p[a]) - 2 * VALUE * advantage
        grads[1] += np.outer(h, dz)
        grads[2] += h[:, None] * dv
        dh = Wpi @ dz + wv[:, 0] * dv
        grads[0] += np.outer(s, dh * (1 - h**2))
    return [g / len(states) for g in grads]


class ActorCritic:
    def __init__(self, W, Wpi, wv):
        self.W, self.Wpi, self.wv = W, Wpi, wv

    def act(self, states):
        h = np.tanh(np.dot(states, self.W))
        logits = np.dot(h, self.Wpi)
        probs = np.exp(logits - logits.max(axis=1, keepdims=True))
        return h, probs / probs.sum(axis=1, keepdims=True), np.dot(h, self.wv)

    def gradients(self, states, actions, returns):
        n = len(states)
        h, probs, values = self.act(states)
        diff = returns[:, None] - values
        log_probs = np.log(probs)
        chosen = log_probs[np.arange(n), actions][:, None]

        dlogits = probs * diff
        dlogits[np.arange(n), actions] -= diff[:, 0]
        entropy = -(probs * log_probs).sum(axis=1, keepdims=True)
        dlogits += ENTROPY * probs * (log_probs + entropy)
        dvalues = -2 * VALUE * diff
        dWpi = np.dot(h.T, dlogits) / n
        dwv = np.dot(h.T, dvalues) / n
        dh = (np.dot(dlogits, self.Wpi.T) + np.dot(dvalues, self.wv.T)) / n
        dW = np.dot(states.T, dh * (1 - h * h))
        return dW, dWpi, dwv


def backprop(W, Wpi, wv, states, actions, returns):
    return ActorCritic(W, Wpi, wv).gradients(states, actions, returns)
