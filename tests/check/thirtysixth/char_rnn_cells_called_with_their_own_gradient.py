"""A character RNN of cells, whose backward pass is called at each time.

expected kind: missing-term or detached
wrong line: 67 or 68
correction 67: da = Wya.T @ dz[t] + da_prevt
correction 68: step = cell_backward(da + da_prevt, a[t + 1], a[t], x[:, :, t], Waa)
what: the cells get the gradient of their own output; what the next cell gives back isn't added
source: https://community.deeplearning.ai/t/c5-w1a1-optional-rnn-back-propagation/48297
said: The cell's backward pass, which was right, was called with da of its time step alone, without the gradient that comes from the step after it.
"""
import numpy as np


def cell(xt, a_prev, Wax, Waa, ba):
    return np.tanh(Waa @ a_prev + Wax @ xt + ba)


def cell_backward(da_next, a_next, a_prev, xt, Waa):
    dtanh = (1 - a_next ** 2) * da_next
    return Waa.T @ dtanh, dtanh @ xt.T, dtanh @ a_prev.T, dtanh.sum(axis=1, keepdims=True)


def outputs(Wya, by, a):
    e = np.exp(Wya @ a + by)
    return e / e.sum(axis=0)


def loss(Wax, Waa, Wya, ba, by, a0, x, y):
    a, total = a0, 0
    for t in range(x.shape[2]):
        a = cell(x[:, :, t], a, Wax, Waa, ba)
        total -= np.sum(y[:, :, t] * np.log(outputs(Wya, by, a)))
    return total


def right(Wax, Waa, Wya, ba, by, a0, x, y):
    T = x.shape[2]
    a = [a0]
    for t in range(T):
        a.append(cell(x[:, :, t], a[-1], Wax, Waa, ba))
    dz = [outputs(Wya, by, a[t + 1]) - y[:, :, t] for t in range(T)]
    dWya = sum(dz[t] @ a[t + 1].T for t in range(T))
    dby = sum(d.sum(axis=1, keepdims=True) for d in dz)
    dWax, dWaa, dba = np.zeros_like(Wax), np.zeros_like(Waa), np.zeros_like(ba)
    da_prevt = np.zeros_like(a0)
    for t in reversed(range(T)):
        da = Wya.T @ dz[t]
        step = cell_backward(da + da_prevt, a[t + 1], a[t], x[:, :, t], Waa)
        da_prevt, dWaxt, dWaat, dbat = step
        dWax += dWaxt
        dWaa += dWaat
        dba += dbat
    return dWax, dWaa, dWya, dba, dby, da_prevt


def backprop(Wax, Waa, Wya, ba, by, a0, x, y):
    T = x.shape[2]
    a = [a0]
    for t in range(T):
        a.append(cell(x[:, :, t], a[-1], Wax, Waa, ba))
    dz = [outputs(Wya, by, a[t + 1]) - y[:, :, t] for t in range(T)]
    dWya = sum(dz[t] @ a[t + 1].T for t in range(T))
    dby = sum(d.sum(axis=1, keepdims=True) for d in dz)
    dWax, dWaa, dba = np.zeros_like(Wax), np.zeros_like(Waa), np.zeros_like(ba)
    da_prevt = np.zeros_like(a0)
    for t in reversed(range(T)):
        da = Wya.T @ dz[t]
        step = cell_backward(da, a[t + 1], a[t], x[:, :, t], Waa)
        da_prevt, dWaxt, dWaat, dbat = step
        dWax += dWaxt
        dWaa += dWaat
        dba += dbat
    return dWax, dWaa, dWya, dba, dby, da_prevt


PARAMETERS = ["Wax", "Waa", "Wya", "ba", "by", "a0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    ids = r.integers(3, size=(4, 6))
    one_hot = np.eye(3)[ids].transpose(2, 0, 1)
    shapes = [(5, 3), (5, 5), (3, 5), (5, 1), (3, 1), (5, 4)]
    return *(0.5 * r.normal(size=s) for s in shapes), one_hot[:, :, :-1], one_hot[:, :, 1:]
