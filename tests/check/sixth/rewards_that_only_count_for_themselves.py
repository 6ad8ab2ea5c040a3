"""Rewards that only count for themselves.

expected kind: another-loss or missing-sum
wrong line: 43
correction 43: d_rewards = np.array([sum(gamma ** (k - i) * r[k] for k in range(i, len(r))) for i in range(len(r))])
what: An action is weighted by its own reward, discounted from the start, instead of by all that follow
source: https://github.com/hunkim/ReinforcementZeroToAll/issues/1
said: the discounted reward doesn't add up the rewards that are still to come, so mostly the first action of an
    episode is learned
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, states = r.normal(size=(4, 5)), r.normal(size=(5, 3)), r.normal(size=(6, 4))
    return W1, W2, states, r.integers(0, 3, 6), r.uniform(0.2, 1, 6)


def loss(W1, W2, states, actions, rewards):
    h = np.maximum(states @ W1, 0)
    z = h @ W2
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    G = [sum(0.9 ** (k - t) * rewards[k] for k in range(t, 6)) for t in range(6)]
    return -np.sum(np.array(G) * logp[np.arange(6), actions])


def right(W1, W2, states, actions, rewards):
    D = np.array([[0.9 ** (k - t) if k >= t else 0 for k in range(6)] for t in range(6)])
    h = states @ W1
    on = h > 0
    h = h * on
    p = np.exp(h @ W2)
    p /= p.sum(1)[:, None]
    g = (p - np.eye(3)[actions]) * (D @ rewards)[:, None]
    return states.T @ (g @ W2.T * on), h.T @ g


def discount_rewards(r, gamma=0.9):
    d_rewards = np.array([val * gamma**i for i, val in enumerate(r)])
    return d_rewards


class Policy:
    def __init__(self, W1, W2):
        self.model = {"W1": W1, "W2": W2}

    def forward(self, x):
        h = np.dot(x, self.model["W1"])
        h[h < 0] = 0
        logit = np.dot(h, self.model["W2"])
        e = np.exp(logit - logit.max())
        return e / e.sum(), h

    def backward(self, eph, epx, epdlogp):
        dW2 = np.dot(eph.T, epdlogp)
        dh = np.dot(epdlogp, self.model["W2"].T)
        dh[eph <= 0] = 0
        return {"W1": np.dot(epx.T, dh), "W2": dW2}


def backprop(W1, W2, states, actions, rewards):
    policy = Policy(W1, W2)
    hs, dlogps = [], []
    for x, a in zip(states, actions):
        prob, h = policy.forward(x)
        y = np.zeros(3)
        y[a] = 1
        hs.append(h)
        dlogps.append(prob - y)
    epdlogp = np.vstack(dlogps)
    epdlogp *= discount_rewards(rewards).reshape(-1, 1)
    return policy.backward(np.vstack(hs), states, epdlogp)
