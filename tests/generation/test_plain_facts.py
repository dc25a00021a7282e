"""Plain facts are said by rule: rightly, and in words that the checks trace to the fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.checks.rules import CheckContext, FactValue, Severity, run_rules
from shop_content.generation.prompts import PromptFact
from shop_content.generation.prompts.english import IT, THEY, subject_of
from shop_content.generation.prompts.plain_facts import is_plain, plain_sentences
from shop_content.generation.prompts.simple_facts import is_material, simple_text
from shop_content.generation.prompts.yes_no import is_yes_no
from shop_content.training.corpus import FROZEN_FILE, TRAINING_FILES, read_corpus


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Height", "34 cm", "It is 34 cm high."),
        ("Length", "65-135 cm", "It is 65-135 cm long."),
        ("Diameter", "7 cm", "It is 7 cm in diameter."),
        ("Size", "25 x 15 x 18 cm", "It measures 25 x 15 x 18 cm."),
        ("Weight", "1.3 kg", "It weighs 1.3 kg."),
        ("Weight (empty)", "1.3 kg", "The weight (empty) is 1.3 kg."),
        ("Capacity", "350 ml", "It holds 350 ml."),
        ("Volume", "24 l", "The volume is 24 l."),
        ("Cable length", "1.2 m", "The cable length is 1.2 m."),
        ("Max. load", "110 kg", "The maximum load is 110 kg."),
        ("Battery life", "up to 38 hours", "The battery life is up to 38 hours."),
        ("Colour", "white with teal buttons", "The colour is white with teal buttons."),
        ("Colour", "black and white stripe", "The colour is black and white stripe."),
        ("Colours", "rust, pine, navy", "It comes in rust, pine and navy."),
        ("Sizes", "S to XXL", "It comes in sizes S to XXL."),
        ("Size", "one size", "It comes in one size."),
        ("Sizes", "30 x 30 cm, 40 x 40 cm", "It comes in 30 x 30 cm and 40 x 40 cm."),
        ("Made in", "Scotland", "It is made in Scotland."),
        ("Knitted in", "the", ""),
        ("Made in", "United Kingdom", "It is made in the United Kingdom."),
        ("Origin", "Puglia, Italy", "It comes from Puglia, Italy."),
        ("Age", "from 3 years", "It is suitable from 3 years."),
        ("Age", "3 to 6 years", "It is for ages 3 to 6 years."),
        ("Age", "grown-ups", ""),
        ("Suitable for", "rabbits, guinea pigs", "It is suitable for rabbits and guinea pigs."),
        ("Fits", "loaves up to 900 g", "It fits loaves up to 900 g."),
        ("Standard", "EN 71", "It conforms to EN 71."),
        ("Protection", "IP67", "It is protected to IP67."),
        ("Warranty", "5 years", "The warranty is 5 years."),
        ("Warranty", "5 years on the frame", ""),
        ("Pockets", "3", "It has 3 pockets."),
        ("Pieces", "24", "There are 24 pieces."),
        ("Players", "4", ""),
        ("Wash", "60 °C", "Wash it at 60 °C."),
        (
            "Care", "hand wash 30 °C, do not tumble dry",
            "Hand wash at 30 °C and do not tumble dry.",
        ),
        ("Care", "only with love", ""),
        ("Washable", "no, wipe clean", "It is not washable. Wipe clean."),
        ("Contents", "12 crayons, 30 cards", "You get 12 crayons and 30 cards."),
        ("Contents", "1 pair", "You get 1 pair."),
        ("Material", "oak", ""),
        ("Lining", "cotton twill, navy", ""),
        ("", "34 cm", ""),
        ("Height", "mid", ""),
        ("Height", "34 cm (18 cm folded)", ""),
        ("Weight", "not known", ""),
        ("Gewicht", "34 cm", ""),
    ],
)  # fmt: skip
def test_each_kind_of_fact_has_its_sentence(name, value, text):
    fact = PromptFact(name, value)
    assert " ".join(plain_sentences([fact])) == text
    assert is_plain(fact) == bool(text)


def test_facts_of_a_kind_share_a_sentence_in_the_number_of_the_product():
    facts = [
        PromptFact("Diameter", "60", "cm"),
        PromptFact("Height", "28 cm"),
        PromptFact("Weight", "11 kg"),
        PromptFact("Legs", "3"),
        PromptFact("Colours", "red, blue"),
        PromptFact("Sizes", "S, M, L"),
        PromptFact("Seat height", "42 cm"),
        PromptFact("Lid load", "90 kg"),
    ]
    assert plain_sentences(facts, THEY) == [
        "They are 60 cm in diameter and 28 cm high, weigh 11 kg, and have 3 legs.",
        "The seat height is 42 cm and the lid load is 90 kg.",
        "They come in red and blue, in sizes S, M and L.",
    ]


def test_choice_of_colours_is_said_in_two_ways():
    two, three = (PromptFact("Colours", value) for value in ("red, blue", "red, blue, green"))
    assert plain_sentences([two], variant=1) == ["Choose between red and blue."]
    assert plain_sentences([three], variant=1) == ["Choose from red, blue and green."]
    assert plain_sentences([three], variant=2) == ["It comes in red, blue and green."]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Lining", "cotton twill, navy", "The lining is cotton twill, navy."),
        ("Finish", "hammered, twisted, smooth", "The finish is hammered, twisted and smooth."),
        ("Handles", "leather", "The handles are leather."),
        ("Slots", "4, 36 mm wide", "It has 4 slots, 36 mm wide."),
        ("Pockets", "5 outside, 2 inside", "It has 5 pockets outside, 2 inside."),
        ("Brush", "1, size 6", "It has 1 brush, size 6."),
        ("Clip", "zinc alloy swivel clip", "It has a zinc alloy swivel clip."),
        ("Gold", "9 ct yellow gold", "The gold is 9 ct yellow gold."),
        ("FSC", "FSC 100 %", "It has FSC 100 %."),
        ("Lid", "with self-basting spikes", "The lid comes with self-basting spikes."),
        ("Foldable", "yes, with carry strap", "It is foldable, with carry strap."),
        ("Use", "on painted surfaces", ""),
        ("Stand", "sold separately", ""),
        ("Neck joins body at", "12th fret", ""),
        ("Set: all", "4", ""),
    ],
)
def test_other_facts_have_a_simple_form(name, value, text):
    assert simple_text([PromptFact(name, value)]) == text


def test_two_simple_forms_are_one_sentence_and_none_without_both():
    rim, glaze = PromptFact("Rim", "gold"), PromptFact("Glaze", "blue")
    assert simple_text([rim, glaze], IT) == "The rim is gold, and the glaze is blue."
    assert simple_text([rim, PromptFact("Use", "daily")]) == ""


def test_material_of_the_whole_in_a_few_words():
    assert is_material(PromptFact("Wood", "untreated beech"))
    assert not is_material(PromptFact("Material", "oak, 20 mm"))
    assert not is_material(PromptFact("Lining", "silk"))


@pytest.mark.parametrize(
    ("title", "keyword", "subject"),
    [
        ("Milkmoon Muslin Squares", "muslin squares", THEY),
        ("Margin Envelopes C6", "C6 envelopes", THEY),
        ("Rubber Floor Mats Set", "rubber car mats", IT),
        ("Changing Mat Basics", "changing mat", IT),
        ("Harbour Mug", "", IT),
        ("", "", IT),
    ],
)
def test_product_is_it_or_they(title, keyword, subject):
    assert subject_of(title, keyword) is subject


def test_checks_find_nothing_in_what_is_said_of_the_corpus():
    facts = {
        (fact.name, fact.value)
        for product in read_corpus([FROZEN_FILE, TRAINING_FILES])
        for fact in product.source.facts
        if is_plain(fact) and not is_yes_no(fact)
    }
    assert len(facts) > 1000
    alarms = []
    for name, value in facts:
        text = " ".join(plain_sentences([PromptFact(name, value)]))
        context = CheckContext(
            field="short_description", name="Thing", facts=(FactValue(name, value),)
        )
        marks = [mark for mark in run_rules(text, context) if mark.severity is not Severity.INFO]
        alarms += [(text, mark.message) for mark in marks if mark.rule != "length"]
    assert alarms == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_fact_is_taken_or_left_and_never_breaks(name, value):
    fact = PromptFact(name, value)
    assert bool(plain_sentences([fact])) == is_plain(fact)
    assert simple_text([fact]) == "" or simple_text([fact]).endswith(".")
