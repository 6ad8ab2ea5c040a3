"""Combined filtering penalty of the users and two for the films.

expected kind: missing-term + scale or repeated-factor
wrong line: 63 or 64 and 58
correction 58: X_grad[i] = np.dot(errors, Theta[idx]) + LAM * X[i]
correction 63: Theta_grad[j] = np.dot(errors, X[idx]) + LAM * Theta[j]
correction 64: return X_grad, Theta_grad + LAM * Theta, mu_grad
what: The users aren't penalised; the films have twice their gradient of the errors
source: https://github.com/dandxy89/BellkorAlgorithm/issues/3
said: the gradients have their regularisation inside the brackets that the error is multiplied by
"""

import numpy as np

PARAMETERS = ["X", "Theta", "mu"]
LAM = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    R = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 1], [0, 1, 1, 1]])
    return r.normal(size=(5, 3)), r.normal(size=(4, 3)), r.normal(size=5), r.normal(size=(5, 4)), R


def loss(X, Theta, mu, Y, R):
    errors = R * (X @ Theta.T + mu[:, None] - Y)
    return 0.5 * np.sum(errors**2) + 0.5 * LAM * (np.sum(X**2) + np.sum(Theta**2))


ALPHA = 0.05


class Recommender:
    def __init__(self, X, Theta, mu):
        self.X, self.Theta, self.mu = X, Theta, mu

    def gradients(self, Y, R):
        E = np.where(R == 1, self.X.dot(self.Theta.T) + self.mu.reshape(-1, 1) - Y, 0)
        X_grad = E.dot(self.Theta) + LAM * self.X
        X_next = self.X - ALPHA * X_grad
        Theta_grad = E.T.dot(self.X) + LAM * self.Theta
        mu_grad = E.sum(axis=1)
        Theta_next = self.Theta - ALPHA * Theta_grad
        self.X, self.Theta, self.mu = X_next, Theta_next, self.mu - ALPHA * mu_grad
        return X_grad, Theta_grad, mu_grad


def right(X, Theta, mu, Y, R):
    return Recommender(X, Theta, mu).gradients(Y, R)


def backprop(X, Theta, mu, Y, R):
    num_movies, num_users = R.shape
    X_grad, Theta_grad, mu_grad = np.zeros(X.shape), np.zeros(Theta.shape), np.zeros(num_movies)
    for i in range(num_movies):
        idx = np.where(R[i] == 1)[0]
        errors = np.dot(Theta[idx], X[i]) + mu[i] - Y[i, idx]
        X_grad[i] = 2 * np.dot(errors, Theta[idx]) + LAM * X[i]
        mu_grad[i] = np.sum(errors)
    for j in range(num_users):
        idx = np.where(R[:, j] == 1)[0]
        errors = np.dot(X[idx], Theta[j]) + mu[idx] - Y[idx, j]
        Theta_grad[j] = np.dot(errors, X[idx])
    return X_grad, Theta_grad, mu_grad
