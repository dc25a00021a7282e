"""Find what a text says against the facts: yes for no, and one fact's number for another's.

English only. A clause is compared with the facts that it speaks of: those whose telling words it
has. What it does not speak of, it cannot contradict.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shop_content.checks.rules.base import (
    CheckContext,
    FactValue,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS, root_of, roots_of
from shop_content.checks.rules.plain_words import PLAIN_WORDS
from shop_content.checks.rules.quantities import Quantity, read_quantities
from shop_content.checks.rules.words import fold, sentences, split_words, word_set

RULE_ID = "contradiction"

SAYS_YES = gettext_noop(
    "The text says “%(said)s”; the product says %(name)s: %(value)s. Correct the text."
)
SAYS_NO = gettext_noop(
    "The text denies it: “%(said)s”; the product says %(name)s: %(value)s. Correct the text."
)
DENIES = gettext_noop(
    "The text says what is not so: “%(said)s”; nothing about the product says that. Take it out, "
    "or add it to the facts."
)
OTHER_NUMBER = gettext_noop(
    "The text gives %(said)s to “%(subject)s”; the product says %(name)s: %(value)s. "
    "Correct the text."
)

_YES = word_set("yes true ja oui included suitable allowed required")
_NO = word_set("no none not without never false nein excluded unsuitable unlined")
_NEGATION = re.compile(
    r"\b(?:not|no|none|never|without|neither|nor|cannot|non|excluded|unsuitable|avoid|lacks?|"
    r"except\w*|instead|rather|out of|away from|free (?:of|from)|nobody|declin\w*|elsewhere|"
    r"keeps? \w+ out|separately|absent|leaves? out|omit\w*|"
    r"spares|bare|optional|\w{1,9}n['’]t)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.!?;:,\n]\s|[.!?;:,]\Z|\n|\s(?:but|while|whereas|though|although|yet)\s", re.IGNORECASE
)
# "not only", "no matter": they deny nothing.
_HARMLESS = re.compile(
    r"\b(?:when not in use|not in use|not only|not just|"
    r"no matter|no doubt|why not|no more than|no less than|whether or not|"
    r"no longer|non-?stick|non-?slip|nonstick|free-?standing|out of the box|"
    r"made out of|no\.\s?\d)\b|\bno-\w+",
    re.IGNORECASE,
)
# A denial in so many words, where a looser "no" may be a figure of speech.
_PLAIN_DENIAL = re.compile(
    r"\b(?:is|are|does|do|can|has|have)(?: not\b|n['’]t\b)|\bnot (?:included|suitable)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"\b(\w{1,30})[- ]free\b(?! of| from)", re.IGNORECASE)
# These deny only what follows them.
_FORWARD = frozenset({"no", "without", "free of", "free from"})
_CONDITION = re.compile(r"\s*(?:when|if|whether|once|until|unless|for)\b", re.IGNORECASE)
_INCLUSION = re.compile(
    r"\b(?:includ\w*|suppl\w+(?! by)|contain\w*|com(?:e|es|ing)|pack\w*|deliver\w*|box)\b",
    re.IGNORECASE,
)
_BARE_INCLUSION = re.compile(
    r"\s*(?:which (?:is|are) )?(?:not )?(?:included|supplied)\s*", re.IGNORECASE
)
_NUMBER_CLAUSE = re.compile(r"[.!?;:,\n]\s|[.!?;:,]\Z|\n|\s(?:and|but|while|with)\s", re.IGNORECASE)
MAX_VALUE_WORDS = 2
MIN_SHARE = 0.6  # Of the telling words of a fact's name, for a clause to speak of it.


@dataclass(frozen=True, slots=True)
class _Claim:
    """A fact as something that is so or is not so."""

    fact: FactValue
    roots: frozenset[str]  # of what it is about
    is_so: bool
    is_inclusion: bool  # it says whether something comes with the product


def check_contradictions(text: str, context: CheckContext) -> list[Finding]:
    """Find clauses that say yes where a fact says no, no for yes, or another fact's number."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    text = text[:MAX_TEXT_CHARS]
    claims = [claim for fact in context.facts if (claim := _claim(fact))]
    denied = _denied_roots(context)
    for start, end in _whole_clauses(text):
        yield from _polarity(text, start, end, claims, denied)
    yield from _swapped_numbers(text, context)


