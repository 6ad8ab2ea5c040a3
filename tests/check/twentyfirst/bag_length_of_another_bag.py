"""Bag length of another bag.

expected kind: wrong-point or scale
wrong line: 62 or 63
correction 62: scale = 1 / lengths[bags[j]]
correction 63: dE[word] += d_out[bags[j]] / lengths[bags[j]]
what: The gradient of a word is divided by the length of the bag that the counter of the different words points to
source: https://github.com/pytorch/pytorch/issues/190063
said: the counts are looked up with the counter of the loop over the different indices, an unrelated place of the sorted ones
"""

import numpy as np

PARAMETERS = ["E", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    words = np.array([1, 4, 0, 2, 2, 3, 4, 1, 4])
    bags = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2])
    return r.normal(size=(5, 3)), r.normal(size=(3, 2)), r.normal(size=2), words, bags, np.array([1, 0, 1])


def loss(E, W, b, words, bags, y):
    member = (bags == np.arange(3).reshape(3, 1)) * 1.0
    means = member @ E[words] / np.sum(member, axis=1, keepdims=True)
    s = np.tanh(means) @ W + b
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(2)[y], axis=1))


def right(E, W, b, words, bags, y):
    dE, dW, db = np.zeros(E.shape), np.zeros(W.shape), np.zeros(b.shape)
    per_word = []
    for k, label in enumerate(y):
        inside = words[bags == k]
        hidden = np.tanh(E[inside].mean(axis=0))
        odds = np.exp(hidden.dot(W) + b)
        d_score = odds / odds.sum() - np.eye(2)[label]
        dW += np.outer(hidden, d_score)
        db += d_score
        d_mean = W.dot(d_score) * (1 - hidden**2)
        per_word += [d_mean / len(inside)] * len(inside)
    per_word = np.array(per_word)
    for entry in range(len(E)):
        chosen = per_word[words == entry]
        if len(chosen):
            dE[entry] = chosen.sum(axis=0)
    return dE, dW, db


def bag_forward(E, words, bags, lengths):
    out = np.zeros((len(lengths), E.shape[1]))
    for word, bag in zip(words, bags):
        out[bag] += E[word] / lengths[bag]
    return out


def bag_backward(d_out, words, bags, lengths, shape):
    dE = np.zeros(shape)
    for i, word in enumerate(np.unique(words)):
        for j in np.flatnonzero(words == word):
            scale = 1 / lengths[bags[i]]
            dE[word] += scale * d_out[bags[j]]
    return dE


def backprop(E, W, b, words, bags, y):
    lengths = np.bincount(bags)
    h = np.tanh(bag_forward(E, words, bags, lengths))
    p = np.exp(h @ W + b)
    p /= p.sum(axis=1, keepdims=True)
    p[range(len(y)), y] -= 1
    d_means = p @ W.T * (1 - h**2)
    return bag_backward(d_means, words, bags, lengths, E.shape), h.T @ p, p.sum(axis=0)
