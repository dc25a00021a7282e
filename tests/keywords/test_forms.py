"""The form of a brief: words, languages, what blocks and what only warns."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import translation

from shop_content.keywords.forms import AnswerForm, BriefForm, blocking_messages, language_choices
from shop_content.keywords.words import MAX_WORD_CHARS
from tests.factories import make_brief, make_merchant
from tests.naughty import NAUGHTY_STRINGS, NUL

pytestmark = pytest.mark.django_db


def brief_data(**overrides: str | list[str]) -> QueryDict:
    data = QueryDict(mutable=True)
    fields = {
        "tone": "plain",
        "language": "en",
        "length": "medium",
        "fields_wanted": ["description"],
        **overrides,
    }
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def bound(**overrides: str | list[str]) -> BriefForm:
    form = BriefForm(brief_data(**overrides), merchant=make_merchant())
    form.is_valid()
    return form


def test_form_makes_a_brief():
    form = bound(
        keywords="mug, cup\njar",
        must_use="stoneware",
        audience=" cooks ",
        fields_wanted=["meta_title", "description"],
    )
    data = form.brief_data(is_template=False)
    assert data.keywords == ("mug", "cup", "jar")
    assert data.must_use == ("stoneware",)
    assert data.audience == "cooks"
    assert data.fields == ("description", "meta_title")


def test_everything_but_the_content_field_may_be_left_out():
    assert not bound().errors
    assert list(bound(fields_wanted=[]).errors) == ["fields_wanted"]


@pytest.mark.parametrize(
    ("overrides", "field", "words"),
    [
        ({"keywords": ",".join(str(n) for n in range(31))}, "keywords", "31 are too many"),
        ({"keywords": "x" * 81}, "keywords", "81 characters"),
        ({"must_use": "{colour}"}, "must_use", "{colour} in"),
        ({"must_use": "cheap", "must_not_use": "Cheap"}, "must_not_use", "must not be used, but"),
        ({"keywords": "x" * 10_001}, "keywords", "10001"),
        ({"keywords": NUL}, "keywords", "NUL"),
        ({"audience": NUL}, "audience", "NUL"),
        ({"audience": "x" * 201}, "audience", "200"),
        ({"name": "x" * 121}, "name", "120"),
        ({"tone": "loud"}, "tone", "loud"),
        ({"language": "xx"}, "language", "xx"),
        ({"length": "endless"}, "length", "endless"),
        ({"fields_wanted": ["title"]}, "fields_wanted", "title"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(overrides, field, words):
    assert words in str(bound(**overrides).errors[field])


def test_all_words_together_have_a_limit():
    many = ", ".join(f"{n}" + "x" * (MAX_WORD_CHARS - 2) for n in range(10, 23))
    form = bound(keywords=many, must_use=many.replace("x", "y"))
    assert "All words together" in str(form.errors["keywords"])


def test_a_forbidden_keyword_only_warns():
    form = bound(keywords="cheap mug", must_not_use="cheap")
    assert not form.errors
    assert [problem.is_blocking for problem in form.problems()] == [False]


def test_errors_of_words_are_listed_apart_from_the_rest():
    form = bound(keywords="{x}", fields_wanted=[])
    assert len(blocking_messages(form)) == 1


def test_template_needs_a_name_and_a_run_does_not():
    form = BriefForm(brief_data(), merchant=make_merchant(), needs_name=True)
    assert list(form.errors) == ["name"]


def test_form_starts_from_a_template():
    brief = make_brief(keywords=["mug", "cup"], tone="playful", fields=["bullets"])
    form = BriefForm(merchant=brief.merchant, brief=brief)
    assert form["keywords"].value() == "mug, cup"
    assert form["tone"].value() == "playful"
    assert form.wanted() == ["bullets"]


def test_languages_are_those_of_the_settings(settings):
    settings.SHOP_CONTENT_LM_LANGUAGES = ["en", "de", "zz-new"]
    with translation.override("de"):
        assert language_choices() == [
            ("en", "Englisch"),
            ("de", "Deutsch"),
            ("zz-new", "zz-new"),
        ]


@pytest.mark.parametrize(("shop", "chosen"), [("de", "de"), ("fr", "en")])
def test_language_of_the_shop_comes_first_where_the_model_knows_it(settings, shop, chosen):
    settings.SHOP_CONTENT_LM_LANGUAGES = ["en", "de"]
    form = BriefForm(merchant=make_merchant(language=shop))
    assert form["language"].value() == chosen


@pytest.mark.parametrize("text", [*NAUGHTY_STRINGS, NUL])
def test_naughty_words_are_kept_or_refused_and_can_be_previewed(text):
    form = bound(keywords=text, must_use=text, audience=text, name=text, tone=text, length=text)
    brief = form.unsaved_brief(make_merchant())
    assert isinstance(brief.keywords, list)
    assert form.num_chars() >= 0
    assert "tone" in form.errors


def test_an_answer_is_needed_and_has_a_limit():
    assert AnswerForm({"answer": " oak "}).is_valid()
    for answer in ["", "  ", "x" * 1001, NUL]:
        assert not AnswerForm({"answer": answer}).is_valid()
