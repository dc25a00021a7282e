"""Find what a text says of the product that nothing known of it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.evidence import (
    MAX_TEXT_CHARS,
    is_content,
    sentence_evidence,
    sources_of,
)
from shop_content.checks.rules.scene_words import is_scene
from shop_content.checks.rules.vocabulary import COLOURS, MATERIALS
from shop_content.checks.rules.words import (
    PhraseIndex,
    facts_text,
    fold,
    split_words,
    stem,
    word_set,
)

RULE_ID = "grounding"

PRAISE = gettext_noop(
    "“%(said)s” praises without a fact behind it. Say what makes it so, or take it out."
)
UNCARRIED = gettext_noop(
    "Nothing about the product says “%(said)s”. Take it out, or add it to the facts."
)
ONLY_SUPPLIER = gettext_noop(
    "Only the supplier's text says “%(said)s”. Check it, and add it to the facts."
)

# Qualities and effects that copy likes to claim. A fact, a keyword or the name may carry them.
_PRAISE = """
    durable, durability, sturdy, robust, rugged, long lasting, hard wearing, resilient, tough,
    comfortable, comfort, comfy, cosy, cozy, snug, plush, luxurious, luxury, premium, high quality,
    top quality, superior, exceptional, outstanding, excellent, finest, exquisite, deluxe,
    elegant, elegance, stylish, style, chic, sleek, modern, contemporary, timeless, iconic,
    sophisticated, refined, beautiful, beautifully, gorgeous, stunning, attractive, charming,
    eye catching, striking, perfect, perfectly, ideal, ideally, flawless, amazing, incredible,
    fantastic, wonderful, delightful, lovely, impressive, remarkable, versatile, practical,
    convenient, convenience, handy, user friendly, effortless, effortlessly, easy, easily, ease,
    hassle free, reliable, reliably, dependable, trusted, trustworthy, lightweight, breathable,
    absorbent, quick drying, fast drying, water resistant, water repellent, weatherproof,
    stain resistant, scratch resistant, rust proof, rust resistant, non slip, slip resistant,
    shatterproof, shockproof, heat resistant, safe, safely, safety, secure, securely, healthy,
    nutritious, delicious, tasty, flavourful, flavorful, mouthwatering, aromatic, fragrant,
    refreshing, invigorating, soothing, relaxing, calming, nourishing, moisturising, moisturizing,
    gentle, hypoallergenic, powerful, efficient, efficiency, energy saving, high performance,
    performance, fast, quick, quickly, quiet, silent, spacious, roomy, space saving, compact,
    ergonomic, handcrafted, handmade, artisan, crafted, craftsmanship, authentic, genuine, unique,
    exclusive, innovative, advanced, cutting edge, state of the art, professional grade, must have,
    enjoy, enjoyable, enhance, enhances, enhancing, improve, improves, boost, boosts, ensure,
    ensures, ensuring, prevent, prevents, protect, protects, protection, reduce, reduces,
    guarantee, guarantees, maximum, optimal, ultimate, unmatched, everlasting, classic, vibrant,
    soft, softly, softer, softness, pure, purely, purity, fresh, freshness, freshening, gently,
    comfortably, calm, strong, stronger, firm, firmly, pleasant, pleasantly,
    generous, generously, thoroughly, better, faster, quieter, easier, quicker, smooth, smoothly,
    crisp, precise, precisely, steady, steadily, withstands, withstand,
    trendy, fashionable, whimsical, memorable, unforgettable, inviting, warmth, ambience, ambiance
