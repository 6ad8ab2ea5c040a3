"""Arrays forces for the gradient of the energy.

expected kind: sign
wrong line: 47
correction 47: return -forces
given as: arrays
what: The forces are handed over, which are minus the gradient of the energy
source: https://github.com/openforcefield/descent/pull/70
said: the gradient was given out where the force was meant; here it is the other way round
"""

import numpy as np

PARAMETERS = ["positions"]


def data(seed=0):
    r = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid([0, 1.2], [0, 1.2], [0, 1.2]), axis=-1).reshape(-1, 3)[:5]
    return (grid + 0.1 * r.uniform(-1, 1, (5, 3)),)


def loss(positions):
    energy = 0
    for i in range(5):
        for j in range(i):
            r2 = np.sum((positions[i] - positions[j]) ** 2)
            energy = energy + 4 * (1 / r2**6 - 1 / r2**3)
    return energy


def right(positions):
    d = positions[:, None] - positions[None]
    r2 = (d * d).sum(2) + np.eye(5)
    c = 4 * (-6 / r2**7 + 3 / r2**4) * (1 - np.eye(5))
    return 2 * (c[:, :, None] * d).sum(1)


def backprop(positions):
    forces = np.zeros_like(positions)
    for i in range(len(positions)):
        for j in range(len(positions)):
            if i != j:
                d = positions[i] - positions[j]
                r2 = d @ d
                forces[i] += 24 * (2 / r2**6 - 1 / r2**3) / r2 * d
    return forces
