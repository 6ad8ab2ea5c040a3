"""Rocket entropy without its temperature.

expected kind: missing-factor
wrong line: 80 or 81
correction 80: cost = self.alpha * log_pi - q
correction 81: dlogits = pi * (self.alpha * log_pi - q - pi @ (self.alpha * log_pi - q))
what: In the gradient of the policy the logarithm of the chances isn't multiplied by the temperature
source: https://github.com/sweetice/Deep-reinforcement-learning-with-pytorch/issues/36
said: in the loss of the policy the logarithm of the probability has to be multiplied by the temperature factor, which is missing
"""

import numpy as np

PARAMETERS = ["W1", "W2", "log_alpha"]
WANTED = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    rockets, senses, hidden, thrusts = 7, 3, 4, 4
    # what a rocket measures, and what two critics say of each thrust
    W1, W2 = r.normal(size=(senses, hidden)), r.normal(size=(hidden, thrusts))
    return W1, W2, r.uniform(-1.2, -0.4, size=1), r.normal(size=(rockets, senses)), r.normal(size=(2, rockets, thrusts))


def loss(W1, W2, log_alpha, measured, critics):
    s = np.maximum(measured @ W1, 0.1 * (measured @ W1)) @ W2
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    worth = np.minimum(critics[0], critics[1])
    alpha = np.exp(log_alpha[0])
    return np.mean(np.sum(np.exp(logp) * (alpha * logp - worth), axis=1)) + alpha * WANTED


def right(W1, W2, log_alpha, measured, critics):
    n = measured.shape[0]
    q = critics.min(axis=0)
    z = np.einsum("ns,sh->nh", measured, W1)
    leak = np.where(z > 0, 1.0, 0.1)
    logits = np.einsum("nh,ha->na", leak * z, W2)
    logp = logits - np.log(np.exp(logits).sum(axis=1))[:, None]
    p = np.exp(logp)
    alpha = np.exp(log_alpha)

    def actor():
        dp = alpha * (logp + 1) - q
        dlogits = p * (dp - np.einsum("na,na->n", p, dp)[:, None]) / n
        dz = np.einsum("na,ha->nh", dlogits, W2) * leak
        return np.einsum("ns,nh->sh", measured, dz), np.einsum("nh,na->ha", leak * z, dlogits)

    def temperature():
        entropy = -np.einsum("na,na->n", p, logp)
        return alpha * (WANTED - entropy.mean())

    dW1, dW2 = actor()
    return {"W1": dW1, "W2": dW2, "log_alpha": temperature()}


class SoftActor:
    """One discrete actor and its temperature; states come one by one."""

    def __init__(self, W1, W2, log_alpha):
        self.W1, self.W2, self.log_alpha = W1, W2, log_alpha
        self.alpha = float(np.exp(log_alpha[0]))
        self.zero_grad()

    def zero_grad(self):
        self.dW1, self.dW2 = np.zeros_like(self.W1), np.zeros_like(self.W2)
        self.entropies = []

    def policy(self, s):
        self.s, self.z = s, s @ self.W1
        self.h = np.where(self.z > 0, self.z, 0.1 * self.z)
        logits = self.h @ self.W2
        logits = logits - logits.max()
        return np.exp(logits) / np.exp(logits).sum()

    def policy_step(self, s, q):
        pi = self.policy(s)
        log_pi = np.log(pi)
        cost = log_pi - q
        dlogits = pi * (cost - pi @ cost)
        self.dW2 += np.outer(self.h, dlogits)
        dh = self.W2 @ dlogits
        dz = dh * np.where(self.z > 0, 1.0, 0.1)
        self.dW1 += np.outer(self.s, dz)
        self.entropies.append(-pi @ log_pi)

    def temperature_step(self):
        return self.alpha * (WANTED - np.mean(self.entropies, keepdims=True))


def backprop(W1, W2, log_alpha, measured, critics):
    actor = SoftActor(W1, W2, log_alpha)
    for s, q1, q2 in zip(measured, *critics):
        actor.policy_step(s, np.minimum(q1, q2))
    n = len(measured)
    return actor.dW1 / n, actor.dW2 / n, actor.temperature_step()
