"""Rules that look at the text alone or at the brief."""

from __future__ import annotations

import pytest

from shop_content.checks.rules import Rule, Severity
from shop_content.checks.rules.barcodes import check_barcodes
from shop_content.checks.rules.characters import check_characters
from shop_content.checks.rules.contacts import check_contacts
from shop_content.checks.rules.endings import check_endings
from shop_content.checks.rules.keyword_density import check_keywords
from shop_content.checks.rules.languages import check_languages
from shop_content.checks.rules.length import check_length
from shop_content.checks.rules.loudness import check_loudness
from shop_content.checks.rules.markup import check_markup
from shop_content.checks.rules.must_not_use import check_must_not_use
from shop_content.checks.rules.must_use import check_must_use
from shop_content.checks.rules.placeholders import check_placeholders
from shop_content.checks.rules.prices import check_prices
from shop_content.checks.rules.profanity import check_profanity
from shop_content.checks.rules.prompt_leaks import check_prompt_leaks
from shop_content.checks.rules.refusals import check_refusals
from shop_content.checks.rules.repetition import check_repetition
from shop_content.checks.rules.testimonials import check_testimonials
from tests.checks.cases import make_context, marks

_TABLE: dict[Rule, list[tuple[str, list[tuple[str, str]]]]] = {
    check_refusals: [
        ("As an AI, I like mugs.", [("B", "As an AI"), ]),
        ("I cannot describe it.", [("B", "I cannot describe")]),
        ("I can't stand pineapples, so I drink tea.", []),
        ("I'm sorry about it.", [("B", "I'm sorry")]),
        ("Sorry, but no.", [("B", "Sorry, but"), ("B", "Sorry")][:1]),
        ("Here is a short description: a mug.", [("B", "Here is a short description:")]),
        ("Here's your product description for it.", [("B", "Here's your product description for")]),
        ("Certainly! A mug.", [("B", "Certainly!")]),
        ("Als Sprachmodell weiß ich nichts.", [("B", "Als Sprachmodell")]),
        ("You will not be sorry.", []),
        ("It cannot tip over.", []),
        ("Here is a mug for every day.", []),
        ("Sure-grip handle, certainly comfortable.", []),
        ("Said the mug: I can do it.", []),
        ("An aid for the kitchen.", []),
    ],
    check_prompt_leaks: [
        ("<|im_end|> A mug.", [("B", "<|im_end|>")]),
        ("assistant: A mug.", [("B", "assistant:")]),
        ("A mug.\nKeywords: mug", [("B", "Keywords:")]),
        ("Description: A mug.", [("B", "Description:")]),
        ("You are a creative copywriter.", [("B", "You are a creative copywriter")]),
        ("Write a short description of it.", [("B", "Write a short description")]),
        ("You are going to love a good expert.", []),
        ("Whether you are a cook or a baker, it works.", []),
        ("The facts: none.", []),
        ("A key word is enough.", []),
        ("Write a letter at this desk.", []),
    ],
    check_placeholders: [
        ("[insert name] mug", [("B", "[insert name]")]),
        ("[Your brand] mug", [("B", "[Your brand]")]),
        ("{{ name }} mug", [("B", "{{ name }}")]),
        ("{name} mug", [("B", "{name}")]),
        ("Size: TBD", [("B", "TBD")]),
        ("Size: N/A", [("B", "N/A")]),
        ("lorem mug", [("B", "lorem")]),
        ("Size XX mug", [("B", "XX")]),
        ("Write your brand name on it.", [("B", "your brand name")]),
        ("Size XXL, level XX-1", []),
        ("Lore and legend", []),
        ("A 50%discount? No: 5 % silk.", []),
        ("[sic]", []),
        ("The name of the rose", []),
    ],
    check_testimonials: [
        ("Our customers love it.", [("B", "Our customers love")]),
        ("Trusted by thousands of users.", [("B", "Trusted by thousands of users")]),
        ("Rated 4.5 out of 5.", [("B", "Rated 4.5 out of")]),
        ("★★★★★", [("B", "★★★★★")]),
        ("“I use it every day” – Maria", [("B", "“I use it every day” – Maria")]),
        ("With many five-star reviews.", [("B", "five-star reviews")]),
        ("Made for customers with large hands.", []),
        ("A five-star hotel feel.", []),
        ("People love tea.", []),
        ("The motor is rated 5 amps.", []),
    ],
    check_repetition: [
        ("It is a mug. It is blue. It is a mug.", [("B", "It is a mug.")]),
        ("mug mug mug mug", [("B", "mug mug mug mug")]),
        ("so good and so good and so good and", [("B", "so good and so good and so good and")]),
        ("The the mug.", []),  # capital: "The The" is a band
        ("See the the mug.", [("W", "the the")]),
        ("I know that that is right.", []),
        ("a good mug for tea, a good mug for milk, a good mug for all",
         [("W", "a good mug for")]),
        ("a good mug for tea, a good mug for milk", []),
        ("10 10 10 10", []),
        ("Yes. Yes.", []),
        ("Mug. A mug, then.", []),
    ],
    check_contacts: [
        ("Write to a.b+c@example.co.uk now", [("B", "a.b+c@example.co.uk")]),
        ("See https://example.org/x?y=1 now", [("B", "https://example.org/x?y=1")]),
        ("See www.example.org.", [("B", "www.example.org.")]),
        ("See example.com for it", [("B", "example.com")]),
        ("Follow @tidewater", [("B", "@tidewater")]),
        ("Call +49 30 1234567", [("B", "+49 30 1234567")]),
        ("Call (555) 123-4567", [("B", "(555) 123-4567")]),
        ("Ring 555-123-4567", [("B", "555-123-4567")]),
        ("Ring 1-800-FLOWERS", [("B", "1-800-FLOWERS")]),
        ("Ring 030 1234 567", [("B", "030 1234 567")]),
        ("At 12 Main Street", [("B", "12 Main Street")]),
        ("In der Hauptstraße 12", [("B", "Hauptstraße 12")]),
        ("PO Box 123", [("B", "PO Box 123")]),
        ("4 Wheel Drive, 2 Hard Drive", []),
        ("120 x 60 x 75 cm, 2024-2025, 12.05.2024", []),
        ("1,234,567 and 3.14159 and 10-20-30", []),
        ("Read it. It is good, e.g. for tea @ home", []),
        ("Node.js is software", []),
    ],
    check_prices: [
        ("Only $19.99, now.", [("B", "$19.99")]),
        ("Under $50.", [("B", "$50")]),
        ("Only 20 €", [("B", "20 €")]),
        ("Only 20 EUR", [("B", "20 EUR")]),
        ("Only USD 20", [("B", "USD 20")]),
        ("Only 20 dollars", [("B", "20 dollars")]),
        ("It weighs 20 pounds", []),
        ("Eur 20 sizes, 20 euro-plugs", []),
        ("A dollar sign: $", []),
    ],
    check_barcodes: [
        ("4006381333931", [("B", "4006381333931")]),
        ("12345678", [("B", "12345678")]),
        ("4 006381 333931", [("B", "4 006381 333931")]),
        ("4 006381 333932", []),  # wrong check digit: some other number
        ("1234567", []),
        ("123456789012345", []),
        ("3.14159265", []),
    ],
    check_markup: [
        ("<b>x</b>", [("B", "<b>"), ("B", "</b>")]),
        ("<script", [("B", "<script")]),
        ("x &amp; y", [("B", "&amp;")]),
        ("x &#39; y", [("B", "&#39;")]),
        ("javascript:alert(1)", [("B", "javascript:")]),
        ("**bold**", [("W", "**bold**")]),
        ("# Head", [("W", "# ")]),
        ("- item", [("W", "- ")]),
        ("[a](b)", [("W", "[a](b)")]),
        ("I <3 it, a < b > c", []),
        ("Salt & pepper; R&D; 5 * 4 * 3", []),
        ("well-known - and liked", []),
        ("#1 and C# and snake_case_name", []),
    ],
    check_characters: [
        ("a\u200bb", [("B", "\u200b")]),
        ("a\u202eb", [("B", "\u202e")]),
        ("a\x00b", [("B", "\x00")]),
        ("a\ud800b", [("B", "\ud800")]),
        ("caf\ufffd", [("B", "\ufffd")]),
        ("a\u200db", [("B", "\u200d")]),
        ("pаypal", [("W", "pаypal")]),  # Cyrillic а
        ("a\u0301\u0301\u0301\u0301", [("W", "\u0301\u0301\u0301\u0301")]),
        ("👩\u200d👧 and می\u200cخواهم", []),
        ("tab\tline\n line\r\n", []),
        ("5 μm, 10 kΩ, naïve, Straße", []),
        ("Москва and Αθήνα", []),
    ],
    check_loudness: [
        ("BUY this.", []),
        ("AMAZING mug.", [("W", "AMAZING")]),
        ("A mug!", [("W", "!")]),
        ("Really?? Yes!!", [("W", "??"), ("W", "!!")]),
        ("An HDMI port.", []),
        ("ACME mug.", []),  # the brand
        ("LX-LONG-NAME", []),
    ],
    check_must_use: [
        ("A mug, dishwasher safe.", []),
        ("Mugs: DISHWASHER-SAFE, and #1.", []),
        ("A cup.", [("B", ""), ("B", "")]),
        ("A mugger, dishwasher safe.", [("B", "")]),
    ],
    check_must_not_use: [
        ("A cheap mug.", [("B", "cheap")]),
        ("CHEAP tricks", [("B", "CHEAP")]),
        ("Cheaply made, cheapest", []),
        ("low quality, low-quality", [("B", "low quality"), ("B", "low-quality")]),
        ("low and quality", []),
        ("the ass and the glass", [("B", "ass")]),
        ("class of its own", []),
        ("We are #1", [("B", "#1")]),
        ("STRASSE, Straße", [("B", "STRASSE"), ("B", "Straße")]),
        ("bargains", [("B", "bargains")]),
    ],
}  # fmt: skip
_CONTEXT = make_context(
    brand="ACME",
    must_use=("mug", "dishwasher-safe", " "),
    must_not_use=("cheap", "low quality", "ass", "#1", "straße", "bargain", ""),
)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [(rule, text, expected) for rule, rows in _TABLE.items() for text, expected in rows],
)
def test_rule(rule: Rule, text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, rule(text, _CONTEXT)) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("description", "", [("B", "")]),
        ("description", " \u00a0\n", [("B", "")]),
        ("description", "...", [("B", "")]),
        ("description", "A mug. It is blue.", []),
        ("description", "A mug. Is it “blue?”", []),
        ("description", "A mug (blue).", []),
        ("description", "A mug that is blue", [("W", "blue")]),
        ("description", "A mug. It is blue", [("B", "blue")]),
        ("description", "A mug, 4 in. wide; blue", [("W", "blue")]),
        ("description", "Memory: 256 MB. (100 MHz)", [("W", "MHz)")]),
        ("description", "A mug with a", [("B", "a")]),
        ("description", "A mug and the", [("B", "the")]),
        ("description", "A mug and.", [("B", "and.")]),
        ("description", "Something to look up to.", []),
        ("description", "Rich in vitamin A.", []),
        ("description", "A mug,", [("B", "mug,")]),
        ("description", "A mug (blue.", [("W", "(")]),
        ("description", "A “blue mug.", [("W", "“")]),
        ("description", "Ein „blauer“ Becher.", []),
        ("description", "A mug and...", [("B", "and...")]),
        ("description", "A mug for you...", [("W", "you...")]),
        ("meta_title", "Blue mug | Tidewater", []),
        ("meta_title", "Blue mug with", [("B", "with")]),
        ("bullets", "Blue\nHolds tea", []),
        ("image_alt_text", "A blue mug on a shelf", []),
    ],
)
def test_endings(field: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, check_endings(text, make_context(field=field))) == expected


