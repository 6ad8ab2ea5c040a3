"""Networks as people write them down, each with its gradients derived by hand; none knows of this package."""

# Written as people write it:
# ruff: noqa: B905, NPY002, RUF007

from __future__ import annotations

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_derivative(a):
    return a * (1.0 - a)


class Article:
    """The article's class, as its readers have it: the data in it, the update added."""

    factor1 = factor2 = 1.0  # planted where a test wants a mistake

    def __init__(self, x, y):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.weights2 = np.random.rand(4, y.shape[1])
        self.y = y
        self.output = np.zeros(y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        delta = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d_weights2 = self.factor2 * np.dot(self.layer1.T, delta)
        d_weights1 = np.dot(self.input.T, np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1))
        self.weights1 += self.factor1 * d_weights1
        self.weights2 += d_weights2


class OutputStoredByTrain(Article):
    """Its feedforward returns the output, and only train stores it where backprop reads it."""

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.layer2 = sigmoid(np.dot(self.layer1, self.weights2))
        return self.layer2

    def train(self):
        self.output = self.feedforward()
        self.backprop()


class DataByMethods:
    """x, y and the output are given to the methods; the rate too."""

    def __init__(self):
        random = np.random.default_rng(0)
        self.W1, self.W2 = random.normal(size=(3, 4)), random.normal(size=(4, 2))
        self.b1, self.b2 = np.zeros((1, 4)), np.zeros((1, 2))

    def forward(self, X):
        self.A1 = np.tanh(X.dot(self.W1) + self.b1)
        return sigmoid(np.dot(self.A1, self.W2) + self.b2)

    def compute_cost(self, y_true, y_pred):
        print("a cost was asked for")
        return -np.sum(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)) / len(y_true)

    def backward(self, X, y, output, learning_rate):
        dZ2 = (output - y) / len(y)
        dZ1 = np.dot(dZ2, self.W2.T) * (1 - self.A1**2)
        self.W2 -= learning_rate * np.dot(self.A1.T, dZ2)
        self.b2 -= learning_rate * np.sum(dZ2, axis=0, keepdims=True)
        self.W1 -= learning_rate * np.dot(X.T, dZ1)
        self.b1 -= learning_rate * np.sum(dZ1, axis=0, keepdims=True)


class ParamsAndGrads:
    """Parameters in a dict, gradients left in another, the update apart."""

    def __init__(self):
        random = np.random.default_rng(1)
        self.params = {"W1": random.normal(size=(3, 4)), "b1": random.normal(size=4), "W2": random.normal(size=(4, 2))}
        self.learning_rate = 0.05

    def forward(self, X):
        self.X, self.h = X, np.tanh(X @ self.params["W1"] + self.params["b1"])
        self.y_hat = self.h @ self.params["W2"]
        return self.y_hat

    def loss(self, X, y):
        return np.mean((self.forward(X) - y) ** 2)

    def backward(self, y):
        delta = 2 * (self.y_hat - y) / y.size
        dh = delta @ self.params["W2"].T * (1 - self.h**2)
        self.grads = {"dW2": self.h.T @ delta, "dW1": self.X.T @ dh, "db1": dh.sum(axis=0)}

    def update(self):
        for name in self.params:
            self.params[name] = self.params[name] - self.learning_rate * self.grads["d" + name]


class LossAndGrads:
    """One method returns the loss and the gradients; the parameters are in a dict."""

    def __init__(self):
        random = np.random.default_rng(2)
        self.params = {"W": random.normal(size=(3, 2)), "b": np.zeros(2)}

    def loss(self, X, y, reg=0.1):
        W, b = self.params["W"], self.params["b"]
        difference = X @ W + b - y
        loss = np.sum(difference**2) / len(X) + reg * np.sum(W * W)
        delta = 2 * difference / len(X)
        return loss, {"W": X.T @ delta + 2 * reg * W, "b": delta.sum(axis=0)}


