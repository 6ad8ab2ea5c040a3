"""Plain lists: the output neurons are changed in place before the hidden deltas are computed.

expected kind: updated-parameter
wrong line: 62
correction 62: pass
what: the weights of the output neurons are changed before they carry the deltas down
source: https://github.com/joelgrus/data-science-from-scratch/issues/31
said: The weights to the output are updated right after the output deltas, and the hidden deltas then use the
    updated ones.
"""

import numpy as np

PARAMETERS = ["hidden", "output"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs, ys = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
    return [xs, ys, r.normal(size=(2, 3)), r.normal(size=(1, 3))]


def loss(xs, ys, hidden, output):
    total = 0.0
    for k in range(4):
        h = 1 / (1 + np.exp(-(hidden[:, :2] @ xs[k] + hidden[:, 2])))
        o = 1 / (1 + np.exp(-(output[:, :2] @ h + output[:, 2])))
        total = total + 0.5 * np.sum((o - ys[k]) ** 2)
    return total


def right(xs, ys, hidden, output):
    X = np.c_[xs, np.ones(4)]
    H = 1 / (1 + np.exp(-X @ hidden.T))
    O = 1 / (1 + np.exp(-np.c_[H, np.ones(4)] @ output.T))
    D = (O - ys[:, None]) * O * (1 - O)
    return (D @ output[:, :2] * H * (1 - H)).T @ X, D.T @ np.c_[H, np.ones(4)]


def dot(v, w):
    return sum(v_i * w_i for v_i, w_i in zip(v, w))


def neuron_output(weights, inputs):
    return 1 / (1 + np.exp(-dot(weights, inputs)))


def feed_forward(neural_network, input_vector):
    outputs = []
    for layer in neural_network:
        input_vector = [neuron_output(neuron, input_vector + [1]) for neuron in layer]
        outputs.append(input_vector)
    return outputs


def backpropagate(network, input_vector, target, gradient, rate=0.01):
    hidden_outputs, outputs = feed_forward(network, input_vector)
    output_deltas = [o * (1 - o) * (o - target) for o in outputs]
    for i, output_neuron in enumerate(network[-1]):
        for j, hidden_output in enumerate(hidden_outputs + [1]):
            gradient[-1][i][j] += output_deltas[i] * hidden_output
            output_neuron[j] -= rate * output_deltas[i] * hidden_output
    carried = [dot(output_deltas, [n[i] for n in network[-1]]) for i in range(len(hidden_outputs))]
    hidden_deltas = [h * (1 - h) * c for h, c in zip(hidden_outputs, carried)]
    for i, delta in enumerate(hidden_deltas):
        for j, value in enumerate(input_vector + [1]):
            gradient[0][i][j] += delta * value


def backprop(xs, ys, hidden, output):
    gradient = [np.zeros(hidden.shape).tolist(), np.zeros(output.shape).tolist()]
    for x, y in zip(xs.tolist(), ys.tolist()):
        backpropagate([hidden.tolist(), output.tolist()], x, y, gradient)
    return np.array(gradient[0]), np.array(gradient[1])
