"""Position step taken in the body.

expected kind: missing-factor
wrong line: 56 or 57
correction 56: JdPwb = -jacobian_projection(Pc) @ (-Rcb)
correction 57: grad += Rwb.T @ JdPwb.T @ error
what: The step of the camera is in the frame of the body, and the Jacobian is that of a step in the world
source: https://github.com/jingpang/LearnVIORB/issues/80
said: the comment has -Rcb, the line below it -Rcb * Rwb.transpose(); the comment is right
"""

import numpy as np

PARAMETERS = ["step"]


def data(seed=0):
    r = np.random.default_rng(seed)
    a, b = r.uniform(-1, 1, 2)
    Rwb = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.0]])
    Rcb = np.array([[1.0, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    t, c = 0.3 * r.normal(size=3), r.normal(size=(8, 3)) + np.array([0, 0, 5])
    points = c @ Rcb @ Rwb.T + t
    seen = c[:, :2] / c[:, 2:] + 0.1 * r.normal(size=(8, 2))
    return 0.2 * r.normal(size=3), Rwb, Rcb, t, points, seen


def loss(step, Rwb, Rcb, t, points, seen):
    c = (points - (t + Rwb @ step)) @ Rwb @ Rcb.T
    return 0.5 * np.sum((c[:, :2] / c[:, 2:] - seen) ** 2)


def right(step, Rwb, Rcb, t, points, seen):
    c = (points - t - Rwb @ step) @ Rwb @ Rcb.T
    e = c[:, :2] / c[:, 2:] - seen
    dc = np.column_stack([e / c[:, 2:], -np.sum(e * c[:, :2], 1) / c[:, 2] ** 2])
    return -(dc.sum(0) @ Rcb)


def reprojection(Pc):
    return Pc[:2] / Pc[2]


def jacobian_projection(Pc):
    x, y, z = Pc
    return np.array([[1 / z, 0, -x / z**2], [0, 1 / z, -y / z**2]])


def backprop(step, Rwb, Rcb, t, points, seen):
    grad = np.zeros(3)
    Pwb = t + Rwb @ step
    for Pw, z in zip(points, seen):
        Pc = Rcb @ Rwb.T @ (Pw - Pwb)
        error = z - reprojection(Pc)
        # J_Pc_dPwb = -Rcb
        JdPwb = -jacobian_projection(Pc) @ (-Rcb @ Rwb.T)
        grad += JdPwb.T @ error
    return grad
