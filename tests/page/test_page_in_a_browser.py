"""The page in a browser: PyTorch's scores, its time, drawing by mouse, finger and keys, the film, narrow screens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mnist_lab.data import MNIST
from mnist_lab.data.standardisation import Standardisation
from mnist_lab.language import speaking
from mnist_lab.models import CNN
from mnist_lab.page.page_file import to_page
from mnist_lab.page.subject import Subject
from tests.page.test_page_file import film, of_numbers, of_pictures, of_texts
from tests.page.test_tracing import Own

pytestmark = pytest.mark.browser
SAMPLES = 100
MOST_MS = 30
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]


@pytest.fixture(scope="module")
def mnist(mnist_root: str) -> tuple[Tensor, Tensor, Standardisation]:
    """Training inputs, 100 test digits, and the scale."""
    training, test = MNIST(mnist_root).load()
    return training.inputs, test.inputs[:SAMPLES], Standardisation.of(training.inputs)


def trained(network: nn.Module, mnist: tuple[Tensor, Tensor, Standardisation]) -> nn.Module:
    """A few steps on the digits themselves: weights and outputs of an ordinary size, BatchNorm's means included."""
    torch.manual_seed(0)
    _, digits, scale = mnist
    inputs, labels = scale.apply(digits), torch.arange(SAMPLES) % 10
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(20):
        optimizer.zero_grad()
        loss: Any = nn.functional.cross_entropy(network(inputs), labels)
        loss.backward()
        optimizer.step()
    return network.eval()


def opened(browser: Any, folder: Path, subject: Subject) -> None:
    path = folder / "page.html"
    path.write_text(to_page(subject), encoding="utf-8")
    browser.get(path.as_uri())


def quiet(browser: Any) -> bool:
    return [line["message"] for line in browser.get_log("browser")] == []


@pytest.mark.parametrize("make", [lambda: CNN((1, 28, 28), 10).shown_network(), Own], ids=["CNN", "own network"])
def test_scores_are_pytorchs_and_a_drawing_is_quick(
    make: Any, browser: Any, mnist: tuple[Tensor, Tensor, Standardisation], tmp_path: Path
) -> None:
    training, digits, scale = mnist
    network = trained(make(), mnist)
    mean, std = [float(scale.mean)], [float(scale.std)]
    subject = of_pictures(network=network, train_inputs=training, test_inputs=digits, mean=mean, std=std)
    opened(browser, tmp_path, subject)
    found = torch.tensor(
        browser.execute_script("return arguments[0].map((grey) => page.outputs(grey));", digits.flatten(1).tolist())
    )
    with torch.no_grad():
        expected = network(scale.apply(digits))
    assert expected.abs().max() > 3
    assert found.shape == (SAMPLES, 10)
    assert (found - expected).abs().max() < 1e-4
    times_ms = browser.execute_script(
        """
        const strokes = [Array.from({ length: 150 }, (_, k) => [0.5 + 0.3 * Math.cos(k / 25), k / 150])];
        return Array.from({ length: 60 }, () => {
          const began = performance.now();
          page.draw(strokes);
          return performance.now() - began;
        });
        """
    )
    assert sorted(times_ms)[30] < MOST_MS
    assert quiet(browser)


def answer(browser: Any) -> str:
    # The page computes with the next picture of the screen.
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]));")
    return str(browser.execute_script("return document.getElementById('answer').textContent"))


