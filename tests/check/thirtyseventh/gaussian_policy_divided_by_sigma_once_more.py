"""gaussian policy divided by sigma once more.

expected kind: repeated-factor or wrong-point
wrong line: 41
correction 41: score_mu = (a - mean) / sigma ** 2
what: the score of the mean is divided by the cube of sigma, not by its square
source: https://github.com/brynhayder/reinforcement_learning_an_introduction/pull/5
said: a pull request put the cube of sigma where the solution had the square, and the reviewer thinks that the square was right
"""
import numpy as np

gamma = 0.9

def returns(rewards):
    G = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        G[t] = running
    return G

def loss(states, actions, rewards, theta_mu, theta_sigma):
    mean, log_sigma = states @ theta_mu, states @ theta_sigma
    logp = -0.5 * ((actions - mean) / np.exp(log_sigma)) ** 2 - log_sigma
    return -np.sum(returns(rewards) * logp)

def right(states, actions, rewards, theta_mu, theta_sigma):
    grad_mu, grad_sigma = np.zeros_like(theta_mu), np.zeros_like(theta_sigma)
    for x, a, G in zip(states, actions, returns(rewards)):
        mean, sigma = theta_mu @ x, np.exp(theta_sigma @ x)
        score_mu = (a - mean) / sigma ** 2
        score_sigma = (a - mean) ** 2 / sigma ** 2 - 1
        grad_mu -= G * score_mu * x
        grad_sigma -= G * score_sigma * x
    return grad_mu, grad_sigma

def backprop(states, actions, rewards, theta_mu, theta_sigma):
    grad_mu, grad_sigma = np.zeros_like(theta_mu), np.zeros_like(theta_sigma)
    for x, a, G in zip(states, actions, returns(rewards)):
        mean, sigma = theta_mu @ x, np.exp(theta_sigma @ x)
        score_mu = (a - mean) / sigma ** 3
        score_sigma = (a - mean) ** 2 / sigma ** 2 - 1
        grad_mu -= G * score_mu * x
        grad_sigma -= G * score_sigma * x
    return grad_mu, grad_sigma

PARAMETERS = ['theta_mu', 'theta_sigma']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=6), rng.normal(size=3), 0.4 * rng.normal(size=3)
