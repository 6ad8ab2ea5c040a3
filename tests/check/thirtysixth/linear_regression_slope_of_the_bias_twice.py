"""Linear regression of one feature.

expected kind: missing-factor or wrong-parameter
wrong line: 34
correction 34: weight_slope = -2 / n * np.sum(feature * residual)
what: for the weight, the derivative by the bias is computed
source: https://github.com/gavinkhung/machine-learning-visualized/issues/5
said: in the section on the weights' descent, the derivative by the bias was taken, where the one by the weight belongs
"""
import numpy as np

class LinearModel:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def predict(self, feature):
        return self.weight * feature + self.bias

def loss(weight, bias, feature, target):
    return np.mean((target - LinearModel(weight, bias).predict(feature)) ** 2)


def right(weight, bias, feature, target):
    model, n = LinearModel(weight, bias), len(target)
    residual = target - model.predict(feature)
    weight_slope = -2 / n * np.sum(feature * residual)
    bias_slope = -2 / n * np.sum(residual)
    return {"weight": weight_slope, "bias": bias_slope}


def backprop(weight, bias, feature, target):
    model, n = LinearModel(weight, bias), len(target)
    residual = target - model.predict(feature)
    weight_slope = -2 / n * np.sum(residual)
    bias_slope = -2 / n * np.sum(residual)
    return {"weight": weight_slope, "bias": bias_slope}


PARAMETERS = ["weight", "bias"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(), rng.normal(), rng.normal(size=9) + 1.5, rng.normal(size=9)]