def test_thai_ends_without_a_full_stop() -> None:
    assert check_endings("แก้วสีฟ้า", make_context(language="th")) == []


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("description", "x" * 5000, ""),
        ("description", "x" * 5001, "B"),
        ("description", "x", "W"),
        ("description", "", ""),  # the rule on endings speaks of it
        ("meta_title", "x" * 60, ""),
        ("meta_title", "x" * 61, "W"),
        ("meta_title", "x" * 71, "B"),
        ("meta_title", "👩" * 60, ""),  # code points, not bytes
        ("meta_description", "x" * 160, ""),
        ("meta_description", "x" * 161, "W"),
        ("meta_description", "x" * 321, "B"),
        ("image_alt_text", "x" * 126, "W"),
        ("image_alt_text", "x" * 513, "B"),
        ("short_description", "x" * 501, "B"),
        ("bullets", "Holds much\nIs light and blue", ""),
        ("bullets", "One bullet that is all alone", "B"),
        ("bullets", "\n".join(["A bullet"] * 11), "B"),
        ("bullets", "x" * 256 + "\nSecond", "B"),
        ("other", "x", ""),
    ],
)
def test_length(field: str, text: str, expected: str) -> None:
    found = check_length(text, make_context(field=field))
    assert "".join(mark.severity.value for mark in found) == expected


