"""gmm sum over the components in the numerator.

expected kind: missing-factor or wrong-axis or repeated-term
wrong line: 44 or 45
correction 44: numerator = joint[n, k]
correction 45: share = joint[n, k] / joint[n].sum()
what: the sum over the components is kept in the numerator when it is differentiated by one mean, so that every share is one
source: https://stats.stackexchange.com/questions/453503/derivation-of-maximum-likelihood-for-a-gaussian-mixture-model
said: deriving the gradient of a mean, the asker is left with a sum over all components in the numerator where the book has one of them
"""
import numpy as np

def joint_densities(X, mu, covs, logits):
    pi = np.exp(logits) / np.exp(logits).sum()
    out = np.zeros((len(X), len(mu)))
    for k in range(len(mu)):
        d = X - mu[k]
        q = np.einsum('ni,ij,nj->n', d, np.linalg.inv(covs[k]), d)
        out[:, k] = pi[k] * np.exp(-0.5 * q) / np.sqrt(np.linalg.det(2 * np.pi * covs[k]))
    return out

def loss(X, covs, mu, logits):
    return -np.sum(np.log(joint_densities(X, mu, covs, logits).sum(axis=1)))

def right(X, covs, mu, logits):
    joint = joint_densities(X, mu, covs, logits)
    dmu = np.zeros_like(mu)
    for k in range(len(mu)):
        precision = np.linalg.inv(covs[k])
        for n in range(len(X)):
            numerator = joint[n, k]
            share = numerator / joint[n].sum()
            dmu[k] -= share * precision @ (X[n] - mu[k])
    pi = np.exp(logits) / np.exp(logits).sum()
    resp = joint / joint.sum(axis=1, keepdims=True)
    return dmu, len(X) * pi - resp.sum(axis=0)

def backprop(X, covs, mu, logits):
    joint = joint_densities(X, mu, covs, logits)
    dmu = np.zeros_like(mu)
    for k in range(len(mu)):
        precision = np.linalg.inv(covs[k])
        for n in range(len(X)):
            numerator = joint[n].sum()
            share = numerator / joint[n].sum()
            dmu[k] -= share * precision @ (X[n] - mu[k])
    pi = np.exp(logits) / np.exp(logits).sum()
    resp = joint / joint.sum(axis=1, keepdims=True)
    return dmu, len(X) * pi - resp.sum(axis=0)

PARAMETERS = ['mu', 'logits']

def data(seed=0):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(3, 2, 2))
    covs = roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(2)
    return rng.normal(size=(9, 2)), covs, rng.normal(size=(3, 2)), rng.normal(size=3)
