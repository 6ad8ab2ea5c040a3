"""Policy hidden units that are off learn.

expected kind: missing-factor or wrong-mask or detached
wrong line: 68 or 69
correction 68: dh = (np.outer(epdlogp, W2) + np.outer(epdvalue, v)) * (eph > 0)
correction 69: dW1 = np.dot((dh * (eph > 0)).T, epx)
what: The backward pass of the policy has no rectifier
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "v"]


GAMMA = 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, v, x = (r.normal(size=s) for s in [(4, 3), 4, 4, (6, 3)])
    return W1, W2, v, x, r.integers(0, 2, size=6), np.array([0.0, 0.0, 1.0, 0.0, -1.0, 1.0])


def discount(rewards):
    running, out = 0.0, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        out[t] = running
    return out


def loss(W1, W2, v, x, actions, rewards):
    R = discount(rewards)
    h = np.maximum(0, x @ W1.T)
    logit = h @ W2
    logp = actions * logit - np.log(1 + np.exp(logit))
    value = h @ v
    return -np.sum(logp * (R - np.mean(R))) + 0.5 * np.sum((R - value) ** 2)


def right(W1, W2, v, x, actions, rewards):
    R = discount(rewards)
    z = W1 @ x.T
    on = z > 0
    h = z * on
    prob = 1 / (1 + np.exp(-W2 @ h))
    d_actor = (prob - actions) * (R - np.mean(R))
    d_critic = v @ h - R
    gW2 = h @ d_actor
    gv = h @ d_critic
    gh = W2[:, None] * d_actor + v[:, None] * d_critic
    gW1 = (gh * on) @ x
    return gW1, gW2, gv


def policy_forward(x, W1, W2):
    h = np.dot(W1, x)
    h[h < 0] = 0
    p = 1.0 / (1.0 + np.exp(-np.dot(W2, h)))
    return p, h


def policy_backward(epx, eph, epdlogp, epdvalue, W2, v):
    dW2 = np.dot(eph.T, epdlogp)
    dv = np.dot(eph.T, epdvalue)
    dh = np.outer(epdlogp, W2) + np.outer(epdvalue, v)
    dW1 = np.dot(dh.T, epx)
    return dW1, dW2, dv


def backprop(W1, W2, v, x, actions, rewards):
    hs, dlogps, values = [], [], []
    for frame, y in zip(x, actions):
        aprob, h = policy_forward(frame, W1, W2)
        hs.append(h)
        dlogps.append(y - aprob)
        values.append(v @ h)
    eph = np.vstack(hs)
    discounted = discount(rewards)
    epdlogp = -np.array(dlogps) * (discounted - discounted.mean())
    epdvalue = np.array(values) - discounted
    return policy_backward(x, eph, epdlogp, epdvalue, W2, v)
