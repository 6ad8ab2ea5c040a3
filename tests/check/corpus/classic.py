"""Classic mistakes, over small networks: sigmoid, tanh and ReLU layers, softmax, shared weights, L2."""

from __future__ import annotations

import numpy as np

import microgradnet as mg

from .case import network, sigmoid, sigmoid_derivative, softmax, wrong

# --- the article's: two sigmoid layers, squared error, updates that are added ---------------------------------


def article_loss(x, y, w1, w2):
    with mg.scope("hidden layer"):
        layer1 = mg.sigmoid(x @ w1)
    with mg.scope("output layer"):
        output = mg.sigmoid(layer1 @ w2)
    with mg.scope("loss"):
        return mg.sum((y - output) ** 2)


def article_forward(x, w1, w2):
    layer1 = sigmoid(x @ w1)
    return layer1, sigmoid(layer1 @ w2)


def article_right(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


ARTICLE = network(
    "article", {"x": (7, 3), "y": (7, 2), "w1": (3, 4), "w2": (4, 2)}, "w1 w2", article_loss, article_right,
    descent=True,
)  # fmt: skip


@wrong(ARTICLE, "missing-factor", "output layer")
def output_derivative_left_out(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "missing-factor", "hidden layer")
def hidden_derivative_left_out(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T), layer1.T @ delta


@wrong(ARTICLE, "missing-factor", "hidden layer")
def both_derivatives_left_out(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output)
    return x.T @ (delta @ w2.T), layer1.T @ delta


@wrong(ARTICLE, "missing-factor", "output layer")
def output_derivative_left_out_on_the_way_to_w1_only(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    d_w2 = layer1.T @ (2 * (y - output) * sigmoid_derivative(output))
    return x.T @ (2 * (y - output) @ w2.T * sigmoid_derivative(layer1)), d_w2


@wrong(ARTICLE, "repeated-factor", "output layer")
def output_derivative_twice(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    hidden = (delta * sigmoid_derivative(output)) @ w2.T * sigmoid_derivative(layer1)
    return x.T @ hidden, layer1.T @ delta


@wrong(ARTICLE, "repeated-factor", "hidden layer")
def hidden_derivative_twice(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1) ** 2), layer1.T @ delta


@wrong(ARTICLE, "wrong-point", "hidden layer")
def derivative_of_the_pre_activations(x, y, w1, w2):
    z1 = x @ w1
    layer1 = sigmoid(z1)
    z2 = layer1 @ w2
    delta = 2 * (y - sigmoid(z2)) * sigmoid_derivative(z2)
    return x.T @ (delta @ w2.T * sigmoid_derivative(z1)), layer1.T @ delta


@wrong(ARTICLE, "wrong-point", "output layer")
def derivative_of_the_output_pre_activation(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(layer1 @ w2)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "wrong-point", "hidden layer")
def derivative_that_takes_z_given_the_activations(x, y, w1, w2):
    def derivative(z):
        return sigmoid(z) * (1 - sigmoid(z))

    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * derivative(output)
    return x.T @ (delta @ w2.T * derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "scale", "loss")
def the_2_left_out(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "mean-for-sum", "")
def divided_by_the_number_of_rows(x, y, w1, w2):
    return tuple(d / len(x) for d in article_right(x, y, w1, w2))


@wrong(ARTICLE, "scale", "")
def multiplied_by_the_learning_rate(x, y, w1, w2):
    return tuple(0.1 * d for d in article_right(x, y, w1, w2))


@wrong(ARTICLE, "sign", "loss")
def output_minus_y(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (output - y) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "sign", "w1")
def sign_of_w1_only(x, y, w1, w2):
    d_w1, d_w2 = article_right(x, y, w1, w2)
    return -d_w1, d_w2


@wrong(ARTICLE, "updated-parameter", "w2")
def w2_updated_first(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    d_w2 = layer1.T @ delta
    w2 = w2 + d_w2
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), d_w2


@wrong(ARTICLE, "updated-parameter", "w1")
def w1_updated_before_a_second_forward_pass(x, y, w1, w2):
    d_w1, _ = article_right(x, y, w1, w2)
    _, d_w2 = article_right(x, y, w1 + 0.1 * d_w1, w2)
    return d_w1, d_w2


@wrong(ARTICLE, "transpose", "w1")
def operands_of_the_last_product_the_wrong_way_round(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    hidden = delta @ w2.T * sigmoid_derivative(layer1)
    return hidden.T @ x, layer1.T @ delta


@wrong(ARTICLE, "wrong-activation", "hidden layer")
def derivative_of_tanh_in_the_hidden_layer(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * (1 - layer1**2)), layer1.T @ delta


@wrong(ARTICLE, "missing-factor + scale", "output layer")
def cross_entropy_delta_for_squared_error(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = y - output
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), layer1.T @ delta


@wrong(ARTICLE, "stale-value", "output layer")
def pre_activation_for_layer1(x, y, w1, w2):
    layer1, output = article_forward(x, w1, w2)
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return x.T @ (delta @ w2.T * sigmoid_derivative(layer1)), (x @ w1).T @ delta


# --- biases: tanh, then linear; mean squared error ---------------------------------------------------------------


def biases_loss(x, y, w1, b1, w2, b2):
    with mg.scope("hidden"):
        h = mg.tanh(x @ w1 + b1)
    with mg.scope("out"):
        p = h @ w2 + b2
    with mg.scope("error"):
        return mg.mean((p - y) ** 2)


def biases_right(x, y, w1, b1, w2, b2):
    h = np.tanh(x @ w1 + b1)
    d2 = 2 * (h @ w2 + b2 - y) / y.size
    d1 = d2 @ w2.T * (1 - h**2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


BIASES = network(
    "biases", {"x": (6, 3), "y": (6, 2), "w1": (3, 5), "b1": (5,), "w2": (5, 2), "b2": (2,)}, "w1 b1 w2 b2",
    biases_loss, biases_right,
)  # fmt: skip


def biases_parts(x, y, w1, b1, w2, b2):
    h = np.tanh(x @ w1 + b1)
    d2 = 2 * (h @ w2 + b2 - y) / y.size
    return h, d2, d2 @ w2.T * (1 - h**2)


@wrong(BIASES, "missing-sum", "hidden")
def b1_not_summed_over_the_batch(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1, h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "missing-sum", "hidden")
def neither_bias_summed(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1, h.T @ d2, d2


@wrong(BIASES, "wrong-axis", "out")
def b2_summed_over_the_outputs(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=1)


@wrong(BIASES, "wrong-axis", "hidden")
def b1_summed_over_everything(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1.sum(), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "wrong-shape", "hidden")
def b1_kept_its_axis(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1.sum(axis=0, keepdims=True), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "mean-for-sum", "hidden")
def b1_is_a_mean(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, d1.mean(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "sum-for-mean", "error")
def derivative_of_the_sum(x, y, w1, b1, w2, b2):
    return tuple(d * y.size for d in biases_right(x, y, w1, b1, w2, b2))


@wrong(BIASES, "sum-for-mean", "error")
def mean_over_the_rows_only(x, y, w1, b1, w2, b2):
    return tuple(d * y.shape[1] for d in biases_right(x, y, w1, b1, w2, b2))


@wrong(BIASES, "missing-factor", "hidden")
def tanh_derivative_left_out(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d1 = d2 @ w2.T
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "missing-factor", "hidden")
def tanh_derivative_left_out_in_the_bias_only(x, y, w1, b1, w2, b2):
    h, d2, d1 = biases_parts(x, y, w1, b1, w2, b2)
    return x.T @ d1, (d2 @ w2.T).sum(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "wrong-activation", "hidden")
def sigmoid_derivative_for_tanh(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d1 = d2 @ w2.T * h * (1 - h)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "wrong-point", "hidden")
def one_minus_z_squared(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d1 = d2 @ w2.T * (1 - (x @ w1 + b1) ** 2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "wrong-point", "hidden")
def derivative_at_z_without_its_bias(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d1 = d2 @ w2.T * (1 - np.tanh(x @ w1) ** 2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "sign", "")
def y_minus_p(x, y, w1, b1, w2, b2):
    return tuple(-d for d in biases_right(x, y, w1, b1, w2, b2))


@wrong(BIASES, "detached", "w1")
def w1_forgotten(x, y, w1, b1, w2, b2):
    return np.zeros_like(w1), *biases_right(x, y, w1, b1, w2, b2)[1:]


@wrong(BIASES, "missing-factor + missing-sum", "hidden")
def tanh_derivative_and_a_sum_left_out(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d1 = d2 @ w2.T
    return x.T @ d1, d1, h.T @ d2, d2.sum(axis=0)


@wrong(BIASES, "scale + missing-factor", "hidden")
def tanh_derivative_and_the_2_left_out(x, y, w1, b1, w2, b2):
    h, d2, _ = biases_parts(x, y, w1, b1, w2, b2)
    d2 = d2 / 2
    d1 = d2 @ w2.T
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


# --- three layers, as wide as each other ---------------------------------------------------------------------------


def three_loss(x, y, w1, w2, w3):
    with mg.scope("first"):
        a1 = mg.sigmoid(x @ w1)
    with mg.scope("second"):
        a2 = mg.sigmoid(a1 @ w2)
    with mg.scope("third"):
        a3 = mg.sigmoid(a2 @ w3)
    return 0.5 * mg.sum((a3 - y) ** 2)


def three_forward(x, w1, w2, w3):
    a1 = sigmoid(x @ w1)
    a2 = sigmoid(a1 @ w2)
    return a1, a2, sigmoid(a2 @ w3)


def three_right(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w2.T * sigmoid_derivative(a1)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


THREE = network(
    "three layers", {"x": (5, 4), "y": (5, 4), "w1": (4, 4), "w2": (4, 4), "w3": (4, 4)}, "w1 w2 w3", three_loss,
    three_right,
)  # fmt: skip


@wrong(THREE, "missing-factor", "second")
def second_derivative_left_out(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T
    d1 = d2 @ w2.T * sigmoid_derivative(a1)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


@wrong(THREE, "transpose", "second")
def w2_not_transposed(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w2 * sigmoid_derivative(a1)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


@wrong(THREE, "wrong-parameter", "second")
def w3_where_w2_belongs(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w3.T * sigmoid_derivative(a1)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


@wrong(THREE, "wrong-parameter", "w")
def gradients_of_w1_and_w2_exchanged(x, y, w1, w2, w3):
    d1, d2, d3 = three_right(x, y, w1, w2, w3)
    return d2, d1, d3


@wrong(THREE, "wrong-point", "first")
def derivative_of_the_next_layer(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w2.T * sigmoid_derivative(a2)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


@wrong(THREE, "stale-value", "second")
def x_where_a1_belongs(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w2.T * sigmoid_derivative(a1)
    return x.T @ d1, x.T @ d2, a2.T @ d3


@wrong(THREE, "transpose", "w2")
def square_gradient_transposed(x, y, w1, w2, w3):
    d1, d2, d3 = three_right(x, y, w1, w2, w3)
    return d1, d2.T, d3


@wrong(THREE, "wrong-point", "first")
def every_derivative_given_z(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a2 @ w3)
    d2 = d3 @ w3.T * sigmoid_derivative(a1 @ w2)
    d1 = d2 @ w2.T * sigmoid_derivative(x @ w1)
    return x.T @ d1, a1.T @ d2, a2.T @ d3


@wrong(THREE, "scale", "")
def half_forgotten(x, y, w1, w2, w3):
    return tuple(2 * d for d in three_right(x, y, w1, w2, w3))


@wrong(THREE, "updated-parameter", "w3")
def w3_updated_with_rate_a_tenth(x, y, w1, w2, w3):
    a1, a2, a3 = three_forward(x, w1, w2, w3)
    d3 = (a3 - y) * sigmoid_derivative(a3)
    d_w3 = a2.T @ d3
    w3 = w3 - 0.1 * d_w3
    d2 = d3 @ w3.T * sigmoid_derivative(a2)
    d1 = d2 @ w2.T * sigmoid_derivative(a1)
    return x.T @ d1, a1.T @ d2, d_w3


# --- everything is square, so that the shapes give nothing away ----------------------------------------------------


def square_loss(x, y, w1, w2):
    h = mg.tanh(x @ w1)
    return mg.sum((h @ w2 - y) ** 2)


def square_parts(x, y, w1, w2):
    h = np.tanh(x @ w1)
    d2 = 2 * (h @ w2 - y)
    return h, d2


def square_right(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x.T @ (d2 @ w2.T * (1 - h**2)), h.T @ d2


SQUARE = network("square", dict.fromkeys(["x", "y", "w1", "w2"], (4, 4)), "w1 w2", square_loss, square_right)


@wrong(SQUARE, "swapped-operands", "· w2")
def w2_multiplied_from_the_left(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x.T @ (w2.T @ d2 * (1 - h**2)), h.T @ d2


@wrong(SQUARE, "swapped-operands", "· w2")
def delta_times_h_transposed(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x.T @ (d2 @ w2.T * (1 - h**2)), d2 @ h.T


@wrong(SQUARE, "transpose", "x · w1")
def x_not_transposed(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x @ (d2 @ w2.T * (1 - h**2)), h.T @ d2


@wrong(SQUARE, "elementwise-for-matmul", "· w2")
def star_for_at(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x.T @ (d2 * w2.T * (1 - h**2)), h.T @ d2


@wrong(SQUARE, "matmul-for-elementwise", "tanh")
def dot_for_star(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return x.T @ np.dot(d2 @ w2.T, 1 - h**2), h.T @ d2


@wrong(SQUARE, "wrong-parameter", "w1")
def gradient_of_w2_given_for_both(x, y, w1, w2):
    h, d2 = square_parts(x, y, w1, w2)
    return h.T @ d2, h.T @ d2


@wrong(SQUARE, "transpose + sign", "w1")
def w1_transposed_and_of_the_other_sign(x, y, w1, w2):
    d_w1, d_w2 = square_right(x, y, w1, w2)
    return -d_w1.T, d_w2


# --- ReLU -------------------------------------------------------------------------------------------------------------


def relu_loss(x, y, w1, b1, w2):
    z = x @ w1 + b1
    h = mg.relu(z)
    return mg.sum((h @ w2 - y) ** 2)


def relu_right(x, y, w1, b1, w2):
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    d2 = 2 * (h @ w2 - y)
    d1 = d2 @ w2.T * (z > 0)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2


RELU = network(
    "ReLU", {"x": (8, 5), "y": (8, 2), "w1": (5, 5), "b1": (5,), "w2": (5, 2)}, "w1 b1 w2", relu_loss, relu_right
)


def relu_with(mask):
    def derivation(x, y, w1, b1, w2):
        z = x @ w1 + b1
        h = np.maximum(z, 0)
        d2 = 2 * (h @ w2 - y)
        d1 = d2 @ w2.T * mask(x, w1, z)
        return x.T @ d1, d1.sum(axis=0), h.T @ d2

    return derivation


@wrong(RELU, "missing-factor", "ReLU")
def mask_left_out(*args):
    return relu_with(lambda x, w1, z: 1)(*args)


@wrong(RELU, "wrong-mask", "ReLU")
def mask_of_x(*args):
    return relu_with(lambda x, w1, z: x > 0)(*args)


@wrong(RELU, "wrong-mask", "ReLU")
def mask_before_the_bias(*args):
    return relu_with(lambda x, w1, z: x @ w1 > 0)(*args)


@wrong(RELU, "missing-factor", "ReLU")
def mask_z_not_negative_after_relu(*args):
    return relu_with(lambda x, w1, z: np.maximum(z, 0) >= 0)(*args)


@wrong(RELU, "wrong-activation", "ReLU")
def sigmoid_derivative_in_a_relu_layer(*args):
    return relu_with(lambda x, w1, z: sigmoid_derivative(np.maximum(z, 0)))(*args)


@wrong(RELU, "wrong-activation", "ReLU")
def derivative_of_softplus(*args):
    return relu_with(lambda x, w1, z: sigmoid(z))(*args)


@wrong(RELU, "stale-value", "· w2")
def z_for_h_in_the_gradient_of_w2(x, y, w1, b1, w2):
    d_w1, d_b1, _ = relu_right(x, y, w1, b1, w2)
    z = x @ w1 + b1
    return d_w1, d_b1, z.T @ (2 * (np.maximum(z, 0) @ w2 - y))


# --- softmax and cross-entropy ------------------------------------------------------------------------------------


def entropy_loss(x, y, w, b):
    with mg.scope("scores"):
        z = x @ w + b
    with mg.scope("probabilities"):
        p = mg.softmax(z, axis=1)
    with mg.scope("cross-entropy"):
        return -mg.sum(y * mg.log(p)) / x.shape[0]


def entropy_right(x, y, w, b):
    d = (softmax(x @ w + b) - y) / len(x)
    return x.T @ d, d.sum(axis=0)


ENTROPY = network(
    "softmax", {"x": (6, 4), "y": (6, 3), "w": (4, 3), "b": (3,)}, "w b", entropy_loss, entropy_right, labels="y"
)


def entropy_with(delta):
    def derivation(x, y, w, b):
        d = delta(x @ w + b, softmax(x @ w + b), y)
        return x.T @ d, d.sum(axis=0)

    return derivation


@wrong(ENTROPY, "repeated-factor", "probabilities")
def derivative_of_p_after_p_minus_y(*args):
    return entropy_with(lambda z, p, y: (p - y) / len(y) * p * (1 - p))(*args)


@wrong(ENTROPY, "diagonal-jacobian", "probabilities")
def jacobian_cut_to_its_diagonal(*args):
    return entropy_with(lambda z, p, y: -y / p / len(y) * p * (1 - p))(*args)


@wrong(ENTROPY, "missing-factor", "probabilities")
def softmax_derivative_left_out(*args):
    return entropy_with(lambda z, p, y: -y / p / len(y))(*args)


@wrong(ENTROPY, "sign", "")
def y_minus_p_in_the_delta(*args):
    return entropy_with(lambda z, p, y: (y - p) / len(y))(*args)


@wrong(ENTROPY, "sum-for-mean", "")
def batch_size_forgotten(*args):
    return entropy_with(lambda z, p, y: p - y)(*args)


@wrong(ENTROPY, "wrong-axis", "probabilities")
def softmax_summed_over_the_batch(*args):
    def delta(z, p, y):
        g = -y / p / len(y)
        return p * (g - (g * p).sum(axis=0, keepdims=True))

    return entropy_with(delta)(*args)


@wrong(ENTROPY, "missing-factor", "cross-entropy")
def the_logarithm_not_differentiated(*args):
    def delta(z, p, y):
        g = -y / len(y)
        return p * (g - (g * p).sum(axis=1, keepdims=True))

    return entropy_with(delta)(*args)


@wrong(ENTROPY, "missing-sum", "scores")
def bias_of_the_scores_not_summed(x, y, w, b):
    d = (softmax(x @ w + b) - y) / len(x)
    return x.T @ d, d


@wrong(ENTROPY, "mean-for-sum", "scores")
def bias_divided_by_the_batch_size_once_more(x, y, w, b):
    d = (softmax(x @ w + b) - y) / len(x)
    return x.T @ d, d.mean(axis=0)


@wrong(ENTROPY, "missing-factor", "probabilities")
def sigmoid_rule_without_its_factor(*args):
    return entropy_with(lambda z, p, y: -y / (len(y) * p))(*args)


# --- one weight used twice ------------------------------------------------------------------------------------------


def shared_loss(x, y, w):
    with mg.scope("first use"):
        h = mg.tanh(x @ w)
    with mg.scope("second use"):
        p = mg.tanh(h @ w)
    return mg.sum((p - y) ** 2)


def shared_parts(x, y, w):
    h = np.tanh(x @ w)
    p = np.tanh(h @ w)
    d2 = 2 * (p - y) * (1 - p**2)
    return h, d2, d2 @ w.T * (1 - h**2)


def shared_right(x, y, w):
    h, d2, d1 = shared_parts(x, y, w)
    return h.T @ d2 + x.T @ d1


SHARED = network("shared weight", {"x": (6, 3), "y": (6, 3), "w": (3, 3)}, "w", shared_loss, shared_right)


@wrong(SHARED, "missing-term", "first use")
def first_use_forgotten(x, y, w):
    h, d2, _ = shared_parts(x, y, w)
    return h.T @ d2


@wrong(SHARED, "missing-term", "second use")
def second_use_forgotten(x, y, w):
    _, _, d1 = shared_parts(x, y, w)
    return x.T @ d1


@wrong(SHARED, "repeated-term", "first use")
def first_use_counted_twice(x, y, w):
    h, d2, d1 = shared_parts(x, y, w)
    return h.T @ d2 + 2 * x.T @ d1


@wrong(SHARED, "mean-for-sum", "", distinguishable=False)  # from the 2 of the square left out
def mean_of_both_uses(x, y, w):
    return shared_right(x, y, w) / 2


@wrong(SHARED, "sign", "first use")
def uses_subtracted(x, y, w):
    h, d2, d1 = shared_parts(x, y, w)
    return h.T @ d2 - x.T @ d1


@wrong(SHARED, "missing-factor", "first use")
def first_tanh_not_differentiated(x, y, w):
    h, d2, _ = shared_parts(x, y, w)
    return h.T @ d2 + x.T @ (d2 @ w.T)


@wrong(SHARED, "missing-factor + missing-term", "first use")
def output_tanh_and_first_use_left_out(x, y, w):
    h = np.tanh(x @ w)
    return h.T @ (2 * (np.tanh(h @ w) - y))


# --- L2 regularisation ---------------------------------------------------------------------------------------------


def penalty_loss(x, y, w, v):
    with mg.scope("error"):
        error = mg.mean((mg.sigmoid(mg.tanh(x @ w) @ v) - y) ** 2)
    with mg.scope("penalty"):
        return error + 0.05 * (mg.sum(w**2) + mg.sum(v**2))


def penalty_parts(x, y, w, v):
    h = np.tanh(x @ w)
    p = sigmoid(h @ v)
    d2 = 2 * (p - y) / y.size * p * (1 - p)
    return x.T @ (d2 @ v.T * (1 - h**2)), h.T @ d2


def penalty_right(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w + 0.1 * w, d_v + 0.1 * v


PENALTY = network("L2", {"x": (6, 4), "y": (6, 2), "w": (4, 3), "v": (3, 2)}, "w v", penalty_loss, penalty_right)


@wrong(PENALTY, "missing-term", "penalty")
def penalty_forgotten(x, y, w, v):
    return penalty_parts(x, y, w, v)


@wrong(PENALTY, "missing-term", "penalty")
def penalty_of_w_forgotten(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w, d_v + 0.1 * v


@wrong(PENALTY, "scale", "penalty")
def penalty_without_its_2(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w + 0.05 * w, d_v + 0.05 * v


@wrong(PENALTY, "sign", "penalty")
def penalty_subtracted(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w - 0.1 * w, d_v - 0.1 * v


@wrong(PENALTY, "missing-factor", "penalty")
def penalty_without_lambda(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w + 2 * w, d_v + 2 * v


@wrong(PENALTY, "mean-for-sum", "penalty")
def penalty_divided_by_the_size_of_w(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w + 0.1 * w / w.size, d_v + 0.1 * v


@wrong(PENALTY, "sum-for-mean", "error")
def error_not_averaged(x, y, w, v):
    d_w, d_v = penalty_parts(x, y, w, v)
    return d_w * y.size + 0.1 * w, d_v * y.size + 0.1 * v


# --- a residual connection; the sigmoid spelled out ----------------------------------------------------------------


def residual_loss(x, y, w, v):
    with mg.scope("block"):
        h = x + mg.tanh(x @ w) @ v
        h = h + mg.tanh(h @ w) @ v
    return mg.sum((h - y) ** 2)


def residual_right(x, y, w, v, *, skip=1.0, again=1.0):
    t1 = np.tanh(x @ w)
    h1 = x + t1 @ v
    t2 = np.tanh(h1 @ w)
    d2 = 2 * (h1 + t2 @ v - y)
    d_z2 = d2 @ v.T * (1 - t2**2)
    d1 = skip * d2 + d_z2 @ w.T
    d_z1 = d1 @ v.T * (1 - t1**2)
    return h1.T @ d_z2 + again * x.T @ d_z1, t2.T @ d2 + again * t1.T @ d1


RESIDUAL = network(
    "residual", {"x": (5, 3), "y": (5, 3), "w": (3, 4), "v": (4, 3)}, "w v", residual_loss, residual_right
)


@wrong(RESIDUAL, "missing-term", "block")
def skip_connection_forgotten(x, y, w, v):
    return residual_right(x, y, w, v, skip=0.0)


@wrong(RESIDUAL, "repeated-term", "block")
def skip_connection_counted_twice(x, y, w, v):
    return residual_right(x, y, w, v, skip=2.0)


def spelled_loss(x, y, w, b):
    p = 1 / (1 + mg.exp(-(x @ w + b)))
    return -mg.mean(y * mg.log(p) + (1 - y) * mg.log(1 - p))


def spelled_right(x, y, w, b):
    d = (sigmoid(x @ w + b) - y) / y.size
    return x.T @ d, d.sum(axis=0)


SPELLED = network("spelled out", {"x": (9, 4), "y": (9, 1), "w": (4, 1), "b": (1,)}, "w b", spelled_loss, spelled_right)


@wrong(SPELLED, "repeated-factor", "1 / (1 + exp(")
def sigmoid_derivative_after_p_minus_y(x, y, w, b):
    p = sigmoid(x @ w + b)
    d = (p - y) / y.size * p * (1 - p)
    return x.T @ d, d.sum(axis=0)


@wrong(SPELLED, "missing-factor", "1 / (1 + exp(")
def spelled_sigmoid_not_differentiated(x, y, w, b):
    p = sigmoid(x @ w + b)
    d = (-y / p + (1 - y) / (1 - p)) / y.size
    return x.T @ d, d.sum(axis=0)


@wrong(SPELLED, "wrong-point", "1 / (1 + exp(")
def spelled_sigmoid_derivative_given_z(x, y, w, b):
    z = x @ w + b
    p = sigmoid(z)
    d = (-y / p + (1 - y) / (1 - p)) / y.size * z * (1 - z)
    return x.T @ d, d.sum(axis=0)


@wrong(SPELLED, "missing-term", "1 − ")
def rows_of_zeros_forgotten(x, y, w, b):
    p = sigmoid(x @ w + b)
    d = -y / y.size * (1 - p)
    return x.T @ d, d.sum(axis=0)
