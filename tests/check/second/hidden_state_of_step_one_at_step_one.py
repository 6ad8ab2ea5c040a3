"""Hidden state of step one at step one.

expected kind: wrong-point or stale-value
wrong line: 59
correction 59: h_weight_grad += hiddens[0, :][:, np.newaxis] @ h1_grad
what: Backprop by hand, step by step: the weights at step 1 are given the state of step 1, as at step 2, where the
    state of step 0 belongs
source: github.com/VikParuchuri/zero_to_gpt, issue 9
said: The same row of the hidden states is used at two steps; at t = 1 it should be hiddens[0].
"""

import numpy as np

PARAMETERS = ["i_weight", "h_weight", "o_weight"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(1, 2)), r.normal(size=(2, 2)), r.normal(size=(2, 1)), r.normal(size=3), r.normal(size=3)


def loss(i_weight, h_weight, o_weight, x, actual):
    h0 = np.tanh(x[0] * i_weight)
    h1 = np.tanh(x[1] * i_weight + h0 @ h_weight)
    h2 = np.tanh(x[2] * i_weight + h1 @ h_weight)
    out = np.concatenate([h0, h1, h2]) @ o_weight
    return np.mean((out[:, 0] - actual) ** 2)


def right(i_weight, h_weight, o_weight, x, actual):
    H = [np.zeros((1, 2))]
    for v in x:
        H.append(np.tanh(v * i_weight + H[-1] @ h_weight))
    gi, gh, go, back = 0, 0, 0, 0
    for t in (3, 2, 1):
        e = 2 / 3 * (H[t] @ o_weight - actual[t - 1])
        a = (e @ o_weight.T + back) * (1 - H[t] ** 2)
        gi, gh, go, back = gi + x[t - 1] * a, gh + H[t - 1].T @ a, go + H[t].T @ e, a @ h_weight.T
    return gi, gh, go


def backprop(i_weight, h_weight, o_weight, x, actual):
    hiddens = np.zeros((3, 2))
    prev = np.zeros((1, 2))
    for t in range(3):
        prev = np.tanh(x[t] * i_weight + prev @ h_weight)
        hiddens[t, :] = prev
    outputs = hiddens @ o_weight
    loss_grad = 2 * (outputs[:, 0] - actual) / 3
    o_weight_grad = hiddens.T @ loss_grad[:, np.newaxis]
    i_weight_grad = np.zeros_like(i_weight)
    h_weight_grad = np.zeros_like(h_weight)
    # t = 2
    h2_grad = loss_grad[2] * o_weight.T * (1 - hiddens[2, :] ** 2)
    h_weight_grad += hiddens[1, :][:, np.newaxis] @ h2_grad
    i_weight_grad += x[2] * h2_grad
    # t = 1
    h1_grad = (loss_grad[1] * o_weight.T + h2_grad @ h_weight.T) * (1 - hiddens[1, :] ** 2)
    h_weight_grad += hiddens[1, :][:, np.newaxis] @ h1_grad
    i_weight_grad += x[1] * h1_grad
    # t = 0
    h0_grad = (loss_grad[0] * o_weight.T + h1_grad @ h_weight.T) * (1 - hiddens[0, :] ** 2)
    i_weight_grad += x[0] * h0_grad
    return i_weight_grad, h_weight_grad, o_weight_grad
