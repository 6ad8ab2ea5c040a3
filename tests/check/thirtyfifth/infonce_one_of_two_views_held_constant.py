"""InfoNCE with one encoder for both views

expected kind: missing-term or detached
wrong line: 50
correction 50: return encode_backward(view1, ha, a, d_embedding) + encode_backward(view2, hb, b, d_gathered)
what: the second view goes through the same encoder; only the first one's part of the gradient is there
source: https://github.com/facebookresearch/vissl/pull/123
said: of the two sides of the similarity matrix of SimCLR only one took part in the gradients when there was more than one process
"""
import numpy as np

PARAMETERS = ["W"]
tau = 0.5


def encode(X, W):
    h = np.tanh(X @ W)
    return h / np.sqrt(np.sum(h ** 2, axis=1, keepdims=True)), h


def loss(view1, view2, W):
    a, b = encode(view1, W)[0], encode(view2, W)[0]
    sim = a @ b.T / tau
    return np.mean(np.log(np.sum(np.exp(sim), axis=1)) - np.sum(a * b, axis=1) / tau)


def encode_backward(X, h, z, dz):
    norm = np.sqrt(np.sum(h ** 2, axis=1, keepdims=True))
    dh = (dz - z * np.sum(z * dz, axis=1, keepdims=True)) / norm
    return X.T @ (dh * (1 - h ** 2))


def right(view1, view2, W):
    n = len(view1)
    (a, ha), (b, hb) = encode(view1, W), encode(view2, W)
    sim = a @ b.T / tau
    prob = np.exp(sim) / np.exp(sim).sum(axis=1, keepdims=True)
    d_sim = (prob - np.eye(n)) / (n * tau)
    d_embedding, d_gathered = d_sim @ b, d_sim.T @ a
    return encode_backward(view1, ha, a, d_embedding) + encode_backward(view2, hb, b, d_gathered)


def backprop(view1, view2, W):
    n = len(view1)
    (a, ha), (b, hb) = encode(view1, W), encode(view2, W)
    sim = a @ b.T / tau
    prob = np.exp(sim) / np.exp(sim).sum(axis=1, keepdims=True)
    d_sim = (prob - np.eye(n)) / (n * tau)
    d_embedding, d_gathered = d_sim @ b, d_sim.T @ a
    return encode_backward(view1, ha, a, d_embedding)


def data(seed=0):
    rng = np.random.default_rng(seed)
    view = rng.normal(size=(6, 4))
    return [view, view + 0.5 * rng.normal(size=(6, 4)), rng.normal(size=(4, 3))]
