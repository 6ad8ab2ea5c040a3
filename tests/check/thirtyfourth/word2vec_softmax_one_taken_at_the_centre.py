"""word2vec: the naive softmax over a window, as in the course.

expected kind: another-loss or wrong-mask or wrong-parameter
wrong line: 43
correction 43: y_hat[outside] -= 1
what: the 1 is subtracted at the index of the centre word instead of that of the outside word
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(s):
    e = np.exp(s - s.max())
    return e / e.sum()


def loss(centre, window, V, U):
    total = 0
    for outside in window:
        total -= np.log(softmax(U @ V[centre])[outside])
    return total


def naive_softmax_checked(v_c, centre, outside, U):
    y_hat = softmax(U @ v_c)
    y_hat[outside] -= 1
    grad_centre = U.T @ y_hat
    grad_outside = y_hat[:, np.newaxis] * v_c[np.newaxis, :]
    return grad_centre, grad_outside


def right(centre, window, V, U):
    grad_V, grad_U = np.zeros_like(V), np.zeros_like(U)
    for outside in window:
        grad_centre, grad_outside = naive_softmax_checked(V[centre], centre, outside, U)
        grad_V[centre] += grad_centre
        grad_U += grad_outside
    return grad_V, grad_U


def naive_softmax(v_c, centre, outside, U):
    y_hat = softmax(U @ v_c)
    y_hat[centre] -= 1
    grad_centre = U.T @ y_hat
    grad_outside = y_hat[:, np.newaxis] * v_c[np.newaxis, :]
    return grad_centre, grad_outside


def backprop(centre, window, V, U):
    grad_V, grad_U = np.zeros_like(V), np.zeros_like(U)
    for outside in window:
        grad_centre, grad_outside = naive_softmax(V[centre], centre, outside, U)
        grad_V[centre] += grad_centre
        grad_U += grad_outside
    return grad_V, grad_U


PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    words = r.permutation(6)
    return [int(words[0]), words[1:4], r.normal(size=(6, 3)), r.normal(size=(6, 3))]
