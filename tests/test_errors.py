"""What can't be done says so when it is asked for, names what was given, and shows the way out."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg


def parameter(*values: float, name: str | None = None) -> mg.Tensor:
    return mg.tensor(np.array(values), requires_grad=True, name=name)


def freed() -> mg.Tensor:
    loss = mg.sum(mg.exp(parameter(1.0, 2.0)))
    loss.backward()
    return loss


def bad_vjp(returned: Any) -> Callable[[Any], Any]:
    return mg.primitive(lambda xp, x: 2 * x, [lambda g, y, x: returned], name="twice")


def returning(value: Any, *inputs: mg.Tensor) -> Any:
    if len(inputs) == 1:
        return mg.primitive(lambda xp, a: value, [lambda g, y, a: g], name="returns")(*inputs)
    return mg.primitive(lambda xp, a, b: value, [lambda g, y, a, b: g] * 2, name="returns")(*inputs)


def one(t: mg.Tensor) -> tuple[Any, ...]:
    return (t,)


def both(t: mg.Tensor) -> tuple[Any, ...]:
    return (t, t)


def constant(t: mg.Tensor) -> tuple[Any, ...]:
    return (t.detach(),)


def handed_out(t: mg.Tensor) -> tuple[Any, ...]:
    t.data  # noqa: B018 - from now on others may write to it
    return (t,)


ERRORS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "backward on a non-scalar without a seed": (
        lambda: (parameter(1.0, 2.0) * 2).backward(),
        ValueError,
        r"backward: the output has shape \(2,\); pass a seed of that shape, or reduce it to one number",
    ),
    "seed of the wrong shape": (
        lambda: (parameter(1.0, 2.0) * 2).backward(np.ones(3)),
        ValueError,
        r"the seed has shape \(3,\), but the output has shape \(2,\)",
    ),
    "seed of the wrong shape, functional": (
        lambda: mg.vjp(mg.exp, np.ones(2))[1](np.ones((2, 1))),
        ValueError,
        r"vjp: the cotangent has shape \(2, 1\), but the output has shape \(2,\)",
    ),
    "second backward through a freed graph": (
        lambda: freed().backward(),
        RuntimeError,
        "the graph was freed: an earlier backward.* retain_graph=True",
    ),
    "backward from a constant": (
        lambda: mg.sum(mg.tensor([1.0])).backward(),
        RuntimeError,
        "does not depend on any tensor that requires gradients",
    ),
    **{
        f"gradients of {dtype}": (
            lambda dtype=dtype: mg.tensor(np.ones(2, dtype), requires_grad=True),
            TypeError,
            f"only floating-point tensors can require gradients, got dtype {np.dtype(dtype)}; pass dtype=float",
        )
        for dtype in (int, bool, complex)
    },
    "requires_grad set on integers": (
        lambda: setattr(mg.tensor([1, 2]), "requires_grad", True),
        TypeError,
        "only floating-point tensors can require gradients, got dtype int64",
    ),
    "requires_grad set on a result": (
        lambda: setattr(parameter(1.0) * 2, "requires_grad", False),
        RuntimeError,
        "can be changed on a leaf only; use detach",
    ),
    "complex data in a recorded operation": (
        lambda: parameter(1.0) * np.array([1j]),
        TypeError,
        "multiply: the result has dtype complex128, but gradients flow through real floating-point numbers only",
    ),
    "a complex number in a recorded operation": (
        lambda: parameter(1.0) * 1j,
        TypeError,
        "multiply: the result has dtype complex128",
    ),
    "a sum in integers": (
        lambda: mg.sum(parameter(1.5, 2.5), dtype=int),
        TypeError,
        "sum: the result has dtype int64, but gradients flow through real floating-point numbers only; detach()",
    ),
    "an operation of one's own that returns integers": (
        lambda: mg.primitive(lambda xp, x: xp.astype(x, np.int64), [lambda g, y, x: g], name="whole")(parameter(1.5)),
        TypeError,
        "whole: the result has dtype int64",
    ),
    "an operation of one's own that compares": (
        lambda: mg.primitive("greater", [lambda g, y, a, b: g] * 2, name="more")(parameter(1.5), parameter(0.5)),
        TypeError,
        "more: the result has dtype bool",
    ),
    "shapes that do not broadcast": (
        lambda: parameter(1.0, 2.0) + np.ones(3),
        ValueError,
        r"add: .*\(the shapes are \(2,\) and \(3,\)\)",
    ),
    "shapes of two tensors that do not broadcast": (
        lambda: parameter(1.0, 2.0) * parameter(1.0, 2.0, 3.0),
        ValueError,
        r"multiply: .*\(the shapes are \(2,\) and \(3,\)\)",
    ),
    "shapes that do not multiply": (
        lambda: mg.tensor(np.ones((2, 3)), requires_grad=True) @ mg.tensor(np.ones((2, 3))),
        ValueError,
        r"^matmul: (?!matmul).*\(the shapes are \(2, 3\) and \(2, 3\)\)",
    ),
    "float() of several": (
        lambda: float(parameter(1.0, 2.0)),
        TypeError,
        r"float\(\) takes a tensor of one element; this one has shape \(2,\)",
    ),
    "int() of several": (lambda: int(parameter(1.0, 2.0)), TypeError, r"int\(\) takes a tensor of one element"),
    "bool() of several": (
        lambda: bool(parameter(1.0, 2.0)),
        ValueError,
        r"the truth value of a tensor of shape \(2,\) is ambiguous; use mg.any\(t\) or mg.all\(t\)",
    ),
    "bool() of none": (lambda: bool(mg.tensor([])), ValueError, "truth value"),
    "len() of a number": (lambda: len(mg.tensor(1.0)), TypeError, r"len\(\) of a 0-d tensor"),
    "iteration over a number": (lambda: list(mg.tensor(1.0)), TypeError, "iteration over a 0-d tensor"),
    "item() of several": (lambda: parameter(1.0, 2.0).item(), ValueError, r"item\(\) takes a tensor of one element"),
    "an index that is no integer": (lambda: [1, 2][mg.tensor(1.0)], TypeError, "only a 0-d integer tensor can be"),
    "hash": (lambda: hash(parameter(1.0)), TypeError, "unhashable"),
    "asarray while recording": (
        lambda: np.asarray(parameter(1.0)),
        TypeError,
        r"making a NumPy array of a tensor that is being recorded \(an argument or parameter\) would lose its gradient",
    ),
    "array of a list of tensors": (lambda: np.array([parameter(1.0)[0]]), TypeError, "would lose its gradient"),
    "tensor() of a recorded tensor": (lambda: mg.tensor(parameter(1.0) * 2), TypeError, "lose its gradient; detach"),
    "in-place on a leaf that is recorded": (
        lambda: parameter(1.0).__iadd__(1.0),
        TypeError,
        r"in-place \+= on a tensor that is being recorded.*t = t \+ other, or update a leaf under mg.no_grad",
    ),
    "in-place on a view of a leaf": (
        lambda: parameter([1.0, 2.0])[:1].__imul__(2.0),
        TypeError,
        r"t \*= other: a parameter that requires gradients can't be written into.*t.copy\(\)",
    ),
    "in-place on a result, without recording": (
        lambda: mg.no_grad()((parameter([1.0]) * 2).__imul__)(2.0),
        TypeError,
        r"t \*= other: under mg.no_grad\(\) this would cut .* off from its gradient",
    ),
    "in-place with another shape": (
        lambda: (parameter(1.0) * 2).__iadd__(np.ones(2)),
        ValueError,
        r"t \+= other: what has shape \(2,\) can't be written into a tensor of shape \(1,\)",
    ),
    "in-place with another dtype": (
        lambda: mg.tensor([1, 2]).__iadd__(0.5),
        TypeError,
        r"t \+= other: numbers of dtype float64 can't be written into a tensor of dtype int64",
    ),
    "a gradient into integers": (
        lambda: mg.zeros(2, int).__setitem__(0, parameter(1.0) * 2),
        TypeError,
        "in a tensor of dtype int64 what is written would be cut off and have no gradient; make it with dtype=float",
    ),
    "a read-only view": (
        lambda: np.broadcast_to(parameter([1.0]) * 2, (2, 1)).__setitem__(0, 1.0),
        ValueError,
        "the view that broadcast_to makes is read-only, as in NumPy; write into a copy of it",
    ),
    "a mask of another shape": (
        lambda: (parameter(1.0) * 2).__setitem__(np.array([True, False]), 0),
        IndexError,
        r"a mask of shape \(2,\) does not match a tensor of shape \(1,\)",
    ),
    "at of a place twice": (
        lambda: np.multiply.at(parameter([1.0]) * 2, [0, 0], 2.0),
        TypeError,
        "np.multiply.at: where the index names an element twice, np.add and np.subtract alone are supported",
    ),
    "arrays of several shapes in a list": (
        lambda: mg.array([parameter(1.0), 2.0]),
        ValueError,
        r"array: what stands in one list must have one shape, got \(\), \(1,\)",
    ),
    "in-place on an array": (
        lambda: np.ones(1).__iadd__(parameter(1.0)),
        TypeError,
        r"np.add: out= and in-place .* would write a tensor into a plain array.*np.zeros\(shape, like=t\).*a = a \+ t",
    ),
    "out= of a ufunc": (lambda: np.exp(parameter(1.0), out=np.ones(1)), TypeError, "np.exp: out= and in-place"),
    "out= of a function": (lambda: np.sum(parameter(1.0), out=np.ones(())), TypeError, "np.sum: out= and in-place"),
    "writing into a tensor": (
        lambda: parameter(1.0).__setitem__(0, 2.0),
        TypeError,
        r"t\[index\] = value: a parameter that requires gradients can't be written into.*under mg.no_grad",
    ),
    "writing into the data of a result": (
        lambda: (parameter(1.0) * 2).data.__setitem__(0, 5.0),
        ValueError,
        "read-only",
    ),
    "replacing the data of a result": (
        lambda: setattr(parameter(1.0) * 2, "data", np.ones(1)),
        AttributeError,
        r"the data of a result \(of multiply\) can't be replaced",
    ),
    "data of another shape": (
        lambda: setattr(parameter(1.0), "data", np.ones(2)),
        ValueError,
        r"the data of this tensor have shape \(1,\), got \(2,\)",
    ),
    "grad of another shape": (
        lambda: setattr(parameter(1.0), "grad", np.ones(2)),
        ValueError,
        r"the gradient of this tensor has shape \(1,\), got \(2,\)",
    ),
    "a VJP that returns None": (
        lambda: mg.sum(bad_vjp(None)(parameter(1.0))).backward(),
        TypeError,
        "the VJP of 'twice' returned None; .* declare None instead of a VJP",
    ),
    "a VJP that returns text": (
        lambda: mg.sum(bad_vjp("2")(parameter(1.0))).backward(),
        TypeError,
        "the VJP of 'twice' returned 'str'",
    ),
    "a VJP that returns the wrong shape": (
        lambda: mg.sum(bad_vjp(np.ones(3))(parameter(1.0, 2.0))).backward(),
        ValueError,
        r"the VJP of 'twice' returned shape \(3,\) for an input of shape \(2,\)",
    ),
    "a VJP that returns one number for many": (
        lambda: mg.sum(bad_vjp(1.0)(parameter(1.0, 2.0))).backward(),
        ValueError,
        r"returned shape \(\) for an input of shape \(2,\)",
    ),
    **{
        f"a primitive whose forward returns {name}, {road}": (
            lambda returned=returned, make=make: returning(returned, *make(parameter(1.0))),
            TypeError,
            f"returns: the forward of the operation returned {name}; it must return one array",
        )
        for name, returned in (("list", [1.0]), ("tuple", (1.0, 2.0)), ("None", None), ("str", "a"), ("float", 1.0))
        for road, make in (("one input", one), ("two", both), ("a constant", constant), ("handed out", handed_out))
    },
    "a primitive without a name": (
        lambda: mg.primitive(lambda xp, x: x, [None]),
        ValueError,
        "'<lambda>' can't name an operation; pass name=",
    ),
    "a primitive under a built-in name": (
        lambda: mg.primitive(lambda xp, x: x, [None], name="exp"),
        ValueError,
        "has declared an operation 'exp'; choose another name",
    ),
    "a primitive of another name's function under a built-in name": (
        lambda: mg.primitive("floor", [None], name="exp"),
        ValueError,
        "has declared an operation 'exp'; choose another name",
    ),
    "a primitive with more VJPs than inputs": (
        lambda: mg.primitive(lambda xp, x: x, [None, None], name="f"),
        TypeError,
        "primitive 'f': 2 VJPs, but forward takes 1 arguments after xp",
    ),
    "a primitive whose VJP is no function": (
        lambda: mg.primitive(lambda xp, x: x, ["x"], name="f"),  # type: ignore[list-item]
        TypeError,
        "primitive 'f': a VJP must be a function or None, got 'x'",
    ),
    "a primitive that keeps what it doesn't have": (
        lambda: mg.primitive(lambda xp, x: x, [None], name="f", keep="y z"),
        ValueError,
        r"primitive 'f': keep names \['z'\]; it may name y and x",
    ),
    "an unknown argument of an operation": (
        lambda: mg.sum(parameter(1.0), axes=0),
        TypeError,
        "axes",
    ),
    "a NumPy function that is not supported": (
        lambda: np.fft.fft(parameter(1.0)),
        TypeError,
        r"^np\.fft\.fft is not supported on tensors",
    ),
    "a NumPy function with a near relative": (
        lambda: np.bitwise_left_shift(parameter(1.0), 1),
        TypeError,
        r"^np\.left_shift is not supported on tensors$",
    ),
    "a ufunc that is not supported": (lambda: np.spacing(parameter(1.0)), TypeError, "np.spacing is not supported"),
    "a method of a ufunc": (
        lambda: np.add.reduceat(parameter(1.0), [0]),
        TypeError,
        "np.add.reduceat is not supported",
    ),
    "accumulating a number": (
        lambda: np.add.accumulate(parameter(1.0)[0]),
        TypeError,
        "a number has no axis to go along",
    ),
    "text": (lambda: mg.tensor("abc"), TypeError, r"tensor\(\): 'abc' is text, no number"),
    "too many arguments of an operation": (
        lambda: mg.exp(parameter(1.0), 2.0),
        TypeError,
        r"exp\(\) takes 1 positional argument but 2 were given",
    ),
    "too few arguments of an operation": (
        lambda: mg.add(parameter(1.0)),
        TypeError,
        r"add\(\) missing 1 required positional argument: 'b'",
    ),
    "no argument of an operation": (
        lambda: mg.exp(),
        TypeError,
        r"exp\(\) missing 1 required positional argument: 'x'",
    ),
    "a masked array": (
        lambda: mg.tensor(np.ma.masked_array([1.0], [True])),
        TypeError,
        r"^tensor\(\): the mask of a masked array would be lost; fill or compress it first",
    ),
    "a name that is no string": (lambda: mg.tensor(1.0, name=3), TypeError, "a name must be a string, got int"),  # type: ignore[arg-type]
    "a scope name that is no string": (lambda: mg.scope(3), TypeError, "scope: the name must be a string, got int"),  # type: ignore[arg-type]
    "copying a result": (
        lambda: copy.deepcopy(parameter(1.0) * 2),
        TypeError,
        r"a result \(of multiply\) can't be copied or pickled.*detach\(\) it first",
    ),
    "pickling a result": (lambda: pickle.dumps(parameter(1.0) * 2), TypeError, "can't be copied or pickled"),
    "gradients of what is no tensor": (
        lambda: mg.gradients(np.ones(1), parameter(1.0)),  # type: ignore[arg-type]
        TypeError,
        "gradients: the output is of type ndarray, not a Tensor",
    ),
    "gradients for what is no tensor": (
        lambda: mg.gradients(mg.sum(parameter(1.0)), [np.ones(1)]),  # type: ignore[list-item]
        TypeError,
        "gradients: input 0 is of type ndarray, not a Tensor",
    ),
    "gradients for a constant": (
        lambda: mg.gradients(mg.sum(parameter(1.0)), mg.tensor(1.0)),
        ValueError,
        "gradients: input 0 .* does not require gradients",
    ),
    "grad of what is no function": (lambda: mg.grad(3.0), TypeError, "grad takes a function, got float"),  # type: ignore[arg-type]
    "grad of several numbers": (
        lambda: mg.grad(mg.exp)(np.ones(2)),
        ValueError,
        r"grad: the function must return one number, got shape \(2,\).*mg.jacobian and mg.vjp",
    ),
    "grad for integers": (
        lambda: mg.grad(mg.exp)(3),
        TypeError,
        "grad: argument 0 must hold real floating-point numbers .* got int of dtype int64; convert it with float",
    ),
    "grad for an argument that isn't there": (
        lambda: mg.grad(mg.exp, argnums=1)(1.0),
        TypeError,
        "grad: argnums asks for argument 1, but there are 1",
    ),
    "argnums that are no integers": (
        lambda: mg.grad(mg.exp, argnums="x"),  # type: ignore[arg-type]
        TypeError,
        "argnums must be an integer or a sequence of integers, got 'x'",
    ),
    "a mask as argnums": (
        lambda: mg.grad(lambda x, y: x * y, argnums=(False, True)),
        TypeError,
        "argnums must be an integer or a sequence of integers, got .False, True.",
    ),
    "argnums twice the same": (
        lambda: mg.grad(mg.exp, argnums=(0, 0)),
        ValueError,
        "argnums must name at least one argument, and each once",
    ),
    "argnums twice the same, from both ends": (
        lambda: mg.grad(lambda x, y: x * y, argnums=(0, -2))(1.0, 2.0),
        ValueError,
        r"grad: argnums must name each argument once, got \(0, -2\)",
    ),
    "per_example of an argument twice": (
        lambda: mg.per_example(lambda x, y: x * y, argnums=(0, -2))(1.0, np.ones(2)),
        ValueError,
        r"per_example: argnums must name each argument once, got \(0, -2\)",
    ),
    "a tensor that has a tangent in place of a pair": (
        lambda: mg.jvp(mg.exp, (1.0,), (1.0,), has_aux=True),
        TypeError,
        r"jvp: with has_aux=True the function must return a pair \(value, aux\), got a Tensor",
    ),
    "a function that returns a list": (
        lambda: mg.grad(lambda x: [x, x])(1.0),
        TypeError,
        "the function must return one tensor, array or number, got list",
    ),
    "tangents of another length": (
        lambda: mg.jvp(mg.exp, (1.0,), ()),
        TypeError,
        r"sequences of the same length, with one for each argument, as in mg.jvp\(f, \(x,\), \(v,\)\); got 1 and 0",
    ),
    "arguments that are in no tuple": (
        lambda: mg.jvp(mg.exp, np.ones(2), np.ones(2)),  # type: ignore[call-overload]
        TypeError,
        r"got an array of shape \(2,\) and an array of shape \(2,\)",
    ),
    "one of several tangents": (
        lambda: mg.linearize(lambda p, y: p["a"] * y, {"a": 1.0}, 2.0)[1]({"a": 1.0}, np.ones(3)),
        ValueError,
        r"linearize: the tangent of y has shape \(3,\), but the argument y has shape \(\)",
    ),
    "a tangent in a container": (
        lambda: mg.jvp(lambda p, y: p["a"] * y, ({"a": 1.0}, 2.0), ({"a": np.ones(3)}, 1.0)),
        ValueError,
        r'jvp: the tangent of p\["a"\] has shape \(3,\)',
    ),
    "two cotangents": (
        lambda: mg.vjp(lambda x: (x, x), 1.0)[1](1.0, 1.0),  # type: ignore[call-arg]
        TypeError,
        "vjp: one cotangent is needed, in a tuple where several are returned; got 2",
    ),
    "no cotangent of one of several": (
        lambda: mg.vjp(lambda x: (x, x), 1.0)[1]((1.0, None)),  # type: ignore[arg-type]
        TypeError,
        r"vjp: the cotangent of the output\[1\]: None is no number",
    ),
    "tangents of another shape": (
        lambda: mg.jvp(mg.exp, (1.0,), (np.ones(2),)),
        ValueError,
        r"jvp: the tangent of x has shape \(2,\), but the argument x has shape \(\)",
    ),
    "no tangent": (
        lambda: mg.jvp(mg.exp, (1.0,), (None,)),  # type: ignore[call-overload]
        TypeError,
        r"jvp: the tangent of x is None, which is no number; give zeros, of shape \(\), for none",
    ),
    "no tangent, linearize": (
        lambda: mg.linearize(mg.exp, np.ones(2))[1](None),  # type: ignore[arg-type]
        TypeError,
        r"linearize: the tangent of x is None, which is no number; give zeros, of shape \(2,\)",
    ),
    "no cotangent": (lambda: mg.vjp(mg.exp, 1.0)[1](None), TypeError, "vjp: the cotangent is None"),
    "jvp of no arguments": (
        lambda: mg.jvp(lambda: 1.0, (), ()),
        TypeError,
        "jvp: at least one argument to differentiate is needed",
    ),
    "a vector of another shape": (
        lambda: mg.hvp(mg.sum, np.ones(3), np.ones(2)),
        ValueError,
        r"hvp: the vector has shape \(2,\), but the argument has shape \(3,\)",
    ),
    "a vector of another shape, in a container": (
        lambda: mg.hvp(lambda p: mg.sum(p["w"] ** 2), {"w": np.ones(3)}, {"w": np.ones(2)}),
        ValueError,
        r'hvp: the vector of the argument\["w"\] has shape \(2,\), but that has shape \(3,\)',
    ),
    "no vector": (lambda: mg.hvp(mg.exp, 1.0, None), TypeError, "hvp: the vector is None"),  # type: ignore[arg-type]
    "hvp of several numbers": (
        lambda: mg.hvp(mg.exp, np.ones(2), np.ones(2)),
        ValueError,
        r"hvp: the function must return one number, got shape \(2,\)",
    ),
    "hessian of several numbers": (
        lambda: mg.hessian(mg.exp)(np.ones(2)),
        ValueError,
        r"hessian: the function must return one number, got shape \(2,\)",
    ),
    "hessian for integers": (lambda: mg.hessian(mg.exp)(3), TypeError, "hessian: argument 0 must hold real"),
    "hessian without what else there is": (
        lambda: mg.hessian(mg.exp, has_aux=True)(3.0),
        TypeError,
        "hessian: with has_aux=True the function must return a pair",
    ),
    "value_and_grad of several numbers": (
        lambda: mg.value_and_grad(mg.exp)(np.ones(2)),
        ValueError,
        "value_and_grad: the function must return one number",
    ),
    "per_example of several numbers": (
        lambda: mg.per_example(lambda w, x: w * x)(np.ones(2), np.ones((3, 2))),
        ValueError,
        r"per_example: the function must return one number, got shape \(2,\)",
    ),
    "per_example of several outputs": (
        lambda: mg.per_example(lambda w, x: (mg.sum(w * x), x))(np.ones(2), np.ones((3, 2))),
        TypeError,
        "per_example: the function must return one tensor, array or number, got tuple$",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_says(case: str) -> None:
    action, error, words = ERRORS[case]
    with pytest.raises(error, match=words):
        action()
