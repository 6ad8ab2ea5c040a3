"""gmm covariance for its inverse.

expected kind: wrong-point or wrong-parameter or unexplained
wrong line: 39
correction 39: dmu[k] = -(resp[:, [k]] * (X - mu[k])).sum(axis=0) @ np.linalg.inv(covs[k])
what: the gradient of a mean is multiplied by the covariance and not by its inverse
source: https://github.com/dilinwang820/Stein-Variational-Gradient-Descent/issues/1
said: in the example of a normal distribution the derivative should be multiplied by the inverse of the matrix that it was multiplied by
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
    resp = joint / joint.sum(axis=1, keepdims=True)
    dmu = np.zeros_like(mu)
    for k in range(len(mu)):
        dmu[k] = -(resp[:, [k]] * (X - mu[k])).sum(axis=0) @ np.linalg.inv(covs[k])
    pi = np.exp(logits) / np.sum(np.exp(logits))
    dlogits = -(resp - pi).sum(axis=0)
    return dmu, dlogits

def backprop(X, covs, mu, logits):
    joint = joint_densities(X, mu, covs, logits)
    resp = joint / joint.sum(axis=1, keepdims=True)
    dmu = np.zeros_like(mu)
    for k in range(len(mu)):
        dmu[k] = -(resp[:, [k]] * (X - mu[k])).sum(axis=0) @ covs[k]
    pi = np.exp(logits) / np.sum(np.exp(logits))
    dlogits = -(resp - pi).sum(axis=0)
    return dmu, dlogits

PARAMETERS = ['mu', 'logits']

def data(seed=0):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(3, 2, 2))
    covs = roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(2)
    return rng.normal(size=(9, 2)), covs, rng.normal(size=(3, 2)), rng.normal(size=3)
