"""Combined dice volumes summed and slope at the logits.

expected kind: sum-for-mean or scale + wrong-point
wrong line: 57 and 67
correction 57: return dpred / len(self.gt)
correction 67: return grad * self.out * (1 - self.out)
what: The dice of a batch is a mean, its gradient isn't divided; the slope of the sigmoid is computed from what goes into it
source: https://github.com/faustomilletari/VNet/issues/13
said: with several volumes the dices are summed; they should be divided by their number, in the derivative too; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    masks = np.array([[1, 0, 0, 1, 1, 0], [0, 1, 0, 0, 1, 0], [1, 1, 0, 1, 0, 1]], float)
    return r.normal(size=2), r.normal(size=1), r.normal(size=(3, 6, 2)), masks


def loss(w, b, volumes, masks):
    p = 1 / (1 + np.exp(-(np.sum(volumes * w, axis=2) + b)))
    inter = np.sum(p * masks, axis=1)
    union = np.sum(p**2, axis=1) + np.sum(masks**2, axis=1)
    return np.mean(1 - 2 * inter / union)


def right(w, b, volumes, masks):
    dw, db = np.zeros(2), np.zeros(1)
    for voxels, gt in zip(volumes, masks):
        prob = 1 / (1 + np.exp(-(voxels.dot(w) + b[0])))
        intersection = (prob * gt).sum()
        union = (prob * prob).sum() + (gt * gt).sum()
        diff = np.zeros(len(gt))
        diff -= 2.0 * gt * union / union**2
        diff += 4.0 * prob * intersection / union**2
        diff *= prob * (1 - prob) / len(masks)
        for k in range(len(gt)):
            dw += diff[k] * voxels[k]
            db += diff[k]
    return dw, db


class DiceLoss:
    def forward(self, pred, gt):
        self.pred, self.gt = pred, gt
        self.inter = np.einsum("np,np->n", pred, gt)
        self.union = np.einsum("np,np->n", pred, pred) + np.einsum("np,np->n", gt, gt)
        return np.mean(1 - 2 * self.inter / self.union)

    def backward(self):
        dinter = -2 / self.union
        dunion = 2 * self.inter / self.union**2
        dpred = dinter[:, None] * self.gt + 2 * dunion[:, None] * self.pred
        return dpred


class Sigmoid:
    def forward(self, x):
        self.x = x
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, grad):
        return grad * self.x * (1 - self.x)


def backprop(w, b, volumes, masks):
    activation, criterion = Sigmoid(), DiceLoss()
    criterion.forward(activation.forward(np.tensordot(volumes, w, axes=1) + b), masks)
    grad = activation.backward(criterion.backward())
    return {"w": np.einsum("np,npc->c", grad, volumes), "b": np.array([grad.sum()])}