def test_long_bullet_is_marked_from_where_it_is_too_long() -> None:
    text = "Short one\n" + "x" * 260
    (found,) = check_length(text, make_context(field="bullets"))
    assert text[found.start : found.end] == "x" * 5


@pytest.mark.parametrize(
    ("language", "text", "is_found"),
    [
        ("en", "The mug is blue and it is made for you and your friends.", False),
        ("en", "Der Becher ist blau und für die Küche, das ist nicht wenig.", True),
        ("de", "Der Becher ist blau und für die Küche, das ist nicht wenig.", False),
        ("de", "The mug is blue and it is made for you and your friends.", True),
        ("en", "Blue mug, 350 ml, stoneware, glazed, microwave safe, stackable", False),
        ("es", "Placa de sonido de la casa de Envoy en caja de madera.", False),
        ("th", "The mug is blue and it is made for you and your friends.", False),
    ],
)
def test_languages(language: str, text: str, is_found: bool) -> None:
    assert bool(check_languages(text, make_context(language=language))) is is_found


def test_size_xx_of_the_facts_is_no_placeholder() -> None:
    assert check_placeholders("Size XX mug", make_context(("Size", "XX"))) == []


def test_marks_of_direction_belong_to_arabic() -> None:
    assert check_characters("كوب\u200f", make_context(language="ar")) == []
    assert check_characters("cup\u200f", make_context(language="en")) != []


