"""Rows of the projection exchanged.

expected kind: wrong-parameter or wrong-point
wrong line: 52
correction 52: return np.array([[1 / z, 0, -x / z**2], [0, 1 / z, -y / z**2]])
what: In the Jacobian of the projection the depth derivative of u has y in it, and that of v has x
source: https://github.com/tum-vision/dvo_slam/pull/22
said: the proposed Jacobian had y in its first row and x in its second; the author found that they have to be the
    other way round
"""

import numpy as np

PARAMETERS = ["twist"]


def data(seed=0):
    r = np.random.default_rng(seed)
    points = np.column_stack([r.normal(size=(10, 2)), 3 + r.uniform(size=10)])
    return 0.1 * r.normal(size=6), points, points[:, :2] / points[:, 2:] + 0.1 * r.normal(size=(10, 2))


def loss(twist, points, seen):
    w, v = twist[3:], twist[:3]
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    X = x - w[2] * y + w[1] * z + v[0]
    Y = w[2] * x + y - w[0] * z + v[1]
    Z = -w[1] * x + w[0] * y + z + v[2]
    return np.sum((X / Z - seen[:, 0]) ** 2 + (Y / Z - seen[:, 1]) ** 2)


def right(twist, points, seen):
    q = points + np.cross(twist[3:], points) + twist[:3]
    e = 2 * (q[:, :2] / q[:, 2:] - seen)
    d = np.column_stack([e / q[:, 2:], -(e * q[:, :2]).sum(1) / q[:, 2] ** 2])
    return np.append(d.sum(0), np.cross(points, d).sum(0))


def warp(p, twist):
    tx, ty, tz, q0, q1, q2 = twist
    R = np.array([[1, -q2, q1], [q2, 1, -q0], [-q1, q0, 1]])
    return R @ p + np.array([tx, ty, tz])


def jacobian_transform(p):
    x, y, z = p
    return np.array([[1, 0, 0, 0, z, -y], [0, 1, 0, -z, 0, x], [0, 0, 1, y, -x, 0]])


def jacobian_projection(p):
    x, y, z = p
    return np.array([[1 / z, 0, -y / z**2], [0, 1 / z, -x / z**2]])


def backprop(twist, points, seen):
    g = np.zeros(6)
    for p, uv in zip(points, seen):
        moved = warp(p, twist)
        residual = moved[:2] / moved[2] - uv
        J = jacobian_projection(moved) @ jacobian_transform(p)
        g += 2 * residual @ J
    return g
