"""Rules that compare with the facts: numbers, counts, materials, colours, origin, certificates."""

from __future__ import annotations

import pytest

from shop_content.checks.rules import CheckContext, FactValue, Severity
from shop_content.checks.rules.certificates import check_certificates
from shop_content.checks.rules.claims import check_claims
from shop_content.checks.rules.colours import check_colours
from shop_content.checks.rules.contradictions import check_contradictions
from shop_content.checks.rules.counts import check_counts
from shop_content.checks.rules.health import check_health
from shop_content.checks.rules.materials import check_materials
from shop_content.checks.rules.numbers import check_numbers
from shop_content.checks.rules.origins import check_origins
from shop_content.checks.rules.prompt_leaks import check_prompt_leaks
from tests.checks.cases import make_context, marks

THING = make_context(
    ("Width", "16", "mm"),
    ("Weight", "0.29", "kg"),
    ("Tank", "1.5 l"),
    ("Box", "10 x 20 x 30 cm"),
    ("Pipe", "1-9/16 in"),
    ("Temperature", "10-20 °C"),
    ("Speed", "1,250 rpm"),
    ("Length (cm)", "50"),
    ("Keys", "105"),
    ("Ports", "USB-C 3.1"),
    ("Firmware", "1.2.3"),
    ("Pockets", "chest, side, back"),
    ("Handles", "a pair"),
    ("Share", "80% cotton, 20% silk"),
    name="Thing X100",
    keywords=("4K screen", "MX-500"),
    supplier_text="Runs for 72 hours. Lens f/1.8.",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The same number in other spellings.
        ("16mm, 16 mm, 16-mm, 16 millimetres, 16\u00a0mm", []),
        ("290 g, 290g, 290 grams, 0,29 kg, .29 kg", [("B", "29 kg")]),  # ".29" is read as 29
        ("1.5 l, 1,5 l, 1.50 litres, 1500 ml, 1,500 ml, 150 cl", []),
        ("10 x 20 x 30 cm, 10x20x30cm, 10 × 20 × 30 cm, 100 x 200 x 300 mm", []),
        ("10 cm by 20 cm by 30 cm", []),
        ("30 cm high, 20 cm deep, 100 mm wide", []),
        ("1-9/16 in, 1 9/16 inches, 1-9/16-inch", []),
        ("10-20 °C, 10–20°C, 10 to 20 °C, 15 °C", [("B", "15 °C")]),
        ("1250 rpm, 1,250 rpm, 1.250 rpm, 1 250 rpm", []),
        ("50 cm, 500 mm, 0.5 m, half a metre", []),
        ("19.7 inches", []),  # 50 cm, rounded
        ("105 keys, 105-key, 105 Keys", []),
        ("X100, x100, X-100, X 100", []),
        ("USB-C 3.1, USB 3.1", []),
        ("version 1.2.3", []),
        ("MX-500, MX500, MX 500", []),
        ("4K", []),
        ("V4.0 and f1.4", [("B", "V4.0"), ("B", "f1.4")]),  # one finding each
        ("3.1and 105keys", []),
        ("10x20인치, 105개", []),
        ("80 % cotton and 20 percent silk", []),
        ("1½ l", []),
        # Wrong numbers.
        ("60 mm", [("B", "60 mm")]),
        ("16.5 mm", [("B", "16.5 mm")]),
        ("2.9 kg", [("B", "2.9 kg")]),
        ("10 x 25 x 30 cm", [("B", "25 x 30 cm"[:2])]),
        ("1-7/16 in", [("B", "1-7/16 in")]),
        ("1,350 rpm", [("B", "1,350 rpm")]),
        ("104 keys", [("B", "104")]),
        ("X200", [("B", "X200")]),
        ("MX-300", [("B", "MX-300")]),
        ("8K", [("B", "8K")]),
        ("version 1.2.4", [("B", "1.2.4")]),
        ("USB 3.2", [("B", "3.2")]),
        ("90% cotton", [("B", "90%")]),
        ("since 1952", [("B", "1952")]),
        ("the 1970s", [("B", "1970s")]),
        # The right number with the wrong unit.
        ("16 cm", [("B", "16 cm")]),
        ("16 kg", [("B", "16 kg")]),
        ("1.5 ml", [("B", "1.5 ml")]),
        ("0.29 g", [("B", "0.29 g")]),
        # Without its unit in the facts it can be right.
        ("105 mm", [("W", "105 mm")]),
        # Only the supplier says so.
        ("72 hours", [("W", "72 hours")]),
        ("3 days", [("W", "3 days")]),
        ("f/1.8", [("W", "1.8")]),
        # Idioms and what other rules speak of.
        ("help 24/7", [("I", "24")]),
        ("a 5-in-1 cover", [("W", "5-in-1")]),
        ("100% satisfaction", []),
        ("100% wool", [("B", "100%")]),
        ("$20 or 4006381333931", []),
        ("1. First\n2. Second", []),
        ("two or three words", []),
        ("no numbers at all", []),
    ],
)  # fmt: skip
def test_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, check_numbers(text, THING)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("60 mm", "The text says 60 mm; the product says 16 mm. Correct the text."),
        ("16 cm", "The text says 16 cm; the product says 16 mm. Correct the text."),
        ("0.3 kg", "The text says 0.3 kg; the product says 0.29 kg. Correct the text."),
        (
            "5 bar",
            (
                "The text says 5 bar; nothing about the product says so. "
                "Take it out, or add it to the product's facts."
            ),
        ),
    ],
)
def test_number_message_says_what_the_product_says(text: str, message: str) -> None:
    assert [found.message for found in check_numbers(text, THING)] == [message]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rises at 38 mm per second.", []),
        ("It rises at 2.28 metres a minute.", []),
        ("It rises at 38 mm per minute.", ["38 mm per minute"]),
        ("Pure linen of 165 g per square metre.", []),
        ("Each square metre weighs 0.165 kg.", []),
        ("Bound in 165 g linen.", []),
        ("165 g for the whole cloth.", ["165 g"]),
        ("165 g per square foot.", ["165 g per square foot"]),
        ("Wash it at 60 degrees.", []),
        ("Wash it at 60 degrees Fahrenheit.", ["60 degrees Fahrenheit"]),
        ("A waistband 7 cm high.", []),
        ("A waistband 7 mm high.", ["7 mm"]),
        ("A shoe weighs 265 g, which makes 530 g for the pair.", []),
        ("It weighs 530 g.", ["530 g"]),
        ("It grows from 72 to 120 cm, a travel of 48 cm.", []),
        ("It is 48 cm wide.", ["48 cm"]),
        ("From the 7:40 train to the office.", []),
        ("192 A5 pages.", []),
    ],
)
def test_rates_and_what_a_text_reckons(text: str, expected: list[str]) -> None:
    context = make_context(
        ("Lifting speed", "38 mm/s"), ("Fabric weight", "165 g/m²"), ("Wash", "60 °C"),
        ("Waistband", "7 cm, flat"), ("Weight", "265 g (EU 42)"), ("Height", "72-120 cm"),
        ("Pages", "192"), ("Format", "A5"),
    )  # fmt: skip
    assert [said for _severity, said in marks(text, check_numbers(text, context))] == expected