def test_findings_of_a_rule_are_limited() -> None:
    assert len(check_loudness("! " * 1000, make_context())) == 50


# --- Swear words ---


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("A fucking good mug.", "en", ["fucking"]),
        ("Bullshit, and shit.", "en", ["Bullshit", "shit"]),
        ("Eine SCHEISS-Tasse.", "de", ["SCHEISS"]),
        ("Une tasse de merde.", "fr-FR", ["merde"]),
        ("Uma chávena do caralho.", "pt", ["caralho"]),
        ("A tasse of shit.", "fr", ["shit"]),
        ("Eine Scheiss-Tasse.", "en", []),
        ("A flame retardant shirt for shiitake, grass and Scunthorpe.", "en", []),
        ("A brass cock, a blue tit and a bitch of a hill.", "en", ["bitch"]),
        ("Hell, dick und kurz: eine Tasse.", "de", []),
    ],
)
def test_swear_words_stop_a_text_in_its_language_and_in_english(text, language, said):
    found = check_profanity(text, make_context(language=language))
    assert [text[mark.start : mark.end] for mark in found] == said
    assert {mark.severity for mark in found} <= {Severity.BLOCK}


def test_swear_word_of_the_products_own_name_is_no_finding():
    context = make_context(name="Shit Happens Mug")
    assert check_profanity("Shit Happens is a mug.", context) == []


# --- Keywords ---


@pytest.mark.parametrize(
    ("text", "overrides", "severities"),
    [
        ("A tea mug. The tea mug of all. Tea mug is it, a tea mug.", {}, [Severity.WARN]),
        ("A tea mug. " + "It is a thing of its own. " * 30 + "A tea mug " * 4, {}, []),
        ("A tea mug, another tea mug, and a third tea mug.", {}, []),
        ("Tea mug tea mug", {"field": "title"}, [Severity.WARN]),
        ("A mug.", {}, [Severity.INFO]),
        ("A mug.", {"field": "bullets"}, []),
        ("A mug.", {"must_use": ("tea mug",)}, []),  # Another rule says so.
        ("A mug for tea mugs.", {}, []),
        ("A mug.", {"keywords": (" ",)}, []),
    ],
)
def test_keyword_is_said_but_not_too_often(text, overrides, severities):
    context = make_context(**{"keywords": ("tea mug",), **overrides})
    assert [mark.severity for mark in check_keywords(text, context)] == severities
