"""combined network errors split and sigmoid of the output.

expected kind: missing-factor + wrong-point or missing-factor + repeated-factor or missing-factor + wrong-activation
wrong line: 33 and 34
correction 33: hidden_errors = who.T @ output_deltas
correction 34: hidden_deltas = hidden_errors * hidden * (1 - hidden)
what: the errors are split by the weights without the derivative of the output, and the sigmoid is applied once more to the hidden outputs
source: http://makeyourownneuralnetwork.blogspot.com/2017/01/errata-4-lots-of-updates.html and https://github.com/makeyourownneuralnetwork/makeyourownneuralnetwork/issues/64
said: an erratum takes back a sigmoid of what is a sigmoid's output, and a reader asks why the hidden errors are the output errors times the weights only
"""
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def loss(inputs, targets, wih, who):
    return 0.5 * np.sum((targets - sigmoid(who @ sigmoid(wih @ inputs))) ** 2)

def right(inputs, targets, wih, who):
    hidden = sigmoid(wih @ inputs)
    final = sigmoid(who @ hidden)
    output_errors = final - targets
    output_deltas = output_errors * final * (1 - final)
    hidden_errors = who.T @ output_deltas
    hidden_deltas = hidden_errors * hidden * (1 - hidden)
    return hidden_deltas @ inputs.T, output_deltas @ hidden.T

def backprop(inputs, targets, wih, who):
    hidden = sigmoid(wih @ inputs)
    final = sigmoid(who @ hidden)
    output_errors = final - targets
    output_deltas = output_errors * final * (1 - final)
    hidden_errors = who.T @ output_errors
    hidden_deltas = hidden_errors * sigmoid(hidden) * (1 - sigmoid(hidden))
    return hidden_deltas @ inputs.T, output_deltas @ hidden.T

PARAMETERS = ['wih', 'who']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(3, 5)), rng.uniform(size=(2, 5)), rng.normal(size=(4, 3)), rng.normal(size=(2, 4))
