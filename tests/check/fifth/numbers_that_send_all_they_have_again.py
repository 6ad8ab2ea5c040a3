"""Numbers that send all they have again.

expected kind: repeated-term or stale-value
wrong line: 52
correction 52: send = backward_grad
what: A number that is used twice sends on, the second time, what it has already sent
source: https://github.com/SethHWeidman/DLFS_code/pull/13
said: where a number is the parent of several operations only the incoming gradient should go on, not the sum so far;
    the answer was 28 for 24
"""

import numpy as np

PARAMETERS = ["a", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=3)


def loss(a, b, weights):
    c = a * b
    d = c + a
    e = d * d * c
    return np.sum(weights * (e + c))


def right(a, b, weights):
    # e + c = a**3 * b * (b + 1)**2 + a * b
    return weights * (3 * a**2 * b * (b + 1) ** 2 + b), weights * (a**3 * ((b + 1) ** 2 + 2 * b * (b + 1)) + a)


class NumberWithGrad:
    def __init__(self, num, depends_on=None, creation_op=""):
        self.num = num
        self.grad = None
        self.depends_on = depends_on or []
        self.creation_op = creation_op

    def __add__(self, other):
        return NumberWithGrad(self.num + other.num, [self, other], "add")

    def __mul__(self, other):
        return NumberWithGrad(self.num * other.num, [self, other], "mul")

    def backward(self, backward_grad):
        if self.grad is None:
            self.grad = backward_grad
        else:
            self.grad = self.grad + backward_grad
        send = self.grad
        if self.creation_op == "add":
            self.depends_on[0].backward(send)
            self.depends_on[1].backward(send)
        if self.creation_op == "mul":
            self.depends_on[0].backward(send * self.depends_on[1].num)
            self.depends_on[1].backward(send * self.depends_on[0].num)


def backprop(a, b, weights):
    ga, gb = np.zeros(3), np.zeros(3)
    for i in range(3):
        x, y = NumberWithGrad(a[i]), NumberWithGrad(b[i])
        c = x * y
        d = c + x
        total = d * d * c + c
        total.backward(weights[i])
        ga[i], gb[i] = x.grad, y.grad
    return ga, gb