def test_numbers_of_keywords_brand_and_must_use_words_count_as_said() -> None:
    context = make_context(name="Trio 3", brand="Studio 54", must_use=("5 stages",))
    assert check_numbers("Studio 54 made the Trio 3 with 5 stages.", context) == []


def test_unit_in_the_name_of_a_fact_is_a_unit() -> None:
    context = make_context(("weight_g", "400"), ("Height [mm]", "95"))
    assert (
        marks("400 g, 0.4 kg, 95 mm, 95 cm", check_numbers("400 g, 0.4 kg, 95 mm", context)) == []
    )
    assert marks("95 kg", check_numbers("95 kg", context))[0][1] == "95 kg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has two handles.", []),  # a pair
        ("It has three pockets.", []),  # the list of pockets names three
        ("It has four wheels.", [("W", "four wheels")]),
        ("A six-piece set.", [("W", "six-piece")]),
        ("It has five zipped pockets.", [("W", "five zipped pockets")]),
        ("Ready in five minutes.", [("W", "five minutes")]),
        ("Four of the best.", []),
        ("A two-tone finish.", []),
        ("Dinner for four.", []),
        ("One size fits all.", []),
    ],
)
def test_counts(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, check_counts(text, THING)) == expected


WOODEN = make_context(
    ("Material", "oak, stainless steel"), name="Stool", supplier_text="The feet are rubber."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Made of oak and stainless steel.", []),
        ("A wooden seat on a metal frame.", []),  # oak is wood, steel is metal
        ("Crafted from genuine leather.", [("B", "leather")]),
        ("A leather seat.", [("B", "leather")]),
        ("The frame is aluminium.", [("B", "aluminium")]),
        ("Made of solid walnut.", [("B", "walnut")]),
        ("A seat of carbon fibre.", [("B", "carbon fibre")]),
        ("Rubber feet protect the floor.", [("W", "Rubber")]),  # only the supplier says so
        ("The gold standard of stools.", []),
        ("Every cloud has a silver lining.", []),
        ("Iron out the creases.", []),
        ("It stands well on marble and carpet.", []),
        ("Safe on glass tops.", []),
        ("As a Persian rug ties a room together, so does this stool.", []),
        ("A leather-look seat.", []),
        ("It sits on leather.", [("W", "leather")]),
        ("A glass of wine beside you.", []),
        ("A silver seat.", [("W", "silver")]),
        ("No plastic anywhere.", []),
        ("Comfortable seat with a calm look.", []),
    ],
)
def test_materials(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, check_materials(text, WOODEN)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A navy shirt.", []),
        ("A blue shirt.", []),  # navy is blue
        ("A gray shirt.", []),  # grey
        ("A red shirt.", [("W", "red")]),
        ("Goes with red wine and green tea.", []),
        ("A shirt in Orange.", [("W", "Orange")]),
        ("Bored? Read on.", []),
        ("Oranges and limes.", []),
    ],
)
def test_colours(text: str, expected: list[tuple[str, str]]) -> None:
    context = make_context(("Colours", "navy, grey"))
    assert marks(text, check_colours(text, context)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Made in Italy.", []),
        ("Italian-made shoes.", []),
        ("Made in Germany.", [("B", "Made in Germany")]),
        ("Handmade in New York.", [("B", "Handmade in New York")]),
        ("Swiss-made shoes.", [("B", "Swiss-made")]),
        ("Imported from the USA.", [("B", "Imported from the USA")]),
        ("Hergestellt in Deutschland.", [("B", "Hergestellt in Deutschland")]),
        ("Made in small batches.", []),
        ("Made of Gore-Tex.", []),
        ("Made from Merino.", []),
        ("Built to last.", []),
        ("German shepherds love it.", []),
    ],
)
def test_origins(text: str, expected: list[tuple[str, str]]) -> None:
    context = make_context(("Made in", "Italy"))
    assert marks(text, check_origins(text, context)) == expected


