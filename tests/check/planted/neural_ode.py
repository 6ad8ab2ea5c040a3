"""Neural ODE, integrated by Euler's method; gradients by the discrete adjoint."""

import numpy as np

PARAMETERS = ["We", "A", "b", "c", "B", "Wo"]
STEPS = 4
DT = 0.35
RHO = 0.2


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, d, h, u, o = 6, 3, 4, 5, 2
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(n, o)),
        rng.normal(size=(d, h)),
        rng.normal(size=(h, u)),
        rng.normal(size=u),
        rng.normal(size=u),
        rng.normal(size=(u, h)),
        rng.normal(size=(h, o)),
    )


def loss(x, target, We, A, b, c, B, Wo):
    h = np.tanh(x @ We)
    energy = 0.0
    for k in range(STEPS):
        f = np.tanh(h @ A + b + k * DT * c) @ B
        energy = energy + DT * np.sum(f**2)
        h = h + DT * f
    return (np.sum((h @ Wo - target) ** 2) + RHO * energy) / len(x)


def backprop(x, target, We, A, b, c, B, Wo):
    n = x.shape[0]
    grads = {}

    def add(name, g):
        grads[name] = grads.get(name, 0) + g

    def field(h, t):
        u = np.tanh(h @ A + b + t * c)
        return u, u @ B

    def field_vjp(h, t, cotangent):
        """Vector-Jacobian product of the vector field; collects those of its parameters."""
        u, _ = field(h, t)
        add("B", u.T @ cotangent)
        dz = cotangent @ B.T * (1 - u**2)
        add("A", h.T @ dz)
        add("b", dz.sum(0))
        add("c", t * dz.sum(0))
        return dz @ A.T

    trajectory = [np.tanh(x @ We)]
    times = [k * DT for k in range(STEPS)]
    for t in times:
        h = trajectory[-1]
        _, f = field(h, t)
        trajectory.append(h + DT * f)

    error = 2 * (trajectory[-1] @ Wo - target) / n
    add("Wo", trajectory[-1].T @ error)
    a = error @ Wo.T
    for k in reversed(range(STEPS)):
        _, f = field(trajectory[k], times[k])
        df = DT * a + 2 * RHO * DT * f / n
        a = a + field_vjp(trajectory[k], times[k], df)
    add("We", x.T @ (a * (1 - trajectory[0] ** 2)))
    return grads


MISTAKES = [
    ("a = a + field_vjp(trajectory[k], times[k], df)", "a = field_vjp(trajectory[k], times[k], df)", "missing-term",
     "the identity part of h + dt f forgotten in the adjoint"),
    ("a = a + field_vjp(trajectory[k], times[k], df)", "a = a + field_vjp(trajectory[k + 1], times[k], df)",
     "wrong-point or stale-value", "linearised at the end of the step (as continuous adjoint does)"),
    ("field_vjp(trajectory[k], times[k], df)", "field_vjp(trajectory[k], (k + 1) * DT, df)", "wrong-point or stale-value",
     "time of the end of the step"),
    ("a = a + field_vjp(trajectory[k], times[k], df)", "a = a - field_vjp(trajectory[k], times[k], df)", "sign",
     "sign of da/dt = -a df/dh kept although the loop runs backwards already"),
    ("grads[name] = grads.get(name, 0) + g", "grads[name] = g", "missing-term",
     "gradients of the steps overwrite each other"),
    ("df = DT * a + 2 * RHO * DT * f / n", "df = a + 2 * RHO * DT * f / n", "missing-factor", "step size forgotten"),
    ("df = DT * a + 2 * RHO * DT * f / n", "df = DT * a", "missing-term", "running cost has no gradient"),
    ("df = DT * a + 2 * RHO * DT * f / n", "df = DT * (a + 2 * RHO * DT * f / n)", "repeated-factor",
     "dt applied twice to the running cost: brackets"),
    ("        _, f = field(trajectory[k], times[k])\n        df =", "        df =", "stale-value",
     "f not evaluated anew: that of the last step is used in every step"),
    ("for k in reversed(range(STEPS)):", "for k in range(STEPS):", "reversed or stale-value or wrong-point",
     "adjoint runs forwards in time"),
    ("for k in reversed(range(STEPS)):", "for k in range(STEPS - 1, 0, -1):", "missing-term", "first step left out: range ends before 0"),
    ('add("c", t * dz.sum(0))', 'add("c", dz.sum(0))', "missing-factor", "local derivative t of t c forgotten"),
    ('add("b", dz.sum(0))', 'add("b", dz.mean(0))', "mean-for-sum", "mean over the batch"),
    ('add("We", x.T @ (a * (1 - trajectory[0] ** 2)))', 'add("We", x.T @ (a * (1 - h**2)))', "stale-value or wrong-point",
     "h is the state of the last loop pass, not the initial one"),
    ("cotangent @ B.T * (1 - u**2)", "cotangent @ B.T * (1 - u)", "missing-factor or wrong-activation", "square forgotten in tanh'"),
]  # fmt: skip
