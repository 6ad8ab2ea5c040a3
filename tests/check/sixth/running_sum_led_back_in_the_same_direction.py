"""Running sum led back in the same direction.

expected kind: reversed
wrong line: 43
correction 43: return np.flip(np.cumsum(np.flip(gy)))
what: The gradient of a running sum is a running sum from the front, where it has to go from the end
source: https://github.com/chainer/chainer/issues/4523
said: the asker wonders why there is a flip in the backward of cumsum, when writing one for cumprod
"""

import numpy as np

PARAMETERS = ["steps", "start"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=9), np.array(r.normal()), r.normal(size=9), r.uniform(0.5, 2, 9)


def loss(steps, start, seen, weight):
    level = start + np.cumsum(np.log(1 + np.exp(steps)))
    return 0.5 * np.sum(weight * (np.sin(level) - seen) ** 2)


def right(steps, start, seen, weight):
    ds, carry = np.zeros(9), 0.0
    level = [start]
    for s in steps:
        level.append(level[-1] + np.log1p(np.exp(s)))
    for i in range(8, -1, -1):
        v = level[i + 1]
        carry += weight[i] * (np.sin(v) - seen[i]) * np.cos(v)
        ds[i] = carry / (1 + np.exp(-steps[i]))
    return ds, carry


class Cumsum:
    def forward(self, x):
        return np.cumsum(x)

    def backward(self, gy):
        return np.cumsum(gy)


class Softplus:
    def forward(self, x):
        self.x = x
        return np.log1p(np.exp(x))

    def backward(self, gy):
        return gy * (1 - 1 / (1 + np.exp(self.x)))


def backprop(steps, start, seen, weight):
    softplus, cumsum = Softplus(), Cumsum()
    level = start + cumsum.forward(softplus.forward(steps))
    dlevel = weight * (np.sin(level) - seen) * np.cos(level)
    dsteps = softplus.backward(cumsum.backward(dlevel))
    return {"steps": dsteps, "start": dlevel.sum()}
