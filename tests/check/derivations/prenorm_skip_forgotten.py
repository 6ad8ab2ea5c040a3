"""The skip connection of the second residual is missing on the way back.

expected kind: missing-term or detached
wrong line: 71 or 72
correction 71: grad_input = g + self.backward_norm(dup @ self.W1.T, self.x, self.r1)
correction 72: return grad_input + g
what: the identity path around the first layers isn't added to the input's gradient
source: https://github.com/paiml/entrenar/issues/313
said: The first residual is handled, but for the second only the path through the layers is; gradients vanish
    from block to block.
"""

import numpy as np

PARAMETERS = ["x", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 4)), r.normal(size=(4, 5)), r.normal(size=(5, 4)), r.normal(size=(3, 4))]


def loss(x, W1, W2, t):
    n = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + 1e-4)
    res = x + np.maximum(n @ W1, 0) @ W2
    m = res / np.sqrt(np.mean(res**2, axis=1, keepdims=True) + 1e-4)
    return np.sum((res + np.tanh(m) - t) ** 2)


def right(x, W1, W2, t):
    def norm(v):
        return 1 / np.sqrt(np.mean(v**2, 1, keepdims=True) + 1e-4)

    def norm_back(g, v):
        k = norm(v)
        return k * g - k**3 * v * np.mean(g * v, 1, keepdims=True)

    h = x * norm(x) @ W1
    res = x + np.maximum(h, 0) @ W2
    e = np.tanh(res * norm(res))
    d = 2 * (res + e - t)
    dres = d + norm_back(d * (1 - e * e), res)
    dh = dres @ W2.T * (h > 0)
    return dres + norm_back(dh @ W1.T, x), (x * norm(x)).T @ dh, np.maximum(h, 0).T @ dres


class Block:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def forward(self, x):
        self.x = x
        self.r1 = (np.mean(x ** 2, axis=1, keepdims=True) + 1e-4) ** -0.5
        self.norm1_out = x * self.r1
        self.up = self.norm1_out @ self.W1
        self.residual = x + np.maximum(self.up, 0) @ self.W2
        self.r2 = (np.mean(self.residual ** 2, axis=1, keepdims=True) + 1e-4) ** -0.5
        self.tail = np.tanh(self.residual * self.r2)
        return self.residual + self.tail

    @staticmethod
    def backward_norm(g, v, r):
        return r * g - r ** 3 * v * np.mean(g * v, axis=1, keepdims=True)

    def backward(self, grad_output):
        g = self.backward_norm(grad_output * (1 - self.tail ** 2), self.residual, self.r2)
        g += grad_output
        self.dW2 = np.maximum(self.up, 0).T @ g
        dup = (g @ self.W2.T) * (self.up > 0)
        self.dW1 = self.norm1_out.T @ dup
        grad_input = self.backward_norm(dup @ self.W1.T, self.x, self.r1)
        return grad_input


def backprop(x, W1, W2, t):
    block = Block(W1, W2)
    y = block.forward(x)
    return block.backward(2 * (y - t)), block.dW1, block.dW2
