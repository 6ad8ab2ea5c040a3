"""Arrays words both tables exchanged.

expected kind: wrong-parameter or swapped-operands
wrong line: 76
correction 76: return model.dW_in, model.dW_out
given as: arrays
what: The gradients of the two tables of words are handed back in each other's place
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W_in", "W_out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W_in, W_out = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    centers, contexts = np.array([0, 2, 5, 2]), np.array([1, 0, 3, 4])
    negatives = np.array([[3, 3, 2], [5, 1, 5], [0, 4, 0], [3, 1, 3]])
    return W_in, W_out, centers, contexts, negatives


def loss(W_in, W_out, centers, contexts, negatives):
    v = W_in[centers]
    good = np.sum(W_out[contexts] * v, axis=1)
    bad = np.einsum("nkd,nd->nk", W_out[negatives], v)
    return np.sum(np.log(1 + np.exp(-good))) + np.sum(np.log(1 + np.exp(bad)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_loss_and_gradient(center_vec, outside_idx, neg_idx, outside_vectors):
    grad_outside = np.zeros_like(outside_vectors)
    u_o = outside_vectors[outside_idx]
    p = sigmoid(np.dot(u_o, center_vec)) - 1
    grad_center = p * u_o
    grad_outside[outside_idx] += p * center_vec
    u_k = outside_vectors[neg_idx]
    z = sigmoid(np.dot(u_k, center_vec))
    grad_center += np.dot(z, u_k)
    np.add.at(grad_outside, neg_idx, np.outer(z, center_vec))
    return grad_center, grad_outside


def right(W_in, W_out, centers, contexts, negatives):
    grad_in, grad_out = np.zeros(W_in.shape), np.zeros(W_out.shape)
    for c, o, neg in zip(centers, contexts, negatives):
        g_center, g_outside = neg_sampling_loss_and_gradient(W_in[c], o, neg, W_out)
        grad_in[c] += g_center
        grad_out += g_outside
    return grad_in, grad_out


class SkipGram:
    def __init__(self, W_in, W_out):
        self.W_in, self.W_out = W_in, W_out
        self.dW_in, self.dW_out = np.zeros_like(W_in), np.zeros_like(W_out)

    def train_pair(self, word, target, label):
        h = self.W_in[word]
        g = 1 / (1 + np.exp(-h.dot(self.W_out[target]))) - label
        self.dW_in[word] += g * self.W_out[target]
        self.dW_out[target] += g * h


def backprop(W_in, W_out, centers, contexts, negatives):
    model = SkipGram(W_in, W_out)
    for i, word in enumerate(centers):
        model.train_pair(word, contexts[i], 1)
        for other in negatives[i]:
            model.train_pair(word, other, 0)
    return model.dW_out, model.dW_in
