"""`mg.explore`: the live page, in Chromium, used as a person would; its numbers beside NumPy's."""

import json
import re
import shutil
from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.passes import passes

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None, reason="the live page needs Chromium and Playwright"
)


def article():
    x, y = mg.article.dataset()
    loss = mg.article.recorded_loss(x, y, *mg.article.initial_weights(x, y, seed=0))
    return loss, {"loss": loss}


def draws(*shapes, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [rng.normal(size=s).astype(dtype) / 2 for s in shapes]


def parameter(name, value):
    return mg.tensor(value, requires_grad=True, name=name)


def rnn(dtype=np.float64):
    Wx, Wh, b, Wo, *xs = draws((3, 4), (4, 4), (4,), (4, 1), *[(2, 3)] * 3, dtype=dtype)
    Wx, Wh, b, Wo = (parameter(n, v) for n, v in (("Wx", Wx), ("Wh", Wh), ("b", b), ("Wo", Wo)))
    h = mg.tensor(np.zeros((2, 4), dtype), name="h0")
    for t, x in enumerate(xs):
        with mg.scope(f"step {t}"):
            h = mg.tanh(mg.tensor(x, name=f"x{t}") @ Wx + h @ Wh + b)
    loss = mg.mean((h @ Wo - 1) ** 2)
    return loss, {"loss": loss}


def normed():
    x, W, gain = draws((6, 4), (4, 4), (4,))
    W, gain = parameter("W", W), parameter("γ", gain + 1)
    h = mg.tensor(x, name="x") @ W
    centred = h - mg.mean(h, axis=0)
    out = gain * centred / mg.sqrt(mg.mean(centred**2, axis=0) + 1e-5)
    loss = mg.sum(mg.maximum(out, 0.1 * out) * mg.exp(-(out**2)))
    return loss, {"loss": loss, "h": h, "out": out}


def attention():
    X, Wq, Wk, Wv = draws((5, 6), (6, 3), (6, 3), (6, 6))
    Wq, Wk, Wv = (parameter(n, v) for n, v in (("Wq", Wq), ("Wk", Wk), ("Wv", Wv)))
    X = mg.tensor(X, name="X")
    scores = (X @ Wq) @ (X @ Wk).T / 2.0
    A = mg.exp(scores - mg.max(scores, axis=-1, keepdims=True))
    A = A / mg.sum(A, axis=-1, keepdims=True)
    loss = mg.mean((A @ (X @ Wv) + X) ** 2)
    return loss, {"loss": loss, "A": A}


PROGRAMS = {"article": article, "rnn": rnn, "single": lambda: rnn(np.float32), "normed": normed, "attention": attention}

# --- the file ----------------------------------------------------------------------------------------------------

HOSTILE = '</script><img src=x onerror="document.title=1">{{data}} "\'&<!-- ${1} `\u2028'


def hostile():
    w = parameter(HOSTILE, np.array([1.0, 2.0]))
    with mg.scope(HOSTILE):
        loss = mg.sum(mg.exp(w))
    return loss, {HOSTILE + "!": loss}


def test_the_page_of_the_article_is_small():
    loss, names = article()
    assert len(mg.explore(loss, names=names, step=1.0).html().encode()) <= 120_000


def test_the_page_says_what_it_may_load_and_what_scripts_run():
    page = mg.explore(article()[0]).html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(
        r"\bon\w+=|<style [^>]|style=|(src|href)=\"(?!#)", page.partition("<script")[0].partition("</style>")[2]
    )
    script = page.rpartition('<script type="module">')[2]
    assert not re.search(r"^(import|export) ", script, re.M)


def test_text_of_the_user_is_data():
    loss, names = hostile()
    page = mg.explore(loss, names=names, title=HOSTILE).html()
    assert page.count("</script>") == 2
    assert "<img" not in page
    assert json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["entries"]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (3.0, TypeError, "the output must be a Tensor"),
        (mg.tensor([1.0, 2.0], requires_grad=True) * 2, ValueError, r"has shape \(2,\)"),
        (mg.tensor(1.0), ValueError, "does not require gradients"),
    ],
)
def test_what_cannot_be_explored_is_told(given, error, words):
    with pytest.raises(error, match=words):
        mg.explore(given)


