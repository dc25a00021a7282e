"""Lines of a data sheet as sentences; what fits no shape stays a line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.generation.prompts.english import IT, THEY
from shop_content.generation.prompts.fact_lines import fact_line, order_line


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Noise level", "under 32 dB(A)", "The noise level is under 32 dB(A)."),
        ("Flow rate", "18 l/min at 3 bar", "The flow rate is 18 l/min at 3 bar."),
        ("Operating temperature", "-20 to +50 °C", "The operating temperature is -20 to +50 °C."),
        ("Inner diameter", '13 mm (1/2")', 'The inner diameter is 13 mm (1/2").'),
        ("Sheet size", "A5", "The sheet size is A5."),
        ("SPF", "50", "The SPF is 50."),
        ("Shell", "waxed cotton, 10 oz", "The shell is waxed cotton, 10 oz."),
        ("Paper", "100 g/m², dotted", "The paper is dotted, 100 g/m²."),
        ("Glass", "ribbed, clear", "The glass is ribbed and clear."),
        ("Seat height", "adjustable, 3 positions", "The seat height is adjustable in 3 positions."),
        ("Width", "extends from 70 to 105 cm", "The width extends from 70 to 105 cm."),
        ("Length", "30 cm, extends to 45 cm", "It is 30 cm long and extends to 45 cm."),
        ("Size folded", "36 x 30 x 6 cm", "It measures 36 x 30 x 6 cm folded."),
        ("Ring sizes", "H to Z", "It comes in ring sizes H to Z."),
        ("Age", "6 months to 10 years", "It is for ages 6 months to 10 years."),
        ("Use", "indoors and outdoors", "Use it indoors and outdoors."),
        ("For tanks", "up to 60 l", "It is for tanks of up to 60 l."),
        ("Adjustable", "from 20 to 28 cm", "It is adjustable from 20 to 28 cm."),
        ("Waterproof", "IPX6", "It is waterproof to IPX6."),
        ("Stand", "sold separately", "The stand is sold separately."),
        ("Monogram", "on request", "A monogram is available on request."),
        ("Presentation", "linen-lined box", "It comes in a linen-lined box."),
        ("Hot drinks", "not suitable", "It is not suitable for hot drinks."),
        ("Assembly", "required, tools included", "Assembly is required, tools included."),
        ("Battery", "CR2032", "It takes a CR2032 battery."),
        ("Battery", "CR2032, included", "A CR2032 battery is included."),
        ("Fits", "laptops from 11 to 16 inch", "It fits laptops from 11 to 16 inch."),
        ("Cuts", "paper, card, fabric", "It cuts paper, card and fabric."),
        ("Cells per tray", "12", "There are 12 cells per tray."),
        ("Colours", "4, two of each", "There are 4 colours, two of each."),
        ("Pockets", "5 outside, 2 inside", "There are 5 pockets outside and 2 inside."),
        ("Spices", "garam masala, cumin, salt", "The spices are garam masala, cumin and salt."),
        ("Shades", "mint, peach", "The shades are mint and peach."),
        ("Material", "stainless steel 18/10", "It is made of stainless steel 18/10."),
        ("Fabric", "100 % wool, 150 g/m²", "It is made of 100 % wool, 150 g/m²."),
        ("Print", "lions, a lost penguin", "It has a print of lions and a lost penguin."),
    ],
)
def test_line_that_fits_a_shape_is_a_sentence(name, value, said):
    assert fact_line(name, value, IT) == said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Keeps hot", "12 h"),  # "The keeps hot is"
        ("Heat resistant", "up to 90 °C"),
        ("Engraving", "up to 20 characters"),
        ("Battery", "12 hours"),  # no battery is hours
        ("Magazine", "150 staples"),
        ("Speed", "72"),  # of what?
        ("Size", "30 mm each"),
        ("Charm", "flower of your birth month, enamel"),
        ("Dial", "hours in red, minutes in blue"),
        ("Ingredients", "salmon 60 %, potato, kelp"),
        ("Contents", "brass stamp, 4 wax sticks"),
        ("Motif", "otter"),  # "a motif of otter"
        ("Print", "by hand"),
        ("Engraving", "ferns, cut by hand"),
        (
            "Gloves",
            "knitted acrylic, lined, for driving in the cold of the winter mornings of Wales",
        ),
        ("Modes", "on; off"),
        ("Dishwasher", "suitable"),
        ("Batteries", "4, supplied"),
        ("Glass", ", ribbed"),
        ("Glass", "ribbed,, clear"),
    ],
)
def test_line_of_no_known_shape_stays_one(name, value):
    assert fact_line(name, value, IT) == ""


def test_several_are_they():
    assert fact_line("Size folded", "36 x 30 cm", THEY) == "They measure 36 x 30 cm folded."
    assert fact_line("Use", "on wet skin", THEY) == "Use them on wet skin."
    assert fact_line("Fits", "tubes", THEY) == "They fit tubes."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Safety", "use only under supervision", "Use only under supervision."),
        ("Storage", "keep dry", "Keep dry."),
        ("Tumble dry", "low", "Tumble dry low."),
        ("Rinse", "cold, hang to dry", "Rinse cold, hang to dry."),
        ("Cover care", "wash at 30 °C", "Wash the cover at 30 °C."),
        ("Storage", "box doubles as a carry case", ""),
        ("Wash", "40 °C, no fabric softener", ""),
        ("Shell", "use", ""),
    ],
)
def test_order_is_given_as_one(name, value, said):
    assert order_line(name, value) == said


@settings(max_examples=500)
@given(
    name=st.text(alphabet="abcdes per of ", min_size=1).filter(str.strip),
    value=st.text(alphabet="abdeiy0123, x-±°C()/%", min_size=1).filter(str.strip),
)
def test_numbers_and_words_of_the_value_are_said_as_they_are(name, value):
    said = fact_line(name.strip(), value.strip(), IT) or order_line(name.strip(), value.strip())
    assert not said or said.endswith(".")
    if said:
        digits = [piece for piece in value.split() if piece.strip(",").isdigit()]
        assert all(piece.strip(",") in said for piece in digits)
