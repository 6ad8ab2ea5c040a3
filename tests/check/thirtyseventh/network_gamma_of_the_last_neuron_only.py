"""network gamma of the last neuron only.

expected kind: missing-sum or missing-term
wrong line: 38
correction 38: gamma1[j] += gamma2[k] * W2[k, j]
what: in the loop over the neurons above the error is set and not added to, so that the last one's is left
source: https://github.com/kipgparker/BackPropNetwork/issues/2
said: in the loop that computes gamma what comes from each neuron of the next layer should be added up, which the author confirms
"""
import numpy as np

def loss(inputs, expected, W1, b1, W2, b2):
    h = np.tanh(W1 @ inputs + b1)
    return 0.5 * np.sum((np.tanh(W2 @ h + b2) - expected) ** 2)

def right(inputs, expected, W1, b1, W2, b2):
    hidden = np.tanh(W1 @ inputs + b1)
    output = np.tanh(W2 @ hidden + b2)
    gamma2 = np.zeros(len(output))
    for k in range(len(output)):
        gamma2[k] = (output[k] - expected[k]) * (1 - output[k] ** 2)
    gamma1 = np.zeros(len(hidden))
    for j in range(len(hidden)):
        for k in range(len(output)):
            gamma1[j] += gamma2[k] * W2[k, j]
        gamma1[j] *= 1 - hidden[j] ** 2
    return np.outer(gamma1, inputs), gamma1, np.outer(gamma2, hidden), gamma2

def backprop(inputs, expected, W1, b1, W2, b2):
    hidden = np.tanh(W1 @ inputs + b1)
    output = np.tanh(W2 @ hidden + b2)
    gamma2 = np.zeros(len(output))
    for k in range(len(output)):
        gamma2[k] = (output[k] - expected[k]) * (1 - output[k] ** 2)
    gamma1 = np.zeros(len(hidden))
    for j in range(len(hidden)):
        for k in range(len(output)):
            gamma1[j] = gamma2[k] * W2[k, j]
        gamma1[j] *= 1 - hidden[j] ** 2
    return np.outer(gamma1, inputs), gamma1, np.outer(gamma2, hidden), gamma2

PARAMETERS = ['W1', 'b1', 'W2', 'b2']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [3, 3, (4, 3), 4, (3, 4), 3]]
