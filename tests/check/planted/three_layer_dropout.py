"""Three layers, ReLU and inverted dropout, columns are examples (deeplearning.ai, course 2)."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
keep_prob = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 6))
    Y = rng.permutation(np.array([[0, 1, 1, 0, 1, 0]]), axis=1)
    D1 = rng.uniform(size=(5, 6)) < keep_prob
    D2 = rng.uniform(size=(4, 6)) < keep_prob
    return (X, Y, D1, D2, rng.normal(size=(5, 3)), rng.normal(size=(5, 1)), rng.normal(size=(4, 5)),
            rng.normal(size=(4, 1)), rng.normal(size=(1, 4)), rng.normal(size=(1, 1)))


def relu(z):
    return np.maximum(0, z)


def loss(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    A1 = relu(W1 @ X + b1) * D1 / keep_prob
    A2 = relu(W2 @ A1 + b2) * D2 / keep_prob
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    m = X.shape[1]
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m


def forward_propagation_with_dropout(X, masks, parameters):
    cache = {"A0": X}
    for l in (1, 2, 3):
        cache[f"Z{l}"] = np.dot(parameters[f"W{l}"], cache[f"A{l-1}"]) + parameters[f"b{l}"]
        if l < 3:
            A = relu(cache[f"Z{l}"])
            A = A * masks[l]
            A = A / keep_prob
        else:
            A = 1 / (1 + np.exp(-cache["Z3"]))
        cache[f"A{l}"] = A
    return cache


def backprop(X, Y, D1, D2, *values):
    parameters = dict(zip(PARAMETERS, values))
    cache = forward_propagation_with_dropout(X, {1: D1, 2: D2}, parameters)
    A1, A2, A3 = cache["A1"], cache["A2"], cache["A3"]
    Z1, Z2 = cache["Z1"], cache["Z2"]
    m = X.shape[1]

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(parameters["W3"].T, dZ3)
    dA2 = dA2 * D2
    dA2 = dA2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(Z2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(parameters["W2"].T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(Z1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)

    gradients = {"W3": dW3, "b3": db3, "W2": dW2, "b2": db2, "W1": dW1, "b1": db1}
    return gradients


MISTAKES = [
    ("dW2 = 1.0 / m * np.dot(dZ2, A1.T)", "dW2 = 1.0 / m * np.dot(dZ2, A1.T) * 2", "scale",
     "the planted mistake of the gradient checking notebook"),
    ("    dA1 = dA1 * D1\n", "", "missing-factor or wrong-mask", "dropout mask not applied on the way back"),
    ("    dA2 = dA2 / keep_prob\n", "", "missing-factor or scale", "mask applied, scale of inverted dropout forgotten"),
    ("dA1 = dA1 / keep_prob", "dA1 = dA1 * keep_prob", "scale or repeated-factor", "multiplied by keep_prob, not divided"),
    ("np.multiply(dA1, np.int64(Z1 > 0))", "np.multiply(dA1, np.int64(dA1 > 0))", "wrong-mask",
     "ReLU mask from the gradient (guided backpropagation)"),
    ("dZ2 = np.multiply(dA2, np.int64(Z2 > 0))", "dZ2 = np.multiply(dA2, relu(Z2))",
     "wrong-activation or wrong-point", "relu in place of its derivative"),
    ("dZ3 = A3 - Y", "dZ3 = (A3 - Y) * A3 * (1 - A3)", "repeated-factor", "sigmoid' again: that of MSE, not of cross entropy"),
    ("db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)", "db2 = 1.0 / m * np.sum(dZ2) * np.ones_like(parameters['b2'])",
     "wrong-axis", "summed over units, too"),
    ("db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)", "db1 = 1.0 / m * np.mean(dZ1, axis=1, keepdims=True)",
     "mean-for-sum", "averaged twice"),
    ("dA1 = dA1 * D1", "dA1 = dA1 * (np.random.default_rng(1).random(D1.shape) < keep_prob)",
     "wrong-mask", "a new dropout mask is drawn for the way back"),
    ("            A = A / keep_prob\n", "", "another-loss", "own forward pass without the scale of inverted dropout"),
    ("dA2 = np.dot(parameters[\"W3\"].T, dZ3)", "dA2 = np.dot(parameters[\"W3\"].T, dZ3) / m", "mean-for-sum",
     "divided by m here and in dW, db once more"),
    ("dA1 = np.dot(parameters[\"W2\"].T, dZ2)", "dA1 = np.dot(parameters[\"W2\"].T, dA2)",
     "missing-factor or wrong-mask", "dA2 for dZ2: ReLU of layer 2 skipped for everything before"),
    ("dW1 = 1.0 / m * np.dot(dZ1, X.T)", "dW1 = 1.0 / m * np.dot(dA1, X.T)", "missing-factor", "dA for dZ, only in dW1"),
    ("dW2 = 1.0 / m * np.dot(dZ2, A1.T)", "dW2 = 1.0 / m * np.dot(dZ2, relu(Z1).T)", "stale-value or missing-factor",
     "activations before dropout"),
]
