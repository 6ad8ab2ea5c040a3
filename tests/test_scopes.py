"""`no_grad` and `scope`: what they decorate, and generators and tasks that leave their block elsewhere."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import microgradnet as mg


def recording() -> bool:
    return (mg.tensor(1.0, requires_grad=True) * 2).requires_grad


def scope() -> tuple[str, ...]:
    return mg.Graph.of(mg.tensor(1.0, requires_grad=True) * 2).nodes[-1].scope


# --- decorated -----------------------------------------------------------------------------------------


async def coroutine() -> bool:
    return recording()


def generator() -> Iterator[bool]:
    yield recording()


async def asynchronous_generator() -> AsyncIterator[bool]:
    yield recording()


class Callables:
    async def __call__(self) -> bool:
        return recording()

    def generator(self) -> Iterator[bool]:
        yield recording()


LATER: dict[str, tuple[Any, str]] = {
    "coroutine function": (coroutine, "the coroutine function coroutine, which runs when it is awaited"),
    "generator function": (generator, "the generator function generator, which runs when it is iterated over"),
    "asynchronous generator function": (asynchronous_generator, "the generator function asynchronous_generator"),
    "partial": (functools.partial(functools.partial(coroutine)), "the coroutine function coroutine"),
    "object": (Callables(), "the coroutine function Callables"),
    "method": (Callables().generator, "the generator function generator"),
    "class": (Callables, "the class Callables"),
    "classmethod": (classmethod(lambda cls: recording()), "a classmethod"),
}


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("manager", [mg.no_grad(), mg.scope("layer")], ids=repr)
def test_what_does_its_work_after_the_call_is_not_decorated(manager: Any, name: str) -> None:
    function, words = LATER[name]
    with pytest.raises(TypeError) as error:
        manager(function)
    assert f"{manager!r} can't decorate {words}" in str(error.value)
    assert f"write `with mg.{manager!r}:` inside of it" in str(error.value)


@pytest.mark.parametrize("make", [coroutine, generator, asynchronous_generator])
def test_what_returns_work_that_is_yet_to_do_is_refused_when_it_is_called(make: Callable[[], Any]) -> None:
    @mg.no_grad()
    def returns() -> Any:
        return make()

    with pytest.raises(
        TypeError, match=r"no_grad\(\) has no effect on the \w+ that was returned.*write `with mg.no_grad"
    ):
        returns()
    assert recording()


def test_a_function_that_runs_a_coroutine_itself_is_decorated() -> None:
    @functools.wraps(coroutine)
    def run() -> bool:
        return asyncio.run(coroutine())

    assert mg.no_grad()(run)() is False
    assert recording()


def test_what_is_decorated_keeps_its_name_and_may_call_itself() -> None:
    @mg.scope("layer")
    def descend(depth: int) -> tuple[str, ...]:
        """Go down."""
        return descend(depth - 1) if depth else scope()

    assert (descend.__name__, descend.__doc__) == ("descend", "Go down.")
    assert descend(2) == ("layer",) * 3
    assert scope() == ()


# --- blocks that are left elsewhere --------------------------------------------------------------------


def off() -> Iterator[bool]:
    with mg.no_grad():
        yield recording()
        yield recording()


def test_a_generator_may_end_in_another_context() -> None:
    g = off()
    assert contextvars.copy_context().run(next, g) is False
    assert recording()
    g.close()
    assert recording()


def test_a_generator_that_began_before_a_context_was_copied_ends_in_the_copy() -> None:
    g = off()
    next(g)
    inside = contextvars.copy_context()
    assert inside.run(recording) is False
    inside.run(g.close)
    assert inside.run(recording) is True
    with mg.no_grad():
        pass
    assert recording()


def test_ending_a_generator_elsewhere_leaves_a_block_that_is_open_there() -> None:
    g = off()
    contextvars.copy_context().run(next, g)
    with mg.no_grad():
        g.close()
        assert not recording()
    assert recording()


def test_a_context_whose_generator_ended_elsewhere_goes_back_at_its_next_block() -> None:
    def main() -> tuple[bool, tuple[str, ...]]:
        g = off()
        next(g)
        thread = threading.Thread(target=g.close)
        thread.start()
        thread.join()
        with mg.scope("next"):
            inside = scope()
        return recording(), inside

    assert contextvars.copy_context().run(main) == (True, ("next",))


def test_generators_may_end_in_the_order_in_which_they_began() -> None:
    first, second = off(), off()
    next(first)
    next(second)
    first.close()
    assert not recording()
    second.close()
    assert recording()


def test_blocks_within_each_other_are_left_in_any_order() -> None:
    a, b, c = mg.scope("a"), mg.scope("b"), mg.no_grad()
    for manager in (a, b, c):
        manager.__enter__()
    b.__exit__()
    assert not recording()
    c.__exit__()
    assert scope() == ("a",)
    a.__exit__()
    assert scope() == ()


def test_an_asynchronous_generator_may_go_on_in_another_task() -> None:
    async def numbers() -> AsyncIterator[bool]:
        with mg.no_grad():
            yield recording()
            yield True

    async def main() -> None:
        g: Any = numbers()
        assert await asyncio.create_task(g.__anext__()) is False
        assert await asyncio.create_task(g.__anext__())
        assert await asyncio.create_task(anext(g, None)) is None
        assert recording()

    asyncio.run(main())


def test_one_manager_serves_many_tasks_at_once() -> None:
    manager = mg.scope("task")

    async def work(turns: int) -> tuple[str, ...]:
        with manager:
            for _ in range(turns):
                await asyncio.sleep(0)
            return scope()

    async def main() -> list[tuple[str, ...]]:
        return await asyncio.gather(*(work(turns) for turns in (3, 1, 2)))

    assert asyncio.run(main()) == [("task",)] * 3
    assert scope() == ()