def _whole_clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the clauses; "a net, not included, for the top" says it of the net before it."""
    before = 0
    for start, end in _clauses(text, _CLAUSE_END):
        is_bare = bool(_BARE_INCLUSION.fullmatch(text[start:end]))
        yield (before if is_bare else start), end
        before = start


def _polarity(
    text: str, start: int, end: int, claims: Sequence[_Claim], denied: frozenset[str]
) -> Iterator[Finding]:
    clause = text[start:end]
    roots = roots_of(clause)
    is_denied = _is_denied(clause, claims)
    if _CONDITION.match(clause):
        return
    is_inclusion = bool(_INCLUSION.search(clause))
    spoken_of = [
        claim
        for claim in claims
        if _speaks_of(roots, claim.roots) and (is_inclusion or not claim.is_inclusion)
    ]
    spoken_of = [claim for claim in spoken_of if claim.roots <= roots] or spoken_of
    said = excerpt(clause)
    free = frozenset(root_of(fold(word)) for word in _FREE.findall(clause))
    against = [
        claim for claim in spoken_of if claim.is_so == (is_denied or bool(claim.roots & free))
    ]
    # Two facts that share their words, one yes and one no: the clause may be about either.
    if against and len(against) == len(spoken_of):
        fact = against[0].fact
        template = SAYS_NO if is_denied else SAYS_YES
        yield finding(
            RULE_ID,
            Severity.BLOCK,
            template,
            start,
            end,
            said=said,
            name=fact.name,
            value=excerpt(f"{fact.value} {fact.unit}".strip()),
        )
    elif _PLAIN_DENIAL.search(clause) and not spoken_of and _is_foreign(roots, denied):
        yield finding(RULE_ID, Severity.WARN, DENIES, start, end, said=said)


def _is_denied(clause: str, claims: Sequence[_Claim]) -> bool:
    """Tell whether a clause says no to a claim; "no" and "without" do so to what follows them."""
    clause = _HARMLESS.sub(" ", clause)
    negations = {match.group().casefold() for match in _NEGATION.finditer(clause)}
    if not negations or not negations <= _FORWARD:
        return bool(negations)
    after = roots_of(clause[min(clause.casefold().index(word) for word in negations) :])
    return any(claim.roots & after for claim in claims)


def _claim(fact: FactValue) -> _Claim | None:
    """Return a fact whose value begins with yes or no; None for all others."""
    value = f"{fact.value} {fact.unit}"
    if value.startswith("required,"):
        value = "required"  # "required, tools included"
    forms = split_words(value).forms
    first = forms[0] if forms else ""
    if len(forms) > MAX_VALUE_WORDS:
        return None  # "yes, without the frame": more than a yes or no.
    roots = frozenset(root_of(form) for form in split_words(fact.name).forms if _is_telling(form))
    if not roots or first not in _YES | _NO:
        return None
    name_denies = bool(_NEGATION.search(_HARMLESS.sub(" ", fact.name)) or _FREE.search(fact.name))
    roots -= {root_of("free")}
    is_inclusion = "included" in (*forms, *split_words(fact.name).forms)
    return _Claim(fact, roots, is_so=(first in _YES) != name_denies, is_inclusion=is_inclusion)


def _speaks_of(roots: frozenset[str], wanted: frozenset[str]) -> bool:
    return len(roots & wanted) >= MIN_SHARE * len(wanted)


def _denied_roots(context: CheckContext) -> frozenset[str]:
    """Return the roots of all facts that deny something: what a text may deny too."""
    denying = [
        f"{fact.name} {fact.value}"
        for fact in context.facts
        if _NEGATION.search(f"{fact.value}") or _NEGATION.search(fact.name)
    ]
    denying += [word for word in (context.name, *context.keywords) if _NEGATION.search(word)]
    # "Wash by hand" says no to machines; "cold" to heat: a text may put it either way.
    care = [f"{fact.name} {fact.value}" for fact in context.facts if _is_care(fact)]
    return roots_of("\n".join(denying + care)) | (_CARE_ROOTS if care else frozenset())


_CARE_ROOTS = frozenset(
    map(root_of, word_set("wash dishwasher machine tumble dry dryer iron bleach heat sun oven"))
)


def _is_care(fact: FactValue) -> bool:
    name = fold(fact.name)
    return any(word in name for word in ("care", "wash", "clean", "use", "storage", "store"))


def _is_foreign(roots: frozenset[str], denied: frozenset[str]) -> bool:
    """Tell whether a denial is about things, and about none that a fact denies."""
    content = frozenset(root for root in roots if root not in _PLAIN_ROOTS)
    return bool(content) and not content & denied


_PLAIN_ROOTS = frozenset(map(root_of, PLAIN_WORDS | word_set("isn't aren't don't doesn't can't")))


_UNTELLING = word_set("the for and with safe can has suitable included use")


def _is_telling(form: str) -> bool:
    return len(form) > 2 and form not in _UNTELLING


def _swapped_numbers(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find a measure that belongs to one fact and is given to the thing of another."""
    measured = [
        (fact, quantities, _name_roots(fact))
        for fact in context.facts
        if (quantities := list(read_quantities(f"{fact.value} {fact.unit}".strip())))
    ]
    if len(measured) < 2:
        return
    spans = list(_clauses(text, _NUMBER_CLAUSE))
    starts = [start for start, _end in spans]
    quantities = list(read_quantities(text))
    in_clause = Counter(bisect_right(starts, quantity.start) for quantity in quantities)
    for quantity in quantities:
        number = bisect_right(starts, quantity.start)
        # Which of two numbers belongs to which word is not told by the words alone.
        if not number or quantity.unit is None or in_clause[number] > 1:
            continue
        roots = roots_of(text[slice(*spans[number - 1])])
        owners = [row for row in measured if any(_is_same(quantity, q) for q in row[1])]
        others = [row for row in measured if row not in owners and _is_named(row[0], roots)]
        others = [row for row in others if any(q.unit == quantity.unit for q in row[1])]
        if owners and others and not any(row[2] & roots for row in owners):
            fact = others[0][0]
            yield finding(
                RULE_ID,
                Severity.BLOCK,
                OTHER_NUMBER,
                quantity.start,
                quantity.end,
                said=excerpt(text[quantity.start : quantity.end]),
                subject=fact.name,
                name=fact.name,
                value=excerpt(f"{fact.value} {fact.unit}".strip()),
            )


