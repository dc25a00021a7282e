"""Find praise, promises and advertising that the facts do not carry."""

from __future__ import annotations

from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.evidence import sources_of
from shop_content.checks.rules.words import (
    PhraseIndex,
    all_text,
    is_phrase_in,
    split_words,
    word_set,
)

RULE_ID = "claims"

SUPERLATIVE = gettext_noop("“%(said)s” is a superlative. Say what the product does instead.")
GUARANTEE = gettext_noop(
    "“%(said)s” is a promise that the facts do not make. "
    "Take it out, or add it to the product's facts."
)
PROMOTION = gettext_noop("“%(said)s” is advertising that channels refuse. Describe the product.")
VAGUE = gettext_noop("“%(said)s” says little. A fact would say more.")

_SUPERLATIVES = (
    "the best",
    "best in class",
    "best ever",
    "best quality",
    "number one",
    "no 1",
    "world's",
    "finest",
    "the greatest",
    "the ultimate",
    "unbeatable",
    "unrivalled",
    "unrivaled",
    "unmatched",
    "unsurpassed",
    "world class",
    "second to none",
    "the leading",
    "market leading",
    "industry leading",
    "top rated",
    "the most advanced",
    "the most comfortable",
    "the most powerful",
    "the most durable",
    "the strongest",
    "the fastest",
    "the lightest",
    "the only",
    "like no other",
    "award winning",
    "loved by",
    "trusted by",
    "favourite of",
    "voted best",
    "revolutionary",
    "best selling",
    "bestseller",
)
_GUARANTEES = (
    "guarantee",
    "guarantees",
    "guaranteed",
    "money back",
    "free of charge",
    "free replacement",
    "free repair",
    "free repairs",
    "no questions asked",
    "without charge",
    "without cost",
    "no charge",
    "no extra cost",
    "at no cost",
    "at our expense",
    "free spare parts",
    "free spares",
    "by return of post",
    "sends a new one",
    "send a new one",
    "sends you a new one",
    "a new one free",
    "next owner",
    "swapped for a new one",
    "exchanged for a new one",
    "take it back",
    "takes it back",
    "return it within",
    "returned within",
    "trial period",
    "try it for",
    "refund",
    "refunds",
    "send it back",
    "we'll send",
    "we will send",
    "we'll replace",
    "we will replace",
    "we replace",
    "we'll repair",
    "we will repair",
    "we repair",
    "risk free",
    "lifetime warranty",
    "lifetime guarantee",
    "lifetime promise",
    "as long as you own",
    "for life",
    "warranty",
    "100 satisfaction",
    "satisfaction",
    "never breaks",
    "never fails",
    "unbreakable",
    "indestructible",
    "lasts forever",
    "last forever",
    "lasts a lifetime",
    "last a lifetime",
    "was voted",
    "award",
    "endorsed",
    "recommended by",
    "approved",
    "patented",
    "certified",
    "tested",
    "proven",
    "hypoallergenic",
    "non toxic",
    "bpa free",
    "fireproof",
    "waterproof",
    "bulletproof",
    "childproof",
    "food safe",
    "dishwasher safe",
    "microwave safe",
    "oven safe",
    "machine washable",
)
_PROMOTIONS = (
    "buy now",
    "order now",
    "order today",
    "order yours",
    "shop now",
    "buy today",
    "get yours",
    "limited time",
    "limited offer",
    "special offer",
    "on sale",
    "free shipping",
    "free delivery",
    "free returns",
    "discount",
    "discounts",
    "discounted",
    "half price",
    "best price",
    "low price",
    "lowest price",
    "great price",
    "cheap",
    "cheapest",
    "bargain",
    "clearance",
    "hurry",
    "don't miss",
    "don't wait",
    "act now",
    "add to cart",
    "while stocks last",
    "while supplies last",
    "in stock",
    "must have",
    "click here",
    "click below",
    "black friday",
    "money saving",
)
_VAGUE = (
    "perfect for any",
    "perfect for every",
    "look no further",
    "take it to the next level",
    "to the next level",
    "game changer",
    "game changing",
    "elevate your",
    "something for everyone",
)
_KINDS = (
    (PhraseIndex(_SUPERLATIVES), Severity.WARN, SUPERLATIVE),
    (PhraseIndex(_GUARANTEES), Severity.WARN, GUARANTEE),
    (PhraseIndex(_PROMOTIONS), Severity.WARN, PROMOTION),
    (PhraseIndex(_VAGUE), Severity.INFO, VAGUE),
)
# "the best part of the day", "the only child seat rule": not praise of the product.
_HARMLESS_AFTER = {
    "the best": word_set("of part way time before use care results"),
    "the only": word_set("thing way child one"),
    "tested": word_set("by to"),
    "certified": word_set("to"),  # The code behind it is the certificates' business.
    "approved": word_set("to"),
    "satisfaction": word_set("of"),
}


def check_claims(text: str, context: CheckContext) -> list[Finding]:
    """Find superlatives, promises and promotion that nothing supports."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words, known, sources = split_words(text), all_text(context), sources_of(context)
    for index, severity, template in _KINDS:
        for first, past in index.find(words):
            phrase = " ".join(words.forms[first:past])
            after = words.forms[past] if past < len(words.forms) else ""
            if after in _HARMLESS_AFTER.get(phrase, ()) or is_phrase_in(phrase, known):
                continue
            if template is GUARANTEE and all(map(sources.knows, words.forms[first:past])):
                continue  # "guaranteed for 2 years" where a fact is named "Guarantee"
            start, end = words.starts[first], words.ends[past - 1]
            yield finding(RULE_ID, severity, template, start, end, said=text[start:end])
