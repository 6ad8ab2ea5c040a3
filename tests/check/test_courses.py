"""Mistakes that students make in the models of courses: the line and the kind, in the files in which they were met."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.structure import fresh

from .located import score
from .test_corpus_of_derivations import FOLDER
from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

FOUND = [
    # what is counted, masked, scaled, at which axis, in which window
    ("thirtythird", "spatial_batch_norm_count_of_the_images"),
    ("thirtythird", "vae_divergence_not_divided_by_the_batch"),
    ("thirtythird", "deep_dict_keep_prob_only_forward"),
    ("thirtythird", "svm_loops_outside_the_if"),
    ("thirtythird", "softmax_regression_one_off_all_rows"),
    ("thirtyfourth", "conv_im2col_columns_put_back_in_another_order"),
    ("thirtyfourth", "gmm_covariance_inner_product_for_outer"),
    ("thirtyfourth", "logreg_bias_column_half_left_in_l2"),
    ("thirtyfourth", "maxpool_row_and_column_of_the_argmax_exchanged"),
    ("thirtyfourth", "softmax_regression_loops_example_subtracted_for_every_class"),
    ("thirtyfifth", "birnn_first_half_for_both_directions"),
    ("thirtyfifth", "class_weights_divided_by_the_batch"),
    ("thirtyfifth", "ridge_penalises_the_bias"),
    # what a statement lacks, or has too much
    ("thirtythird", "ridge_slope_penalty_on_the_intercept_too"),
    ("thirtythird", "factorisation_machine_squares_kept"),
    ("thirtythird", "svm_only_the_right_class"),
    ("thirtythird", "tied_autoencoder_only_the_encoder"),
    ("thirtythird", "ode_euler_data_minus_state"),
    ("thirtyfourth", "nielsen_hidden_sigmoid_prime_neglected"),
    ("thirtyfourth", "label_smoothing_only_in_the_loss"),
    ("thirtyfourth", "autoencoder_sparsity_outside_the_bracket"),
    ("thirtyfourth", "ode_rk4_sensitivities_summed_like_the_stages"),
    ("thirtyfourth", "gru_no_way_back_through_the_reset_gate"),
    ("thirtyfifth", "causal_attention_without_the_gradient_from_above"),
    ("thirtyfifth", "infonce_one_of_two_views_held_constant"),
    ("thirtyfifth", "lasso_weights_for_their_signs"),
    # of several places that mend everything the one where it goes wrong
    ("thirtythird", "planar_one_minus_z_squared"),
    ("thirtythird", "polynomial_regression_gradient_of_the_squares"),
    ("thirtyfourth", "batchnorm_steps_square_of_the_std_forgotten"),
    ("thirtyfourth", "ode_rk4_first_stage_not_in_the_sum"),
    ("thirtyfourth", "two_layer_grad_w2_sent_back"),
    ("thirtyfourth", "logreg_plus_minus_labels_no_minus_in_sigma"),
]

PAIRS = [
    ("thirtythird", "combined_vae_half_and_mean_of_the_divergence"),
    ("thirtythird", "combined_deep_dict_no_mask_and_no_penalty"),
    ("thirtyfourth", "combined_vae_divergence_averaged_and_turned"),
]


def scored(which, name, folder):
    """Return what is found of one case of a set: the verdicts, and words."""
    with np.errstate(all="ignore"):
        return score(FOLDER.with_name(which) / f"{name}.py", folder)


@pytest.mark.parametrize(("which", "name"), FOUND, ids=[name for _, name in FOUND])
def test_the_line_and_the_kind_are_found(which, name, tmp_path):
    verdicts, said = scored(which, name, tmp_path)
    assert verdicts["line first"], said
    assert verdicts["kind first"], said
    assert not verdicts["accused"], said
    assert not verdicts["right called wrong"]


@pytest.mark.parametrize(("which", "name"), PAIRS, ids=[name for _, name in PAIRS])
def test_both_lines_of_two_mistakes_are_found(which, name, tmp_path):
    verdicts, said = scored(which, name, tmp_path)
    assert verdicts["all causes"], said
    assert verdicts["line first"], said
    assert not verdicts["accused"], said


def test_a_statement_is_named_whose_right_value_is_known_though_nobody_knows_its_text(tmp_path):
    verdicts, said = scored("thirtyfifth", "batch_norm_each_example_by_itself", tmp_path)
    assert verdicts["line of an unexplained"], said
    assert not verdicts["accused by an unexplained"], said


WINDOWS = """
def loss(w, x):
    out = np.stack([np.sum(x[i : i + 3] * w) for i in range(0, 6, 2)])
    return np.sum(np.tanh(out) ** 2)

