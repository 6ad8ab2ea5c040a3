"""The backward messages leave out the score of the next node.

expected kind: missing-term or missing-factor
wrong line: 64
correction 64: beta.insert(0, logsumexp(self.path + (self.cost[t] + beta[0])[None, :], axis=1))
what: the next node's emission is missing in the recursion of beta
source: https://github.com/taku910/crfpp/issues/30
said: A beginner wonders why calcBeta looks like calcAlpha: by the textbook, the cost of the next node belongs
    into the sum.
"""

import numpy as np

PARAMETERS = ["emission", "transition"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.integers(3, size=5), r.normal(size=(5, 3)), r.normal(size=(3, 3))]


def loss(tags, emission, transition):
    alpha = emission[0]
    for t in range(1, 5):
        alpha = emission[t] + np.log(np.sum(np.exp(alpha[:, None] + transition), axis=0))
    score = np.sum(emission[np.arange(5), tags]) + np.sum(transition[tags[:-1], tags[1:]])
    return np.log(np.sum(np.exp(alpha))) - score


def right(tags, emission, transition):
    # every one of the 3^5 paths
    paths = np.array(list(np.ndindex(3, 3, 3, 3, 3)))
    score = emission[np.arange(5), paths].sum(1) + transition[paths[:, :-1], paths[:, 1:]].sum(1)
    p = np.exp(score - score.max())
    p /= p.sum()
    de, dt = np.zeros((5, 3)), np.zeros((3, 3))
    for path, weight in [*zip(paths, p), (tags, -1.0)]:
        for t in range(5):
            de[t, path[t]] += weight
            if t:
                dt[path[t - 1], path[t]] += weight
    return de, dt


def logsumexp(a, axis):
    top = a.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.sum(np.exp(a - top), axis=axis))


class Lattice:
    def __init__(self, emission, transition):
        self.cost, self.path = emission, transition
        self.length = len(emission)

    def calc_alpha(self):
        alpha = [self.cost[0]]
        for t in range(1, self.length):
            alpha.append(self.cost[t] + logsumexp(alpha[-1][:, None] + self.path, axis=0))
        return alpha

    def calc_beta(self):
        beta = [np.zeros(self.cost.shape[1])]
        for t in range(self.length - 1, 0, -1):
            beta.insert(0, logsumexp(self.path + beta[0][None, :], axis=1))
        return beta


def backprop(tags, emission, transition):
    lattice = Lattice(emission, transition)
    alpha, beta = lattice.calc_alpha(), lattice.calc_beta()
    log_z = logsumexp(alpha[-1], axis=0)
    node = np.exp(np.array(alpha) + np.array(beta) - log_z)
    pairs = np.zeros_like(transition)
    for t in range(1, len(tags)):
        pairs += np.exp(alpha[t - 1][:, None] + transition + emission[t] + beta[t] - log_z)
    for t, tag in enumerate(tags):
        node[t, tag] -= 1
        if t > 0:
            pairs[tags[t - 1], tag] -= 1
    return node, pairs
