"""Combined wgan length not divided by and penalty at the generated.

expected kind: missing-factor or scale + wrong-point
wrong line: 85 and 90
correction 85: d_grad_x = 2 * LAMBDA * (length - 1) * grad_x / length / N
correction 90: dW += np.outer(x_hat, dz)
what: The gradient isn't divided by its length; what goes back to the weights meets the generated example, not the mixed one
source: https://github.com/wiseodd/generative-models/issues/31
said: the penalty isn't that of the paper, by a slip
"""

import numpy as np

PARAMETERS = ["W", "b", "v"]
LAMBDA = 3.0


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, v = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4)
    return W, b, v, r.normal(size=(5, 3)), 1 + r.normal(size=(5, 3)), r.uniform(size=(5, 1))


def loss(W, b, v, real, fake, eps):
    mixed = eps * real + (1 - eps) * fake
    slope = ((1 - np.tanh(mixed @ W + b) ** 2) * v) @ W.T
    norm = np.sqrt(np.sum(slope**2, axis=1))
    critic = np.mean(np.tanh(fake @ W + b) @ v) - np.mean(np.tanh(real @ W + b) @ v)
    return critic + LAMBDA * np.mean((norm - 1) ** 2)


class Critic:
    def __init__(self, W, b, v):
        self.W, self.b, self.v = W, b, v
        self.grads = {"W": np.zeros_like(W), "b": np.zeros_like(b), "v": np.zeros_like(v)}

    def hidden(self, x):
        return np.tanh(x @ self.W + self.b)

    def through(self, x, h, dh):
        dz = dh * (1 - h**2)
        self.grads["W"] += x.T @ dz
        self.grads["b"] += dz.sum(axis=0)

    def score_backward(self, x, weight):
        h = self.hidden(x)
        self.grads["v"] += weight * h.sum(axis=0)
        self.through(x, h, weight * np.ones((len(x), 1)) * self.v)

    def penalty_backward(self, x):
        h = self.hidden(x)
        s = (1 - h**2) * self.v
        g = s @ self.W.T
        norm = np.sqrt((g**2).sum(axis=1, keepdims=True))
        dg = LAMBDA * 2 * (norm - 1) / norm * g / len(x)
        self.grads["W"] += dg.T @ s
        ds = dg @ self.W
        self.grads["v"] += (ds * (1 - h**2)).sum(axis=0)
        self.through(x, h, ds * self.v * -2 * h)


def right(W, b, v, real, fake, eps):
    critic = Critic(W, b, v)
    critic.score_backward(fake, 1 / len(fake))
    critic.score_backward(real, -1 / len(real))
    critic.penalty_backward(real * eps + fake * (1 - eps))
    return critic.grads


def backprop(W, b, v, real, fake, eps):
    dW, db, dv = np.zeros_like(W), np.zeros_like(b), np.zeros_like(v)
    N = len(real)
    for n in range(N):
        for x, sign in ((fake[n], 1), (real[n], -1)):
            h = np.tanh(x.dot(W) + b)
            dv += sign * h / N
            dz = sign * v * (1 - h * h) / N
            dW += np.outer(x, dz)
            db += dz
        x_hat = fake[n] + eps[n] * (real[n] - fake[n])
        h = np.tanh(x_hat.dot(W) + b)
        h_prime = 1 - h * h
        grad_x = W.dot(v * h_prime)
        length = np.linalg.norm(grad_x)
        d_grad_x = 2 * LAMBDA * (length - 1) * grad_x / N
        dW += np.outer(d_grad_x, v * h_prime)
        dv += W.T.dot(d_grad_x) * h_prime
        d_h_prime = W.T.dot(d_grad_x) * v
        dz = d_h_prime * -2 * h * h_prime
        dW += np.outer(fake[n], dz)
        db += dz
    return {"W": dW, "b": db, "v": dv}
