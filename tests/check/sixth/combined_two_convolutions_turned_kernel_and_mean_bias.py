"""Combined two convolutions turned kernel and mean bias.

expected kind: reversed + mean-for-sum
wrong line: 73 and 74
correction 73: dx[c] += np.convolve(dz[o], self.kernel[o, c], mode="full")
correction 74: self.dbias = dz.sum(axis=1)
what: The kernel is turned round where the gradient is spread back over the input, and the bias gets the mean over the
    places
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "b1", "K2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K1, K2 = r.normal(size=(2, 1, 3)), r.normal(size=(2, 2, 3))
    return K1, r.normal(size=2), K2, r.normal(size=2), r.normal(size=(1, 10)), r.normal(size=(2, 6))


def loss(K1, b1, K2, b2, x, target):
    for K, b in ((K1, b1), (K2, b2)):
        n = x.shape[1] - 2
        windows = np.stack([x[:, i : i + n] for i in range(3)], axis=2)
        x = np.tanh(np.einsum("fck,ctk->ft", K, windows) + b[:, None])
    return np.sum((x - target) ** 2)


def right(K1, b1, K2, b2, x, target):
    def forward(x, K, b):
        return np.tanh([[np.sum(K[f] * x[:, t : t + 3]) + b[f] for t in range(x.shape[1] - 2)] for f in range(len(K))])

    def back(d, x, K):
        dK, dx = np.zeros_like(K), np.zeros_like(x)
        for f in range(d.shape[0]):
            for t in range(d.shape[1]):
                dK[f] += d[f, t] * x[:, t : t + 3]
                dx[:, t : t + 3] += d[f, t] * K[f]
        return dK, d.sum(1), dx

    h = forward(x, K1, b1)
    o = forward(h, K2, b2)
    dK2, db2, dh = back(2 * (o - target) * (1 - o * o), h, K2)
    dK1, db1, _ = back(dh * (1 - h * h), x, K1)
    return dK1, db1, dK2, db2


class Conv1D:
    def __init__(self, kernel, bias):
        self.kernel, self.bias = kernel, bias

    def forward(self, x):
        self.x = x
        out_ch, in_ch, width = self.kernel.shape
        steps = x.shape[1] - width + 1
        z = np.zeros((out_ch, steps))
        for o in range(out_ch):
            for c in range(in_ch):
                z[o] += np.correlate(x[c], self.kernel[o, c], mode="valid")
            z[o] += self.bias[o]
        self.out = np.tanh(z)
        return self.out

    def backward(self, dout):
        dz = dout * (1 - self.out**2)
        self.dkernel, dx = np.zeros_like(self.kernel), np.zeros_like(self.x)
        for o in range(dz.shape[0]):
            for c in range(self.x.shape[0]):
                self.dkernel[o, c] = np.correlate(self.x[c], dz[o], mode="valid")
                dx[c] += np.convolve(dz[o], self.kernel[o, c][::-1], mode="full")
        self.dbias = dz.mean(axis=1)
        return dx


def backprop(K1, b1, K2, b2, x, target):
    layers = [Conv1D(K1, b1), Conv1D(K2, b2)]
    for layer in layers:
        x = layer.forward(x)
    grad = 2 * (x - target)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dkernel, layers[0].dbias, layers[1].dkernel, layers[1].dbias