def test_how_many_boxes_there_are_is_a_number():
    with pytest.raises(ValueError, match="explore: max_nodes must be at least 1, got 'few'"):
        mg.explore(article()[0], max_nodes="few")


@pytest.mark.parametrize("rate", [0, -1.0, "0.1", lambda w, g: w - g])
def test_a_step_is_a_learning_rate(rate):
    with pytest.raises(ValueError, match="step must be a learning rate"):
        mg.explore(article()[0], step=rate)


def test_too_much_for_a_page_is_refused_with_advice(monkeypatch):
    monkeypatch.setattr("microgradnet.views.explorer.MOST", 10)
    with pytest.raises(ValueError, match="both passes have 24 values, and a page holds 10; explore fewer"):
        mg.explore(article()[0])


def test_a_notebook_gets_a_frame_of_its_own():
    shown = mg.explore(article()[0])._repr_html_()
    assert shown.startswith("<iframe ")
    assert 'sandbox="allow-scripts"' in shown
    assert shown.count('"') == shown[: shown.index("srcdoc=")].count('"') + 2 + shown[
        shown.rindex('width="100%"') :
    ].count('"')


def test_nothing_is_left_behind_by_a_page_that_cannot_be_written(tmp_path):
    with pytest.raises(OSError, match="missing"):
        mg.explore(article()[0]).save(tmp_path / "missing" / "page.html")
    assert not [*tmp_path.iterdir()]


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open pages; at the end, nothing was said on the console and no host was asked for anything."""
    said = []
    opened = []

    def visit(exploration, width=1280, fragment="", **given):
        path = exploration.save(tmp_path / "page.html")
        page = browser.new_page(viewport={"width": width, "height": 900}, **given)
        opened.append(page)
        page.set_default_timeout(20_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda r: said.append(r.url) if not r.url.startswith(("file:", "blob:")) else None)
        page.goto(path.as_uri() + fragment)
        return page

    yield visit
    for page in opened:
        page.close()
    assert not said


@cache
def recorded(name):
    loss, names = PROGRAMS[name]()
    return mg.explore(loss, names=names, step=0.5), passes(loss, names=names, caller="explore")


def values_in(page, count):
    return page.evaluate(f"Array.from({{length: {count}}}, (_, i) => [...explorer.model.state.values(i)].map(String))")


@needs_browser
@pytest.mark.parametrize("name", PROGRAMS)
def test_after_edits_all_values_and_gradients_are_those_of_numpy(visit, name):
    exploration, both = recorded(name)
    page = visit(exploration)
    rng = np.random.default_rng(1)
    given = {}
    for entry in both.graph:
        if entry.operation is None and entry.id != both.seed and entry.shape and entry.kind != "constant":
            given[entry.id] = rng.normal(size=entry.shape).astype(entry.dtype)
    for i, values in given.items():
        page.evaluate(
            "([i, v]) => { explorer.model.restore(i, v); explorer.model.run(); }", [i, values.ravel().tolist()]
        )
    expected = both.graph.values(given)
    tolerance = 2e-5 if name == "single" else 1e-12
    for entry, found in zip(both.graph, values_in(page, len(both.graph)), strict=True):
        found = np.array(found, float).reshape(entry.shape)
        np.testing.assert_allclose(found, expected[entry.id], rtol=tolerance, atol=tolerance, err_msg=repr(entry))


@needs_browser
def test_training_reaches_the_loss_that_python_reaches(visit):
    loss, names = article()
    page = visit(mg.explore(loss, names=names, step=1.0))
    page.evaluate("explorer.training.go(1500)")
    found = page.evaluate("explorer.model.loss()")
    x, y = mg.article.dataset()
    network = mg.article.ManualNetwork(x, y)
    network.weights1, network.weights2 = mg.article.initial_weights(x, y, seed=0)
    network.train(1500)
    assert found == pytest.approx(float(np.sum((y - network.feedforward()) ** 2)), rel=1e-9)


@needs_browser
def test_a_walk_by_keyboard_alone(visit):
    exploration, both = recorded("article")
    page = visit(exploration)
    where = page.locator("#where")
    page.keyboard.press("Home")
    steps = int(re.search(r"of (\d+)", where.inner_text())[1])
    assert steps == len(both.graph)
    seen = {where.inner_text()}
    for _ in range(steps - 1):
        page.keyboard.press("ArrowRight")
        seen.add(where.inner_text())
    assert len(seen) == steps
    assert page.locator("#on").is_disabled()
    page.keyboard.press("Home")
    page.keyboard.press("/")
    page.keyboard.type("weights2")
    page.keyboard.press("Enter")
    assert "weights2" in where.inner_text()
    field = page.locator('#inspector [data-part="value"] input').first
    before = page.locator("#loss").inner_text()
    for _ in range(60):
        page.keyboard.press("Tab")
        if field.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("ArrowUp")
    assert field.evaluate("e => e === document.activeElement")  # what is typed in is not drawn away
    assert page.locator("#loss").inner_text() != before
    assert page.locator("#loss-change").inner_text() == f"was {before}"
    assert page.locator("#picture .changed").count() > 5
    page.locator("#reset").focus()
    page.keyboard.press("Enter")
    assert page.locator("#loss").inner_text() == before


@needs_browser
def test_a_number_is_typed(visit):
    page = visit(recorded("article")[0], fragment="#at=3&element=1")
    field = page.locator('#inspector [data-part="value"] input[data-k="1"]')
    field.fill("−1,5")
    assert page.evaluate("explorer.model.at(3, 1)") == -1.5
    field.fill("-")  # not yet a number: what was there stays
    assert page.evaluate("explorer.model.at(3, 1)") == -1.5
    assert field.get_attribute("aria-invalid") == "true"


@needs_browser
def test_what_is_seen_is_in_the_address(visit):
    page = visit(recorded("article")[0], fragment="#at=3&element=2&edits=3.2:0.25")
    assert page.evaluate("explorer.model.at(3, 2)") == 0.25
    assert "weights2" in page.locator("#where").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert "at=4" in page.evaluate("location.hash")
    assert "edits=3.2:0.25" in page.evaluate("location.hash")
    for broken in ("#at=-1", "#at=9999&element=77", "#edits=x.y:z,3.99:1", "#%3Cimg%3E"):
        assert visit(recorded("article")[0], fragment=broken).locator("#where").inner_text()


@needs_browser
def test_a_nudge_shows_the_gradient(visit):
    exploration, both = recorded("rnn")
    page = visit(exploration)
    (leaf,) = [e.id for e in both.graph if e.name == "Wh"]
    page.evaluate(f"explorer.go({leaf}, 5)")
    slope, known = (page.locator(".nudge dd").nth(k).inner_text().replace("−", "-") for k in (2, 3))
    expected = np.ravel(both.graph.values()[both.gradients[leaf]])[5]
    assert float(known) == pytest.approx(expected, rel=1e-6)
    assert float(slope) == pytest.approx(expected, rel=1e-4)


@needs_browser
def test_what_an_element_is_computed_from_is_framed(visit):
    page = visit(recorded("article")[0], fragment="#at=4&element=5")  # x @ weights1, row 1, column 1
    assert page.evaluate("explorer.model.sources(4, 5)") == [[0, 3], [0, 4], [0, 5], [2, 1], [2, 5], [2, 9]]
    assert page.locator("#inspector .inputs td.marked").count() == 6


@needs_browser
def test_a_value_is_seen_after_it_was_guessed(visit):
    page = visit(recorded("article")[0], fragment="#at=5")
    values = page.locator("#inspector .pair").first.locator("table.values")
    assert values.count() == 2  # the value, and its gradient
    page.get_by_role("button", name="Predict first").click()
    assert values.count() == 1
    assert page.locator("#inspector .numbers").inner_text().endswith("= ?")
    page.get_by_role("button", name="Reveal").click()
    assert values.count() == 2
    page.keyboard.press("ArrowRight")
    assert values.count() == 1


@needs_browser
def test_a_run_is_rewound_and_kept(visit):
    page = visit(recorded("rnn")[0])
    start = page.evaluate("explorer.model.loss()")
    page.evaluate("explorer.training.go(20)")
    after = page.evaluate("explorer.model.loss()")
    assert after < start
    page.get_by_role("button", name="Rewind").click()
    assert page.evaluate("explorer.model.loss()") == start
    page.evaluate("explorer.training.to(20)")
    assert page.evaluate("explorer.model.loss()") == after
    page.get_by_role("button", name="Keep this run").click()
    page.get_by_label("learning rate").fill("0.05")
    page.get_by_role("button", name="One iteration").click()
    assert page.locator("#training path.earlier").count() == 1
    assert start > page.evaluate("explorer.model.loss()") > after


@needs_browser
def test_the_loss_over_two_numbers_with_the_way_that_was_taken(visit):
    page = visit(recorded("article")[0])
    page.evaluate("explorer.training.go(50)")
    page.get_by_text("The loss over two numbers").click()
    page.get_by_label("number upwards").select_option("weights2[3, 0]")
    surface = page.locator(".surface [role=group]")
    assert "the loss over weights1[0, 0] and weights2[3, 0]" in surface.get_attribute("aria-label")
    assert surface.locator("path.line").get_attribute("d").count("L") >= 50  # one piece for each iteration
    side, losses, [(x0, x1), (y0, y1)] = page.evaluate(
        "(({side, losses, range}) => [side, losses, range])(explorer.training.surface)"
    )
    weights1, weights2 = (np.array(page.evaluate(f"[...explorer.model.state.values({i})]")) for i in (2, 3))
    x, y = mg.article.dataset()
    for n in (0, side + 1, side * side - 1):
        weights1[0] = x0 + (n % side + 0.5) / side * (x1 - x0)
        weights2[3] = y0 + (n // side + 0.5) / side * (y1 - y0)
        assert losses[n] == pytest.approx(mg.article.loss(x, y, weights1.reshape(3, 4), weights2.reshape(4, 1)))
    where = page.locator("#where").inner_text()
    before = page.evaluate("explorer.model.at(2, 0)")
    surface.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("explorer.model.at(2, 0)") > before
    assert page.locator("#where").inner_text() != where  # which tells the new loss,
    assert "step 11 of" in page.locator("#where").inner_text()  # of the same step
    page.get_by_text("as a table").click()
    assert page.locator(".surface td").count() > 16
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@needs_browser
def test_a_kept_run_is_a_way_of_its_own_on_the_surface(visit):
    page = visit(recorded("rnn")[0])
    page.evaluate("explorer.training.go(10)")
    page.get_by_role("button", name="Keep this run").click()
    page.get_by_label("learning rate").fill("0.05")
    page.get_by_text("The loss over two numbers").click()
    page.get_by_role("button", name="One iteration").click()
    assert page.locator(".surface path.earlier").count() == 1
    page.wait_for_timeout(500)  # until it was computed anew
    ranges = page.evaluate("explorer.training.surface.range")
    picture = page.locator(".surface [role=group] svg")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.1})
    parts = (0.9 * 350 - 44) / 300, 1 - 0.1 * 320 / 300  # of the square in the picture
    expected = [low + part * (high - low) for part, (low, high) in zip(parts, ranges, strict=True)]
    assert page.evaluate("explorer.training.surface.now()") == pytest.approx(expected, rel=0.01)
    assert page.evaluate("explorer.training.now") == 0  # a new run begins there


@needs_browser
def test_predictions_are_watched_beside_what_was_wanted(visit):
    loss, names = article()
    page = visit(mg.explore(loss, names=names, step=1.0))
    watched = page.locator("#training .pair .beside")
    assert [w.locator("h3").inner_text() for w in watched.all()] == ["output_layer", "y"]
    page.evaluate("explorer.training.go(1500)")
    shown = [float(text) for text in watched.first.locator("tbody td").all_inner_texts()]
    x, y = mg.article.dataset()
    network = mg.article.ManualNetwork(x, y)
    network.weights1, network.weights2 = mg.article.initial_weights(x, y, seed=0)
    network.train(1500)
    assert shown == pytest.approx(network.feedforward().ravel(), rel=1e-3)
    page.get_by_label("value to watch").select_option("hidden_layer")
    assert watched.first.locator("h3").inner_text() == "hidden_layer"


@needs_browser
def test_hostile_names_are_shown_as_they_are(visit):
    loss, names = hostile()
    page = visit(mg.explore(loss, names=names, title=HOSTILE))
    assert page.locator("h1").inner_text().startswith("</script><img src=x")
    page.keyboard.press("Home")
    assert "<img" in page.locator("#inspector h2").inner_text()
    assert page.locator("img").count() == 0


# --- what is closed opens in place ---------------------------------------------------------------------------------


def gated(steps):
    """An unrolled loop with scopes in scopes, the same in every step but the first."""
    weights = [parameter(n, v) for n, v in zip(("Wi", "Wf", "Wg"), draws((5, 3), (5, 3), (5, 3)), strict=True)]
    h, c = mg.tensor(np.zeros((1, 3)), name="h0"), mg.tensor(np.zeros((1, 3)), name="c0")
    for t in range(steps):
        with mg.scope(f"step {t}"):
            z = mg.concatenate([mg.tensor(np.full((1, 2), 0.1 * t), name=f"x{t}"), h], axis=1)
            with mg.scope("gates"):
                i, f, g = mg.sigmoid(z @ weights[0]), mg.sigmoid(z @ weights[1]), mg.tanh(z @ weights[2])
            c = f * c + i * g
            h = mg.tanh(c)
    loss = mg.sum(h**2)
    return loss, {"loss": loss}


@cache
def long(steps):
    loss, names = gated(steps)
    return mg.explore(loss, names=names, max_nodes=30), passes(loss, names=names, caller="explore")


def unrolled(runs):
    return [runs[k] + n for k in range(0, len(runs), 2) for n in range(runs[k + 1])]


@pytest.mark.parametrize("steps", [3, 12, 130])
def test_every_value_has_a_box_at_the_end_of_what_opens(steps):
    exploration, both = long(steps)
    data = exploration._data
    found = set()
    waiting = [([e[8] for e in data["entries"]], data["boxes"], data["opens"], range(len(both.graph)), 0)]
    deepest = 0
    for of, boxes, opens, entries, around in waiting:
        assert len(of) == len(entries)
        for entry, b in [*zip(entries, of, strict=True)][around:]:
            if boxes[b].startswith("n"):
                found.add(entry)
        for b, (which, runs, outside, depth) in opens.items():
            inside, of_all = data["insides"][which], [entries[k] for k in unrolled(runs)]
            own = [entry for entry, box in [*zip(entries, of, strict=True)][around:] if box == b]
            assert of_all[outside:] == own
            assert len(inside["boxes"]) > 1
            scopes = {tuple(data["entries"][i][7].split(" / ")[:depth]) for i in own}
            assert len(scopes) == 1
            waiting.append((inside["of"], inside["boxes"], inside["opens"], of_all, outside))
            deepest += 1
    assert found | {i for i, e in enumerate(both.graph) if e.is_number} == set(range(len(both.graph)))
    assert deepest > steps / 2
    assert len(data["insides"]) <= 16  # what looks alike shares a picture


OVERLAPS = """(() => {
    const boxes = [...document.querySelectorAll("#picture .node")].filter((e) => !e.closest("[hidden]"));
    const places = boxes.map((e) => e.getBoundingClientRect());
    const found = [];
    places.forEach((a, i) => places.forEach((b, j) => {
        if (i < j && a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
            found.push([boxes[i].textContent, boxes[j].textContent]);
    }));
    return found;
})()"""


@needs_browser
def test_a_scope_closes_and_opens_in_place_by_keyboard(visit):
    page = visit(recorded("article")[0], reduced_motion="reduce")
    boxes = page.locator("#picture .node:visible")
    before, count = page.evaluate("explorer.picture.frame.size"), boxes.count()
    scope = page.get_by_role("button", name="close output layer").first
    scope.focus()
    page.keyboard.press("Enter")
    assert page.locator("#where").inner_text() == "closed output layer"
    assert boxes.count() == count - 1  # two became one
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "open output layer"
    assert not page.evaluate(OVERLAPS)
    page.keyboard.press(" ")
    assert page.evaluate("explorer.picture.frame.size") == before
    assert boxes.count() == count
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "close output layer"
    for label in ("hidden layer", "output layer"):
        scopes = page.get_by_role("button", name=f"close {label}")
        while scopes.count():
            scopes.first.press("Enter")
    assert page.evaluate("explorer.picture.frame.size[0]") < before[0]
    assert not page.evaluate(OVERLAPS)
    page.locator("#find").fill("hidden_layer")
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="close hidden layer").count() == 1  # what is found is seen
    assert page.locator("#picture .node.now:visible").count() == 1


@needs_browser
def test_what_is_folded_opens_in_place_with_the_names_of_its_own(visit):
    exploration, both = long(130)
    page = visit(exploration, reduced_motion="reduce")
    entry = next(e.id for e in both.graph if e.scope == ("step 77",) and e.title == "tanh")
    symbol = page.evaluate(f"explorer.model.entries[{entry}].symbol")
    page.locator("#find").fill(symbol)
    page.keyboard.press("Enter")
    assert symbol in page.locator("#where").inner_text()
    now = page.locator("#picture .node.now:visible").last
    assert now.locator("text").first.text_content().startswith(symbol)
    titles = page.locator("#picture .title:visible")
    assert re.search("step 7[67]", " ".join(titles.all_text_contents()))
    assert not page.evaluate(OVERLAPS)
    assert (
        page.evaluate("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))")
        == 0
    )
    frame, box = page.locator("#picture").bounding_box(), now.bounding_box()
    assert frame["x"] <= box["x"] + box["width"] / 2 <= frame["x"] + frame["width"]
    assert page.locator(".map:visible").count() == 1
    inner = titles.last
    inner.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    assert page.locator("#where").inner_text().startswith("closed")


@needs_browser
def test_the_small_picture_moves_the_large_one(visit):
    page = visit(long(12)[0], width=390, reduced_motion="reduce")
    page.evaluate("document.getElementById('picture').scrollTo(0, 0)")
    small = page.locator(".map")
    box = small.bounding_box()
    small.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.5})
    assert page.evaluate("document.getElementById('picture').scrollLeft") > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- a derivation by hand beside it ------------------------------------------------------------------------------


def by_hand(x, y, weights1, weights2):
    layer1 = 1 / (1 + np.exp(-x @ weights1))
    output = 1 / (1 + np.exp(-layer1 @ weights2))
    dz2 = 2 * (output - y) * output * (1 - output)
    dw2 = layer1.T @ dz2
    dz1 = (dz2 @ weights2.T) * layer1
    return x.T @ dz1, dw2


def test_each_line_by_hand_leads_to_the_value_that_it_is():
    loss, names = article()
    page = mg.explore(loss, names=names, manual=mg.article.backprop).html()
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
    symbols = [entry[1] for entry in data["entries"]]
    led = {line[1].strip().partition(" =")[0]: symbols[line[3]] for line in data["listing"] if line[3] is not None}
    assert led["layer1"] == "hidden_layer"
    assert led["d_weights2"] == "∂loss/∂weights2"
    assert led["delta"].startswith("δ")
    assert not any(line[4] for line in data["listing"])


def test_a_derivation_may_be_a_report():
    x, y = mg.article.dataset()
    report = mg.compare(mg.article.loss, by_hand, x, y, *mg.article.initial_weights(x, y, seed=0), argnums=(2, 3))
    shown = mg.explore(article()[0], manual=report)._data["listing"]
    assert [line[1] for line in shown if line[4]] == ["    dz1 = (dz2 @ weights2.T) * layer1"]


@pytest.mark.parametrize(
    ("manual", "error", "words"),
    [
        (
            lambda x, W: x,
            ValueError,
            "manual takes W, and nothing that the output was computed from is called so: x, y",
        ),
        (np.zeros(3), TypeError, "manual must be a function or what compare returned, got ndarray"),
    ],
)
def test_what_cannot_be_laid_beside_is_told(manual, error, words):
    with pytest.raises(error, match=words):
        mg.explore(article()[0], manual=manual)


@needs_browser
def test_the_wrong_line_and_where_it_parts_are_seen(visit):
    loss, names = article()
    page = visit(mg.explore(loss, names=names, manual=by_hand))
    (wrong,) = page.locator("#listing li.is-wrong").all()
    assert "dz1 = (dz2 @ weights2.T) * layer1" in wrong.inner_text()
    assert "(1 - layer1)" in wrong.inner_text()  # what belongs there
    assert page.locator("#picture .parted").count() == 1
    page.get_by_role("button", name="dw2 = layer1.T @ dz2").click()
    assert "∂loss/∂weights2" in page.locator("#where").inner_text()
    assert page.locator("#listing li.now").count() >= 1


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(visit, width):
    page = visit(recorded("attention")[0], width=width)
    for _ in range(25):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(recorded("article")[0], color_scheme=scheme, reduced_motion="reduce", fragment="#at=2")
    page.get_by_text("The loss over two numbers").click()
    page.get_by_text("as a table").click()
    found = axe.run(page)
    assert not found.response["violations"], found.generate_report()
