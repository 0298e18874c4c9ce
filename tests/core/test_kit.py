"""The page kit: tags that draw, tokens that hold in both themes, words in both tongues."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongbi.core.templatetags import kit
from gongbi.core.templatetags.kit import amount, draw_spark

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CORE = Path(kit.__file__).resolve().parents[1]


def render(source: str, **context: object) -> str:
    return Template("{% load kit %}" + source).render(Context(context))


def css(name: str) -> str:
    return (CORE / "static" / "core" / name).read_text()


# --- figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "en", "zh"),
    [("degC", "°C", "°C"), ("calls", "calls", "次"), ("persons/m2", "persons/m²", "人/㎡"),
     ("MPa", "MPa", "MPa")],
)  # fmt: skip
def test_units_of_signs_have_words_on_every_page(unit, en, zh):
    for language, words in (("en", en), ("zh-hans", zh)):
        with translation.override(language):
            drawn = render("{% figure 'x' 1 unit=unit %}", unit=unit)
        assert f'<span class="figure-unit">{words}</span>' in drawn


# --- badges ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "words"), [(-1, "No data"), (0, "Normal"), (3, "Alarm")])
def test_level_speaks_by_icon_word_and_colour(level, words):
    with translation.override("en"):
        drawn = render("{% level_badge level %}", level=level)
    assert words in drawn
    assert f"#{kit.LEVELS[level][0]}" in drawn
    assert f"is-{kit.LEVELS[level][0]}" in drawn


def test_levels_have_chinese_words():
    with translation.override("zh-hans"):
        assert [kit.level_words(level) for level in kit.LEVELS] == [
            "无数据",
            "正常",
            "关注",
            "预警",
            "警报",
        ]


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(days=3), "3 days left", None),
        (timedelta(hours=5), "5 hours left", None),
        (timedelta(minutes=50), "50 minutes left", "is-warning"),
        (timedelta(hours=-5), "5 hours overdue", "is-alarm"),
    ],
)
def test_deadline_badge(left, words, tone):
    with translation.override("en"):
        drawn = render("{% deadline_badge due now %}", due=NOW + left, now=NOW)
    assert words in drawn
    assert (tone in drawn) if tone else ("is-" not in drawn)


def test_unknown_state_of_a_pack_shows_its_own_words():
    assert "On the barge" in render("{% state_badge 'barge' 'On the barge' %}")


# --- figures ---------------------------------------------------------------------------------


def test_figure_opens_its_rows():
    drawn = render("{% figure label 1234 href='/cases/?state=open' %}", label="Open <cases>")
    assert 'href="/cases/?state=open"' in drawn
    assert "1,234" in drawn
    assert "Open &lt;cases&gt;" in drawn


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (12.34, "12.3"),
        (0.142, "0.14"),
        (8.0, "8"),
        (-3.5, "-3.5"),
        (100.7, "101"),
        (100, "100"),
        ("n/a", "n/a"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_amount(value, said, language):
    with translation.override(language):
        assert amount(value) == said


def test_spark_by_hand():
    spark = draw_spark([0.0, 5.0, 10.0], [(2, 5.0)])
    assert spark.segments == ("0.0,34.0 50.0,18.0 100.0,2.0",)
    assert spark.limits == ((2, 18.0),)
    assert spark.end == (100.0, 2.0)


def test_spark_breaks_where_nothing_was_heard():
    assert len(draw_spark([1.0, 2.0, None, None, 3.0, 4.0]).segments) == 2
    assert draw_spark([None, None]).segments == ()
    assert draw_spark([]).end is None


values = st.lists(
    st.none() | st.floats(allow_nan=True, allow_infinity=False, width=32), max_size=40
)


@given(values, st.lists(st.tuples(st.integers(1, 3), st.floats(-1e6, 1e6)), max_size=3))
def test_spark_stays_in_its_box(values, limits):
    spark = draw_spark(values, limits)
    points = [p.split(",") for line in spark.segments for p in line.split()]
    heights = [float(y) for _x, y in points] + [y for _level, y in spark.limits]
    assert all(0 <= float(x) <= 100.1 for x, _y in points)
    assert all(1.9 <= y <= 34.1 for y in heights)


# --- forms -----------------------------------------------------------------------------------


class Report(forms.Form):
    words = forms.CharField(label="What is wrong?", help_text="In your own words.")
    how = forms.ChoiceField(choices=[("1", "a"), ("2", "b")], widget=forms.RadioSelect)
    more = forms.CharField(required=False)


def test_form_ties_label_help_and_error_to_the_input():
    with translation.override("en"):
        drawn = render("{% form_fields form %}", form=Report({}))
    assert '<label for="id_words">' in drawn
    described = re.search(r'name="words"[^>]*aria-describedby="([^"]+)"', drawn)
    assert described
    for name in described[1].split():
        assert f'id="{name}"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert "<legend>" in drawn
    assert "optional" in drawn
    assert 'href="#id_words"' in drawn


def test_plain_form_looks_like_the_kit():
    assert "field-label" in str(Report()) or 'class="field"' in str(Report())


# --- tokens ----------------------------------------------------------------------------------


def blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The light tokens, the dark ones by the system, the dark ones by choice."""
    said = css("tokens.css")
    patterns = (
        r"^:root \{(.*?)^\}",
        r'^  :root:not\(\[data-theme="light"\]\) \{(.*?)^  \}',
        r'^:root\[data-theme="dark"\] \{(.*?)^\}',
    )
    bodies = [re.search(pattern, said, re.S | re.M)[1] for pattern in patterns]
    light, system, chosen = (dict(re.findall(r"(--[\w-]+): ([^;]+);", body)) for body in bodies)
    return light, system, chosen


def test_dark_by_system_is_dark_by_choice():
    _light, system, chosen = blocks()
    assert system == chosen


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    (ink, paper) for ink in ("ink", "ink-soft", "accent") for paper in ("paper", "sheet", "wash")
]
LEVELS = [
    (level, paper)
    for level in ("normal", "notice", "warning", "alarm", "missing")
    for paper in ("sheet", f"{level}-wash")
]


@pytest.mark.parametrize("pair", [*TEXT, *LEVELS, ("on-accent", "accent"), ("ink", "alarm-wash")])
@pytest.mark.parametrize("dark", [False, True])
def test_text_contrast(pair, dark):
    light, system, _chosen = blocks()
    tokens = light | (system if dark else {})
    assert contrast(tokens[f"--{pair[0]}"], tokens[f"--{pair[1]}"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_edges_of_inputs_can_be_seen(dark):
    light, system, _chosen = blocks()
    tokens = light | (system if dark else {})
    assert contrast(tokens["--line-strong"], tokens["--sheet"]) >= 3


# --- pages without inline code, files that exist ---------------------------------------------


def templates() -> list[Path]:
    return sorted((CORE / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_inline_style_or_handler(path):
    said = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", said)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", said)


def test_every_icon_used_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', css("icons.svg")))
    used = {
        name
        for path in templates()
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }
    used |= {name for name, _words in kit.LEVELS.values()}
    used |= {sign for sign, _tone, _words in kit.STATES.values()}
    assert used <= sprite


def test_every_library_has_its_licence():
    folders = [path for path in (CORE / "static/core/vendor").iterdir() if path.is_dir()]
    assert {path.name.rsplit("-", 1)[0] for path in folders} == {
        "htmx.org",
        "maplibre-gl",
        "echarts",
    }
    for folder in folders:
        assert list(folder.glob("LICENSE*"))
        assert all(
            finders.find(f"core/vendor/{folder.name}/{file.name}") for file in folder.iterdir()
        )