class ListsOfLayers:
    """Weights and biases in lists, one sample at a time, (nabla_b, nabla_w) returned; columns."""

    def __init__(self, sizes=(3, 4, 4, 2)):
        random = np.random.default_rng(3)
        self.biases = [random.normal(size=(n, 1)) for n in sizes[1:]]
        self.weights = [random.normal(size=(n, m)) for m, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def cost(self, a, y):
        return 0.5 * np.sum((a - y) ** 2)

    def backprop(self, x, y):
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(sigmoid(np.dot(w, activations[-1]) + b))
        nabla_b, nabla_w = [], []
        delta = (activations[-1] - y) * sigmoid_derivative(activations[-1])
        for w, a in zip(self.weights[::-1], activations[-2::-1]):
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.dot(delta, a.T))
            delta = np.dot(w.T, delta) * sigmoid_derivative(a)
        return nabla_b, nabla_w

    def update_mini_batch(self, mini_batch, eta):
        for x, y in mini_batch:
            nabla_b, nabla_w = self.backprop(x, y)
            self.weights = [w - eta / len(mini_batch) * g for w, g in zip(self.weights, nabla_w)]
            self.biases = [b - eta / len(mini_batch) * g for b, g in zip(self.biases, nabla_b)]


class Dense:
    def __init__(self, n, m, seed):
        self.weights = np.random.default_rng(seed).normal(size=(n, m))
        self.biases = np.zeros((1, m))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class Tanh:
    def forward(self, inputs):
        self.output = np.tanh(inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output**2)


class CrossEntropy:
    def calculate(self, output, y):
        return np.mean(-np.log(output[range(len(output)), y]))


class LayerObjects:
    """Objects with weights and dweights in a list, classes as labels, the loss an object."""

    def __init__(self):
        self.layers = [Dense(3, 4, 4), Tanh(), Dense(4, 3, 5)]
        self.loss = CrossEntropy()

    def forward(self, X):
        for layer in self.layers:
            layer.forward(X)
            X = layer.output
        scores = np.exp(X - np.max(X, axis=1, keepdims=True))
        self.output = scores / np.sum(scores, axis=1, keepdims=True)

    def backward(self, y):
        slope = np.array(self.output)
        slope[range(len(y)), y] -= 1
        slope = slope / len(y)
        for layer in reversed(self.layers):
            layer.backward(slope)
            slope = layer.dinputs


class WantsTheSlope(LayerObjects):
    """Its backward is given ∂loss/∂output by a training loop elsewhere."""

    def __init__(self):
        super().__init__()
        del self.loss

    def forward(self, X):
        for layer in self.layers:
            layer.forward(X)
            X = layer.output
        return X

    def backward(self, grad):
        for layer in reversed(self.layers):
            layer.backward(grad)
            grad = layer.dinputs


class Estimator:
    """As scikit-learn's are: fit makes the parameters, and trains inline."""

    def __init__(self, eta0=0.01, max_iter=50):
        self.eta0, self.max_iter = eta0, max_iter
        self.coef_, self.intercept_ = None, None

    def fit(self, X, y):
        self.coef_, self.intercept_ = np.full(X.shape[1], 0.5), 0
        for _ in range(self.max_iter):
            error = self.predict_proba(X) - y
            self.coef_ -= self.eta0 * (X.T @ error) / len(X)
            self.intercept_ -= self.eta0 * error.mean()
        return self

    def predict_proba(self, X):
        return sigmoid(X @ self.coef_ + self.intercept_)

    def predict(self, X):
        return (self.predict_proba(X) > 0.5).astype(int)

    def log_loss(self, y_true, y_prob):
        return -np.mean(y_true * np.log(y_prob) + (1 - y_true) * np.log(1 - y_prob))


