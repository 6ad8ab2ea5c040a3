"""Reactor step by the weighted sum of the jacobians.

expected kind: missing-term or detached
wrong line: 123
correction 123: slope_back = DT * (WEIGHTS[s] * lam + REACH[s] * point_back)
what: Each stage gets its weight of the step's gradient only, nothing by way of the stages that start from it
source: https://github.com/loco-3d/crocoddyl/issues/412
said: a reviewer would simply have added the derivatives of the four stages with the weights one, two, two, one; the chain rule says otherwise
"""

import numpy as np

PARAMETERS = ["logk", "start"]
DT = 0.8
WATCHED = (2, 4, 5)
TURNS = np.array([[-1.0, 0.0, 1.0], [1.0, -2.0, -1.0], [0.0, 1.0, 0.0]])


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.3 + 0.4 * r.normal(size=3), r.uniform(0.4, 1.6, size=3), r.uniform(0, 1, size=(3, 3))


def rates(c, k):
    # A turns to B, two B to C, B back to A where there is C; the last two not as fast as one likes
    b, d = c[1:2], c[2:3]
    return TURNS @ (k * np.concatenate([c[0:1], b**2 / (1 + b**2), b * d / (1 + d**2)]))


def loss(logk, start, measured):
    k, c, total = np.exp(logk), start, 0.0
    for step in range(1, 6):
        k1 = rates(c, k)
        k2 = rates(c + DT / 2 * k1, k)
        k3 = rates(c + DT / 2 * k2, k)
        k4 = rates(c + DT * k3, k)
        c = c + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if step in WATCHED:
            total = total + np.sum((c - measured[WATCHED.index(step)]) ** 2)
    return total / len(WATCHED)


def pull(c, k, g):
    """Lead a gradient of the rates back to the concentrations and to the constants."""
    f1, f2, f3 = g[1] - g[0], g[2] - 2 * g[1], g[0] - g[1]
    share, brake = 1 / (1 + c[1] ** 2), 1 / (1 + c[2] ** 2)
    to_b = 2 * f2 * k[1] * c[1] * share**2 + f3 * k[2] * c[2] * brake
    to_d = f3 * k[2] * c[1] * (1 - c[2] ** 2) * brake**2
    return np.array([f1 * k[0], to_b, to_d]), np.array([f1 * c[0], f2 * (1 - share), f3 * c[1] * c[2] * brake])


def rk4(c, k):
    k1 = rates(c, k)
    c2 = c + DT / 2 * k1
    k2 = rates(c2, k)
    c3 = c + DT / 2 * k2
    k3 = rates(c3, k)
    c4 = c + DT * k3
    k4 = rates(c4, k)
    return c + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4), (c, c2, c3, c4)


def rk4_back(cache, k, g):
    c1, c2, c3, c4 = cache
    d4, e4 = pull(c4, k, DT / 6 * g)
    d3, e3 = pull(c3, k, DT / 3 * g + DT * d4)
    d2, e2 = pull(c2, k, DT / 3 * g + DT / 2 * d3)
    d1, e1 = pull(c1, k, DT / 6 * g + DT / 2 * d2)
    return g + d1 + d2 + d3 + d4, e1 + e2 + e3 + e4


def right(logk, start, measured):
    k = np.exp(logk)
    trajectory, caches = [start], []
    for _ in range(5):
        c, cache = rk4(trajectory[-1], k)
        trajectory.append(c)
        caches.append(cache)
    g, gk = np.zeros(3), np.zeros(3)
    for step in range(5, 0, -1):
        if step in WATCHED:
            g += (trajectory[step] - measured[WATCHED.index(step)]) * 2 / 3
        g, part = rk4_back(caches[step - 1], k, g)
        gk += part
    return {"logk": gk * k, "start": g}


WEIGHTS, REACH = (1 / 6, 1 / 3, 1 / 3, 1 / 6), (0.5, 0.5, 1.0, 0.0)


def jacobians(c, k):
    full, slow = 1 + c[1] ** 2, 1 + c[2] ** 2
    by_c = np.zeros((3, 3))
    by_c[0, 0] = k[0]
    by_c[1, 1] = 2 * k[1] * c[1] / full**2
    by_c[2, 1:] = k[2] * c[2] / slow, k[2] * c[1] * (2 - slow) / slow**2
    by_k = np.diag([c[0], c[1] ** 2 / full, c[1] * c[2] / slow])
    return TURNS @ by_c, TURNS @ by_k


def stages_of(c, k):
    points, slopes = [c], [rates(c, k)]
    for s in range(3):
        points.append(c + DT * REACH[s] * slopes[s])
        slopes.append(rates(points[-1], k))
    return points, c + DT * sum(w * f for w, f in zip(WEIGHTS, slopes))


def backprop(logk, start, measured):
    k, c, steps = np.exp(logk), start, []
    wanted = dict(zip(WATCHED, measured))
    pushes = {}
    for step in range(1, 6):
        points, c = stages_of(c, k)
        steps.append(points)
        if step in wanted:
            pushes[step] = 2 * (c - wanted[step]) / len(WATCHED)
    lam, gk = np.zeros(3), np.zeros(3)
    for step in range(5, 0, -1):
        lam = lam + pushes.get(step, 0)
        point_back, total = np.zeros(3), lam
        for s in (3, 2, 1, 0):
            slope_back = DT * WEIGHTS[s] * lam
            by_c, by_k = jacobians(steps[step - 1][s], k)
            point_back = by_c.T @ slope_back
            gk += by_k.T @ slope_back
            total = total + point_back
        lam = total
    return gk * k, lam
