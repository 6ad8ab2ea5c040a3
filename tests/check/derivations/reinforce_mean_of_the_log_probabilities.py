"""Every step is weighted with the mean return.

expected kind: another-loss
wrong line: 63 or 64
correction 63: deltas = returns
correction 64: dlogps *= returns[:, None]
what: the right gradient of mean(log p) * sum(returns)
source: https://github.com/Farama-Foundation/Gymnasium/issues/1336
said: A tutorial takes the mean of an episode's log-probabilities first and multiplies the sum of returns with
    it.
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=(4, 5)), r.normal(size=(5, 3))]
    return [r.normal(size=(6, 4)), r.integers(3, size=6), r.normal(size=6), *weights]


def loss(states, actions, returns, W1, W2):
    scores = np.maximum(states @ W1, 0) @ W2
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.sum(returns * logp[np.arange(6), actions])


def right(states, actions, returns, W1, W2):
    dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
    for s, a, G in zip(states, actions, returns):
        h = np.maximum(s @ W1, 0)
        p = np.exp(h @ W2)
        p /= p.sum()
        p[a] -= 1
        dW2 += G * np.outer(h, p)
        dW1 += G * np.outer(s, (W2 @ p) * (h > 0))
    return dW1, dW2


class Policy:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def probs(self, xs):
        self.hs = np.maximum(xs.dot(self.W1), 0)
        logits = self.hs.dot(self.W2)
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def policy_backward(self, epx, epdlogp):
        dW2 = self.hs.T.dot(epdlogp)
        dh = epdlogp.dot(self.W2.T)
        dh[self.hs <= 0] = 0  # backprop relu
        return epx.T.dot(dh), dW2


def backprop(states, actions, returns, W1, W2):
    policy = Policy(W1, W2)
    dlogps = policy.probs(states)
    dlogps[np.arange(len(actions)), actions] -= 1
    deltas = np.full(len(returns), returns.mean())
    dlogps *= deltas[:, None]
    return policy.policy_backward(states, dlogps)
