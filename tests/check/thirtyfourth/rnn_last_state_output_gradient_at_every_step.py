"""A vanilla RNN for the sentiment of a sentence: columns, the output after the last word.

expected kind: repeated-term
wrong line: 58
correction 58: d_h = Whh.T @ raw
what: the output is made of the last state alone, but its gradient is added at every step, as in a network with outputs at all steps
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def probabilities(s):
    e = np.exp(s - np.max(s))
    return e / np.sum(e)


def forward(words, Wxh, Whh, Why, bh, by):
    hs = {0: np.zeros((Whh.shape[0], 1))}
    for i, x in enumerate(words):
        hs[i + 1] = np.tanh(Wxh @ x + Whh @ hs[i] + bh)
    return hs, Why @ hs[len(words)] + by


def loss(words, label, Wxh, Whh, Why, bh, by):
    return -np.log(probabilities(forward(words, Wxh, Whh, Why, bh, by)[1])[label, 0])


def right(words, label, Wxh, Whh, Why, bh, by):
    hs, out = forward(words, Wxh, Whh, Why, bh, by)
    n = len(words)
    d_y = probabilities(out)
    d_y[label] -= 1
    d_Why, d_by = d_y @ hs[n].T, d_y
    d_Wxh, d_Whh, d_bh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    d_h = Why.T @ d_y
    for t in reversed(range(n)):
        raw = (1 - hs[t + 1] ** 2) * d_h
        d_bh += raw
        d_Whh += raw @ hs[t].T
        d_Wxh += raw @ words[t].T
        d_h = Whh.T @ raw
    return d_Wxh, d_Whh, d_Why, d_bh, d_by


def backprop(words, label, Wxh, Whh, Why, bh, by):
    hs, out = forward(words, Wxh, Whh, Why, bh, by)
    n = len(words)
    d_y = probabilities(out)
    d_y[label] -= 1
    d_Why, d_by = d_y @ hs[n].T, d_y
    d_Wxh, d_Whh, d_bh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    d_h = Why.T @ d_y
    for t in reversed(range(n)):
        raw = (1 - hs[t + 1] ** 2) * d_h
        d_bh += raw
        d_Whh += raw @ hs[t].T
        d_Wxh += raw @ words[t].T
        d_h = Whh.T @ raw + Why.T @ d_y
    return d_Wxh, d_Whh, d_Why, d_bh, d_by


PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    words = np.eye(5)[r.integers(5, size=4)][:, :, None]
    return [words, 1, r.normal(size=(3, 5)), r.normal(size=(3, 3)), r.normal(size=(2, 3)), r.normal(size=(3, 1)), r.normal(size=(2, 1))]
