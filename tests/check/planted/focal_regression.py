"""Logistic regression with focal loss, class weights, an L2 penalty and a bias; example by example."""

import numpy as np

PARAMETERS = ["w", "b"]
GAMMA = 2.5
LAMBDA = 0.4


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, d = 6, 4
    y = rng.permutation([0, 0, 1, 0, 1, 1])
    return rng.normal(size=(n, d)), y, np.array([0.6, 2.3]), rng.normal(size=d), rng.normal(size=1)


def loss(X, y, class_weight, w, b):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    pt = np.where(y == 1, p, 1 - p)
    weight = class_weight[y]
    focal = -np.sum(weight * (1 - pt) ** GAMMA * np.log(pt)) / np.sum(weight)
    return focal + LAMBDA / 2 * np.sum(w**2)


class FocalLogisticRegression:
    def __init__(self, w, b, class_weight):
        self.w = w
        self.b = b
        self.class_weight = class_weight

    def probability(self, row):
        return 1.0 / (1.0 + np.exp(-(np.dot(row, self.w) + self.b[0])))

    def gradient_of_score(self, row, label):
        """d(focal loss)/dz for one example, not weighted."""
        p = self.probability(row)
        if label == 1:
            pt, sign = p, 1.0
        else:
            pt, sign = 1.0 - p, -1.0
        dpt = GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)
        dpt -= (1 - pt) ** GAMMA / pt
        return sign * dpt * p * (1 - p)

    def gradients(self, X, y):
        dw = np.zeros(X.shape[1])
        db = 0.0
        total = 0.0
        for i, label in enumerate(y):
            weight = self.class_weight[label]
            dz = weight * self.gradient_of_score(X[i], label)
            total += weight
            for j in range(len(dw)):
                dw[j] += dz * X[i, j]
            db += dz
        dw /= total
        db /= total
        dw += LAMBDA * self.w
        return dw, np.array([db])


def backprop(X, y, class_weight, w, b):
    model = FocalLogisticRegression(w, b, class_weight)
    dw, db = model.gradients(X, y)
    return {"w": dw, "b": db}


MISTAKES = [
    ("        dpt = GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)\n        dpt -= (1 - pt) ** GAMMA / pt",
     "        dpt = -((1 - pt) ** GAMMA) / pt", "detached or missing-term", "modulating factor taken for a constant"),
    ("dpt = GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)", "dpt = GAMMA * (1 - pt) ** (GAMMA - 1)", "missing-factor",
     "product rule without the other factor"),
    ("dpt = GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)", "dpt = -GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)", "sign",
     "inner derivative -1 of (1 - pt) forgotten"),
    ("dpt = GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt)", "dpt = GAMMA * (1 - pt) ** GAMMA * np.log(pt)", "repeated-factor",
     "exponent not lowered"),
    ("pt, sign = 1.0 - p, -1.0", "pt, sign = 1.0 - p, 1.0", "sign", "negative class: dpt/dp = -1 forgotten"),
    ("        else:\n            pt, sign = 1.0 - p, -1.0", "        else:\n            return 0.0", "missing-term",
     "only positives give a gradient, as in y * log(p) without the second term"),
    ("return sign * dpt * p * (1 - p)", "return sign * dpt", "missing-factor", "sigmoid's derivative forgotten"),
    ("weight = self.class_weight[label]", "weight = self.class_weight[1 - label]", "wrong-point or another-loss", "class weights exchanged"),
    ("dz = weight * self.gradient_of_score(X[i], label)", "dz = self.gradient_of_score(X[i], label)", "missing-factor",
     "class weights only in the normaliser"),
    ("total += weight", "total += 1", "scale or mean-for-sum or sum-for-mean or another-loss", "averaged over examples instead of weights"),
    ("            db += dz\n        dw /= total", "        db += dz\n        dw /= total", "missing-sum or missing-term",
     "indentation: only the last example reaches the bias"),
    ("dw[j] += dz * X[i, j]", "dw[j] = dz * X[i, j]", "missing-sum or missing-term", "overwritten by the last example"),
    ("        dw /= total\n        db /= total\n        dw += LAMBDA * self.w",
     "        dw += LAMBDA * self.w\n        dw /= total\n        db /= total", "mean-for-sum or scale",
     "order: penalty is divided by the weights as well"),
    ("                dw[j] += dz * X[i, j]", "                dw[j] += dz * X[i, j] + LAMBDA * self.w[j]", "repeated-term",
     "penalty added for every example too"),
    ("        dw += LAMBDA * self.w\n", "        dw += LAMBDA * self.w\n        db += LAMBDA * self.b[0]\n", "repeated-term", "bias penalised"),
    ("dw += LAMBDA * self.w", "dw += LAMBDA * np.sign(self.w)", "wrong-activation", "derivative of the L1 penalty"),
]  # fmt: skip
