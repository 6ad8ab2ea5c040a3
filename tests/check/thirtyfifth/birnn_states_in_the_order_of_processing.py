"""A bidirectional RNN: the output weights of the backward half

expected kind: reversed
wrong line: 56
correction 56: dVb = Hb[::-1].T @ d_out
what: the states of the backward half are kept in the order in which they were computed; the output uses them flipped, its gradient
    doesn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wf", "Uf", "Vf", "Wb", "Ub", "Vb"]


def rnn(X, W, U):
    h, states = np.zeros(3), []
    for x in X:
        h = np.tanh(x @ W + h @ U)
        states.append(h)
    return np.stack(states)


def loss(X, Y, Wf, Uf, Vf, Wb, Ub, Vb):
    out = rnn(X, Wf, Uf) @ Vf + rnn(X[::-1], Wb, Ub)[::-1] @ Vb
    return 0.5 * np.sum((out - Y) ** 2)


def rnn_backward(X, H, dH, W, U):
    dW, dU, carry = np.zeros_like(W), np.zeros_like(U), np.zeros(3)
    for t in range(len(X) - 1, -1, -1):
        da = (dH[t] + carry) * (1 - H[t] ** 2)
        dW += np.outer(X[t], da)
        if t > 0:
            dU += np.outer(H[t - 1], da)
        carry = U @ da
    return dW, dU


def right(X, Y, Wf, Uf, Vf, Wb, Ub, Vb):
    Hf = rnn(X, Wf, Uf)
    Hb = rnn(X[::-1], Wb, Ub)
    d_out = Hf @ Vf + Hb[::-1] @ Vb - Y
    dVf = Hf.T @ d_out
    dVb = Hb[::-1].T @ d_out
    dWf, dUf = rnn_backward(X, Hf, d_out @ Vf.T, Wf, Uf)
    dWb, dUb = rnn_backward(X[::-1], Hb, (d_out @ Vb.T)[::-1], Wb, Ub)
    return {"Wf": dWf, "Uf": dUf, "Vf": dVf, "Wb": dWb, "Ub": dUb, "Vb": dVb}


def backprop(X, Y, Wf, Uf, Vf, Wb, Ub, Vb):
    Hf = rnn(X, Wf, Uf)
    Hb = rnn(X[::-1], Wb, Ub)
    d_out = Hf @ Vf + Hb[::-1] @ Vb - Y
    dVf = Hf.T @ d_out
    dVb = Hb.T @ d_out
    dWf, dUf = rnn_backward(X, Hf, d_out @ Vf.T, Wf, Uf)
    dWb, dUb = rnn_backward(X[::-1], Hb, (d_out @ Vb.T)[::-1], Wb, Ub)
    return {"Wf": dWf, "Uf": dUf, "Vf": dVf, "Wb": dWb, "Ub": dUb, "Vb": dVb}


def data(seed=0):
    rng = np.random.default_rng(seed)
    half = lambda: [rng.normal(size=(2, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 2))]
    return [rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), *half(), *half()]
