"""Topics softmax as a sigmoid.

expected kind: diagonal-jacobian
wrong line: 51
correction 51: d_theta = topics * (d_topics - (d_topics * topics).sum(axis=1, keepdims=True))
what: The softmax of the topics is differentiated as a sigmoid
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["theta", "phi"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(4, 3)), g.normal(size=(3, 6)), g.integers(1, 5, size=(4, 6))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(theta, phi, counts):
    t = np.exp(theta) / np.exp(theta).sum(1, keepdims=True)
    f = np.exp(phi) / np.exp(phi).sum(1, keepdims=True)
    return -(counts * np.log(t @ f)).sum()


def right(theta, phi, counts):
    topics = softmax(theta)
    words = softmax(phi)
    mixed = topics @ words
    d_mixed = -counts / mixed
    d_topics = d_mixed @ words.T
    d_words = topics.T @ d_mixed
    d_theta = topics * (d_topics - (d_topics * topics).sum(axis=1, keepdims=True))
    d_phi = words * (d_words - (d_words * words).sum(axis=1, keepdims=True))
    return d_theta, d_phi


def backprop(theta, phi, counts):
    topics = softmax(theta)
    words = softmax(phi)
    mixed = topics @ words
    d_mixed = -counts / mixed
    d_topics = d_mixed @ words.T
    d_words = topics.T @ d_mixed
    d_theta = d_topics * topics * (1 - topics)
    d_phi = words * (d_words - (d_words * words).sum(axis=1, keepdims=True))
    return d_theta, d_phi
