"""Kutta steps in their own order.

expected kind: reversed or wrong-point
wrong line: 112 or 101
correction 101: self.steps.insert(0, [(z, k1), (z2, k2), (z3, k3), (z4, k4)])
correction 112: first, second, third, fourth = self.steps.pop()
what: The steps go back in the order in which they were made
source: https://github.com/dynamiqs/dynamiqs/issues/51
said: time runs in the wrong direction in a part of the adjoint pass
"""

import numpy as np

PARAMETERS = ["W", "b", "z0"]
H, STEPS = 0.2, 4


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3,)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def f(z, W, b):
    return np.tanh(z @ W + b)


def loss(W, b, z0, target):
    z = z0
    for _ in range(STEPS):
        k1 = f(z, W, b)
        k2 = f(z + H / 2 * k1, W, b)
        k3 = f(z + H / 2 * k2, W, b)
        k4 = f(z + H * k3, W, b)
        z = z + H / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return 0.5 * np.sum((z - target) ** 2)


NODES, WEIGHTS = [0, H / 2, H / 2, H], [H / 6, H / 3, H / 3, H / 6]


def f_vjp(z, W, b, a):
    out = np.tanh(z @ W + b)
    da = a * (1 - out * out)
    return W @ da, np.outer(z, da), da


def rk4_stages(z, W, b):
    zs, ks = [], []
    for s in range(4):
        zs.append(z + NODES[s] * ks[s - 1] if s else z)
        ks.append(np.tanh(zs[s] @ W + b))
    return zs, ks


def adjoint_step(a, z, W, b):
    zs, _ = rk4_stages(z, W, b)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    a_prev = a.copy()
    carry = np.zeros_like(a)
    for s in reversed(range(4)):
        dk = WEIGHTS[s] * a
        dk += carry
        dz, dW_s, db_s = f_vjp(zs[s], W, b, dk)
        dW += dW_s
        db += db_s
        a_prev += dz
        carry = NODES[s] * dz
    return a_prev, dW, db


def right(W, b, z0, target):
    gW, gb, gz = np.zeros_like(W), np.zeros_like(b), np.zeros_like(z0)
    for n in range(len(z0)):
        path = [z0[n]]
        for _ in range(STEPS):
            _, ks = rk4_stages(path[-1], W, b)
            path.append(path[-1] + sum(w * k for w, k in zip(WEIGHTS, ks)))
        a = path[-1] - target[n]
        for i in reversed(range(STEPS)):
            a, dW, db = adjoint_step(a, path[i], W, b)
            gW += dW
            gb += db
        gz[n] = a
    return gW, gb, gz


class RK4Block:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
        self.steps = []

    def forward(self, z):
        k1 = f(z, self.W, self.b)
        z2 = z + H / 2 * k1
        k2 = f(z2, self.W, self.b)
        z3 = z + H / 2 * k2
        k3 = f(z3, self.W, self.b)
        z4 = z + H * k3
        k4 = f(z4, self.W, self.b)
        self.steps.append([(z, k1), (z2, k2), (z3, k3), (z4, k4)])
        return z + H / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def stage_backward(self, dk, stage):
        z, k = stage
        dpre = dk * (1 - k**2)
        self.dW += z.T @ dpre
        self.db += dpre.sum(axis=0)
        return dpre @ self.W.T

    def backward(self, dz):
        first, second, third, fourth = self.steps.pop(0)
        dz4 = self.stage_backward(H / 6 * dz, fourth)
        dz3 = self.stage_backward(H / 3 * dz + H * dz4, third)
        dz2 = self.stage_backward(H / 3 * dz + H / 2 * dz3, second)
        dz1 = self.stage_backward(H / 6 * dz + H / 2 * dz2, first)
        return dz + dz1 + dz2 + dz3 + dz4


def backprop(W, b, z0, target):
    block = RK4Block(W, b)
    z = z0
    for _ in range(STEPS):
        z = block.forward(z)
    dz = z - target
    for _ in range(STEPS):
        dz = block.backward(dz)
    return block.dW, block.db, dz