def _is_named(fact: FactValue, roots: frozenset[str]) -> bool:
    """Tell whether a clause has all telling words of a fact's name."""
    forms = [form for form in split_words(fact.name).forms if form not in PLAIN_WORDS]
    return bool(forms) and all(root_of(form) in roots for form in forms)


def _name_roots(fact: FactValue) -> frozenset[str]:
    forms = (form for form in split_words(fact.name).forms if form not in PLAIN_WORDS)
    return frozenset(root_of(form) for form in forms if len(form) > 2) | frozenset(
        root for form in split_words(fact.name).forms for root in _MEASURES.get(form, ())
    )


# How people say the name of a measure.
_MEASURES = {
    "height": roots_of("height high tall"),
    "width": roots_of("width wide"),
    "length": roots_of("length long"),
    "depth": roots_of("depth deep"),
    "weight": roots_of("weight weighs weigh"),
    "thickness": roots_of("thickness thick"),
    "diameter": roots_of("diameter across"),
    "capacity": roots_of("capacity holds hold"),
    "volume": roots_of("volume holds hold"),
}


def _is_same(one: Quantity, other: Quantity) -> bool:
    if other.unit is None or one.unit is None:
        return set(one.values) == set(other.values)
    near = {round(value * one.unit.factor, 6) for value in (*one.values, *one.parts)}
    known = {round(value * other.unit.factor, 6) for value in (*other.values, *other.parts)}
    return one.unit.kind == other.unit.kind and bool(near & known)


def _clauses(text: str, ending: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of the clauses of each sentence."""
    for start, end in sentences(text):
        begin = start
        for match in ending.finditer(text, start, end):
            if match.start() > begin:
                yield begin, match.start()
            begin = match.end()
        if end > begin:
            yield begin, end
