"""XOR network: the outputs are sent back where their gradients belong.

expected kind: stale-value or wrong-point or wrong-parameter or missing-factor
wrong line: 50
correction 50: dow += out_grad[k] * W_ho[j, k]
what: a hidden neuron's gradient sums output times weight instead of the output's gradient times weight
source: https://github.com/davidrmiller/neural2d/issues/36
said: the comment above a hidden neuron's gradient had it as the sum of the outputs times their weights; it is the gradients that are summed, and the author agreed
"""
import numpy as np

def f(x):
    return np.tanh(x)

def f_prime(out):
    return 1 - out ** 2

def feed(inp, W_ih, W_ho):
    hidden = f(inp @ W_ih)
    return hidden, f(np.concatenate((hidden, np.ones(1))) @ W_ho)

def loss(inputs, targets, W_ih, W_ho):
    total = 0
    for inp, t in zip(inputs, targets):
        total = total + 0.5 * np.sum((feed(inp, W_ih, W_ho)[1] - t) ** 2)
    return total

def right(inputs, targets, W_ih, W_ho):
    g_ih, g_ho = np.zeros_like(W_ih), np.zeros_like(W_ho)
    for inp, t in zip(inputs, targets):
        hidden, out = feed(inp, W_ih, W_ho)
        out_grad = (out - t) * f_prime(out)
        for j in range(len(hidden)):
            dow = 0.0
            for k in range(len(out)):
                dow += out_grad[k] * W_ho[j, k]
            hidden_grad = dow * f_prime(hidden[j])
            g_ih[:, j] += hidden_grad * inp
        g_ho += np.outer(np.append(hidden, 1.0), out_grad)
    return {"W_ih": g_ih, "W_ho": g_ho}

def backprop(inputs, targets, W_ih, W_ho):
    g_ih, g_ho = np.zeros_like(W_ih), np.zeros_like(W_ho)
    for inp, t in zip(inputs, targets):
        hidden, out = feed(inp, W_ih, W_ho)
        out_grad = (out - t) * f_prime(out)
        for j in range(len(hidden)):
            dow = 0.0
            for k in range(len(out)):
                dow += out[k] * W_ho[j, k]
            hidden_grad = dow * f_prime(hidden[j])
            g_ih[:, j] += hidden_grad * inp
        g_ho += np.outer(np.append(hidden, 1.0), out_grad)
    return {"W_ih": g_ih, "W_ho": g_ho}

PARAMETERS = ["W_ih", "W_ho"]

def data(seed=0):
    r = np.random.default_rng(seed)
    inputs = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    targets = np.array([[0.0, 1], [1, 0], [1, 0], [0, 1]])
    return [inputs, targets, r.normal(size=(3, 3)), r.normal(size=(4, 2))]
