"""The 64 prompts of the engine benchmark: 16 invented products of 4 invented brands.

Plain data that every interpreter can read; only `product_prompts` needs the product itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SYSTEM = (
    "You are a copywriter. Write a detailed, engaging product description of two paragraphs for an "
    "online shop. Use the facts and keywords that you are given."
)
BRANDS = ("Holm", "Fjord", "Alda", "Nordlys")
# Title, material, look, two details.
PRODUCTS = (
    ("Trail running shoe", "rubber outsole", "waterproof membrane", "8 mm drop", "290 g"),
    ("Stoneware mug", "stoneware", "blue glaze", "capacity 0.3 l", "dishwasher safe"),
    ("Oak chair", "solid oak", "oiled", "height 82 cm", "5 kg"),
    ("Wool scarf", "merino wool", "grey", "180 x 30 cm", "hand wash"),
    ("Desk lamp", "aluminium", "black", "9 W LED", "2700 K"),
    ("Backpack", "recycled polyester", "green", "22 l", "laptop sleeve 15 inch"),
    ("Cast iron pan", "cast iron", "black", "28 cm", "induction"),
    ("Water bottle", "stainless steel", "white", "750 ml", "keeps cold 24 h"),
    ("Yoga mat", "natural rubber", "purple", "4 mm", "1.8 kg"),
    ("Notebook", "recycled paper", "red cover", "160 pages", "A5"),
    ("Olive oil soap", "olive oil", "unscented", "100 g", "vegan"),
    ("Bluetooth speaker", "fabric", "charcoal", "12 h battery", "splash proof"),
    ("Rain jacket", "nylon", "yellow", "water column 10,000 mm", "packable"),
    ("Kitchen knife", "carbon steel", "walnut handle", "blade 20 cm", "190 g"),
    ("Cotton T-shirt", "organic cotton", "navy", "180 gsm", "regular fit"),
    ("Garden hose", "rubber", "green", "25 m", "13 mm"),
)
KEYWORDS = ("everyday", "gift")
FORBIDDEN = ("perfect", "best", "money-back guarantee", "free shipping")
NUM_PROMPTS = len(BRANDS) * len(PRODUCTS)
# Odd, so that walking by it reaches all 64 before it meets the first again; far from 16, so that
# a handful of neighbours is not one product of all brands.
_STRIDE = 27
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

# Fixed texts to the first prompts, whose log-probabilities are compared between engines.
FIXED_TEXTS = tuple(
    """\
The trail running shoe by Holm is made for long days on rough ground. Its rubber outsole grips wet \
stone and loose soil, and the waterproof membrane keeps your feet dry. With a drop of 8 mm and a \
weight of 290 g it feels light from the first step to the last.
Start the morning with a mug that feels good in your hands. This stoneware mug by Holm has a deep \
blue glaze and holds 0.3 l, enough for a generous cup of coffee or tea. It is dishwasher safe, so \
it is ready for everyday use and a lovely gift for a friend.
Solid oak, a clean shape and a finish of natural oil: the oak chair by Holm is at home at the \
kitchen table as well as in the study. It is 82 cm high and weighs 5 kg, which makes it sturdy and \
still easy to move.
Soft merino wool makes this grey scarf a companion for cold days. It measures 180 x 30 cm, so you \
can wrap it twice around your neck. Wash it by hand, and it will keep its shape for many winters.
""".splitlines()
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One conversation to be answered, and the numbers that an answer may hold."""

    system: str
    user: str
    numbers: tuple[str, ...] = ()

    @property
    def messages(self) -> list[dict[str, str]]:
        """Return the conversation as chat templates take it."""
        return [
            {"role": "system", "content": self.system},
            {"role": "user", "content": self.user},
        ]


def own_prompts() -> list[Prompt]:
    """Return the 64 prompts, 75 to 95 tokens each with the trial model's chat template."""
    return [
        _prompt(
            SYSTEM,
            f"Product: {title} by {brand}\nMaterial: {material}\nLook: {look}\n"
            f"Details: {first}, {second}\n"
            f"Keywords: {', '.join((title.lower(), *KEYWORDS))}",
        )
        for brand in BRANDS
        for title, material, look, first, second in PRODUCTS
    ]


def product_prompts() -> list[Prompt]:
    """Return the prompts that the product itself makes of the same 64 products."""
    from shop_content.generation.prompts import PromptFact, PromptInput, build_messages

    prompts = []
    for brand in BRANDS:
        for title, material, look, first, second in PRODUCTS:
            facts = (
                PromptFact("Material", material),
                PromptFact("Look", look),
                PromptFact("", first),
                PromptFact("", second),
            )
            system, user = build_messages(
                PromptInput(
                    field="description",
                    title=title,
                    brand=brand,
                    category="",
                    facts=facts,
                    keywords=(title.lower(), *KEYWORDS),
                    must_use=(),
                    must_not_use=(),
                    audience="",
                    tone="friendly",
                    language="en",
                    length="medium",
                )
            )
            prompts.append(_prompt(system.content, user.content))
    return prompts


def prompts_of_length(num_tokens: int, num_prompts: int) -> list[Prompt]:
    """Return prompts of about so many tokens; an everyday English word is one token."""
    words = ("soft", "warm", "light", "strong", "simple", "quiet", "clean", "small", "round")
    num_words = max(1, num_tokens - 27)  # The rest are the template and the words around.
    filler = " ".join(words[number % len(words)] for number in range(num_words))
    return [
        _prompt("Write product copy.", f"{title} by {brand}: {filler}.")
        for brand in BRANDS
        for title, *_details in PRODUCTS
    ][:num_prompts]


def share_of_prompts(num: int, repeat: int, total: int = NUM_PROMPTS) -> list[int]:
    """Return which prompts a repeat measures: all in turn over the repeats, none twice before."""
    return [(repeat * num + place) * _STRIDE % total for place in range(min(num, total))]


def _prompt(system: str, user: str) -> Prompt:
    return Prompt(system, user, tuple(dict.fromkeys(_NUMBER.findall(user))))
