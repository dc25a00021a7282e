"""Plain facts are said by rule: rightly, and in words that the checks trace to the fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.checks.rules import CheckContext, FactValue, Severity, run_rules
from shop_content.generation.prompts import PromptFact
from shop_content.generation.prompts.english import IT, THEY, subject_of
from shop_content.generation.prompts.part_phrases import part_phrase
from shop_content.generation.prompts.plain_facts import is_plain, plain_sentences
from shop_content.generation.prompts.simple_facts import is_material, simple_sentences
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
        ("Volume", "24 l", "It has a volume of 24 l."),
        ("Cable length", "1.2 m", "It has a cable length of 1.2 m."),
        ("Max. load", "110 kg", "It has a maximum load of 110 kg."),
        ("Battery life", "up to 38 hours", "The battery life is up to 38 hours."),
        ("Colour", "white with teal buttons", "It comes in white with teal buttons."),
        ("Colour", "black and white stripe", "It comes in black and white stripe."),
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
    assert plain_sentences(facts, THEY, had=["a rim", "feet of oak", "a lid"]) == [
        "They have a rim, feet of oak and a lid.",
        "They have 3 legs, a seat height of 42 cm and a lid load of 90 kg.",
        "They are 60 cm in diameter and 28 cm high.",
        "They weigh 11 kg.",
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
        ("Finishes", "hammered, twisted, smooth", "The finishes are hammered, twisted and smooth."),
        ("Finish", "hammered, twisted, smooth", "The finish is hammered, twisted and smooth."),
        ("Inside", "ribbed", "The inside is ribbed."),
        ("Leaf", "rolled into pearls", "The leaf is rolled into pearls."),
        ("Fit system", "dial at the back", "Fit system: dial at the back."),
        ("Material", "80% cotton, 20% linen", "It is made of 80% cotton and 20% linen."),
        ("Material", "oak, 20 mm", "It is made of oak, 20 mm."),
        ("Slots", "4, as wide as a bagel", "It has 4 slots, as wide as a bagel."),
        ("Sides", "3: coarse, fine, zest", "3 sides: coarse, fine and zest."),
        ("Foldable", "yes, with carry strap", "It is foldable with carry strap."),
        ("Stackable", "yes, up to 4", "It is stackable, up to 4."),
        ("Machine washable", "yes, at 40 °C", "It is machine washable at 40 °C."),
        ("Bluetooth", "yes, 5.0", "Bluetooth: 5.0."),
        ("Waterproof", "no, splash-proof", "It is splash-proof, but not waterproof."),
        ("Water-repellent", "yes, not waterproof", "It is water-repellent, but not waterproof."),
        ("Odourless", "no, smells of rubber", "It is not odourless: smells of rubber."),
        ("Pouch", "included", "A pouch is included."),
        ("Pouch", "canvas, included", "A canvas pouch is included."),
        ("Cushions", "2, not included", "2 cushions are not included."),
        ("Pump", "2 ml a stroke, included", "Pump: 2 ml a stroke, included."),
        ("Blades included", "3", "3 blades are included."),
        ("Ironing", "not needed", "No ironing is needed."),
        ("Batteries", "required", "Batteries are required."),
        ("Folds to", "6 cm", "It folds to 6 cm."),
        ("Serve with", "lamb, cheese", "Serve with lamb and cheese."),
        ("pH", "5.5", "The pH is 5.5."),
        ("Use", "on painted surfaces", "Use it on painted surfaces."),
        ("Stand", "sold separately", "The stand is sold separately."),
        ("Set: all", "4", ""),
        ("Use", "inside; outside", ""),
    ],
)
def test_other_facts_have_a_simple_form(name, value, text):
    assert " ".join(simple_sentences([PromptFact(name, value)], IT)) == text


def test_material_of_the_whole_in_a_few_words():
    assert is_material(PromptFact("Wood", "untreated beech"))
    assert is_material(PromptFact("Leather", "cowhide, vegetable-tanned"))
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
        ("Nimbus Court Trainer", "white trainers", THEY),
    ],
)
def test_product_is_it_or_they(title, keyword, subject):
    assert subject_of(title, keyword) is subject


def test_checks_find_nothing_in_what_is_said_of_the_corpus():
    facts = {
        (fact.name, fact.value)
        for product in read_corpus([FROZEN_FILE, TRAINING_FILES])
        for fact in product.source.facts
        if not is_yes_no(fact)
    }
    alarms, num_said = [], 0
    for name, value in facts:
        fact = PromptFact(name, value)
        phrase = part_phrase(fact)
        had = [phrase] if phrase and not is_plain(fact) else []
        said = plain_sentences([fact], had=had) or simple_sentences([fact])
        num_said += bool(said)
        text = " ".join(said)
        context = CheckContext(
            field="short_description", name="Thing", facts=(FactValue(name, value),)
        )
        marks = [mark for mark in run_rules(text, context) if mark.severity is not Severity.INFO]
        alarms += [(text, mark.message) for mark in marks if mark.rule != "length"]
    assert num_said > 0.95 * len(facts)
    assert alarms == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_fact_is_taken_or_left_and_never_breaks(name, value):
    fact = PromptFact(name, value)
    assert bool(plain_sentences([fact])) == is_plain(fact)
    assert all(text.endswith(".") for text in simple_sentences([fact]))
    assert part_phrase(fact) == part_phrase(fact).strip()
