"""Badge door minus chance.

expected kind: sign
wrong line: 109
correction 109: d_out = [much * (p[k] - t[k]) for k in range(kinds)]
what: The error of the softmax is the target minus the output, while the penalty has its right sign
source: https://github.com/haifengl/smile/pull/151
said: the derivative of the cross entropy is output minus target, not target minus output
"""

import numpy as np

PARAMETERS = ["V", "U"]
L2 = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, kinds = 7, 3, 4, 3
    # the last row of each is the bias
    V, U = r.normal(size=(d + 1, H)), r.normal(size=(H + 1, kinds))
    card, door = 1.3 * r.normal(size=(n, d)), r.integers(0, kinds, size=n)
    return V, U, card, door, r.uniform(0.3, 2.0, size=n)


def loss(V, U, card, door, trust):
    n = card.shape[0]
    h = 1 / (1 + np.exp(-(card @ V[:-1] + V[-1])))
    o = h @ U[:-1] + U[-1]
    each = np.log(np.sum(np.exp(o), axis=1)) - o[np.arange(n), door]
    return np.sum(trust * each) + L2 * (np.sum(V[:-1] ** 2) + np.sum(U[:-1] ** 2))


def sig(x):
    return 1 / (1 + np.exp(-x))


def slope(y):
    return y * (1 - y)


def read_card(net, x, door, trust):
    """Forward and backward for one card; net is a dictionary of layers, each a list of neurons."""
    inputs = list(x) + [1.0]
    for neuron in net["hidden"]:
        neuron["net"] = sum(w * a for w, a in zip(neuron["w"], inputs))
        neuron["out"] = sig(neuron["net"])
    seen = [neuron["out"] for neuron in net["hidden"]] + [1.0]
    for neuron in net["output"]:
        neuron["net"] = sum(w * a for w, a in zip(neuron["w"], seen))
    total = sum(np.exp(neuron["net"]) for neuron in net["output"])
    for k, neuron in enumerate(net["output"]):
        neuron["out"] = np.exp(neuron["net"]) / total
        neuron["delta"] = trust * (neuron["out"] - (k == door))
    for j, neuron in enumerate(net["hidden"]):
        error = sum(other["w"][j] * other["delta"] for other in net["output"])
        neuron["delta"] = error * slope(neuron["out"])
    for name, values in (("hidden", inputs), ("output", seen)):
        for neuron in net[name]:
            for i, a in enumerate(values):
                neuron["grad"][i] += neuron["delta"] * a


def right(V, U, card, door, trust):
    net = {}
    for name, weights in (("hidden", V), ("output", U)):
        net[name] = []
        for w in weights.T.tolist():
            penalty = [2 * L2 * value for value in w[:-1]] + [0.0]
            net[name].append({"w": w, "grad": penalty})
    for i in range(len(card)):
        read_card(net, card[i], door[i], trust[i])
    gradient = {}
    for parameter, name in (("V", "hidden"), ("U", "output")):
        gradient[parameter] = np.array([neuron["grad"] for neuron in net[name]]).T
    return gradient


def zeros(rows, columns):
    return [[0.0 for _ in range(columns)] for _ in range(rows)]


def layer(x, weights):
    sums = list(weights[-1])
    for i in range(len(x)):
        for j in range(len(sums)):
            sums[j] += x[i] * weights[i][j]
    return sums


def add_outer(grad, x, delta):
    for j in range(len(delta)):
        for i in range(len(x)):
            grad[i][j] += x[i] * delta[j]
        grad[-1][j] += delta[j]


def backprop(V, U, card, door, trust):
    v, u = V.tolist(), U.tolist()
    dv, du = zeros(*V.shape), zeros(*U.shape)
    kinds, H = U.shape[1], V.shape[1]
    for x, y, much in zip(card.tolist(), door, trust):
        # forward
        h = [1 / (1 + np.exp(-z)) for z in layer(x, v)]
        e = [np.exp(z) for z in layer(h, u)]
        p = [value / sum(e) for value in e]
        # backward
        t = [1.0 if k == y else 0.0 for k in range(kinds)]
        d_out = [much * (t[k] - p[k]) for k in range(kinds)]
        d_hid = []
        for j in range(H):
            blame = 0.0
            for k in range(kinds):
                blame += u[j][k] * d_out[k]
            d_hid.append(blame * h[j] * (1 - h[j]))
        add_outer(du, h, d_out)
        add_outer(dv, x, d_hid)
    # the penalty leaves the biases alone
    for grad, weights in ((dv, v), (du, u)):
        for i in range(len(weights) - 1):
            for j in range(len(weights[i])):
                grad[i][j] += 2 * L2 * weights[i][j]
    return np.array(dv), np.array(du)
