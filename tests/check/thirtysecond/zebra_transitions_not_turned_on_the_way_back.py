"""Zebra transitions not turned on the way back.

expected kind: transpose
wrong line: 106
correction 106: dhat = dprior @ move[season[t]].T
what: The transition matrix isn't transposed on the way back to the chances of the day before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["S", "A", "E"]


def data(seed=0):
    r = np.random.default_rng(seed)
    habits, seasons, sounds, days = 3, 2, 4, 6
    # what zebras do is hidden, their sounds are heard; how they change depends on the season of the day they change into
    season = np.array([0, 0, 1, 0, 1, 1])
    return r.normal(size=habits), r.normal(size=(seasons, habits, habits)), r.normal(size=(habits, sounds)), season, r.integers(0, sounds, size=(2, days))


def loss(S, A, E, season, heard):
    start = np.exp(S) / np.sum(np.exp(S))
    move = np.exp(A) / np.sum(np.exp(A), axis=2, keepdims=True)
    sound = np.exp(E) / np.sum(np.exp(E), axis=1, keepdims=True)
    total = 0.0
    for herd in heard:
        p = start * sound[:, herd[0]]
        for t in range(1, len(herd)):
            p = (p @ move[season[t]]) * sound[:, herd[t]]
        total = total - np.log(np.sum(p))
    return total


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward(start, move, sound, season, herd):
    alpha = np.zeros((len(herd), len(start)))
    alpha[0] = start * sound[:, herd[0]]
    for t in range(1, len(herd)):
        alpha[t] = alpha[t - 1] @ move[season[t]] * sound[:, herd[t]]
    return alpha


def backward(move, sound, season, herd):
    beta = np.ones((len(herd), len(sound)))
    for t in range(len(herd) - 2, -1, -1):
        beta[t] = move[season[t + 1]] @ (sound[:, herd[t + 1]] * beta[t + 1])
    return beta


def right(S, A, E, season, heard):
    """Counts that are expected under the chain, against those that the parameters alone expect."""
    start, move, sound = softmax(S), softmax(A), softmax(E)
    gS, gA, gE = np.zeros_like(S), np.zeros_like(A), np.zeros_like(E)
    for herd in heard:
        alpha, beta = forward(start, move, sound, season, herd), backward(move, sound, season, herd)
        likelihood = alpha[-1].sum()
        gamma = alpha * beta / likelihood
        gS += start - gamma[0]
        for t, s in enumerate(herd):
            gE += gamma[t][:, None] * sound
            gE[:, s] -= gamma[t]
        for t in range(1, len(herd)):
            k = season[t]
            xi = np.outer(alpha[t - 1], sound[:, herd[t]] * beta[t]) * move[k] / likelihood
            gA[k] += xi.sum(axis=1, keepdims=True) * move[k] - xi
    return {"S": gS, "A": gA, "E": gE}


def normalise(x):
    return np.exp(x) / np.exp(x).sum(axis=-1)[..., None]


def through_softmax(p, dp):
    return p * (dp - np.sum(p * dp, axis=-1, keepdims=True))


def backprop(S, A, E, season, heard):
    start, move, sound = normalise(S), normalise(A), normalise(E)
    dstart, dmove, dsound = np.zeros(S.shape), np.zeros(A.shape), np.zeros(E.shape)
    n, T = heard.shape
    # both herds at once; the chances are rescaled on each day, minus the logarithms of the scales are the loss
    prior, hats, scales = [np.tile(start, (n, 1))], [], []
    for t in range(T):
        if t:
            prior.append(hats[-1] @ move[season[t]])
        joint = prior[-1] * sound[:, heard[:, t]].T
        scales.append(joint.sum(axis=1, keepdims=True))
        hats.append(joint / scales[-1])
    dhat = np.zeros((n, len(S)))
    for t in reversed(range(T)):
        likely = sound[:, heard[:, t]].T
        djoint = (dhat - np.sum(dhat * hats[t], axis=1, keepdims=True) - 1) / scales[t]
        np.add.at(dsound.T, heard[:, t], djoint * prior[t])
        dprior = djoint * likely
        if t == 0:
            dstart += dprior.sum(axis=0)
        else:
            dmove[season[t]] += hats[t - 1].T @ dprior
            dhat = dprior @ move[season[t]]
    return through_softmax(start, dstart), through_softmax(move, dmove), through_softmax(sound, dsound)
