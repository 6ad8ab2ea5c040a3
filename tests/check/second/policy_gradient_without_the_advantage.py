"""Policy gradient without the advantage.

expected kind: missing-factor
wrong line: 53
correction 53: dlogps.append((aprob - y) * adv)
what: The score of the action taken is not multiplied by its advantage
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 3)), r.integers(0, 2, 6), r.normal(size=6)


def loss(W1, W2, states, actions, advantage):
    h = np.maximum(0, states @ W1)
    p = 1 / (1 + np.exp(-(h @ W2)))
    logpi = actions * np.log(p) + (1 - actions) * np.log(1 - p)
    return -np.sum(logpi * advantage)


def right(W1, W2, states, actions, advantage):
    h = np.maximum(0, states @ W1)
    d = (1 / (1 + np.exp(-h @ W2)) - actions) * advantage
    return states.T @ (np.outer(d, W2) * (h > 0)), d @ h


def policy_forward(model, x):
    h = np.dot(x, model["W1"])
    h[h < 0] = 0
    return 1.0 / (1.0 + np.exp(-np.dot(h, model["W2"]))), h


def policy_backward(model, eph, epx, epdlogp):
    dW2 = np.dot(eph.T, epdlogp)
    dh = np.outer(epdlogp, model["W2"])
    dh[eph <= 0] = 0
    return {"W1": np.dot(epx.T, dh), "W2": dW2}


def backprop(W1, W2, states, actions, advantage):
    model = {"W1": W1, "W2": W2}
    hs, dlogps = [], []
    for x, y, adv in zip(states, actions, advantage):
        aprob, h = policy_forward(model, x)
        hs.append(h)
        dlogps.append(aprob - y)
    return policy_backward(model, np.vstack(hs), states, np.array(dlogps))
