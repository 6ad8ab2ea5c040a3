"""triplet head without the corrupted triple.

expected kind: missing-term or detached
wrong line: 42
correction 42: dE[head] += 2 * (pos - neg)
what: head and relation are in the true and in the corrupted triple, and the head gets the gradient of the true one only
source: https://github.com/haidfs/TransE/issues/4
said: when the tail is the one that is replaced the head is in both triples, and its derivative should have both parts
"""
import numpy as np

margin = 1.0

def loss(triples, corrupted, E, R):
    total = 0.0
    for (head, rel, tail), other in zip(triples, corrupted):
        near = np.sum((E[head] + R[rel] - E[tail]) ** 2)
        far = np.sum((E[head] + R[rel] - E[other]) ** 2)
        total += max(0.0, margin + near - far)
    return total

def right(triples, corrupted, E, R):
    dE, dR = np.zeros_like(E), np.zeros_like(R)
    for (head, rel, tail), other in zip(triples, corrupted):
        pos = E[head] + R[rel] - E[tail]
        neg = E[head] + R[rel] - E[other]
        if margin + pos @ pos - neg @ neg <= 0:
            continue
        dE[head] += 2 * (pos - neg)
        dR[rel] += 2 * (pos - neg)
        dE[tail] -= 2 * pos
        dE[other] += 2 * neg
    return dE, dR

def backprop(triples, corrupted, E, R):
    dE, dR = np.zeros_like(E), np.zeros_like(R)
    for (head, rel, tail), other in zip(triples, corrupted):
        pos = E[head] + R[rel] - E[tail]
        neg = E[head] + R[rel] - E[other]
        if margin + pos @ pos - neg @ neg <= 0:
            continue
        dE[head] += 2 * pos
        dR[rel] += 2 * (pos - neg)
        dE[tail] -= 2 * pos
        dE[other] += 2 * neg
    return dE, dR

PARAMETERS = ['E', 'R']

def data(seed=0):
    rng = np.random.default_rng(seed)
    picks = np.array([rng.permutation(6)[:3] for _ in range(8)])
    triples = np.stack([picks[:, 0], rng.integers(2, size=8), picks[:, 1]], axis=1)
    return triples, picks[:, 2], rng.normal(size=(6, 3)), rng.normal(size=(2, 3))
