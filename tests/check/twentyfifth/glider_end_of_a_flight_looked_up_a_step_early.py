"""Glider end of a flight looked up a step early.

expected kind: wrong-mask or stale-value
wrong line: 83
correction 83: dvalue[1:] += GAMMA * (1 - ended[1:]) * off / n
what: The mask of what comes after the next place is that of the place itself, an index too early
source: https://github.com/RoboVerseOrg/RoboVerse/pull/814
said: flags of ended episodes were shifted by one slot, so that the mask of the advantage read the wrong element and bootstrapped across the end
"""

import numpy as np

PARAMETERS = ["K", "logsd", "V", "w"]
GAMMA = 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    K, logsd = r.normal(size=(3, 2)), 0.3 * r.normal(size=2) + 0.4
    V, w = r.normal(size=(3, 5)), r.normal(size=5)
    ended = np.zeros(9, dtype=int)
    ended[r.choice(np.arange(1, 8), size=3, replace=False)] = 1
    return K, logsd, V, w, r.normal(size=(9, 3)), r.normal(size=(8, 2)), r.normal(size=8), r.normal(size=8), ended


def loss(K, logsd, V, w, places, steered, gain, lift, ended):
    # ended[t]: place t is the first of another flight
    z = (steered - places[:-1] @ K) / np.exp(logsd)
    surprise = np.sum(0.5 * z**2 + logsd, axis=1)
    value = np.tanh(places @ V) @ w
    off = lift + GAMMA * (1 - ended[1:]) * value[1:] - value[:-1]
    return np.mean(gain * surprise) + 0.5 * np.mean(off**2)


def critic(V, w, place):
    """Return the value of a place and what leads its error back to the two weights."""
    h = np.tanh(place @ V)

    def back(g, dV, dw):
        dw += g * h
        dV += np.outer(place, g * w * (1 - h * h))

    return h @ w, back


def right(K, logsd, V, w, places, steered, gain, lift, ended):
    grads = {"K": np.zeros_like(K), "logsd": np.zeros_like(logsd), "V": np.zeros_like(V), "w": np.zeros_like(w)}
    T = len(steered)
    for t in range(T):
        place, following = places[t], places[t + 1]
        for j in range(len(logsd)):
            sigma = np.exp(logsd[j])
            miss = steered[t, j] - place @ K[:, j]
            dmu = -gain[t] * miss / sigma**2
            grads["K"][:, j] += place * dmu / T
            grads["logsd"][j] += gain[t] * (1 - miss**2 / sigma**2) / T
        value, back = critic(V, w, place)
        after, back_after = critic(V, w, following)
        discount = 0 if ended[t + 1] else GAMMA
        delta = lift[t] + discount * after - value
        heard = [(back, -delta / T), (back_after, discount * delta / T)]
        for lead, error in heard:
            lead(error, grads["V"], grads["w"])
    return grads


def backprop(K, logsd, V, w, places, steered, gain, lift, ended):
    n = len(lift)
    here = places[:-1]
    sd = np.exp(logsd)
    # actor
    z = (steered - here.dot(K)) / sd
    dmean = -gain[:, None] * z / sd / n
    dK = here.T.dot(dmean)
    dlogsd = (gain[:, None] * (1 - z**2)).sum(axis=0) / n
    # critic, whose value of the next place counts as well
    h = np.tanh(places.dot(V))
    value = h.dot(w)
    going_on = GAMMA * (1 - ended[1:])
    off = lift + going_on * value[1:] - value[:-1]
    dvalue = np.zeros(n + 1)
    dvalue[:-1] -= off / n
    dvalue[1:] += GAMMA * (1 - ended[:-1]) * off / n
    dw = h.T.dot(dvalue)
    da = np.outer(dvalue, w) * (1 - h**2)
    dV = places.T.dot(da)
    return dK, dlogsd, dV, dw
