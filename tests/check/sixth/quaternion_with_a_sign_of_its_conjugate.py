"""Quaternion with a sign of its conjugate.

expected kind: sign
wrong line: 59
correction 59: d_x = 2 * np.array([qy * ay + qz * az, qy * ax - 2 * qx * ay - qr * az, qz * ax + qr * ay - 2 * qx * az])
what: An entry of the derivative of the rotated point by the quaternion's x part has the other sign
source: https://github.com/jlblancoc/tutorial-se3-manifold/issues/11
said: some terms of the printed Jacobian have the wrong sign; comment and code of the library have it right
"""

import numpy as np

PARAMETERS = ["q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(6, 3)), r.normal(size=(6, 3))


def loss(q, points, goal):
    q = q / np.sqrt(np.sum(q * q))
    w, u = q[0], q[1:]
    t = 2 * np.stack([
        u[1] * points[:, 2] - u[2] * points[:, 1],
        u[2] * points[:, 0] - u[0] * points[:, 2],
        u[0] * points[:, 1] - u[1] * points[:, 0],
    ], axis=1)
    turned = points + w * t + np.stack([
        u[1] * t[:, 2] - u[2] * t[:, 1], u[2] * t[:, 0] - u[0] * t[:, 2], u[0] * t[:, 1] - u[1] * t[:, 0]
    ], axis=1)
    return 0.5 * np.sum((turned - goal) ** 2)


def right(q, points, goal):
    n = np.linalg.norm(q)
    w, u = q[0] / n, q[1:] / n
    t = 2 * np.cross(u, points)
    e = points + w * t + np.cross(u, t) - goal
    dw = np.sum(e * t)
    dt = w * e + np.cross(e, u)
    du = np.cross(t, e).sum(0) + 2 * np.cross(points, dt).sum(0)
    unit, g = np.append(w, u), np.append(dw, du)
    return (g - unit * (unit @ g)) / n


def rotation_matrix(qr, qx, qy, qz):
    return np.array([
        [1 - 2 * (qy**2 + qz**2), 2 * (qx * qy - qr * qz), 2 * (qr * qy + qx * qz)],
        [2 * (qr * qz + qx * qy), 1 - 2 * (qx**2 + qz**2), 2 * (qy * qz - qr * qx)],
        [2 * (qx * qz - qr * qy), 2 * (qr * qx + qy * qz), 1 - 2 * (qx**2 + qy**2)],
    ])


def d_rotate_d_q(unit, a):
    qr, qx, qy, qz = unit
    ax, ay, az = a
    d_r = 2 * np.array([-qz * ay + qy * az, qz * ax - qx * az, -qy * ax + qx * ay])
    d_x = 2 * np.array([qy * ay + qz * az, qy * ax - 2 * qx * ay + qr * az, qz * ax + qr * ay - 2 * qx * az])
    d_y = 2 * np.array([-2 * qy * ax + qx * ay + qr * az, qx * ax + qz * az, -qr * ax + qz * ay - 2 * qy * az])
    d_z = 2 * np.array([-2 * qz * ax - qr * ay + qx * az, qr * ax - 2 * qz * ay + qy * az, qx * ax + qy * ay])
    return np.column_stack([d_r, d_x, d_y, d_z])


def backprop(q, points, goal):
    norm = np.sqrt(q @ q)
    unit = q / norm
    R = rotation_matrix(*unit)
    grad_unit = np.zeros(4)
    for a, b in zip(points, goal):
        grad_unit += d_rotate_d_q(unit, a).T @ (R @ a - b)
    return (np.eye(4) - np.outer(unit, unit)) @ grad_unit / norm