"""
_BY_HAND = re.compile(
    r"\bhand-(?!wash)\w{2,20}(?:ed|en|wn|ut|un|it|ade)\b"
    r"|\b(?!wash|clean|dri)\w{2,20}(?:ed|en|wn|ut|un|ade) by hand\b",
    re.IGNORECASE,
)
_HAND = re.compile(r"\bhand", re.IGNORECASE)
_WASHED_BY_HAND = re.compile(r"\bhand[- ]?wash\w*|\bwash\w* by hand", re.IGNORECASE)
_COMPOUND = re.compile(
    r"(?<![\w-])(?P<first>[a-z]{3,15})-(?P<last>[a-z]{2,12})(?![\w-])", re.IGNORECASE
)
# "Well-known", "easy-going", "day-to-day", "thirty-two" claim nothing by being joined.
_PLAIN_STARTS = word_set(
    "well much long ever every day week year all half far full-time part after pre re non self "
    "one two three four five six seven eight nine ten twelve twenty thirty forty fifty sixty "
    "seventy eighty ninety first second third single double multi many few top mid"
)
_PLAIN_ENDS = word_set(
    "to day like style size sized time wide long high old made looking free year piece hour minute "
    "week night way part person people year-old inch metre meter and page pages fold"
)
_ALL_OF_IT = re.compile(r"\b100 ?%|\bpure\b", re.IGNORECASE)
_UNMIXED = word_set("pure purely")
_OTHER_RULES = MATERIALS | COLOURS
_INDEX = PhraseIndex(phrase.strip() for phrase in _PRAISE.split(","))


def check_grounding(text: str, context: CheckContext) -> list[Finding]:
    """Find praise without a fact, and sentences whose words stand in no source. English only."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    text = text[:MAX_TEXT_CHARS]
    # "Pure cotton" is 100 % cotton.
    is_unmixed = any(_ALL_OF_IT.search(fact.value) for fact in context.facts)
    allowed = _OTHER_RULES | (_UNMIXED if is_unmixed else frozenset())
    praised = [
        mark for mark in _praise(text, context) if fold(text[mark.start : mark.end]) not in allowed
    ]
    is_food = any("ingredient" in fact.name.lower() for fact in context.facts)
    yield from praised
    yield from _by_hand(text, context)
    yield from _compounds(text, context)
    for sentence in sentence_evidence(text, context):
        # Words of praise have their own finding, materials and colours their own rule.
        foreign = [
            place
            for place in sentence.foreign
            if not any(mark.start <= place[0] < mark.end for mark in praised)
            and fold(text[slice(*place)]) not in allowed
        ]
        for start, end in _joined(text, foreign):
            forms = split_words(text[start:end]).forms
            if not is_scene(text, start, end, forms, is_food=is_food):
                yield _uncarried(text, context, start, end)


def _by_hand(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find "hand-knotted" where nothing says by hand: each of the two words is a plain one."""
    if _HAND.search(_WASHED_BY_HAND.sub(" ", facts_text(context))):
        return
    for match in _BY_HAND.finditer(text):
        start, end = match.span()
        yield finding(RULE_ID, Severity.WARN, UNCARRIED, start, end, said=excerpt(match.group()))


def _compounds(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find "full-frame" where nothing says it: each of the two words is a plain one."""
    sources = sources_of(context)
    for match in _COMPOUND.finditer(text):
        first, last = fold(match["first"]), fold(match["last"])
        if is_content(first) or is_content(last):
            continue  # Told with its words.
        is_plain = first in _PLAIN_STARTS or last in _PLAIN_ENDS
        if not is_plain and not any(map(sources.knows, (first, last, first + last))):
            start, end = match.span()
            said = excerpt(match.group())
            yield finding(RULE_ID, Severity.WARN, UNCARRIED, start, end, said=said)


def _praise(text: str, context: CheckContext) -> Iterator[Finding]:
    words, sources = split_words(text), sources_of(context)
    for first, past in _INDEX.find(words):
        forms = words.forms[first:past]
        if all(sources.knows(stem(form)) for form in forms):
            continue
        start, end = words.starts[first], words.ends[past - 1]
        yield finding(RULE_ID, Severity.WARN, PRAISE, start, end, said=text[start:end])


def _joined(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join words that stand side by side: "toe box" is one thing."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and text[joined[-1][1] : start] in (" ", "-"):
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _uncarried(text: str, context: CheckContext, start: int, end: int) -> Finding:
    said = text[start:end]
    supplier = split_words(context.supplier_text).forms
    is_supplied = all(form in supplier for form in split_words(said).forms)
    template = ONLY_SUPPLIER if is_supplied else UNCARRIED
    return finding(RULE_ID, Severity.WARN, template, start, end, said=excerpt(said))
