"""A bidirectional simple RNN, the outputs of both directions added.

expected kind: reversed or wrong-shape or unexplained
wrong line: 67
correction 67: for t in range(T):
what: the direction that reads from the end has to be walked from the start on the way back; the loop was copied from the other direction, so what is carried comes to the wrong step
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

N, T, H = 4, 5, 3


def states(x, Wf, Uf, Wb, Ub):
    hf, hb = np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H))
    for t in range(T):
        hf[t] = np.tanh(x[t] @ Wf + hf[t - 1] @ Uf)
    for t in reversed(range(T)):
        hb[t] = np.tanh(x[t] @ Wb + hb[t + 1] @ Ub)
    return hf, hb


def loss(x, y, Wf, Uf, Wb, Ub, Vf, Vb, c):
    hf, hb = states(x, Wf, Uf, Wb, Ub)
    return 0.5 * np.sum((hf[:T] @ Vf + hb[:T] @ Vb + c - y) ** 2) / N


def right(x, y, Wf, Uf, Wb, Ub, Vf, Vb, c):
    hf, hb = states(x, Wf, Uf, Wb, Ub)
    dy = (hf[:T] @ Vf + hb[:T] @ Vb + c - y) / N
    dVf = sum(hf[t].T @ dy[t] for t in range(T))
    dVb = sum(hb[t].T @ dy[t] for t in range(T))
    dhf = dy @ Vf.T
    dhb = dy @ Vb.T
    dWf, dUf, dWb, dUb = (np.zeros_like(w) for w in (Wf, Uf, Wb, Ub))
    carry = np.zeros((N, H))
    for t in reversed(range(T)):
        da = (dhf[t] + carry) * (1 - hf[t] ** 2)
        dWf += x[t].T @ da
        dUf += hf[t - 1].T @ da
        carry = da @ Uf.T
    carry = np.zeros((N, H))
    for t in range(T):
        da = (dhb[t] + carry) * (1 - hb[t] ** 2)
        dWb += x[t].T @ da
        dUb += hb[t + 1].T @ da
        carry = da @ Ub.T
    return dWf, dUf, dWb, dUb, dVf, dVb, dy.sum((0, 1))


def backprop(x, y, Wf, Uf, Wb, Ub, Vf, Vb, c):
    hf, hb = states(x, Wf, Uf, Wb, Ub)
    dy = (hf[:T] @ Vf + hb[:T] @ Vb + c - y) / N
    dVf = sum(hf[t].T @ dy[t] for t in range(T))
    dVb = sum(hb[t].T @ dy[t] for t in range(T))
    dhf = dy @ Vf.T
    dhb = dy @ Vb.T
    dWf, dUf, dWb, dUb = (np.zeros_like(w) for w in (Wf, Uf, Wb, Ub))
    carry = np.zeros((N, H))
    for t in reversed(range(T)):
        da = (dhf[t] + carry) * (1 - hf[t] ** 2)
        dWf += x[t].T @ da
        dUf += hf[t - 1].T @ da
        carry = da @ Uf.T
    carry = np.zeros((N, H))
    for t in reversed(range(T)):
        da = (dhb[t] + carry) * (1 - hb[t] ** 2)
        dWb += x[t].T @ da
        dUb += hb[t + 1].T @ da
        carry = da @ Ub.T
    return dWf, dUf, dWb, dUb, dVf, dVb, dy.sum((0, 1))


PARAMETERS = ["Wf", "Uf", "Wb", "Ub", "Vf", "Vb", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(2, H), (H, H), (2, H), (H, H), (H, 2), (H, 2), (2,)]
    return [r.normal(size=(T, N, 2)), r.normal(size=(T, N, 2)), *(0.8 * r.normal(size=s) for s in shapes)]
