"""Rope shaken by the next force.

expected kind: stale-value or wrong-point
wrong line: 94
correction 94: force = self.accelerate(n, self.u[n + 1])
what: The gradient of the speed takes the force of the step after
source: https://github.com/DeepWave-KAUST/sweep/pull/62
said: the correction for the body force used the amplitude one time index later than what was stored
"""

import numpy as np

PARAMETERS = ["speed", "start"]
STEP = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    # a rope with fixed ends, shaken at one place, watched at two
    cells, steps = 7, 6
    watched = np.array([1, 5])
    return r.uniform(0.6, 1.5, size=cells), r.normal(size=cells), r.normal(size=steps + 1), 3, watched, r.normal(size=(steps, 2))


def loss(speed, start, shake, at, watched, seen):
    cells, steps = speed.shape[0], seen.shape[0]
    bend = np.eye(cells, k=1) + np.eye(cells, k=-1) - 2 * np.eye(cells)
    hand = np.eye(cells)[at]
    before, u, total = start, start, 0.0
    for n in range(steps):
        before, u = u, 2 * u - before + STEP**2 * speed**2 * (bend @ u + shake[n] * hand)
        total = total + 0.5 * np.sum((u[watched] - seen[n]) ** 2)
    return total


def curvature(u):
    padded = np.pad(u, 1)
    return padded[2:] - 2 * u + padded[:-2]


def swing(speed, start, forces, at):
    us = [start, start]
    for force in forces:
        pull = curvature(us[-1])
        pull[at] += force
        us.append(2 * us[-1] - us[-2] + (STEP * speed) ** 2 * pull)
    return us


def right(speed, start, shake, at, watched, seen):
    us = swing(speed, start, shake[: len(seen)], at)
    dspeed = np.zeros_like(speed)
    lam, lam_later = np.zeros_like(start), np.zeros_like(start)
    # lam belongs to us[n + 2], which is the rope after step n
    for n in reversed(range(len(seen))):
        if n == len(seen) - 1:
            new = np.zeros_like(start)
        else:
            new = 2 * lam + STEP**2 * curvature(speed**2 * lam) - lam_later
        new[watched] += us[n + 2][watched] - seen[n]
        lam, lam_later = new, lam
        pull = curvature(us[n + 1])
        pull[at] += shake[n]
        dspeed += 2 * STEP**2 * speed * pull * lam
    last = 2 * lam + STEP**2 * curvature(lam * speed * speed) - lam_later
    return dspeed, last - lam


class Rope:
    """Keeps every state; on the way back each step hands its gradient on to the two before."""

    def __init__(self, speed, shake, at):
        self.speed, self.shake, self.at = speed, shake, at
        m = len(speed)
        self.M = np.diag(np.ones(m - 1), 1) + np.diag(np.ones(m - 1), -1) - 2 * np.eye(m)

    def accelerate(self, n, u):
        force = self.M.dot(u)
        force[self.at] += self.shake[n]
        return force

    def play(self, start, steps):
        self.u = np.zeros((steps + 2, len(start)))
        self.u[0] = self.u[1] = start
        for n in range(steps):
            push = STEP**2 * self.speed**2 * self.accelerate(n, self.u[n + 1])
            self.u[n + 2] = 2 * self.u[n + 1] - self.u[n] + push
        return self.u[2:]

    def rewind(self, du):
        dspeed = np.zeros_like(self.speed)
        for n in range(len(du) - 3, -1, -1):
            dpush = du[n + 2]
            force = self.accelerate(n + 1, self.u[n + 1])
            dspeed += dpush * 2 * self.speed * force * STEP**2
            du[n + 1] += 2 * du[n + 2] + STEP**2 * (self.M.T @ (self.speed**2 * dpush))
            du[n] -= du[n + 2]
        return dspeed, du[0] + du[1]


def backprop(speed, start, shake, at, watched, seen):
    rope = Rope(speed, shake, at)
    u = rope.play(start, len(seen))
    du = np.zeros((len(seen) + 2, len(start)))
    du[2:, watched] = u[:, watched] - seen
    return rope.rewind(du)
