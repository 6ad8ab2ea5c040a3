"""Spring that pulls with the same force at any length.

expected kind: missing-factor or wrong-activation or repeated-factor
wrong line: 51 or 52
correction 51: r = 1.0
correction 52: fcom = self.k * delta / masstotal
what: The displacement is brought to length one, so that the force of a harmonic spring doesn't grow with it
source: https://github.com/lammps/lammps/issues/5119
said: the energy is 0.5 * K * r^2, but the force is K * dx / r, so it has the size K at any displacement
"""

import numpy as np

PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=(2, 3)), r.uniform(1, 2, 6), np.array([0, 0, 0, 1, 1, 1])


def loss(x, anchors, mass, chunk):
    energy = 0
    for c in range(2):
        members = np.flatnonzero(chunk == c)
        com = mass[members] @ x[members] / np.sum(mass[members])
        energy = energy + 0.5 * 3.0 * np.sum((com - anchors[c]) ** 2)
    for i in range(5):
        energy = energy + 0.5 * np.sum((x[i + 1] - x[i]) ** 2)
    return energy


def right(x, anchors, mass, chunk):
    M = np.array([mass * (chunk == c) for c in range(2)])
    M = M / M.sum(1, keepdims=True)
    D = np.diff(np.eye(6), axis=0)
    return 3 * M.T @ (M @ x - anchors) + D.T @ D @ x


class SpringChunk:
    def __init__(self, k_spring, com0):
        self.k, self.com0 = k_spring, com0

    def forces(self, x, mass, chunk):
        f = np.zeros_like(x)
        for m in range(len(self.com0)):
            inside = chunk == m
            masstotal = mass[inside].sum()
            com = (mass[inside, None] * x[inside]).sum(axis=0) / masstotal
            delta = com - self.com0[m]
            r = np.sqrt((delta**2).sum())
            fcom = self.k * delta / r / masstotal
            for i in np.flatnonzero(inside):
                f[i] -= fcom * mass[i]
        return f


def bond_forces(x):
    f = np.zeros_like(x)
    for i in range(len(x) - 1):
        d = x[i + 1] - x[i]
        f[i] += d
        f[i + 1] -= d
    return f


def backprop(x, anchors, mass, chunk):
    return -(SpringChunk(3.0, anchors).forces(x, mass, chunk) + bond_forces(x))
