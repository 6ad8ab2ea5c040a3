"""Deep net relu derivative at its own output.

expected kind: wrong-mask or missing-factor or wrong-point
wrong line: 20 or 48
correction 20: return output > 0
correction 48: layer_1_delta = layer_2_delta.dot(w12.T) * relu2deriv(sum_1)
what: (h >= 0) of what relu gave: it is one everywhere, nothing is masked
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/9
said: a reader saw that relu's derivative, applied to relu's output, has no effect, and kept the sum before it instead
"""

import numpy as np

PARAMETERS = ["w01", "w12", "w23"]

def relu(x):
    return (x >= 0) * x

def relu2deriv(output):
    return output >= 0

def data(seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(5, 4)), rng.normal(size=(5, 2)), rng.normal(size=(4, 6)), rng.normal(size=(6, 5)),
            rng.normal(size=(5, 2)))

def loss(layer_0, goal, w01, w12, w23):
    layer_3 = np.tanh(relu(layer_0 @ w01) @ w12) @ w23
    return np.sum((goal - layer_3) ** 2)

def right(layer_0, goal, w01, w12, w23):
    sum_1 = layer_0 @ w01
    layer_1 = relu(sum_1)
    layer_2 = np.tanh(layer_1 @ w12)
    layer_3 = layer_2 @ w23
    layer_3_delta = 2 * (layer_3 - goal)
    layer_2_delta = layer_3_delta.dot(w23.T) * (1 - layer_2 ** 2)
    layer_1_delta = layer_2_delta.dot(w12.T) * relu2deriv(sum_1)
    return layer_0.T @ layer_1_delta, layer_1.T @ layer_2_delta, layer_2.T @ layer_3_delta

def backprop(layer_0, goal, w01, w12, w23):
    sum_1 = layer_0 @ w01
    layer_1 = relu(sum_1)
    layer_2 = np.tanh(layer_1 @ w12)
    layer_3 = layer_2 @ w23
    layer_3_delta = 2 * (layer_3 - goal)
    layer_2_delta = layer_3_delta.dot(w23.T) * (1 - layer_2 ** 2)
    layer_1_delta = layer_2_delta.dot(w12.T) * relu2deriv(layer_1)
    return layer_0.T @ layer_1_delta, layer_1.T @ layer_2_delta, layer_2.T @ layer_3_delta
