"""Pictures are rendered with dot on the PATH, with pygraphviz without it, and refused with both ways named."""

from __future__ import annotations

import importlib.util
import os
import shutil
import string
import struct
import sys
import tempfile
from pathlib import Path

import graphviz
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.views.rendering import Drawing, render, to_bytes

BEGINNINGS = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}

DOT = """#!{python}
import sys
import pygraphviz
with open(__file__ + ".log", "a") as log:
    print(*sys.argv[1:], file=log)
form = next(a[2:] for a in sys.argv if a.startswith("-T"))
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=form, prog="dot"))
"""


def drawing() -> Drawing:
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    return mg.draw(mg.sum(mg.sigmoid(x)))


@pytest.fixture(params=["dot", "pygraphviz"])
def way(request, monkeypatch, tmp_path):
    """Render with a program `dot` on the PATH (Graphviz's own where there is one), and without any."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    if request.param == "dot":
        if (dot := shutil.which("dot")) is not None:
            (bin_ / "dot").symlink_to(dot)
        elif os.name == "posix":
            (bin_ / "dot").write_text(DOT.format(python=sys.executable))
            (bin_ / "dot").chmod(0o755)
        else:
            pytest.skip("no Graphviz here, and no script can stand in for it")
        # Whatever looks for pygraphviz must not find it.
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(bin_))
    return request.param


@pytest.fixture
def no_graphviz(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.parametrize("form", BEGINNINGS)
def test_pictures_are_real(way, form, tmp_path):
    path = tmp_path / f"graph.{form}"
    assert render(drawing(), path) == path
    data = path.read_bytes()
    assert data.startswith(BEGINNINGS[form])
    assert len(data) > 1000
    if form == "png":
        width, height = struct.unpack(">II", data[16:24])
        assert width > 100
        assert height > 50
    if form == "svg":
        assert "σ" in data.decode()
    if form == "pdf":
        assert b"%%EOF" in data[-32:]


def test_png_is_sharp():
    sizes = {}
    for form in ("png", "svg"):
        data = to_bytes(drawing(), form)
        sizes[form] = (
            struct.unpack(">I", data[16:20])[0] if form == "png" else float(data.split(b'width="')[1].split(b"pt")[0])
        )
    assert sizes["png"] == pytest.approx(sizes["svg"] * 192 / 72, rel=0.02)


def test_methods_of_graphviz_digraph_work(way, tmp_path):
    d = drawing()
    assert d.pipe(format="svg", encoding="utf-8").startswith("<?xml")
    assert d.pipe().startswith(b"%PDF-")
    assert d.render(outfile=tmp_path / "out.svg", cleanup=True) == str(tmp_path / "out.svg")
    assert [p.name for p in tmp_path.glob("out*")] == ["out.svg"]
    assert d.render(tmp_path / "sub" / "graph.gv", format="png", cleanup=False) == str(
        tmp_path / "sub" / "graph.gv.png"
    )
    assert (tmp_path / "sub" / "graph.gv").read_text(encoding="utf-8") == d.source
    assert d.render("named", directory=tmp_path, format="svg") == str(tmp_path / "named.svg")
    assert not (tmp_path / "named").exists()  # no second file that nobody asked for
    assert d.render(tmp_path / "slide.png") == str(tmp_path / "slide.png")
    with pytest.raises(graphviz.FileExistsError):
        d.render("named", directory=tmp_path, format="svg", raise_if_result_exists=True)
    assert list(d._repr_mimebundle_()) == ["image/svg+xml"]
    assert list(d._repr_mimebundle_(include=["image/png"])) == ["image/png"]


def test_dot_text_needs_no_graphviz(no_graphviz, tmp_path):
    render(drawing(), tmp_path / "graph.dot")
    render(drawing().source, tmp_path / "graph.gv")
    assert (tmp_path / "graph.dot").read_text(encoding="utf-8") == (tmp_path / "graph.gv").read_text(encoding="utf-8")


def test_without_graphviz_both_ways_are_named_and_nothing_is_written(no_graphviz, tmp_path):
    words = r"no Graphviz was found to render SVG; install Graphviz .* PATH, or.* pip install .microgradnet\[render\]"
    with pytest.raises(RuntimeError, match=words):
        render(drawing(), tmp_path / "graph.svg")
    with pytest.raises(RuntimeError, match=words):
        drawing().render(outfile=tmp_path / "graph.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_without_graphviz_shows_the_text_and_why(no_graphviz):
    bundle = drawing()._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "microgradnet[render]" in bundle["text/plain"]
    assert "digraph" in bundle["text/plain"]


@pytest.mark.parametrize("name", ["graph", "graph.bmp", "graph.svg.txt", ".svg"])
def test_an_unknown_suffix_is_named(name, tmp_path):
    with pytest.raises(ValueError, match=r"use one of \.svg, \.png, \.pdf, \.tex, \.dot, \.gv"):
        render(drawing(), tmp_path / name)
    with pytest.raises(ValueError, match="unknown format 'bmp'"):
        to_bytes(drawing(), "bmp")


def test_a_failure_leaves_an_earlier_picture_in_place(way, tmp_path):
    path = tmp_path / "graph.svg"
    path.write_text("earlier")
    with pytest.raises(RuntimeError, match=r"Graphviz .* failed with exit status"):
        render("digraph { a -> ", path)
    assert path.read_text() == "earlier"
    with pytest.raises(OSError, match="nowhere"):
        render(drawing(), tmp_path / "nowhere" / "graph.svg")
    assert [p.name for p in tmp_path.iterdir() if p.name != "bin"] == ["graph.svg"]


def test_an_earlier_picture_is_replaced(tmp_path):
    path = Path(tmp_path, "GRAPH.SVG")
    path.write_text("earlier")
    render(drawing(), path)
    assert path.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("name", ["slide.html", "slide.mmd", "slide.xyz", "slide.v1.txt"])
def test_a_file_name_that_asks_for_another_format_is_refused(name, tmp_path):
    for write in (drawing().render, lambda path: drawing().render(outfile=path)):
        with pytest.raises(
            ValueError, match=r"can't tell the format .* use one of \.svg, \.png, \.pdf, \.tex, \.dot, \.gv"
        ):
            write(tmp_path / name)
    assert not [*tmp_path.iterdir()]
    assert drawing().render(tmp_path / "network.v1").endswith("network.v1.pdf")
    with pytest.raises(ValueError, match=r"can't tell the format .* by its suffix '\.v1'"):
        drawing().render(outfile=tmp_path / "network.v1")


@given(st.text(string.ascii_letters, min_size=1, max_size=6))
def test_what_is_no_format_is_never_written(suffix):
    assume(suffix.lower() not in {*graphviz.FORMATS, "tex"})
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(ValueError, match="use one of"):
            drawing().render(Path(folder, f"slide.{suffix}"))
        assert not os.listdir(folder)


@pytest.mark.parametrize("name", ["graph.dot", "graph.gv", "GRAPH.DOT"])
def test_dot_text_is_written_by_every_door(no_graphviz, name, tmp_path):
    path = tmp_path / name
    path.write_text("earlier")
    for write in (drawing().render, lambda path: drawing().render(outfile=path), lambda path: render(drawing(), path)):
        assert Path(write(path)) == path
        assert path.read_text(encoding="utf-8") == drawing().source
        assert [p.name for p in tmp_path.iterdir()] == [name]
    assert drawing().pipe("dot", encoding="utf-8") == drawing().pipe("gv", encoding="utf-8") == drawing().source


@pytest.mark.parametrize("name", ["slide.JPG", "slide.eps"])
def test_without_graphviz_its_other_formats_say_so_and_touch_nothing(no_graphviz, name, tmp_path):
    beside = tmp_path / "slide.gv"
    beside.write_text("the user's own")
    path = tmp_path / name
    for write in (
        lambda: drawing().render(path),
        lambda: drawing().render(outfile=path),
        lambda: drawing().pipe(path.suffix[1:]),
    ):
        with pytest.raises(RuntimeError, match=rf"no Graphviz was found to render {path.suffix[1:].upper()}; install"):
            write()
    for write in (lambda: drawing().render(tmp_path / "a.svg", engine="neato"), lambda: drawing().pipe(engine="neato")):
        with pytest.raises(
            RuntimeError, match=r"another engine, .* needs Graphviz's program dot, .* or leave them out"
        ):
            write()
    assert [p.name for p in tmp_path.iterdir()] == ["slide.gv"]
    assert beside.read_text() == "the user's own"


def test_graphviz_s_other_formats_leave_the_dot_file_beside_them_alone(way, tmp_path):
    beside = tmp_path / "slide.gv"
    beside.write_text("the user's own")
    for name in ("slide.ps", "slide.eps"):
        assert drawing().render(tmp_path / name) == str(tmp_path / name)
        data = (tmp_path / name).read_bytes()
        assert data.startswith(b"%!PS")
        assert "σ".encode() not in data  # read as Latin-1, as it would be, that is another letter
    assert drawing().render(outfile=tmp_path / "slide.jpg") == str(tmp_path / "slide.jpg")
    assert (tmp_path / "slide.jpg").read_bytes().startswith(b"\xff\xd8")
    assert beside.read_text() == "the user's own"


def test_a_format_that_graphviz_has_no_renderer_for_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))  # or the program there may have one
    with pytest.raises(RuntimeError, match="it renders no BMP here"):
        drawing().render(tmp_path / "slide.bmp")
    assert not [*tmp_path.iterdir()]
