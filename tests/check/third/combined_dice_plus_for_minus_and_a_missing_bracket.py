"""Combined dice plus for minus and a missing bracket.

expected kind: sign + missing-factor or repeated-factor
wrong line: 44 and 45
correction 44: top = target * self.union - self.inter
correction 45: return grad_output * 2 * top / (self.union * self.union)
what: The quotient rule has a plus, and what should be divided by the square is divided and multiplied again
source: https://github.com/milesial/Pytorch-UNet/issues/35
said: there is a plus where the quotient rule has a minus; the proposal divides and multiplies by the union just as
    well
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.2, r.normal(size=(9, 3)), np.array([1, 0, 0, 1, 1, 0, 0, 0, 1])


def loss(w, b, X, mask):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    return 1 - 2 * np.sum(p * mask) / (np.sum(p) + np.sum(mask))


def right(w, b, X, mask):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    u = p.sum() + mask.sum()
    d = (2 * (p @ mask) / u - 2 * mask) / u * p * (1 - p)
    return d @ X, d.sum()


class DiceCoeff:
    def forward(self, input, target):
        self.saved = input, target
        self.inter = np.dot(input, target)
        self.union = np.sum(input) + np.sum(target)
        return 2 * self.inter / self.union

    def backward(self, grad_output):
        input, target = self.saved
        top = target * self.union + self.inter
        return grad_output * 2 * top / self.union * self.union


def backprop(w, b, X, mask):
    p = 1 / (1 + np.exp(-(X.dot(w) + b)))
    dice = DiceCoeff()
    dice.forward(p, mask)
    dp = dice.backward(-1.0)
    dz = dp * p * (1 - p)
    return X.T.dot(dz), np.sum(dz)
