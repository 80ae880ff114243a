"""The HTML report, as people see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from faxapi import Report
from faxapi.records import Direction
from tests.browser.chromium import Chromium
from tests.browser.pages import EVIL

PAGES = ("run", "empty", "evil", "thousand", "long")
WIDTHS = (320, 390, 768, 1280)

# Texts with too little contrast for their size, by WCAG 2.2's rule for level AA.
FAINT = """
const number = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b]
  .map(v => v / 255)
  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
const behind = element => {
  for (let at = element; at; at = at.parentElement) {
    const colour = number(getComputedStyle(at).backgroundColor);
    if (colour.length == 3 || colour[3] == 1) return colour;
  }
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const found = [];
for (const element of document.querySelectorAll('body *')) {
  const style = getComputedStyle(element);
  const drawn = element instanceof SVGElement;
  const texts = [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim());
  const bar = drawn && (element.matches('rect:not(.track)') || element.matches('.mark-rect path'));
  if (!(texts || bar) || !element.getClientRects().length) continue;
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
  const colour = number(drawn ? style.fill : style.color);
  const enough = bar || large ? 3 : 4.5;
  const ratio = contrast(colour, behind(element.closest(':not(svg *):not(svg)')));
  if (ratio < enough) found.push([element.outerHTML.slice(0, 120), ratio]);
}
return found;
"""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_for_and_nothing_is_wrong(
    name: str, browser: Chromium, files: dict[str, Path]
) -> None:
    browser.show(files[name])
    assert browser.run("return document.readyState") == "complete"
    assert browser.complaints == []
    assert browser.requests() == ([files[name].as_uri()], [])
    assert browser.run("return document.scripts.length") == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(
    name: str, width: int, browser: Chromium, files: dict[str, Path]
) -> None:
    browser.show(files[name], width=width)
    # What a reader can open counts too.
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    sizes = browser.run("return [innerWidth, document.documentElement.scrollWidth]")
    assert sizes == [width, width]
    # Text that runs out of its place lies over its neighbour's.
    cut = "return [...document.querySelectorAll('td, tbody th, dd, .status, .card')]"
    outside = browser.run(
        f"{cut}.filter(each => each.scrollWidth > each.clientWidth + 1)"
        ".map(each => each.outerHTML.slice(0, 120))"
    )
    assert outside == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_what_is_missing_and_what_to_do_is_on_the_first_screen(
    width: int, height: int, browser: Chromium, files: dict[str, Path]
) -> None:
    browser.show(files["run"], width=width, height=height)
    text, bottom = browser.run(
        "const part = document.querySelector('.status');"
        "return [part.innerText, part.getBoundingClientRect().bottom]"
    )
    assert "Not complete" in text
    assert "openfax-east faxes, jobs" in text
    assert "The API key was rejected".lower() in text.lower()
    assert "What to do:" in text
    assert bottom < height


def test_what_a_stranger_wrote_does_not_run(browser: Chromium, files: dict[str, Path]) -> None:
    browser.show(files["evil"])
    assert browser.run("return window.owned ?? null") is None
    assert browser.run("return document.querySelectorAll('script, img, a').length") == 0
    assert browser.run("return document.body.innerText").count(EVIL) > 20


def test_the_same_words_run_where_nobody_has_escaped_them(
    browser: Chromium, tmp_path: Path
) -> None:
    """The test above can fail."""
    file = tmp_path / "careless.html"
    file.write_text(f"<!DOCTYPE html><title>careless</title><body>{EVIL}")
    browser.show(file)
    assert browser.run("return window.owned") in {1, 2, 3}


def test_what_is_written_into_the_file_does_not_run_either(
    browser: Chromium, files: dict[str, Path], tmp_path: Path
) -> None:
    """Its policy stands, should something not have been escaped."""
    remote = (
        "<img src='https://example.com/a.png'><link rel=stylesheet href='https://example.com/b'>"
    )
    file = tmp_path / "changed.html"
    file.write_text(files["run"].read_text().replace("<main>", f"<main>{EVIL}{remote}"))
    browser.show(file)
    assert browser.run("return document.scripts.length") == 1
    assert browser.run("return window.owned ?? null") is None
    asked, refused = browser.requests()
    assert asked == [file.as_uri()]
    assert {"https://example.com/a.png", "https://example.com/b"} <= {*refused}
    assert any("Content Security Policy" in line for line in browser.complaints)


def test_no_number_name_or_subject_is_in_the_file(run: Report, files: dict[str, Path]) -> None:
    text = files["run"].read_text()
    personal = {
        value
        for fax in run.faxes
        for value in (fax.recipient_name, fax.subject, fax.remote_id)
        if value
    }
    for fax in run.faxes:
        other = fax.recipient_number if fax.direction is Direction.OUTBOUND else fax.sender
        if other:
            # However it is written: its last seven digits.
            personal.add("".join(filter(str.isdecimal, other))[-7:])
    assert len(personal) > 300
    assert [each for each in personal if each in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "thousand"])
def test_everything_stands_out_enough(
    name: str, scheme: str, browser: Chromium, files: dict[str, Path]
) -> None:
    browser.show(files[name], scheme=scheme)
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.run(FAINT) == []


def test_contrast_is_measured(browser: Chromium, tmp_path: Path) -> None:
    """The test above can fail."""
    file = tmp_path / "faint.html"
    file.write_text("<body style='background: #fff'><p style='color: #888'>faint</p>")
    browser.show(file)
    assert len(browser.run(FAINT)) == 1


def test_the_dark_page_has_other_colours_in_its_chart_too(
    browser: Chromium, files: dict[str, Path]
) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.show(files["run"], scheme=scheme)
        colours.append(
            browser.run(
                "const of = (name, key) => getComputedStyle(document.querySelector(name))[key];"
                "return [of('body', 'backgroundColor'), of('.card', 'color'),"
                " of('.chart.wide .mark-rect path', 'fill'), of('.chart.wide text', 'fill')]"
            )
        )
    light, dark = colours
    assert [one for one, other in zip(light, dark, strict=True) if one == other] == []


@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_printed(name: str, browser: Chromium, files: dict[str, Path]) -> None:
    browser.show(files[name])
    assert browser.pdf().startswith(b"%PDF-")
    # A sheet of A4 less its margins, from a screen that is dark.
    browser.show(files[name], width=680, scheme="dark", media="print")
    colours = browser.run(
        "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert browser.run("return document.documentElement.scrollWidth") == 680


@pytest.mark.parametrize("width", [390, 1280])
def test_those_who_hear_it_get_all_of_it(
    width: int, browser: Chromium, files: dict[str, Path]
) -> None:
    browser.show(files["run"], width=width)
    assert browser.run("return document.documentElement.lang") == "en"
    levels = browser.run("return [...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    roles = browser.roles()
    tables = {name for role, name in roles if role == "table"}
    assert {"By account", "Why faxes failed", "Pages and cost by user"} <= tables
    named = {name for role, name in roles if role in {"columnheader", "rowheader"}}
    assert {"Account", "Success", "openfax-east not complete openfax"} <= named
    (chart,) = (name for role, name in roles if role in {"image", "img"} and name)
    assert chart.startswith("Faxes per day, by provider.")
