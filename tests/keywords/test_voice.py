"""The voice of a shop: measured, read from its own copy, set, and followed by briefs and checks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.catalogue.models import ContentOrigin
from shop_content.checks.rules.voice import check_voice
from shop_content.checks.services import text_check
from shop_content.generation.prompts import PromptStyle, build_messages
from shop_content.generation.services.prompting import prompt_input
from shop_content.keywords.forms import BriefForm
from shop_content.keywords.models import BrandVoice
from shop_content.keywords.selectors import best_copy, brief_snapshot
from shop_content.keywords.voice import example_of, measure_voice, person_of
from tests.checks.cases import MUG, marks
from tests.factories import (
    make_brief,
    make_draft,
    make_live,
    make_member,
    make_merchant,
    make_product,
)

URL = reverse("keywords:voice")
PLAIN = ["A mug of stoneware. It holds 350 ml."] * 6
YOU = ["Your mug is of stoneware. You can fill it with 350 ml of tea."] * 6
WE = ["We make our mugs of stoneware for you and for us."] * 6


def test_measure_counts_sentences_words_and_pronouns():
    measure = measure_voice(PLAIN)
    assert measure.num_texts == 6
    assert measure.words_per_sentence == 3.5  # The number is no word.
    assert (measure.you_share, measure.we_share) == (0, 0)
    assert 80 < measure.reading_ease < 120


def test_few_texts_tell_nothing():
    assert measure_voice(PLAIN[:4]) is None
    assert measure_voice(["", "123"] * 9) is None


def test_long_words_in_long_sentences_are_harder_to_read():
    hard = ["Extraordinarily sophisticated manufacturing necessitates considerable preparation"] * 6
    assert measure_voice(hard).reading_ease < measure_voice(PLAIN).reading_ease


@pytest.mark.parametrize(
    ("texts", "person"), [(PLAIN, "none"), (YOU, "you"), (WE, "we"), (YOU[:2] + PLAIN, "")]
)
def test_person_is_that_of_most_texts(texts, person):
    assert person_of(measure_voice(texts)) == person


def test_example_is_a_text_of_the_usual_length_and_short_enough():
    texts = [*PLAIN, "word " * 200]
    assert example_of(texts, measure_voice(PLAIN)) == PLAIN[0]
    assert len(example_of(["word " * 200], measure_voice(PLAIN))) <= 300
    assert example_of([], measure_voice(PLAIN)) == ""


@pytest.mark.parametrize(
    ("person", "text", "found"),
    [
        ("none", "Our mug for your table.", [("W", "Our"), ("W", "your")]),
        ("you", "Our mug for your table.", [("W", "Our")]),
        ("we", "Our mug for your table.", []),
        ("", "Our mug for your table.", []),
        ("none", "A mug for the table.", []),
    ],
)
def test_pronouns_that_the_voice_does_not_use_are_found(person, text, found):
    assert marks(text, check_voice(text, replace(MUG, voice_person=person))) == found


def test_german_pronouns_are_known_and_the_polite_ones_are_left_alone():
    context = replace(MUG, language="de", voice_person="none")
    text = "Wir machen Ihren Becher für dich."
    assert marks(text, check_voice(text, context)) == [("W", "Wir"), ("W", "dich")]


def test_sentence_far_longer_than_the_voices_is_noted():
    text = "A mug. " + "word " * 30 + "."
    (found,) = check_voice(text, replace(MUG, voice_sentence_words=12))
    assert found.severity == "I"
    assert check_voice(text, MUG) == []
    assert check_voice(text, replace(MUG, field="meta_title", voice_sentence_words=12)) == []


@pytest.fixture
def merchant(db):
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    return client


def make_voice(merchant, **values):
    return BrandVoice.objects.create(merchant=merchant, **values)


def data(**values):
    return {"tone": "friendly", "person": "you", "sentence_words": "14", **values}


def test_words_and_wishes_of_the_voice_go_into_every_brief(merchant):
    make_voice(merchant, words_always=["Tidewater"], words_never=["cheap"], person="none")
    product = make_product(merchant)
    brief = make_brief(merchant, must_use=["mug"], must_not_use=["ugly"])
    snapshot = brief_snapshot(brief=brief, product=product)
    assert snapshot["must_use"] == ["mug", "Tidewater"]
    assert snapshot["must_not_use"] == ["ugly", "cheap"]
    assert snapshot["voice"]["person"] == "none"
    draft = make_draft(product, brief=snapshot)
    rules = {row["rule"] for row in text_check(draft=draft, text="Your mug from Tidewater.")}
    assert "voice" in rules


def test_example_reaches_models_that_take_instructions_and_no_others(merchant):
    make_voice(merchant, example='Say "hello" to\nyour mug.')
    product = make_product(merchant)
    snapshot = brief_snapshot(brief=make_brief(merchant), product=product)
    source = prompt_input(product=product, field="description", brief=snapshot)
    told = "".join(row.content for row in build_messages(source, PromptStyle.REWRITING))
    assert "Say 'hello' to your mug." in told
    asked = "".join(row.content for row in build_messages(source, PromptStyle.SENTENCES))
    assert "hello" not in asked


def test_form_of_keywords_begins_with_the_tone_of_the_voice(merchant):
    make_voice(merchant, tone="luxurious")
    assert BriefForm(merchant=merchant)["tone"].value() == "luxurious"


def test_own_copy_is_what_was_approved_or_written_here_and_else_what_was_imported(merchant):
    for number in range(6):
        make_live(make_product(merchant), f"Imported {number}.")
    assert len(best_copy(merchant=merchant)) == 6
    for number in range(5):
        make_live(make_product(merchant), f"Ours {number}.", origin=ContentOrigin.PUBLISHED)
    make_live(make_product(make_merchant()), "Strange.", origin=ContentOrigin.PUBLISHED)
    assert sorted(best_copy(merchant=merchant)) == [f"Ours {number}." for number in range(5)]


def test_saved_voice_is_shown_again(client, merchant):
    assert client.post(URL, data(words_never="cheap, ugly", example="A mug.")).url == URL
    voice = BrandVoice.objects.get()
    assert (voice.merchant, voice.words_never) == (merchant, ["cheap", "ugly"])
    page = client.get(URL).content.decode()
    assert "cheap, ugly" in page
    client.post(URL, data(tone="plain"))
    assert BrandVoice.objects.get().tone == "plain"


def test_reading_fills_the_form_and_saves_nothing(client, merchant):
    for text in YOU:
        make_live(make_product(merchant), text)
    page = client.post(URL, {"action": "read"}).content.decode()
    assert "Nothing is kept before you save" in page
    assert '<option value="you" selected>' in page
    assert not BrandVoice.objects.exists()


def test_too_little_copy_is_said(client):
    assert "too little copy" in client.post(URL, {"action": "read"}).content.decode()


@pytest.mark.parametrize(
    "values",
    [{"tone": "loud"}, {"sentence_words": "-1"}, {"words_always": "a", "words_never": "A"}],
)
def test_bad_values_are_refused_and_what_was_typed_stays(client, values):
    answer = client.post(URL, data(example="What I typed.", **values))
    assert answer.status_code == 422
    assert "What I typed." in answer.content.decode()
    assert not BrandVoice.objects.exists()


def test_page_takes_few_queries(client, merchant, django_assert_max_num_queries):
    for text in WE:
        make_live(make_product(merchant), text)
    with django_assert_max_num_queries(9):
        client.get(URL)