def test_drawing_by_mouse_finger_and_keys(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.common.actions import pointer_input as pointers
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.by import By

    opened(browser, tmp_path, of_pictures())
    assert answer(browser) == "Draw something"
    pointer_input: Any = pointers.PointerInput
    pad = browser.find_element(By.ID, "pad")
    for kind in ("mouse", "touch", "pen"):
        builder: Any = ActionBuilder(browser, mouse=pointer_input(kind, kind))
        side = pad.size["width"]
        for number, (x, y) in enumerate(SEVEN):
            builder.pointer_action.move_to(pad, int((x - 0.5) * side), int((y - 0.5) * side))
            if number == 0:
                builder.pointer_action.pointer_down()
        builder.pointer_action.pointer_up()
        builder.perform()
        assert answer(browser).startswith("Answer: "), kind
        strokes = browser.execute_script("return page.pad.strokes")
        assert len(strokes) == 1
        assert strokes[0][0] == pytest.approx(SEVEN[0], abs=0.02)
        assert strokes[0][-1] == pytest.approx(SEVEN[-1], abs=0.02)
        ink = browser.execute_script("return Math.max(...page.shown.raw)")
        assert ink == 255
        browser.find_element(By.ID, "clear").click()
        assert answer(browser) == "Draw something"
    builder = ActionBuilder(browser, mouse=pointer_input("mouse", "mouse"))
    builder.pointer_action.move_to(pad).pointer_down()
    builder.perform()
    ActionChains(browser).send_keys(Keys.DELETE).perform()  # while the line is being drawn
    builder = ActionBuilder(browser, mouse=pointer_input("mouse", "mouse"))
    builder.pointer_action.move_to(pad, 30, 30).pointer_up()
    builder.perform()
    assert quiet(browser)
    browser.execute_script("document.getElementById('pad').focus()")
    ActionChains(browser).send_keys(
        " ", *[Keys.ARROW_RIGHT] * 8, *[Keys.ARROW_DOWN] * 8, " ", Keys.ARROW_LEFT
    ).perform()
    assert answer(browser).startswith("Answer: ")
    (stroke,) = browser.execute_script("return page.pad.strokes")
    assert stroke[-1] == pytest.approx([0.7, 0.7])
    assert len(stroke) == 17
    ActionChains(browser).send_keys(Keys.DELETE).perform()
    assert answer(browser) == "Draw something"
    browser.find_element(By.CSS_SELECTOR, "#examples button:nth-child(3)").click()
    assert answer(browser).startswith("Answer: ")
    assert browser.execute_script("return page.shown.raw") == of_pictures().test_inputs[1].flatten().tolist()
    assert quiet(browser)


@pytest.mark.parametrize("width", [1280, 390])
def test_everything_fits_and_is_painted(width: int, browser: Any, tmp_path: Path) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    with speaking("ja"):
        opened(browser, tmp_path, of_pictures(network=Own().eval(), film=film(3), class_names=["いぬ", *"123456789"]))
    browser.execute_script(
        "page.draw([[[0.2, 0.2], [0.8, 0.9]]]);for (const one of document.querySelectorAll('details')) one.open = true;"
    )
    answer(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    painted = browser.execute_script(
        """
        return [...document.querySelectorAll("#layers .layer > .maps canvas")].map((canvas) => {
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(pixels.filter((_, at) => at % 4 === 0)).size;
        });
        """
    )
    # The input, six layers of four channels each, and the row of outputs.
    assert len(painted) == 1 + 6 * 4 + 1
    assert min(painted) > 1
    assert browser.execute_script("return document.querySelectorAll('.weights canvas').length") > 20
    assert browser.execute_script("return document.getElementById('answer').textContent").startswith("答え：")
    assert quiet(browser)


def test_film_goes_by_its_slider_and_by_itself(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, of_pictures(film=film(3)))
    title = "return document.getElementById('film-title').textContent"
    lines = "return [...document.querySelectorAll('#film polyline')].map((line) => line.getAttribute('points'))"
    assert browser.execute_script(title) == "epoch 1, step 2: accuracy 0.500"
    answer(browser)
    last = browser.execute_script(lines)
    assert len(last) == 10
    assert len(last[0].split()) == 200
    browser.execute_script(
        "const slider = document.getElementById('moment'); slider.value = 0; slider.dispatchEvent(new Event('input'));"
    )
    assert browser.execute_script(title) == "epoch 1, step 0: accuracy 0.500"
    browser.find_element("id", "play").click()
    browser.set_script_timeout(10)
    browser.execute_async_script("const done = arguments[0]; setTimeout(done, 1200);")
    assert browser.execute_script(title) == "epoch 1, step 2: accuracy 0.500"
    assert browser.execute_script("return document.getElementById('play').textContent") == "Play"
    assert quiet(browser)


def test_number_is_entered_by_slider_and_field(browser: Any, tmp_path: Path) -> None:
    subject = of_numbers()
    opened(browser, tmp_path, subject)
    browser.execute_script(
        "const slider = document.querySelector('input[type=range]');"
        "slider.value = 7.5; slider.dispatchEvent(new Event('input'));"
    )
    assert answer(browser).startswith("Answer: ")
    with torch.no_grad():
        expected = subject.network((torch.tensor([[7.5]]) - 5) / 2)[0]
    assert browser.execute_script("return page.outputs([7.5])") == pytest.approx(expected.tolist(), abs=1e-5)
    assert browser.execute_script("return page.shown.raw") == [7.5]
    assert browser.execute_script("return document.querySelector('input[type=number]').value") == "7.5"
    assert browser.execute_script("return document.querySelectorAll('#curves polyline').length") == 10
    assert quiet(browser)


def test_text_is_one_of_those_that_were_learned(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.support.select import Select

    opened(browser, tmp_path, of_texts())
    assert browser.execute_script("return page.shown.raw") == [0, 0, 1, 6, 0, 1]
    Select(browser.find_element("id", "feature-0")).select_by_visible_text("b")
    assert answer(browser).startswith("Answer: ")
    assert browser.execute_script("return page.shown.raw") == [0, 1, 0, 6, 0, 1]
    assert quiet(browser)
