"""Arrays that aren't plain are refused at every door alike, with what to give instead; what is plain comes in."""

from __future__ import annotations

import array
import decimal
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.ops.cases import CASES, Case

VALUES = [1.0, 2.0, 3.0]


class Other:
    """An array of another library, as NumPy sees it: it can be converted."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, dtype=float)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.values, dtype)


class Framework(Other):
    def numpy(self) -> np.ndarray:
        return self.values


class Lazy(Other):
    def compute(self) -> np.ndarray:
        return self.values


class Labelled(Other):
    def to_numpy(self) -> np.ndarray:
        return self.values

    def compute(self) -> Labelled:
        return self


class Sparse:
    __array_priority__ = 10.1

    def __init__(self, values: Any) -> None:
        self.values = values

    def toarray(self) -> np.ndarray:
        return np.asarray(self.values)

    def __len__(self) -> int:
        return len(self.values)


class Quantity(np.ndarray):
    """A subclass whose operations may mean anything: units, say."""


def with_units(values: Any) -> np.ndarray:
    return np.asarray(values).view(Quantity)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "np.matrix": (
        lambda v: np.asarray(v).view(np.matrix),
        r"\* of an np.matrix is the matrix product; give np.asarray\(x\), and write @",
    ),
    "masked": (lambda v: np.ma.array(v, mask=[0, 1, 0]), r"mask of a masked array would be lost; fill or compress it"),
    "recarray": (
        lambda v: np.rec.fromarrays([v], names="a"),
        r"records.*its fields one by one: np.asarray\(x\['a'\]\)",
    ),
    "structured": (lambda v: np.array([(a,) for a in v], [("a", float)]), r"records, no numbers; give its fields"),
    "objects": (lambda v: np.array(v, object), r"dtype object holds objects of Python's, no numbers; give"),
    "text": (lambda v: np.array([str(a) for a in v]), r"dtype <U3 holds text, no numbers; give x.astype\(float\)"),
    "dates": (lambda v: np.array(["2026-11-27"] * 3, "M8[D]"), r"dates and times.*divide by a unit"),
    "a subclass": (
        with_units,
        r"of a .*Quantity may mean something else than those of np.ndarray; give np.asarray\(x\)",
    ),
    "another library's": (Other, r"a .*Other is no array of NumPy's; give np.asarray\(x\)"),
    "like PyTorch's": (Framework, r"a .*Framework is no array of NumPy's; give x.numpy\(\)"),
    "like Dask's": (Lazy, r"a .*Lazy is no array of NumPy's; give x.compute\(\)"),
    "with labels": (Labelled, r"a .*Labelled is no array of NumPy's; give x.to_numpy\(\)"),
    "sparse": (Sparse, r"a .*Sparse is no array of NumPy's; give x.toarray\(\)"),
}


def parameter() -> mg.Tensor:
    return mg.tensor(VALUES, requires_grad=True)


def square(x: Any) -> Any:
    return mg.sum(x * x)


DOORS: dict[str, Callable[[Any], Any]] = {
    "tensor": mg.tensor,
    "tensor, of a dtype": lambda v: mg.tensor(v, dtype=float),
    "tensor, of a list": lambda v: mg.tensor([v, v]),
    "an operation with a tensor": lambda v: mg.multiply(parameter(), v),
    "an operation with a constant": lambda v: mg.multiply(v, mg.tensor(VALUES)),
    "an operation with a plain array": lambda v: mg.multiply(np.array(VALUES), [v]),
    "an operation of its own": mg.exp,
    "an operator": lambda v: parameter() * v,
    "the other operand": lambda v: parameter().__rmul__(v),
    "a comparison": lambda v: parameter() == v,
    "in place": lambda v: mg.tensor(VALUES).__iadd__(v),
    "NumPy's function": lambda v: np.where([True, False, True], parameter(), v),
    "NumPy's ufunc": lambda v: np.hypot(parameter(), v),
    "concatenate": lambda v: mg.concatenate([parameter(), v]),
    "einsum": lambda v: mg.einsum("i,i", parameter(), v),
    "dot": lambda v: parameter().dot(v),
    "clip": lambda v: parameter().clip(0.0, v),
    "linalg": lambda v: mg.linalg.norm([v, v]),
    "an index": lambda v: parameter()[v],
    "one of several indices": lambda v: mg.reshape(parameter(), (3, 1))[v, 0],
    "take": lambda v: mg.take(parameter(), v),
    ".data": lambda v: setattr(parameter(), "data", v),
    ".grad": lambda v: setattr(parameter(), "grad", v),
    "the seed of backward": lambda v: (2 * parameter()).backward(v),
    "the seed of vjp": lambda v: mg.vjp(mg.exp, np.array(VALUES))[1](v),
    "grad": mg.grad(square),
    "value_and_grad": lambda v: mg.value_and_grad(lambda a, x: square(x), argnums=1)(0.0, v),
    "jacobian": mg.jacobian(mg.exp),
    "hessian": mg.hessian(square),
    "vjp": lambda v: mg.vjp(mg.exp, v),
    "jvp": lambda v: mg.jvp(mg.exp, (v,), (v,)),
    "a tangent": lambda v: mg.jvp(mg.exp, (np.array(VALUES),), (v,)),
    "hvp": lambda v: mg.hvp(square, v, np.array(VALUES)),
    "what a function returns": lambda v: mg.grad(lambda x: v)(1.0),
    "compile": mg.compile(square),
    "compile, in a dict": lambda v: mg.compile(lambda given: square(given["x"]))({"x": v}),
    "gradcheck": lambda v: mg.gradcheck(square, v),
    "compare": lambda v: mg.compare(square, lambda x: 2 * x, v),
    "compare, of data": lambda v: mg.compare(lambda x, y: square(x), lambda x, y: 2 * x, np.ones(2), v, argnums=0),
    "a manual gradient": lambda v: mg.compare(square, v, np.array(VALUES), argnums=0),
    "diagnose": lambda v: mg.diagnose(square, lambda x: 2 * x, v),
    "the article's network": lambda v: mg.article.ManualNetwork(v, np.ones((3, 1))),
    "first_nonfinite": lambda v: mg.first_nonfinite(square, v),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_plain_is_refused_at_every_door(kind: str, door: str) -> None:
    make, words = REFUSED[kind]
    given = make(VALUES)
    with pytest.raises(TypeError, match=words):
        DOORS[door](given)


@pytest.mark.parametrize("case", [c for c in CASES if c.operation not in ("operator", "protocol")], ids=str)
def test_every_operation_refuses_them_for_each_of_its_arguments(case: Case) -> None:
    arrays = case.arguments()
    for k, a in enumerate(arrays):
        given: list[Any] = [mg.tensor(b, requires_grad=True) for b in arrays]
        given[k] = Sparse(a)
        with pytest.raises((TypeError, AttributeError)):
            case.recorded(*given)


@pytest.mark.parametrize(
    "value", [None, "1.0", b"1", {"a": 1.0}, {1.0}, Fraction(1, 2), decimal.Decimal(1), abs, [None, 1]]
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    for door in (mg.tensor, lambda v: parameter() + v, mg.exp):
        with pytest.raises(TypeError, match=r"no number|is text|holds no numbers"):
            door(value)


def test_a_list_that_contains_itself_is_refused() -> None:
    endless: list[Any] = [1.0]
    endless.append(endless)
    with pytest.raises(ValueError, match="inhomogeneous"):
        mg.tensor(endless)


def test_what_to_do_with_a_fraction_and_with_a_large_integer() -> None:
    with pytest.raises(TypeError, match=r"multiply: a fractions.Fraction is no number .*give float\(x\)"):
        parameter() * Fraction(1, 2)
    with pytest.raises(TypeError, match=r"integers of more than 64 bits; give float\(x\)"):
        mg.tensor(10**30)


def test_a_tensor_equals_nothing_of_another_kind() -> None:
    t = parameter()
    assert (t == None) is False  # noqa: E711
    assert (t != "text") is True
    assert t not in [None, object()]


PLAIN: dict[str, Any] = {
    "list": VALUES,
    "tuple": tuple(VALUES),
    "list of NumPy's numbers": [np.float64(1.0), np.float32(2.0), 3],
    "range": range(1, 4),
    "array.array": array.array("d", VALUES),
    "memoryview": memoryview(np.array(VALUES)),
    "float32": np.array(VALUES, np.float32),
    "big-endian": np.array(VALUES, ">f8"),
    "longdouble": np.array(VALUES, np.longdouble),
    "int8": np.array([1, 2, 3], np.int8),
}


@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN)
def test_what_is_plain_comes_in(value: Any) -> None:
    np.testing.assert_array_equal(mg.tensor(value).data, VALUES)
    np.testing.assert_array_equal((parameter() * value).data, np.square(VALUES))
    np.testing.assert_array_equal(mg.square(value), np.square(VALUES))
    t = parameter()
    (2 * t).backward(value)
    np.testing.assert_array_equal(t.grad, 2 * np.array(VALUES))


def test_a_memory_map_is_an_array(tmp_path: Any) -> None:
    mapped = np.memmap(tmp_path / "x", float, "w+", shape=3)
    mapped[:] = VALUES
    y, pull = mg.vjp(lambda x: x * mapped * x, mapped)
    mapped[:] = 0.0
    assert type(mg.grad(square)(mapped)) is np.ndarray
    np.testing.assert_array_equal(y, np.power(VALUES, 3))
    np.testing.assert_array_equal(pull(np.ones(3))[0], 2 * np.square(VALUES))


@pytest.mark.parametrize("dtype", ["<f8", ">f8", ">f4", "<f4", ">f2"])
@pytest.mark.parametrize("f", [lambda x: mg.sum(x * x), mg.sum, lambda x: mg.sum(x) * 0.0], ids=["twice", "once", "0"])
def test_the_gradient_has_the_byte_order_of_its_argument(f: Any, dtype: str) -> None:
    x = np.array(VALUES, dtype)
    assert mg.grad(f)(x).dtype.str == dtype
    assert mg.grad(lambda x: mg.sum(mg.grad(f)(x) * x))(x).dtype.str == dtype
    assert mg.grad(f)(x[:1].reshape(())).dtype.str == dtype
    assert mg.jacobian(lambda x: x * x)(x).dtype.str == dtype
    assert mg.hessian(f)(x).dtype.str == dtype
    assert mg.hvp(f, x, VALUES).dtype.str == dtype
    t = mg.tensor(x, requires_grad=True)
    for _ in range(2):
        f(t).backward()
    assert t.grad.dtype == np.dtype(dtype)


# --- operands with operators of their own --------------------------------------------------------------


class Named(Other):
    """An array with a name, which its own operators keep, whatever it is computed with."""

    def __init__(self, values: Any, name: str) -> None:
        self.values = values
        self.name = name

    def __mul__(self, other: Any) -> Named:
        return Named(self.values * other, self.name)

    __rmul__ = __mul__

    def __lt__(self, other: Any) -> Named:
        return Named(self.values < other, self.name)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return Named(ufunc(*(getattr(x, "values", x) for x in inputs), **options), self.name)


class Declines(Named):
    """One that does not know tensors."""

    def __mul__(self, other: Any) -> Any:
        return NotImplemented

    __rmul__ = __mul__

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return NotImplemented


@pytest.mark.parametrize(
    "product",
    [lambda t, n: t * n, lambda t, n: n * t, np.multiply, lambda t, n: np.multiply(n, t)],
    ids=["l", "r", "ufunc l", "ufunc r"],
)
def test_labels_are_kept_by_an_operand_that_knows_how(product: Any) -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.append(product(x, Named(np.array(VALUES), "day")))
        return mg.sum(seen[-1].values)

    np.testing.assert_array_equal(mg.grad(f)(np.ones(3)), VALUES)
    assert type(seen[0]) is Named
    assert seen[0].name == "day"


def test_a_comparison_is_answered_by_the_operand_that_knows_how() -> None:
    answer: Any = parameter() > Named(np.array([0.0, 5.0, 0.0]), "day")
    assert (answer.name, answer.values.tolist()) == ("day", [True, False, True])


def test_what_such_an_operand_makes_is_not_put_into_a_tensor() -> None:
    t = mg.tensor(VALUES)
    with pytest.raises(TypeError, match=r"t \*= other: the other operand makes a Named of it.*write t = t \* other"):
        t *= Named(np.array(VALUES), "day")


@pytest.mark.parametrize("product", [lambda t, n: t * n, lambda t, n: n * t, np.multiply], ids=["l", "r", "ufunc"])
def test_an_operand_that_does_not_know_tensors_is_refused_in_our_words(product: Any) -> None:
    with pytest.raises(TypeError, match=r"multiply: a .*Declines is no array of NumPy's; give np.asarray\(x\)"):
        product(parameter(), Declines(np.array(VALUES), "day"))


def test_a_type_with_operators_but_without_arrays_answers_too() -> None:
    class Symbol:
        def __rmul__(self, other: Any) -> str:
            return f"{type(other).__name__} times a symbol"

    answer: Any = parameter() * Symbol()
    assert answer == "Tensor times a symbol"


def test_xarray_keeps_its_labels() -> None:
    xarray = pytest.importorskip("xarray")
    base = xarray.DataArray(VALUES, dims="day")
    for product in (lambda x: base * x, lambda x: x * base, lambda x: np.multiply(x, base)):
        assert product(mg.tensor(2.0)).dims == ("day",)
        assert mg.grad(lambda x, product=product: np.sum(product(x).data))(2.0) == 6.0
    with pytest.raises(TypeError, match=r"a xarray.DataArray is no array of NumPy's; give x.to_numpy\(\)"):
        mg.grad(square)(base)


def test_pandas_keeps_its_labels_or_an_error_says_what_is_lost() -> None:
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(VALUES, index=list("abc"))
    assert list((mg.tensor(VALUES) * series).index) == ["a", "b", "c"]
    for product in (lambda x: series * x, lambda x: x * series):
        with pytest.raises(TypeError, match="would lose its gradient"):
            mg.grad(lambda x, product=product: np.sum(product(x).to_numpy()))(2.0)
    for given in (series, series.to_frame(), series.index):
        with pytest.raises(TypeError, match=r"a pandas.\w+ is no array of NumPy's; give x.to_numpy\(\)"):
            mg.tensor(given)


def test_scipys_sparse_arrays_name_their_way() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    for make in (sparse.csr_array, sparse.csr_matrix, sparse.coo_array):
        for door in (mg.tensor, lambda v: parameter() @ v, mg.sum, mg.compile(square)):
            with pytest.raises(TypeError, match=rf"a scipy.sparse.{make.__name__} is no array .*; give x.toarray\(\)"):
                door(make(np.eye(3)))


def test_pytorchs_tensors_name_their_way() -> None:
    torch = pytest.importorskip("torch")
    for door in (mg.tensor, mg.exp, mg.sum, mg.grad(square), lambda v: parameter() * v, lambda v: v * parameter()):
        with pytest.raises(TypeError, match=r"a torch.Tensor is no array of NumPy's; give x.numpy\(\)"):
            door(torch.tensor(VALUES))


# --- plain arrays only -------------------------------------------------------------------------------


WITH_MORE: dict[str, Callable[[Any, Any], Any]] = {
    "sin(a, b)": lambda a, b: mg.sin(a, b),
    "sin(a, out=b)": lambda a, b: mg.sin(a, out=b),
    "square(a, where=b)": lambda a, b: mg.square(a, where=b),
    "add(a, a, b)": lambda a, b: mg.add(a, a, b),
    "add(a, a, out=b)": lambda a, b: mg.add(a, a, out=b),
    "sum(a, out=b)": lambda a, b: mg.sum(a, out=b),
    "relu(a, b)": lambda a, b: mg.relu(a, b),
    "round(a, 0, b)": lambda a, b: mg.round(a, 0, b),
    "where(a > 0, a, a, b)": lambda a, b: mg.where(a > 0, a, a, b),
    "of a user's own, on_numpy=np.cumsum": lambda a, b: primitive_of_numpys(a, out=b),
}


@pytest.mark.parametrize("name", WITH_MORE)
def test_a_call_on_plain_arrays_takes_the_arguments_that_a_call_on_tensors_takes(name: str) -> None:
    a, b = np.array(VALUES), np.zeros(3)
    for given in (a, mg.tensor(a), parameter()):
        with pytest.raises(TypeError):
            WITH_MORE[name](given, b)
    assert not b.any()


primitive_of_numpys = mg.primitive(
    lambda xp, x, axis=None: xp.cumulative_sum(x),
    [lambda g, y, x, axis: mg.flip(mg.cumsum(mg.flip(g)))],
    name="primitive_of_numpys",
    on_numpy=np.cumsum,
)


def test_errors_of_a_call_on_plain_arrays_name_the_operation() -> None:
    with pytest.raises(TypeError, match=re.escape("sin() takes 1 positional argument but 2 were given")):
        mg.sin(np.ones(3), np.ones(3))
    with pytest.raises(TypeError, match=r"round\(\) got an unexpected keyword argument 'digits'"):
        mg.round(np.ones(3), digits=2)
    with pytest.raises(TypeError, match="exp: an array of dtype object holds objects of Python's"):
        mg.exp(np.array([1.0, None]))