class RowByRow:
    """Numbers for parameters, a thousand rounds over the rows, and a rate that is a local name."""

    def __init__(self):
        self.w1, self.w2, self.b = 0.3, -0.2, 0.1

    def feedforward(self, x):
        return sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b)

    def train(self, data, all_y_trues):
        learn_rate = 0.1
        for _ in range(1000):
            for x, y_true in zip(data, all_y_trues):
                y_pred = self.feedforward(x)
                slope = -2 * (y_true - y_pred) * y_pred * (1 - y_pred)
                self.w1 -= learn_rate * slope * x[0]
                self.w2 -= learn_rate * slope * x[1]
                self.b -= learn_rate * slope


class Momentum(Article):
    """A velocity that is kept from step to step, and a rate written into the update."""

    def __init__(self, x, y):
        super().__init__(x, y)
        self.v1, self.v2 = np.ones_like(self.weights1), np.ones_like(self.weights2)

    def cost(self):
        return np.sum((self.y - self.output) ** 2)

    def backprop(self):
        before = self.weights1.copy(), self.weights2.copy()
        super().backprop()
        step1, step2 = self.weights1 - before[0], self.weights2 - before[1]
        self.v1, self.v2 = 0.9 * self.v1 + step1, 0.9 * self.v2 + step2
        self.weights1, self.weights2 = before[0] + 0.25 * self.v1, before[1] + 0.25 * self.v2


class Adam(Article):
    """The update is as large as the rate, whatever the gradient."""

    def __init__(self, x, y, t=0):
        super().__init__(x, y)
        self.m, self.v, self.t = np.full_like(self.weights1, t), np.full_like(self.weights1, t), t

    def backprop(self):
        delta = -2 * (self.y - self.output) * sigmoid_derivative(self.output)
        gradient = np.dot(self.input.T, np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1))
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * gradient
        self.v = 0.999 * self.v + 0.001 * gradient**2
        corrected = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        self.weights1 -= 0.01 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)


class BiasForgotten:
    """The update leaves the bias of the first layer as it is."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self.w1, self.b1 = np.full((x.shape[1], 3), 0.25) + np.eye(x.shape[1], 3), np.ones(3)
        self.w2 = np.arange(3.0)[:, None]

    def forward(self):
        self.h = np.tanh(self.x @ self.w1 + self.b1)
        self.output = self.h @ self.w2

    def backward(self):
        delta = 2 * (self.output - self.y)
        dw2 = self.h.T @ delta
        dw1 = self.x.T @ (delta @ self.w2.T * (1 - self.h**2))
        self.w2 -= 0.1 * dw2
        self.w1 -= 0.1 * dw1


class ReturnsAll:
    """Its forward returns all that it computes, and training draws its parameters from a generator of its own."""

    def __init__(self, epochs=20):
        self.random = np.random.default_rng(7)
        self.epochs, self.eta = epochs, 0.1

    def _forward(self, X):
        hidden = np.tanh(X @ self.w_h)
        return hidden, hidden @ self.w_out

    def _compute_cost(self, y, output):
        return 0.5 * np.sum((output - y) ** 2)

    def fit(self, X, y):
        self.w_h, self.w_out = self.random.normal(size=(X.shape[1], 3)), self.random.normal(size=(3, y.shape[1]))
        for _ in range(self.epochs):
            for start in range(0, len(X), 2):
                rows = slice(start, start + 2)
                a_h, a_out = self._forward(X[rows])
                delta = a_out - y[rows]
                grad_h = X[rows].T @ (delta @ self.w_out.T * (1 - a_h**2))
                self.w_out -= self.eta * a_h.T @ delta
                self.w_h -= self.eta * grad_h


class ReturnsAndAdds(Article):
    """Its backprop changes the weights in place, and returns what it added."""

    def backprop(self):
        before = self.weights1.copy(), self.weights2.copy()
        super().backprop()
        d_weights1, d_weights2 = self.weights1 - before[0], self.weights2 - before[1]
        return d_weights1, d_weights2


class DecayInTheUpdate(ParamsAndGrads):
    """Its gradients are those of the data; the update adds the weight decay that its loss has."""

    def loss(self, X, y):
        return super().loss(X, y) + 0.05 * np.sum(self.params["W1"] ** 2)

    def update(self):
        decay = 0.1 * self.params["W1"]
        super().update()
        self.params["W1"] = self.params["W1"] - self.learning_rate * decay


class RateInAnAttribute(Article):
    """Single precision, and a rate in an attribute with which the gradient is taken away."""

    def __init__(self, x, y):
        super().__init__(x.astype(np.float32), y.astype(np.float32))
        self.weights1, self.weights2 = self.weights1.astype(np.float32), self.weights2.astype(np.float32)
        self.learning_rate = 0.01

    def backprop(self):
        delta = -2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, delta)
        d_weights1 = np.dot(self.input.T, np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1))
        self.weights1 -= self.learning_rate * d_weights1
        self.weights2 -= self.learning_rate * d_weights2


class MiniBatches:
    """Rows are drawn at random within train, which calls no method of its own."""

    def __init__(self):
        self.theta = np.array([0.5, -0.25, 1.0])

    def predict(self, X):
        return np.tanh(X @ self.theta)

    def train(self, X, y, lr=0.1, n_epochs=30, batch_size=2):
        for _ in range(n_epochs):
            order = np.random.permutation(len(X))
            for start in range(0, len(X), 2):
                X_mini, y_mini = X[order[start : start + 2]], y[order[start : start + 2]]
                out = np.tanh(X_mini @ self.theta)
                gradient = X_mini.T @ (2 * (out - y_mini) * (1 - out**2))
                self.theta = self.theta - lr * gradient


class DerivativeCalledGradient:
    """What is called gradient here is the activation's; training is what goes back."""

    def __init__(self):
        self.weights = np.array([[0.5], [-0.25], [1.0]])

    def predict(self, x):
        return sigmoid(np.dot(x, self.weights))

    def gradient(self, x):
        return x * (1 - x)

    def train(self, inputs, targets, iterations=10):
        for _ in range(iterations):
            output = self.predict(inputs)
            self.weights += np.dot(inputs.T, 2 * (targets - output) * self.gradient(output))


