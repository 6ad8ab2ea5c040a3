"""Drum stride and dilation exchanged for the code.

expected kind: wrong-shape or wrong-point
wrong line: 90
correction 90: dcode[c_in, t] += K[c_in, c_out, k] * dout[c_out, t * STRIDE + k * DILATION]
what: On the way back to the code the stride and the dilation of the transposed convolution are exchanged
source: https://github.com/huggingface/candle/pull/2337
said: in the backward pass of the transposed convolution with a stride of two, the stride and the dilation had been swapped
"""

import numpy as np

PARAMETERS = ["C", "K", "b", "gain", "shift"]
STRIDE, DILATION = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    # four drummers, three traits; a code of two channels and four steps, drawn out to nine and doubled to eighteen
    C, K, b = 0.6 * r.normal(size=(3, 2, 4)), r.normal(size=(2, 2, 3)), 0.3 * r.normal(size=2)
    return C, K, b, r.normal(size=(2, 18)), 0.3 * r.normal(size=18), r.normal(size=(4, 3)), r.normal(size=(4, 18))


def loss(C, K, b, gain, shift, drummers, sound):
    total = 0.0
    for who, heard in zip(drummers, sound):
        code = np.tanh(np.einsum("a,act->ct", who, C))
        long = np.zeros((2, 9)) + b[:, None]
        for t in range(4):
            for k in range(3):
                long[:, STRIDE * t + DILATION * k] += code[:, t] @ K[:, :, k]
        twice = np.repeat(np.tanh(long), 2, axis=1)
        total += np.sum((np.sum(gain * twice, axis=0) + shift - heard) ** 2)
    return total / sound.size


class Stretch:
    def __init__(self, K, b):
        self.K, self.b = K, b
        self.place = np.zeros((4, 3, 9))
        for t in range(4):
            for k in range(3):
                self.place[t, k, STRIDE * t + DILATION * k] = 1

    def forward(self, code):
        self.code = code
        return np.einsum("nit,iok,tkl->nol", code, self.K, self.place) + self.b[:, None]

    def backward(self, d):
        self.dK = np.einsum("nit,nol,tkl->iok", self.code, d, self.place)
        self.db = np.einsum("nol->o", d)
        return np.einsum("nol,iok,tkl->nit", d, self.K, self.place)


class Double:
    def forward(self, x):
        return np.stack([x, x], axis=3).reshape(len(x), 2, -1)

    def backward(self, d):
        return d.reshape(len(d), 2, -1, 2).sum(axis=3)


def right(C, K, b, gain, shift, drummers, sound):
    stretch, double = Stretch(K, b), Double()
    code = np.tanh(np.einsum("na,act->nct", drummers, C))
    h = np.tanh(stretch.forward(code))
    twice = double.forward(h)
    error = np.einsum("cl,ncl->nl", gain, twice) + shift - sound
    d = error * 2 / error.size
    grads = {"shift": d.sum(axis=0), "gain": np.einsum("nl,ncl->cl", d, twice)}
    dlong = double.backward(d[:, None] * gain) * (1 - h * h)
    dcode = stretch.backward(dlong) * (1 - code * code)
    grads.update(K=stretch.dK, b=stretch.db, C=np.einsum("na,nct->act", drummers, dcode))
    return grads


def conv_transpose(code, K, b):
    out = np.zeros((K.shape[1], 9))
    for c_in, c_out, k in np.ndindex(K.shape):
        for t in range(4):
            out[c_out, t * STRIDE + k * DILATION] += code[c_in, t] * K[c_in, c_out, k]
    return out + b[:, None]


def conv_transpose_back(dout, code, K):
    dK, dcode = np.zeros(K.shape), np.zeros(code.shape)
    for c_in, c_out, k in np.ndindex(K.shape):
        for t in range(4):
            dK[c_in, c_out, k] += code[c_in, t] * dout[c_out, t * STRIDE + k * DILATION]
            dcode[c_in, t] += K[c_in, c_out, k] * dout[c_out, t * DILATION + k * STRIDE]
    return dK, dcode


def backprop(C, K, b, gain, shift, drummers, sound):
    dC, dK, db, dgain, dshift = (np.zeros(p.shape) for p in (C, K, b, gain, shift))
    for who, heard in zip(drummers, sound):
        code = np.tanh(np.tensordot(who, C, axes=1))
        h = np.tanh(conv_transpose(code, K, b))
        loud = h.repeat(2, axis=1)
        error = 2 * ((gain * loud).sum(axis=0) + shift - heard) / sound.size
        dshift += error
        dgain += error * loud
        dloud = gain * error
        dh = dloud[:, 0::2] + dloud[:, 1::2]
        dlong = dh * (1 - h**2)
        db += dlong.sum(axis=1)
        gK, dcode = conv_transpose_back(dlong, code, K)
        dK += gK
        dC += who[:, None, None] * dcode * (1 - code**2)
    return dC, dK, db, dgain, dshift