def backprop(w, x):
    dw, dx = np.zeros_like(w), np.zeros_like(x)
    for i in range(3):
        s = 2 * i
        t = np.tanh(np.sum(x[s : s + 3] * w))
        g = 2 * t * (1 - t**2)
        dw += g * x[s : s + 3]
        dx[i : i + 3] += g * w
    return dw, dx
"""


def test_a_window_that_is_written_to_is_that_of_what_is_read_beside_it(tmp_path):
    (found,) = diagnosed(HEAD + WINDOWS, normal(3, 7), (0, 1), tmp_path)
    assert found.correction == "dx[s : s + 3] += g * w"


KEYS = """
def loss(W1, W2, x, y):
    params = {"W1": W1, "W2": W2}
    h = x
    for l in (1, 2):
        h = np.tanh(params[f"W{l}"] @ h)
    return np.sum((h - y) ** 2) + 0.3 * np.sum(W1**2) + 0.3 * np.sum(W2**2)

LAM = 0.3

def backprop(W1, W2, x, y):
    params, grads, states = {"W1": W1, "W2": W2}, {}, [x]
    for l in (1, 2):
        states.append(np.tanh(params[f"W{l}"] @ states[-1]))
    d = 2 * (states[-1] - y)
    for l in (2, 1):
        d = d * (1 - states[l] ** 2)
        grads[f"W{l}"] = d @ states[l - 1].T
        d = params[f"W{l}"].T @ d
    return grads["W1"], grads["W2"]
"""


LAYERS = [(4, 4), (4, 4), (4, 5), (4, 5)]


def test_what_is_penalised_is_under_the_key_of_its_gradient(tmp_path):
    (found,) = diagnosed(HEAD + KEYS, normal(*LAYERS), (0, 1), tmp_path)
    assert found.kind == "missing-term"
    assert 'params[f"W{l}"]' in (found.correction or "")


def test_names_of_the_users_in_braces_are_no_templates(tmp_path):
    """Text such as ``params[f"W{l}"]`` stands in what is tried, and was taken for a template once."""
    source = KEYS.replace("d * (1 - states[l] ** 2)", "d * (1 - states[l])").replace(
        "d @ states[l - 1].T", "d @ states[l - 1].T / 5"
    )
    assert diagnosed(HEAD + source, normal(*LAYERS), (0, 1), tmp_path)


def test_a_statement_that_is_added_is_shown_behind_the_one_it_follows():
    source = FOLDER.with_name("thirtythird") / "captioning_rnn_mask_only_in_the_loss.py"
    names = {"__name__": "net"}
    exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), names)
    arguments = names["data"]()
    places = tuple(names["loss"].__code__.co_varnames.index(name) for name in names["PARAMETERS"])
    (found,) = mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=places)
    stays, new = found.correction.split("; ")
    assert stays == "dscores[np.arange(N)[:, None], np.arange(T), y] -= 1"
    assert new == "dscores = dscores * (y != NULL)[:, :, None]"


def test_a_covariance_that_is_learnt_stays_one_elsewhere():
    random = np.random.default_rng(0)
    root = random.normal(size=(3, 2, 2))
    x = root @ root.swapaxes(1, 2) + np.eye(2)
    moved = fresh(x, 0.1 * random.standard_normal(x.shape), is_data=False)
    assert np.allclose(moved, moved.swapaxes(1, 2))
    assert not np.allclose(moved, x)
    assert (np.linalg.eigvalsh(moved) > 0).all()


def test_weights_that_begin_with_zeros_or_ones_on_the_diagonal_are_no_covariance():
    random = np.random.default_rng(0)
    for x in (np.zeros((3, 3)), np.eye(3)):
        moved = fresh(x, random.standard_normal(x.shape), is_data=False)
        assert not np.allclose(moved, moved.T)
