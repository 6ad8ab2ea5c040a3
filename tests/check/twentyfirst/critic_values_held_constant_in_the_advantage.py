"""Critic values held constant in the advantage.

expected kind: detached or missing-term
wrong line: 58
correction 58: dvalue = -td_error + np.log(probs[a])
what: The values are in the policy's part of the loss too, whose gradient treats them as constants
source: https://github.com/astariul/encode-attend-navigate-pytorch/issues/2
said: the policy loss is not cut off from the critic, which should get nothing from it (here the loss wants it)
"""

import numpy as np

PARAMETERS = ["W", "Wp", "wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=s) for s in ((4, 2), (3, 4), 4)]
    return *weights, r.normal(size=(3, 2)), np.array([1, 0, 2]), r.normal(size=3)


def loss(W, Wp, wv, states, actions, returns):
    h = np.tanh(states @ W.T)
    logits, values = h @ Wp.T, h @ wv
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    chosen = np.sum(np.eye(3)[actions] * logp, axis=1)
    advantage = returns - values
    return np.sum(0.5 * advantage**2 - chosen * advantage)


def right(W, Wp, wv, states, actions, returns):
    S = states.T
    hid = np.tanh(np.dot(W, S))
    scores = np.dot(Wp, hid)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=0)
    values = np.dot(hid.T, wv.reshape(-1, 1))
    onehot = np.zeros((3, len(actions)))
    onehot[actions, np.arange(len(actions))] = 1
    log_prob = np.log(np.sum(probs * onehot, axis=0))
    adv = returns - values[:, 0]
    dscores = (probs - onehot) * adv
    dvalues = values + (log_prob - returns)[:, None]
    dhid = np.dot(Wp.T, dscores) + np.dot(wv.reshape(-1, 1), dvalues.T)
    dpre = dhid * (1 - hid**2)
    return np.dot(dpre, S.T), np.dot(dscores, hid.T), np.dot(hid, dvalues)[:, 0]


def backprop(W, Wp, wv, states, actions, returns):
    grads = {"W": np.zeros_like(W), "Wp": np.zeros_like(Wp), "wv": np.zeros_like(wv)}
    for s, a, R in zip(states, actions, returns):
        h = np.tanh(W @ s)
        probs = np.exp(Wp @ h)
        probs /= probs.sum()
        value = wv @ h
        td_error = R - value
        dlogits = td_error * probs
        dlogits[a] -= td_error
        dvalue = -td_error
        grads["Wp"] += np.outer(dlogits, h)
        grads["wv"] += dvalue * h
        dh = Wp.T @ dlogits + dvalue * wv
        grads["W"] += np.outer(dh * (1 - h**2), s)
    return grads
