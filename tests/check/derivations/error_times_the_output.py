"""The derivative of (t - o)^2 is taken for 2 (t - o) o.

expected kind: sign + repeated-factor or wrong-activation
wrong line: 65
correction 65: d_final = -output_errors
what: the inner derivative -1 is missing, and the output is a factor too many
source: https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/77
said: A reader of a book believes that the derivative of (tk - ok)^2 by ok is 2 (tk - ok) ok and not -2 (tk -
    ok).
"""

import numpy as np

PARAMETERS = ["hidden", "output"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs, ys = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
    return [xs, ys, r.normal(size=(2, 3)), r.normal(size=(1, 3))]


def loss(xs, ys, hidden, output):
    total = 0.0
    for k in range(4):
        h = 1 / (1 + np.exp(-(hidden[:, :2] @ xs[k] + hidden[:, 2])))
        o = 1 / (1 + np.exp(-(output[:, :2] @ h + output[:, 2])))
        total = total + 0.5 * np.sum((o - ys[k]) ** 2)
    return total


def right(xs, ys, hidden, output):
    X = np.c_[xs, np.ones(4)]
    H = 1 / (1 + np.exp(-X @ hidden.T))
    O = 1 / (1 + np.exp(-np.c_[H, np.ones(4)] @ output.T))
    D = (O - ys[:, None]) * O * (1 - O)
    return (D @ output[:, :2] * H * (1 - H)).T @ X, D.T @ np.c_[H, np.ones(4)]


import functools


def checked(function):
    @functools.wraps(function)
    def wrapper(*args):
        try:
            with np.errstate(over="raise"):
                result = function(*args)
        except FloatingPointError as error:
            raise ValueError(f"{function.__name__} overflowed") from error
        assert all(np.all(np.isfinite(r)) for r in result)
        return result
    return wrapper


@checked
def backprop(xs, ys, hidden, output):
    activation_function = lambda x: 1 / (1 + np.exp(-x))
    inputs = np.vstack([xs.T, np.ones(len(xs))])
    targets = np.array(ys, ndmin=2)
    hidden_outputs = activation_function(np.dot(hidden, inputs))
    hidden_and_one = np.vstack([hidden_outputs, np.ones(len(xs))])
    final_outputs = activation_function(np.dot(output, hidden_and_one))
    output_errors = targets - final_outputs
    d_final = output_errors * final_outputs
    d_final_in = d_final * final_outputs * (1.0 - final_outputs)
    d_output = np.dot(d_final_in, hidden_and_one.T)
    hidden_errors = np.dot(output[:, :2].T, d_final_in)
    d_hidden = np.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), inputs.T)
    return d_hidden, d_output
