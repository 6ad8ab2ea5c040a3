"""Policy ratio left out.

expected kind: missing-factor
wrong line: 77 or 78
correction 77: gW, gb = (ratio * g for g in policy.grad_log(s, a))
correction 78: weight = adv * ratio / len(actions)
what: The gradient of the ratio is that of the logarithm of the probability, without the ratio itself
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
CLIP = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    actions = np.array([0, 2, 1, 1, 0, 2, 2, 0, 1, 0])
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(10, 3)), actions, r.normal(size=10), -2 * r.uniform(size=10)


def loss(W, b, states, actions, advantages, old_logp):
    logits = states @ W + b
    logp = logits[np.arange(len(actions)), actions] - np.log(np.sum(np.exp(logits), axis=1))
    ratio = np.exp(logp - old_logp)
    clipped = np.minimum(np.maximum(ratio, 1 - CLIP), 1 + CLIP)
    return -np.mean(np.minimum(ratio * advantages, clipped * advantages))


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def surrogate_backward(ratio, advantages):
    clipped = np.clip(ratio, 1 - CLIP, 1 + CLIP)
    unclipped = ratio * advantages <= clipped * advantages
    return -advantages * unclipped / len(advantages)


def right(W, b, states, actions, advantages, old_logp):
    rows = np.arange(len(actions))
    logp = log_softmax(states.dot(W) + b)
    ratio = np.exp(logp[rows, actions] - old_logp)
    dratio = surrogate_backward(ratio, advantages)
    dlogp = dratio * ratio
    dlogits = -np.exp(logp) * dlogp[:, None]
    dlogits[rows, actions] += dlogp
    return states.T.dot(dlogits), dlogits.sum(axis=0)


class Policy:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def probabilities(self, state):
        e = np.exp(state @ self.W + self.b)
        return e / e.sum()

    def grad_log(self, state, action):
        score = -self.probabilities(state)
        score[action] += 1
        return np.outer(state, score), score


def backprop(W, b, states, actions, advantages, old_logp):
    policy = Policy(W, b)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for s, a, adv, old in zip(states, actions, advantages, old_logp):
        ratio = policy.probabilities(s)[a] / np.exp(old)
        if adv > 0 and ratio > 1 + CLIP:
            continue
        if adv < 0 and ratio < 1 - CLIP:
            continue
        gW, gb = policy.grad_log(s, a)
        weight = adv / len(actions)
        dW -= weight * gW
        db -= weight * gb
    return dW, db