class PairsInTuples:
    """A list of tuples (W, b), handed to a forward of which only the loss knows what it takes."""

    def __init__(self, sizes=(3, 4, 2)):
        random = np.random.default_rng(8)
        self.params = [(random.normal(size=(n, m)), np.zeros(m)) for n, m in zip(sizes, sizes[1:])]

    def forward(self, params, X):
        activations = [X]
        for W, b in params:
            activations.append(np.tanh(activations[-1] @ W + b))
        return activations

    def loss(self, X, y):
        return np.mean((self.forward(self.params, X)[-1] - y) ** 2)

    def backward(self, X, y):
        activations = self.forward(self.params, X)
        delta = 2 * (activations[-1] - y) / y.size
        grads = []
        for (W, _), a_in, a_out in reversed(list(zip(self.params, activations, activations[1:]))):
            delta = delta * (1 - a_out**2)
            grads.append((a_in.T @ delta, delta.sum(axis=0)))
            delta = delta @ W.T
        return grads[::-1]


class Recurrent:
    """A sequence goes in as xs, and what is wanted of each step back in as ts."""

    def __init__(self):
        random = np.random.default_rng(0)
        self.Wx, self.Wh = random.normal(size=(2, 3)) / 2, random.normal(size=(2, 2)) / 2

    def forward(self, xs):
        self.xs, self.hs = xs, [np.zeros(2)]
        for x in xs:
            self.hs.append(np.tanh(self.Wx @ x + self.Wh @ self.hs[-1]))
        return np.array(self.hs[1:])

    def backward(self, ts):
        self.dWx, self.dWh, dh = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros(2)
        for t in reversed(range(len(ts))):
            dh = dh + 2 * (self.hs[t + 1] - ts[t])
            dz = dh * (1 - self.hs[t + 1] ** 2)
            self.dWx += np.outer(dz, self.xs[t])
            self.dWh += np.outer(dz, self.hs[t])
            dh = self.Wh.T @ dz
