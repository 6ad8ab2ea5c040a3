"""Qlearning error of all actions.

expected kind: wrong-mask or missing-factor
wrong line: 77 or 78
correction 77: errors = onehot * (q - targets[:, None])
correction 78: dq = onehot * errors / len(states)
what: The actions that weren't taken are drawn to the target too
source: https://github.com/PacktPublishing/Tensorflow-2-Reinforcement-Learning-Cookbook/issues/32
said: the error is computed for all actions of a state, whether they were taken or not
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
GAMMA = 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    network = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)
    frozen = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)
    actions, done = np.array([0, 2, 1, 2, 0, 1]), np.array([0, 0, 1, 0, 0, 1])
    return *network, *frozen, r.normal(size=(6, 3)), actions, r.normal(size=6), r.normal(size=(6, 3)), done


def loss(W1, b1, W2, b2, T1, t1, T2, t2, states, actions, rewards, after, done):
    best = np.max(np.maximum(after @ T1 + t1, 0) @ T2 + t2, axis=1)
    target = rewards + GAMMA * (1 - done) * best
    q = np.maximum(states @ W1 + b1, 0) @ W2 + b2
    return 0.5 * np.mean((q[np.arange(len(q)), actions] - target) ** 2)


def right(W1, b1, W2, b2, T1, t1, T2, t2, states, actions, rewards, after, done):
    batch = len(states)
    rows = np.arange(batch)
    target = rewards.copy()
    for j in range(batch):
        if not done[j]:
            target[j] += GAMMA * max(np.maximum(after[j] @ T1 + t1, 0) @ T2 + t2)
    z = states @ W1 + b1
    h = z.clip(min=0)
    q = h @ W2 + b2
    td = q[rows, actions] - target
    delta = np.zeros(q.shape)
    delta[rows, actions] = td / batch
    back = (delta @ W2.T) * (z > 0)
    grads = {"W1": states.T @ back, "b1": back.sum(axis=0)}
    grads.update(W2=h.T @ delta, b2=delta.sum(axis=0))
    return grads


class QNetwork:
    def __init__(self, *params):
        self.W1, self.b1, self.W2, self.b2 = params

    def predict(self, s):
        self.s = s
        self.h = np.maximum(0, np.dot(s, self.W1) + self.b1)
        return np.dot(self.h, self.W2) + self.b2

    def gradients(self, dq):
        dW2 = np.dot(self.h.T, dq)
        db2 = np.sum(dq, axis=0)
        dh = np.dot(dq, self.W2.T)
        dh[self.h <= 0] = 0
        dW1 = np.dot(self.s.T, dh)
        db1 = np.sum(dh, axis=0)
        return dW1, db1, dW2, db2


def backprop(W1, b1, W2, b2, T1, t1, T2, t2, states, actions, rewards, after, done):
    online, frozen = QNetwork(W1, b1, W2, b2), QNetwork(T1, t1, T2, t2)
    q_next = frozen.predict(after).max(axis=1)
    targets = rewards + GAMMA * q_next * (1 - done)
    q = online.predict(states)
    onehot = np.eye(q.shape[1])[actions]
    errors = q - targets[:, None]
    dq = errors / len(states)
    return online.gradients(dq)
