"""Week 3: a neural network with one hidden layer, features x examples, as in the notebook."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
lambd = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    n_x, n_h, m = 3, 4, 6
    X = rng.normal(size=(n_x, m))
    Y = rng.permutation([0, 0, 0, 1, 1, 1]).reshape(1, m)
    W1 = rng.normal(size=(n_h, n_x))
    b1 = rng.normal(size=(n_h, 1))
    W2 = rng.normal(size=(1, n_h))
    b2 = rng.normal(size=(1, 1))
    return X, Y, W1, b1, W2, b2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = sigmoid(np.dot(W2, A1) + b2)
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    return cost + lambd / (2 * m) * (np.sum(np.square(W1)) + np.sum(np.square(W2)))


def forward_propagation(X, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1, W2 = parameters["W1"], parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]

    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T) + (lambd / m) * W2
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))
    dW1 = (1 / m) * np.dot(dZ1, X.T) + (lambd / m) * W1
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)

    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def backprop(X, Y, W1, b1, W2, b2):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    A2, cache = forward_propagation(X, parameters)
    grads = backward_propagation(parameters, cache, X, Y)
    return {name: grads["d" + name] for name in PARAMETERS}


MISTAKES = [
    ("m = X.shape[1]\n    W1, W2", "m = X.shape[0]\n    W1, W2", "scale or mean-for-sum", "number of features for number of examples"),
    ("dZ2 = A2 - Y", "dZ2 = Y - A2", "sign", "the residual the other way round (decay still right)"),
    ("dZ2 = A2 - Y", "dZ2 = (A2 - Y) * A2 * (1 - A2)", "repeated-factor", "sigmoid' in addition, as for the squared error"),
    ("dZ2 = A2 - Y", "dZ2 = -(Y / A2 - (1 - Y) / (1 - A2))", "missing-factor", "dA2 called dZ2: sigmoid' left out"),
    ("dZ2 = A2 - Y", "dZ2 = -(Y / A2 + (1 - Y) / (1 - A2)) * A2 * (1 - A2)", "sign", "sign of the second term of dA2"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = np.multiply(dA1, 1 - np.power(cache[\"Z1\"], 2))", "wrong-point or stale-value", "Z1 for A1 (forum)"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = (1 / m) * np.multiply(dA1, 1 - np.power(A1, 2))", "mean-for-sum or scale or repeated-factor", "1/m in dZ1 and again in dW1, db1 (forum)"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = np.dot(dA1, 1 - np.dot(A1.T, A1))", "matmul-for-elementwise or unexplained", "dot products where elementwise ones belong (forum)"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = np.multiply(dA1, np.multiply(A1, 1 - A1))", "wrong-activation", "sigmoid' in the hidden layer"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = np.multiply(dA1, A1 > 0)", "wrong-activation or wrong-mask", "relu' in the hidden layer"),
    ("dZ1 = np.multiply(dA1, 1 - np.power(A1, 2))", "dZ1 = dA1 * 1 - np.power(A1, 2)", "missing-factor or unexplained or missing-term", "brackets"),
    ("dA1 = np.dot(W2.T, dZ2)", "dA1 = np.dot(dW2.T, dZ2)", "wrong-parameter or wrong-point", "dW2 for W2 (forum)"),
    ("dA1 = np.dot(W2.T, dZ2)", "W2 = W2 - 0.5 * dW2\n    dA1 = np.dot(W2.T, dZ2)", "updated-parameter", "W2 updated before it is used"),
    ("dA1 = np.dot(W2.T, dZ2)", "dA1 = np.dot(W2.T, A2)", "wrong-point or stale-value or missing-term", "A2 for dZ2"),
    ("dW2 = (1 / m) * np.dot(dZ2, A1.T)", "dW2 = (1 / m) * np.dot(dZ2, cache[\"Z1\"].T)", "wrong-point or stale-value", "Z1 for A1 in dW2"),
    ("(1 / m) * np.sum(dZ1, axis=1, keepdims=True)", "(1 / m) * np.sum(dZ1)", "wrong-axis or missing-sum or wrong-shape", "axis and keepdims forgotten: one number for all biases"),
    ("(1 / m) * np.sum(dZ1, axis=1, keepdims=True)", "(1 / m) * np.sum(dZ1, axis=0, keepdims=True)", "wrong-axis", "summed over the units"),
    ("(1 / m) * np.sum(dZ1, axis=1, keepdims=True)", "np.sum(dZ1, axis=1, keepdims=True)", "sum-for-mean", "1/m forgotten for one of the biases"),
    ("db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)", "db1 = (1 / m) * np.sum(dW1, axis=1, keepdims=True)", "wrong-parameter or wrong-point or stale-value", "dW1 summed for dZ1"),
    ("+ (lambd / m) * W1", "+ (lambd / (2 * m)) * W1", "scale or missing-factor", "factor of the cost, not differentiated"),
    ("+ (lambd / m) * W1", "", "missing-term", "decay for W2 only"),
    ("+ (lambd / m) * W2", "+ lambd * W2", "sum-for-mean", "decay not divided by m"),
    ("db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)", "db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True) + (lambd / m) * parameters[\"b2\"]", "repeated-term", "bias decayed as well"),
    ("dW2 = (1 / m) * np.dot(dZ2, A1.T) + (lambd / m) * W2", "dW2 = (1 / m) * (np.dot(dZ2, A1.T) + (lambd / m) * W2)", "mean-for-sum or scale", "brackets: decay divided by m twice"),
    ("dW1 = (1 / m) * np.dot(dZ1, X.T) + (lambd / m) * W1", "dW1 = (1 / m) * np.dot(dZ1, X.T) - (lambd / m) * W1", "sign", "decay subtracted in the gradient, as in the update"),
]
