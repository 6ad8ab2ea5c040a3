"""Nielsen's network: the error goes back through the weights that lead into the layer.

expected kind: wrong-parameter
wrong line: 54
correction 54: delta = np.dot(weights[1].T, delta) * sigmoid_prime(zs[0])
what: a hidden layer's error is taken through its own incoming weights instead of its outgoing ones; square layers let it pass
source: http://stackoverflow.com/questions/2190732/understanding-neural-network-backpropagation
said: the asker, with an XOR network, concludes that it is the weights from the inputs to the hidden neurons that the output's error is multiplied by; the formula has those from the hidden layer to the output
"""
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def feedforward(x, weights, biases):
    zs, activations = [], [x]
    for w, b in zip(weights, biases):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(sigmoid(zs[-1]))
    return zs, activations

def loss(X, Y, w1, w2, b1, b2):
    total = 0
    for x, y in zip(X, Y):
        total = total + 0.5 * np.sum((feedforward(x, [w1, w2], [b1, b2])[1][-1] - y) ** 2)
    return total / len(X)

def right(X, Y, w1, w2, b1, b2):
    weights, biases = [w1, w2], [b1, b2]
    nabla_w = [np.zeros_like(w) for w in weights]
    nabla_b = [np.zeros_like(b) for b in biases]
    for x, y in zip(X, Y):
        zs, acts = feedforward(x, weights, biases)
        delta = (acts[2] - y) * sigmoid_prime(zs[1])
        nabla_b[1] += delta
        nabla_w[1] += np.outer(delta, acts[1])
        delta = np.dot(weights[1].T, delta) * sigmoid_prime(zs[0])
        nabla_b[0] += delta
        nabla_w[0] += np.outer(delta, acts[0])
    return [g / len(X) for g in nabla_w + nabla_b]

def backprop(X, Y, w1, w2, b1, b2):
    weights, biases = [w1, w2], [b1, b2]
    nabla_w = [np.zeros_like(w) for w in weights]
    nabla_b = [np.zeros_like(b) for b in biases]
    for x, y in zip(X, Y):
        zs, acts = feedforward(x, weights, biases)
        delta = (acts[2] - y) * sigmoid_prime(zs[1])
        nabla_b[1] += delta
        nabla_w[1] += np.outer(delta, acts[1])
        delta = np.dot(weights[0].T, delta) * sigmoid_prime(zs[0])
        nabla_b[0] += delta
        nabla_w[0] += np.outer(delta, acts[0])
    return [g / len(X) for g in nabla_w + nabla_b]

PARAMETERS = ["w1", "w2", "b1", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(4, 3), (4, 3), (3, 3), (3, 3), (3,), (3,)]]
