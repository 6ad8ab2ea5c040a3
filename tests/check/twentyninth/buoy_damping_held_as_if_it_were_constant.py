"""Buoy damping held as if it were constant.

expected kind: detached or missing-term
wrong line: 89
correction 89: return -lam * (self.damping(v) + 2 * self.c * v**2)
what: The damping depends on the speed, and is held constant in the derivative
source: https://github.com/google-deepmind/mujoco_warp/pull/1423
said: the polynomial damping is now derived, where before it was taken as a constant from the time of recording
"""

import numpy as np

PARAMETERS = ["x0", "v0", "A", "c"]
STEP = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    # three buoys on springs that are tied together, pushed by waves, slowed by water; where they were at six times
    A = 0.5 * r.normal(size=(3, 3)) + 1.5 * np.eye(3)
    return r.normal(size=3), r.normal(size=3), A, r.uniform(0.3, 1.2, size=3), r.normal(size=(6, 3)), r.normal(size=(6, 3))


def loss(x0, v0, A, c, waves, places):
    x, v, total = x0, v0, 0.0
    for t in range(places.shape[0]):
        # first the speed, and then the place with the new speed
        v = v + STEP * (waves[t] - A @ x - (0.3 + c * v * v) * v)
        x = x + STEP * v
        total = total + np.sum((x - places[t]) ** 2)
    return 0.5 * total / places.shape[0]


def simulate(x0, v0, A, c, waves):
    T = len(waves)
    x, v = np.zeros((T + 1, len(x0))), np.zeros((T + 1, len(v0)))
    x[0], v[0] = x0, v0
    for n in range(T):
        drag = 0.3 * v[n] + c * v[n] ** 3
        v[n + 1] = v[n] + STEP * (waves[n] - A.dot(x[n]) - drag)
        x[n + 1] = x[n] + STEP * v[n + 1]
    return x, v


def right(x0, v0, A, c, waves, places):
    x, v = simulate(x0, v0, A, c, waves)
    T = len(waves)
    lam_x, lam_v = np.zeros_like(x0), np.zeros_like(v0)
    dA, dc = np.zeros_like(A), np.zeros_like(c)
    for n in reversed(range(T)):
        # what was seen after this step
        lam_x = lam_x + (x[n + 1] - places[n]) / T
        # drift: the new place has the new speed in it
        kick = lam_v + STEP * lam_x
        # kick
        dA -= STEP * np.outer(kick, x[n])
        dc -= STEP * kick * v[n] ** 3
        lam_x = lam_x - STEP * A.T.dot(kick)
        lam_v = kick - STEP * (0.3 + 3 * c * v[n] ** 2) * kick
    return lam_x, lam_v, dA, dc


class Spring:
    def __init__(self, A):
        self.A, self.grad = A, np.zeros(A.shape)

    def force(self, x):
        return -self.A @ x

    def vjp(self, x, lam):
        self.grad -= np.outer(lam, x)
        return -self.A.T @ lam


class Water:
    """The faster, the more the water holds."""

    def __init__(self, c):
        self.c, self.grad = c, np.zeros(c.shape)

    def damping(self, v):
        return 0.3 + self.c * v**2

    def force(self, v):
        return -self.damping(v) * v

    def vjp(self, v, lam):
        self.grad -= lam * v**3
        return -lam * self.damping(v)


class Buoys:
    def __init__(self, spring, water):
        self.spring, self.water, self.tape = spring, water, []

    def step(self, x, v, wave):
        self.tape.append((x, v))
        v = v + STEP * (self.spring.force(x) + self.water.force(v) + wave)
        return x + STEP * v, v

    def step_back(self, dx, dv):
        x, v = self.tape.pop()
        dv = dv + STEP * dx
        dx = dx + self.spring.vjp(x, STEP * dv)
        dv = dv + self.water.vjp(v, STEP * dv)
        return dx, dv


def backprop(x0, v0, A, c, waves, places):
    buoys = Buoys(Spring(A), Water(c))
    x, v, errors = x0, v0, []
    for wave, place in zip(waves, places):
        x, v = buoys.step(x, v, wave)
        errors.append((x - place) / len(places))
    dx = dv = np.zeros(x0.shape)
    for error in errors[::-1]:
        dx, dv = buoys.step_back(dx + error, dv)
    return {"x0": dx, "v0": dv, "A": buoys.spring.grad, "c": buoys.water.grad}
