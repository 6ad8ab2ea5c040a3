"""decoder of a seq2seq step: words that occur twice get one gradient.

expected kind: missing-sum or missing-term
wrong line: 51
correction 51: np.add.at(dEmb, tokens, demb)
given as: arrays
what: fancy indexing with += keeps one of the rows of a word that is repeated; np.add.at is needed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def decode(tokens, h0, Emb, U, c):
    h, states = h0, []
    for t in range(tokens.shape[1]):
        h = np.tanh(Emb[tokens[:, t]] + h @ U + c)
        states.append(h)
    return states

def loss(tokens, goal, h0, Emb, U, c):
    states = decode(tokens, h0, Emb, U, c)
    return 0.5 * sum(np.sum((h - g) ** 2) for h, g in zip(states, goal))

def right(tokens, goal, h0, Emb, U, c):
    states = decode(tokens, h0, Emb, U, c)
    dU, dc, dh_next = np.zeros_like(U), np.zeros_like(c), np.zeros_like(h0)
    demb = np.zeros((*tokens.shape, Emb.shape[1]))
    for t in reversed(range(len(states))):
        before = states[t - 1] if t > 0 else h0
        da = (states[t] - goal[t] + dh_next) * (1 - states[t] ** 2)
        demb[:, t] = da
        dU += before.T @ da
        dc += da.sum(axis=0)
        dh_next = da @ U.T
    dEmb = np.zeros_like(Emb)
    np.add.at(dEmb, tokens, demb)
    return {"h0": dh_next, "Emb": dEmb, "U": dU, "c": dc}

def backprop(tokens, goal, h0, Emb, U, c):
    states = decode(tokens, h0, Emb, U, c)
    dU, dc, dh_next = np.zeros_like(U), np.zeros_like(c), np.zeros_like(h0)
    demb = np.zeros((*tokens.shape, Emb.shape[1]))
    for t in reversed(range(len(states))):
        before = states[t - 1] if t > 0 else h0
        da = (states[t] - goal[t] + dh_next) * (1 - states[t] ** 2)
        demb[:, t] = da
        dU += before.T @ da
        dc += da.sum(axis=0)
        dh_next = da @ U.T
    dEmb = np.zeros_like(Emb)
    dEmb[tokens] += demb
    return {"h0": dh_next, "Emb": dEmb, "U": dU, "c": dc}

PARAMETERS = ["h0", "Emb", "U", "c"]

def data(seed=0):
    r = np.random.default_rng(seed)
    tokens = np.array([[1, 3, 3, 0], [2, 1, 4, 3]])[:, r.permutation(4)]
    return [tokens, r.normal(size=(4, 2, 3)), r.normal(size=(2, 3)), r.normal(size=(5, 3)), r.normal(size=(3, 3)), r.normal(size=3)]
