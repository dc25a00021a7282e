"""Which facts a good description of a product needs, by category, the most useful first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop_content.generation.prompts.source import PromptInput, one_line

MAX_NAME_CHARS = 120  # Of a fact, as the catalogue keeps it.
OWN_USEFULNESS = 95  # What a merchant has written down goes before what we think.
FIRST_USEFULNESS, STEP = 90, 10


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that a category needs, and how it is asked for."""

    fact: str  # Name under which the answer is kept.
    question: str  # Message id for gettext; a merchant's own words as they are.
    # A fact with one of these words in its name is the answer; lower case.
    answered_by: frozenset[str] = frozenset()
    usefulness: int = FIRST_USEFULNESS  # 1 to 100: how much a draft would gain.

    def is_answered(self, fact_names: Iterable[str]) -> bool:
        """Tell whether a product with facts of these names has it."""
        wanted = self.fact.casefold()
        return any(
            name.casefold().strip() == wanted or not self.answered_by.isdisjoint(_words(name))
            for name in fact_names
        )


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is shown; this module knows no Django."""
    return message


def own_need(fact: str, question: str) -> Need:
    """Return a need that a merchant has written down; without a question, a plain one is asked."""
    return Need(fact, question or fact, frozenset(), OWN_USEFULNESS)


def missing_needs(prompt_input: PromptInput, own: Sequence[Need] = ()) -> list[Need]:
    """Return what the product lacks of what its category needs, the most useful first.

    Args:
        prompt_input: the product.
        own: what the merchant wants to be known of this category; goes before the usual needs.
    """
    names = [fact.name for fact in prompt_input.facts if one_line(fact.value)]
    wanted: dict[str, Need] = {}
    for need in (*own, *_usual_needs(f"{prompt_input.category} {prompt_input.title}")):
        wanted.setdefault(need.fact.casefold(), need)
    return [need for need in wanted.values() if not need.is_answered(names)]


def _usual_needs(category: str) -> tuple[Need, ...]:
    words = _words(category)
    for markers, needs in _NEEDS:
        if not markers.isdisjoint(words):
            return needs
    return _GENERAL


def _words(text: str) -> set[str]:
    """Return the words in lower case, each also without the s of a plural."""
    found = re.findall(r"[^\W\d_]+", text.casefold())
    return {*found, *(word.removesuffix("s") for word in found)}


def _need(fact: str, question: str, answered_by: str) -> Need:
    return Need(fact, question, frozenset(answered_by.split()))


def _in_order(*needs: Need) -> tuple[Need, ...]:
    return tuple(
        Need(need.fact, need.question, need.answered_by, FIRST_USEFULNESS - STEP * place)
        for place, need in enumerate(needs)
    )


_MATERIAL = _need(
    "Material",
    gettext_noop("Which material is it made of?"),
    "material fabric outer shell upper cover composition wood leather",
)
_SIZE = _need(
    "Size",
    gettext_noop("Which size or capacity does it have?"),
    "size capacity dimension volume length width height diameter",
)
_WEIGHT = _need("Weight", gettext_noop("How much does it weigh?"), "weight")
_COLOUR = _need("Colour", gettext_noop("Which colours are there?"), "colour color finish shade")
_USE = _need("Use", gettext_noop("What is it used for?"), "use usage purpose suitable application")
_FIT = _need("Fit", gettext_noop("Which sizes and which fit are there?"), "fit size")
_CARE = _need(
    "Care", gettext_noop("How is it cared for?"), "care washable washing cleaning dishwasher"
)
_INGREDIENTS = _need(
    "Ingredients", gettext_noop("What is in it?"), "ingredient content composition"
)
_AMOUNT = _need(
    "Amount", gettext_noop("How much is in a pack?"), "amount weight volume contents pack quantity"
)
_ALLERGENS = _need(
    "Allergens", gettext_noop("Which allergens does it contain?"), "allergen contain"
)
_ORIGIN = _need("Origin", gettext_noop("Where does it come from?"), "origin country made region")
_POWER = _need(
    "Power",
    gettext_noop("Which power, connections or battery does it have?"),
    "power battery connection connector port voltage charging supply",
)
_COMPATIBLE = _need(
    "Works with",
    gettext_noop("What does it work with?"),
    "compatible compatibility work fits system",
)
_IN_THE_BOX = _need(
    "In the box", gettext_noop("What comes with it?"), "box included scope contents delivery set"
)
_AGE = _need("Age", gettext_noop("For which age is it?"), "age month year")
_LOAD = _need("Load", gettext_noop("How much weight does it carry?"), "load capacity carry")
_ASSEMBLY = _need("Assembly", gettext_noop("Does it have to be assembled?"), "assembly assembled")
_FOR_ANIMALS = _need(
    "For",
    gettext_noop("For which animals is it, and of which size?"),
    "animal breed pet suitable size",
)
_LIGHT = _need(
    "Brightness",
    gettext_noop("How bright is its light, and of which colour?"),
    "brightness lumen colour temperature light",
)
_AUTHOR = _need(
    "Author", gettext_noop("Who wrote or made it?"), "author artist editor developer composer"
)
_PAGES = _need(
    "Extent",
    gettext_noop("How long is it: pages, minutes, lessons?"),
    "page length extent duration",
)
_SPECIAL = _need(
    "Special feature",
    gettext_noop("What makes it different from similar products?"),
    "special feature difference",
)

_GENERAL = _in_order(_MATERIAL, _SIZE, _USE)
# First match wins: a word of category or title. What is narrow stands before what is wide.
_NEEDS: tuple[tuple[frozenset[str], tuple[Need, ...]], ...] = tuple(
    (frozenset(words.split()), _in_order(*needs))
    for words, needs in (
        ("pet dog cat aquarium bird horse", (_FOR_ANIMALS, _MATERIAL, _SIZE, _CARE)),
        ("baby toy puzzle game", (_AGE, _MATERIAL, _IN_THE_BOX, _SIZE)),
        (
            (
                "shirt apparel clothing clothe dress shoe boot jacket coat trouser jean scarf sock "
                "knitwear hat glove underwear swimwear fashion"
            ),
            (_MATERIAL, _FIT, _CARE, _COLOUR),
        ),
        (
            (
                "food drink tea coffee chocolate grocery groceries honey oil spice snack wine beer "
                "sauce pasta"
            ),
            (_INGREDIENTS, _AMOUNT, _ALLERGENS, _ORIGIN),
        ),
        (
            "beauty cosmetic soap shampoo skincare makeup perfume cream lotion",
            (_INGREDIENTS, _AMOUNT, _USE),
        ),
        ("lamp light lighting lantern bulb torch", (_LIGHT, _POWER, _SIZE, _MATERIAL)),
        (
            (
                "electronic electronics computer phone audio headphone speaker camera appliance "
                "keyboard monitor charger"
            ),
            (_POWER, _COMPATIBLE, _IN_THE_BOX, _SIZE),
        ),
        (
            "furniture chair table sofa shelf bookcase bed desk wardrobe bench",
            (_SIZE, _MATERIAL, _LOAD, _ASSEMBLY),
        ),
        ("tool drill saw ladder hardware diy", (_USE, _SIZE, _POWER, _IN_THE_BOX)),
        ("car bike cycling motorcycle vehicle part", (_COMPATIBLE, _MATERIAL, _SIZE, _WEIGHT)),
        ("sport outdoor tent backpack camping fitness", (_SIZE, _WEIGHT, _MATERIAL, _USE)),
        (
            "software book course magazine music film",
            (_USE, _AUTHOR, _PAGES, _COMPATIBLE, _SPECIAL),
        ),
        ("kitchen home garden bathroom", (_MATERIAL, _SIZE, _CARE)),
    )
)
