"""Raven returns discounted once more.

expected kind: repeated-factor or another-loss
wrong line: 79
correction 79: dscore = (p - chosen) * returns.reshape(-1, 1)
what: The returns, in which the discount is, are multiplied with the discount of their time again
source: https://github.com/mimoralea/gdrl/issues/9
said: finds that the discounted returns are multiplied with the discounts a second time in the loss of the policy
"""

import numpy as np

PARAMETERS = ["W1", "W2"]
GAMMA = 0.8
BETA = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    flights, steps, senses, hidden, moves = 3, 5, 4, 4, 3
    W1, W2 = r.normal(size=(senses, hidden)), r.normal(size=(hidden, moves))
    seen, moved = r.normal(size=(flights, steps, senses)), r.integers(0, moves, size=(flights, steps))
    return W1, W2, seen, moved, r.normal(size=(flights, steps))


def loss(W1, W2, seen, moved, food):
    s = np.tanh(seen @ W1) @ W2
    logp = s - np.log(np.sum(np.exp(s), axis=2, keepdims=True))
    total = 0.0
    for e in range(food.shape[0]):
        for t in range(food.shape[1]):
            # what a raven finds from here on, and how undecided it is
            later = sum(GAMMA ** (k - t) * food[e, k] for k in range(t, food.shape[1]))
            total = total - later * logp[e, t, moved[e, t]]
            total = total + BETA * np.sum(np.exp(logp[e, t]) * logp[e, t])
    return total / food.shape[0]


def discount_rewards(rewards):
    out, running = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def policy(W1, W2, state):
    h = np.tanh(state @ W1)
    e = np.exp(h @ W2)
    return e / e.sum(), h


def right(W1, W2, seen, moved, food):
    gW1, gW2 = np.zeros(W1.shape), np.zeros(W2.shape)
    for states, actions, rewards in zip(seen, moved, food):
        returns = discount_rewards(rewards)
        for state, action, G in zip(states, actions, returns):
            p, h = policy(W1, W2, state)
            dlog = G * p
            dlog[action] -= G
            negative_entropy = np.sum(p * np.log(p))
            dlog += BETA * p * (np.log(p) - negative_entropy)
            gW2 += np.outer(h, dlog)
            gW1 += np.outer(state, (W2 @ dlog) * (1 - h**2))
    return gW1 / len(seen), gW2 / len(seen)


def backprop(W1, W2, seen, moved, food):
    E, T, S = seen.shape
    x = seen.reshape(E * T, S)
    h = np.tanh(x @ W1)
    p = np.exp(h @ W2)
    p /= p.sum(axis=1, keepdims=True)
    # column t of the triangle holds the discounts of all that comes from t on
    discounts = GAMMA ** np.arange(T)
    triangle = np.array([[discounts[k - t] if k >= t else 0.0 for t in range(T)] for k in range(T)])
    returns = food @ triangle
    chosen = np.eye(W2.shape[1])[moved.ravel()]
    dscore = (p - chosen) * (discounts * returns).reshape(-1, 1)
    logp = np.log(p)
    dscore += BETA * p * (logp - (p * logp).sum(axis=1, keepdims=True))
    dscore /= E
    dz = (dscore @ W2.T) * (1 - h * h)
    return {"W1": x.T @ dz, "W2": h.T @ dscore}
