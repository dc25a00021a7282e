"""A part with what is known of it, in a few words; and short sentences that become one."""

from __future__ import annotations

import pytest

from shop_content.generation.prompts import PromptFact
from shop_content.generation.prompts.english import IT, THEY, with_article
from shop_content.generation.prompts.joining import joined
from shop_content.generation.prompts.part_phrases import material_phrase, part_phrase


@pytest.mark.parametrize(
    ("name", "value", "phrase"),
    [
        ("Clasp", "lobster", "a lobster clasp"),
        ("Housing", "aluminium, black", "a black aluminium housing"),
        ("Buckle", "plastic, metal-free", "a metal-free plastic buckle"),
        ("Cartridge", "ceramic, 35 mm", "a 35 mm ceramic cartridge"),
        ("Zip", "brass, two-way", "a two-way brass zip"),
        ("Handle", "stabilised maple, midnight blue", "a midnight blue stabilised maple handle"),
        ("Lid", "glass, with steam vent", "a glass lid with steam vent"),
        ("Lid", "with self-basting spikes", "a lid with self-basting spikes"),
        ("Lock", "cylinder, 2 keys", "a cylinder lock with 2 keys"),
        ("Outsole", "rubber, 5 mm lugs", "a rubber outsole with 5 mm lugs"),
        ("Box", "black, lined with paper", "a black box lined with paper"),
        ("Ears", "lined with silk", "ears lined with silk"),
        ("Feet", "4, felt", "4 felt feet"),
        ("Door", "1, louvred", "1 louvred door"),
        ("Chest pocket", "1", "1 chest pocket"),
        ("Gears", "7-speed hub gear", "a 7-speed hub gear"),
        ("Collar", "open camp collar", "an open camp collar"),
        ("Scent", "neroli", "a neroli scent"),
        ("Scent", "cedar, clary sage", "a scent of cedar and clary sage"),
        ("Print", "diving gannets", "a print of diving gannets"),
        ("Upper", "suede and nylon", "a suede and nylon upper"),
        ("Tyres", "black, brown", "black and brown tyres"),
        ("Handle", "Bakelite", "a Bakelite handle"),
        ("Upholstery", "cotton velvet, bottle green", "bottle green cotton velvet upholstery"),
        ("Work light", "LED", "an LED work light"),
        ("Brim", "11 cm, wired", "an 11 cm wired brim"),
        # Not surely said so:
        ("Pattern", "tartan, red and green", ""),
        ("Motif", "fox in a rocket", ""),
        ("Cuts", "paper, card, fabric", ""),
        ("Pockets", "5 mesh, 1 zipped", ""),
        ("Bowl", "15 cm, 550 ml", ""),
        ("Strap", "1, cotton, 2 m", ""),
        ("Lid", "none", ""),
        ("Pouch", "included", ""),
        ("Lining", "unlined", ""),
        ("Load per shelf", "150 kg", ""),
        ("Author", "Jane Doe", ""),
        ("Bezel", "ceramic; bidirectional", ""),
        ("Griff", "Eiche", ""),
    ],
)
def test_part_is_said_in_a_few_words_or_not_at_all(name, value, phrase):
    assert part_phrase(PromptFact(name, value)) == phrase


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        ("oak", "oak"),
        ("Stainless steel", "stainless steel"),
        ("cow leather, vegetable-tanned", "vegetable-tanned cow leather"),
        ("80% cotton, 20 % linen", "80% cotton and 20 % linen"),
        ("100 % silicone", "100 % silicone"),
        ("oak, 20 mm", ""),
        ("paper, card, fabric", ""),
        ("none", ""),
    ],
)
def test_material_is_put_in_the_order_of_speech(value, phrase):
    assert material_phrase(value) == phrase


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (["It is 5 cm long.", "It weighs 4 g."], ["It is 5 cm long and weighs 4 g."]),
        (["It is vegan.", "It is made in Wales."], ["It is vegan and made in Wales."]),
        (["It is oak.", "It is not oiled."], ["It is oak and is not oiled."]),
        (
            ["It is 5 cm long.", "It weighs 4 g.", "It holds 2 l.", "It folds flat."],
            ["It is 5 cm long, weighs 4 g and holds 2 l.", "It folds flat."],
        ),
        (
            ["It weighs 4 g.", "It has a lid and a rim.", "It folds."],
            ["It weighs 4 g, and has a lid and a rim.", "It folds."],
        ),
        (["It folds.", "Wash it.", "It tilts."], ["It folds.", "Wash it.", "It tilts."]),
        (["They fold."], ["They fold."]),
        ([], []),
    ],
)
def test_short_sentences_about_the_product_are_joined(sentences, said):
    assert joined(sentences, IT) == said


def test_sentences_about_several_are_joined_too():
    assert joined(["They fold.", "They tilt."], THEY) == ["They fold and tilt."]


@pytest.mark.parametrize(
    "name",
    ["an oven", "a lid", "an 8 mm rim", "an 18 V motor", "a 1 l jug", "an hour", "a USB plug",
     "a UV lamp", "an FSC label", "a HEPA filter", "a CR2032 cell", "an XLR plug"],
)  # fmt: skip
def test_article_follows_the_sound(name):
    assert with_article(name.split(maxsplit=1)[1]) == name