def test_code_of_a_country_is_the_country_and_the_word_it_is_not() -> None:
    assert check_origins("Made in Italy.", make_context(("Origin", "IT"))) == []
    assert check_origins("Made in Italy.", make_context(("Note", "keep it dry"))) != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GOTS certified cotton.", []),
        ("Oeko-Tex Standard.", []),  # OEKO-TEX 100
        ("FSC wood.", [("B", "FSC")]),
        ("With CE mark.", [("B", "CE")]),
        ("CE-certified.", [("B", "CE")]),
        ("Clinically proven.", [("B", "Clinically proven")]),
        ("Dermatologically tested.", [("B", "Dermatologically tested")]),
        ("ISO 9001.", [("B", "ISO 9001")]),
        ("An IP67 case.", [("B", "IP67")]),
        ("ONCE and NICE.", []),
        ("In 300 CE.", []),
        ("A demeter is no label, and tested it is.", []),
    ],
)
def test_certificates(text: str, expected: list[tuple[str, str]]) -> None:
    context = make_context(("Certificates", "GOTS, OEKO-TEX Standard 100"))
    assert marks(text, check_certificates(text, context)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cures arthritis.", [("B", "cures arthritis")]),
        ("It helps to prevent the flu.", [("B", "prevent the flu")]),
        ("Relieves pain of migraines.", [("B", "Relieves pain of migraines")]),
        ("Treats your dog to comfort.", []),
        ("A bag of treats. Depression glass is collectable.", []),
        ("It prevents slipping.", []),
        ("Stress falls away.", []),
    ],
)  # fmt: skip
def test_health(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, check_health(text, make_context())) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The best mug.", [("W", "The best")]),
        ("The best of both.", []),
        ("Works best when cold; best before May.", []),
        ("It is guaranteed.", [("W", "guaranteed")]),
        ("With a warranty.", []),  # a fact
        ("Buy now, free shipping.", [("W", "Buy now"), ("W", "free shipping")]),
        ("Elevate your kitchen.", [("I", "Elevate your")]),
        ("Buy nowhere else.", []),
        ("In natural light.", []),
        ("A sustained effort.", []),
    ],
)
def test_claims(text: str, expected: list[tuple[str, str]]) -> None:
    context = make_context(("Warranty", "2 years"))
    found = check_claims(text, context)
    assert marks(text, found) == expected
    assert all(mark.severity is not Severity.BLOCK for mark in found)


def test_english_word_lists_leave_other_languages_alone() -> None:
    context = make_context(language="de")
    text = "Die Art war rot, der Band alt; zwei Taschen, Leder, the best."
    for rule in (check_claims, check_colours, check_counts, check_health, check_materials):
        assert rule(text, context) == []


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Ironing", "not needed", "Ironing: not needed."),
        ("Storage inside", "no", "Storage inside: no."),
        ("Power source", "2 batteries, not included", "Power source: 2 batteries, not included."),
        ("Water-repellent", "yes, not waterproof", "It is water-repellent, but not waterproof."),
    ],
)
def test_fact_said_as_it_is_contradicts_nothing(name, value, text):
    context = CheckContext(field="description", facts=(FactValue(name, value),))
    assert check_contradictions(text, context) == []


def test_list_style_does_not_hide_a_contradiction():
    context = CheckContext(
        field="description",
        facts=(FactValue("Ironing", "no"), FactValue("Water-repellent", "yes, not waterproof")),
    )
    assert check_contradictions("Ironing: yes.", context)
    assert check_contradictions("It is waterproof.", context)


def test_name_of_a_fact_is_no_leak_where_its_value_follows():
    context = CheckContext(field="bullets", facts=(FactValue("Length", "60 cm"),))
    assert check_prompt_leaks("Length: 60 cm\nOak", context) == []
    assert check_prompt_leaks("Length: about 50 words\nOak", context)
