"""Attention with a causal mask over a batch, as a class with a cache.

expected kind: wrong-axis
wrong line: 66 or 67
correction 66: inner = np.sum(dwei * self.wei, axis=2, keepdims=True)
correction 67: ds = self.wei * (dwei - np.sum(dwei * self.wei, axis=2, keepdims=True)) * self.k.shape[-1] ** -0.5
what: the sum in the softmax's backward pass is over axis 1 as it was for two dimensions; with the batch in front that axis is the queries
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def forward(x, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    T = x.shape[1]
    future = np.triu(np.ones((T, T), dtype=bool), k=1)
    wei = q @ k.transpose(0, 2, 1) * k.shape[-1] ** -0.5
    wei = np.where(future, -1e9, wei)
    wei = np.exp(wei - np.max(wei, axis=2, keepdims=True))
    wei = wei / np.sum(wei, axis=2, keepdims=True)
    return q, k, v, wei, wei @ v


def loss(x, y, Wq, Wk, Wv):
    return np.mean((forward(x, Wq, Wk, Wv)[-1] - y) ** 2)


class HeadRight:
    def __init__(self, Wq, Wk, Wv):
        self.weights = Wq, Wk, Wv

    def __call__(self, x):
        self.x = x
        self.q, self.k, self.v, self.wei, out = forward(x, *self.weights)
        return out

    def backward(self, dout):
        dv = self.wei.transpose(0, 2, 1) @ dout
        dwei = dout @ self.v.transpose(0, 2, 1)
        inner = np.sum(dwei * self.wei, axis=2, keepdims=True)
        ds = self.wei * (dwei - inner) * self.k.shape[-1] ** -0.5
        dq = ds @ self.k
        dk = ds.transpose(0, 2, 1) @ self.q
        return [np.einsum("btc,bth->ch", self.x, d) for d in (dq, dk, dv)]


def right(x, y, Wq, Wk, Wv):
    head = HeadRight(Wq, Wk, Wv)
    out = head(x)
    return tuple(head.backward(2 * (out - y) / y.size))


class Head:
    def __init__(self, Wq, Wk, Wv):
        self.weights = Wq, Wk, Wv

    def __call__(self, x):
        self.x = x
        self.q, self.k, self.v, self.wei, out = forward(x, *self.weights)
        return out

    def backward(self, dout):
        dv = self.wei.transpose(0, 2, 1) @ dout
        dwei = dout @ self.v.transpose(0, 2, 1)
        inner = np.sum(dwei * self.wei, axis=1, keepdims=True)
        ds = self.wei * (dwei - inner) * self.k.shape[-1] ** -0.5
        dq = ds @ self.k
        dk = ds.transpose(0, 2, 1) @ self.q
        return [np.einsum("btc,bth->ch", self.x, d) for d in (dq, dk, dv)]


def backprop(x, y, Wq, Wk, Wv):
    head = Head(Wq, Wk, Wv)
    out = head(x)
    return tuple(head.backward(2 * (out - y) / y.size))


PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 4, 3)), r.normal(size=(2, 4, 3)), *(r.normal(size=(3, 3)) for _ in range(3))]
