"""Spring taken after the step.

expected kind: wrong-point or stale-value
wrong line: 55
correction 55: gk -= np.dot(gforce, xs[t])
what: The force of a step is that of the position before it, and the stiffness meets the position after it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["k", "c", "x0"]
DT = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(1, 2, size=()), r.uniform(0.1, 0.5, size=()), r.normal(size=3), r.normal(size=(5, 3))


def loss(k, c, x0, seen):
    x, v, total = x0, np.zeros(3), 0.0
    for target in seen:
        v = v + DT * (-k * x - c * v)
        x = x + DT * v
        total = total + np.sum((x - target) ** 2)
    return total


def right(k, c, x0, seen):
    x, v, dx, dv = x0, np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    dx[2] = 1
    g = np.zeros((3, 3))
    for target in seen:
        dv = dv + DT * (-k * dx - c * dv + np.array([-x, -v, np.zeros(3)]))
        v = v + DT * (-k * x - c * v)
        x, dx = x + DT * v, dx + DT * dv
        g += 2 * (x - target) * dx
    return g[0].sum(), g[1].sum(), g[2]


def backprop(k, c, x0, seen):
    xs, vs = [x0], [np.zeros(3)]
    for _ in seen:
        force = -k * xs[-1] - c * vs[-1]
        vs.append(vs[-1] + DT * force)
        xs.append(xs[-1] + DT * vs[-1])
    gk = gc = 0.0
    gx, gv = np.zeros(3), np.zeros(3)
    for t in range(len(seen) - 1, -1, -1):
        gx = gx + 2 * (xs[t + 1] - seen[t])
        gv = gv + DT * gx
        gforce = DT * gv
        gk -= np.dot(gforce, xs[t + 1])
        gc -= np.dot(gforce, vs[t])
        gx = gx - k * gforce
        gv = gv - c * gforce
    return {"k": gk, "c": gc, "x0": gx}
