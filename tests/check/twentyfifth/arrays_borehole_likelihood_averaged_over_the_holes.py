"""Arrays borehole likelihood averaged over the holes.

expected kind: mean-for-sum
wrong line: 56
correction 56: share = 1
given as: arrays
what: The gradient of a likelihood that is summed over the holes is divided by their number
source: https://github.com/openturns/openturns/issues/1930
said: the gradient of the log-likelihood that is returned is divided by the size of the sample, as a mean is taken
"""

import numpy as np

PARAMETERS = ["W", "P", "M", "S"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, P, M = r.normal(size=(2, 5)), r.normal(size=(5, 3)), r.normal(size=(5, 3))
    return W, P, M, 0.4 * r.normal(size=(5, 3)), r.normal(size=(7, 2)), r.normal(size=7)


def loss(W, P, M, S, ground, depth):
    # a mixture of three layers of rock, whose shares, depths and spreads depend on the ground
    h = np.tanh(ground @ W)
    logits, logsd = h @ P, h @ S
    z = (depth[:, None] - h @ M) / np.exp(logsd)
    joint = np.exp(logits - logsd - 0.5 * z**2)
    likelihood = np.sum(joint, axis=1) / np.sum(np.exp(logits), axis=1)
    return -np.sum(np.log(likelihood)) + 0.5 * len(depth) * np.log(2 * np.pi)


def right(W, P, M, S, ground, depth):
    h = np.tanh(ground @ W)
    logits, mu, sd = h @ P, h @ M, np.exp(h @ S)
    prior = np.exp(logits - logits.max(axis=1, keepdims=True))
    prior /= prior.sum(axis=1, keepdims=True)
    y = depth.reshape(-1, 1)
    density = np.exp(-0.5 * ((y - mu) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    # responsibilities
    gamma = prior * density
    gamma /= gamma.sum(axis=1, keepdims=True)
    # of the negative log-likelihood
    dlogits = prior - gamma
    dmu = gamma * (mu - y) / sd**2
    dlogsd = gamma * (1 - ((y - mu) / sd) ** 2)
    grads = {"P": h.T @ dlogits, "M": h.T @ dmu, "S": h.T @ dlogsd}
    dh = dlogits @ P.T + dmu @ M.T + dlogsd @ S.T
    grads["W"] = ground.T @ (dh * (1 - h**2))
    return grads


def backprop(W, P, M, S, ground, depth):
    dW, dP, dM, dS = (np.zeros_like(p) for p in (W, P, M, S))
    rocks = P.shape[1]
    share = 1 / len(depth)
    for x, y in zip(ground, depth):
        h = np.tanh(W.T @ x)
        weight, z, inverse = np.zeros(rocks), np.zeros(rocks), np.zeros(rocks)
        for k in range(rocks):
            weight[k] = np.exp(h @ P[:, k])
            inverse[k] = np.exp(-(h @ S[:, k]))
            z[k] = (y - h @ M[:, k]) * inverse[k]
        joint = weight * inverse * np.exp(-z * z / 2)
        dh = np.zeros(len(h))
        for k in range(rocks):
            belongs = joint[k] / joint.sum()
            dlogit = share * (weight[k] / weight.sum() - belongs)
            dmu = -share * belongs * z[k] * inverse[k]
            dlogsd = share * belongs * (1 - z[k] ** 2)
            dP[:, k] += dlogit * h
            dM[:, k] += dmu * h
            dS[:, k] += dlogsd * h
            dh += dlogit * P[:, k] + dmu * M[:, k] + dlogsd * S[:, k]
        dW += np.outer(x, dh * (1 - h**2))
    return dW, dP, dM, dS
