"""Filter transition not turned round.

expected kind: transpose
wrong line: 65
correction 65: return d_prior @ F, grads
what: Going back the transition is not turned round
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["F", "K", "C", "m"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.5 * r.normal(size=(3, 3)), r.normal(size=(3, 2)), r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=(5, 2))


def loss(F, K, C, m, y):
    total = 0
    for t in range(5):
        predicted = F @ m
        e = y[t] - C @ predicted
        m = predicted + K @ e
        total = total + e @ e
    return total / 5


def right(F, K, C, m, y):
    T = len(y)
    before, predicted, errors = [], [], []
    for t in range(T):
        before.append(m)
        predicted.append(F.dot(m))
        errors.append(y[t] - C.dot(predicted[t]))
        m = predicted[t] + K.dot(errors[t])
    dF, dK, dC = np.zeros_like(F), np.zeros_like(K), np.zeros_like(C)
    dm = np.zeros_like(m)
    for t in range(T - 1, -1, -1):
        de = 2 * errors[t] / T + K.T.dot(dm)
        dK += np.outer(dm, errors[t])
        dC -= np.outer(de, predicted[t])
        dp = dm - C.T.dot(de)
        dF += np.outer(dp, before[t])
        dm = F.T.dot(dp)
    return dF, dK, dC, dm


def filter_step(state, obs, F, K, C):
    prior = F @ state
    innovation = obs - C @ prior
    return prior + K @ innovation, {"state": state, "prior": prior, "innovation": innovation}


def filter_backward(d_post, cache, F, K, C, weight):
    d_innovation = weight * cache["innovation"] + d_post @ K
    d_prior = d_post - d_innovation @ C
    grads = {
        "F": np.outer(d_prior, cache["state"]),
        "K": np.outer(d_post, cache["innovation"]),
        "C": -np.outer(d_innovation, cache["prior"]),
    }
    return d_prior @ F.T, grads


def backprop(F, K, C, m, y):
    caches, state = [], m
    for obs in y:
        state, cache = filter_step(state, obs, F, K, C)
        caches.append(cache)
    total = {"F": 0, "K": 0, "C": 0}
    d_state = np.zeros(3)
    for cache in reversed(caches):
        d_state, grads = filter_backward(d_state, cache, F, K, C, 2 / len(y))
        for name in total:
            total[name] = total[name] + grads[name]
    return {**total, "m": d_state}
