"""Unicycle lamp turns half the wrong way.

expected kind: sign
wrong line: 91
correction 91: gth += (-c * dx - s * dy) * e_left
what: One of the two terms of the derivative of a rotated coordinate by the angle has the wrong sign
source: https://github.com/dqrobotics/matlab/issues/62
said: an entry of the Jacobian of a pose by its angle has plus x times cosine where it is minus, the sine term being right
"""

import numpy as np

PARAMETERS = ["v", "w", "start"]
DT = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    steps = 5
    # speeds, turns, first pose (x, y, heading); a lamp, and where the rider saw it from each pose
    return r.uniform(0.5, 1.5, size=steps), r.normal(size=steps), r.normal(size=3), 2 * r.normal(size=2), r.normal(size=(steps, 2))


def loss(v, w, start, lamp, seen):
    x, y, a = start
    total = 0.0
    for t in range(len(v)):
        x, y, a = x + DT * v[t] * np.cos(a), y + DT * v[t] * np.sin(a), a + DT * w[t]
        ahead = np.cos(a) * (lamp[0] - x) + np.sin(a) * (lamp[1] - y)
        left = -np.sin(a) * (lamp[0] - x) + np.cos(a) * (lamp[1] - y)
        total = total + 0.5 * (ahead - seen[t, 0]) ** 2 + 0.5 * (left - seen[t, 1]) ** 2
    return total


def move(pose, v, w):
    return pose + DT * np.array([v * np.cos(pose[2]), v * np.sin(pose[2]), w])


def motion_jacobians(pose, v):
    A, B = np.eye(3), np.zeros((3, 2))
    A[0, 2] = -DT * v * np.sin(pose[2])
    A[1, 2] = DT * v * np.cos(pose[2])
    B[0, 0] = DT * np.cos(pose[2])
    B[1, 0] = DT * np.sin(pose[2])
    B[2, 1] = DT
    return A, B


def look(pose, lamp):
    c, s = np.cos(pose[2]), np.sin(pose[2])
    turn = np.array([[c, s], [-s, c]])
    z = turn @ (lamp - pose[:2])
    H = np.hstack([-turn, np.array([[z[1]], [-z[0]]])])
    return z, H


def right(v, w, start, lamp, seen):
    poses = [start]
    for t in range(len(v)):
        poses.append(move(poses[-1], v[t], w[t]))
    controls, adjoint = [], np.zeros(3)
    for t in reversed(range(len(v))):
        z, H = look(poses[t + 1], lamp)
        adjoint = adjoint + H.T @ (z - seen[t])
        A, B = motion_jacobians(poses[t], v[t])
        controls.insert(0, B.T @ adjoint)
        adjoint = A.T @ adjoint
    controls = np.array(controls)
    return controls[:, 0], controls[:, 1], adjoint


def backprop(v, w, start, lamp, seen):
    T = len(v)
    x, y, th = np.zeros(T + 1), np.zeros(T + 1), np.zeros(T + 1)
    x[0], y[0], th[0] = start
    for t in range(T):
        x[t + 1] = x[t] + v[t] * np.cos(th[t]) * DT
        y[t + 1] = y[t] + v[t] * np.sin(th[t]) * DT
        th[t + 1] = th[t] + w[t] * DT
    gv, gw = np.zeros(T), np.zeros(T)
    gx = gy = gth = 0.0
    for t in range(T, 0, -1):
        c, s = np.cos(th[t]), np.sin(th[t])
        dx, dy = lamp[0] - x[t], lamp[1] - y[t]
        e_ahead = c * dx + s * dy - seen[t - 1, 0]
        e_left = -s * dx + c * dy - seen[t - 1, 1]
        # d(ahead, left) / d(x, y, th)
        gx += -c * e_ahead + s * e_left
        gy += -s * e_ahead - c * e_left
        gth += (-s * dx + c * dy) * e_ahead
        gth += (c * dx - s * dy) * e_left
        # one step back
        gw[t - 1] = gth * DT
        c, s = np.cos(th[t - 1]), np.sin(th[t - 1])
        gv[t - 1] = (gx * c + gy * s) * DT
        gth += (gy * c - gx * s) * v[t - 1] * DT
    return {"v": gv, "w": gw, "start": np.array([gx, gy, gth])}
