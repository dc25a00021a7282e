"""Find what a text says against the facts: yes for no, and one fact's number for another's.

English only. A clause is compared with the facts that it speaks of: those whose telling words it
has. What it does not speak of, it cannot contradict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

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
from shop_content.checks.rules.bindings import other_owners
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS, root_of, roots_of
from shop_content.checks.rules.opposites import opposites_said
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
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
_YES = word_set("yes true ja oui included suitable allowed required")
_NO = word_set("no none not never false nein excluded unsuitable unlined")
_NEGATION = re.compile(
    r"\b(?:not|no|none|never|without|neither|nor|cannot|non|excluded|unsuitable|avoid|lacks?|"
    r"except\w*|instead|rather|out of|away from|free (?:of|from)|nobody|declin\w*|elsewhere|"
    r"keeps? \w+ out|separately|absent|leaves? out|left out|omit\w*|"
    r"spares|bare|optional|\w{1,9}n['’]t)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.!?;:,\n]\s|[.!?;:,]\Z|\n|\s(?:but|while|whereas|though|although|yet)\s", re.IGNORECASE
)
# "not only", "no matter": they deny nothing.
_HARMLESS = re.compile(
    r"\b(?:you (?:don['’]t|do not|won['’]t|needn['’]t)|(?:doesn['’]t|does not) get in the way|"
    r"when not in use|not in use|not only|not just|"
    r"(?:do|does) not (?:disturb|mind)|no matter|no doubt|no problem|"
    r"why not|no more than|no less than|whether or not|"
    r"no longer|non-?stick|non-?slip|nonstick|free-?standing|out of the box|"
    r"made out of|no\.\s?\d)\b|\bno-\w+",
    re.IGNORECASE,
)
# A denial in so many words, where a looser "no" may be a figure of speech.
_PLAIN_DENIAL = re.compile(
    r"\b(?:is|are|does|do|can|has|have)(?: not\b|n['’]t\b)|\bnot (?:included|suitable)\b",
    re.IGNORECASE,
)
# A clause goes on behind it: "a timer, however, is not included".
_ASIDE = re.compile(r", (?:on the other hand|however|though|by the way|of course),", re.IGNORECASE)
_FREE = re.compile(r"\b(?:(\w{1,30})[- ]free\b(?! of| from)|no-(\w{1,30}))", re.IGNORECASE)
# These deny only what follows them.
_FORWARD = frozenset({"no", "without", "free of", "free from"})
_CONDITION = re.compile(r"\s*(?:when|if|whether|once|until|unless|for)\b", re.IGNORECASE)
_INCLUSION = re.compile(
    r"\b(?:includ\w*|arriv\w*|ship\w*|(?<!power )suppl\w+(?! by)|contain\w*|com(?:e|es|ing)|"
    r"pack\w*|deliver\w*|box)\b",
    re.IGNORECASE,
)
_BARE_INCLUSION = re.compile(
    r"\s*(?:which (?:is|are) )?(?:not )?(?:included|supplied)\s*", re.IGNORECASE
)
_PARTS = re.compile(r"[,;()]")
_NOT_SO = re.compile(r"(?:not|non)[ -](?P<what>\w+(?:able|ible|ed|proof|safe))", re.IGNORECASE)
MAX_VALUE_WORDS = 2
MAX_OPPOSITES = 50  # Looked at in a text.
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
    text = _ASIDE.sub(lambda match: " " * len(match.group()), text[:MAX_TEXT_CHARS])
    claims = [claim for fact in context.facts if (claim := _claim(fact))]
    claims += [claim for fact in context.facts for claim in _denied_parts(fact)]
    denied = _denied_roots(context)
    said = _said_as_they_are(text, context)
    for start, end in _whole_clauses(text):
        if not any(first <= start < last for first, last in said):
            yield from _polarity(text, start, end, claims, denied)
    yield from _opposites(text, context, said)
    yield from other_owners(text, context)


def _opposites(
    text: str, context: CheckContext, said: Sequence[tuple[int, int]]
) -> Iterator[Finding]:
    """Find "slip in, nothing to tie" where a fact says laces."""
    rows = list(islice(opposites_said(text, context), MAX_OPPOSITES))
    clauses = list(_clauses(text)) if rows else []
    for row in rows:
        around = [(start, end) for start, end in clauses if start < row.end and row.start < end]
        beside = (
            text[start : max(start, row.start)] + " " + text[min(end, row.end) : end]
            for start, end in around
        )
        # "Not for the machine" says no opposite, nor does "when it rains".
        if any(_NEGATION.search(_HARMLESS.sub(" ", part)) for part in beside):
            continue
        if any(_CONDITION.match(text, start, end) for start, end in around):
            continue
        if any(left <= row.start < right for left, right in said):
            continue
        value = excerpt(f"{row.fact.value} {row.fact.unit}".strip())
        yield finding(
            RULE_ID, Severity.WARN, SAYS_YES, row.start, row.end,
            said=excerpt(text[row.start : row.end]), name=row.fact.name, value=value,
        )  # fmt: skip


def _said_as_they_are(text: str, context: CheckContext) -> list[tuple[int, int]]:
    """Return the places of "Lining: none", where that is a fact: it cannot be against itself."""
    places = []
    for fact in context.facts:
        name, value = (re.escape(part.strip()) for part in (fact.name, fact.value))
        if name and value:
            line = re.compile(rf"(?<!\w){name}: {value}(?!\w)", re.IGNORECASE)
            places += [match.span() for match in line.finditer(text)]
    return places


def _whole_clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the clauses; "a net, not included, for the top" says it of the net before it."""
    before = 0
    for start, end in _clauses(text):
        is_bare = bool(_BARE_INCLUSION.fullmatch(text[start:end]))
        yield (before if is_bare else start), end
        before = start


def _polarity(
    text: str, start: int, end: int, claims: Sequence[_Claim], denied: frozenset[str]
) -> Iterator[Finding]:
    clause = text[start:end]
    roots = roots_of(clause)
    if _CONDITION.match(clause) or text[end : end + 1] == "?":
        return
    is_inclusion = bool(_INCLUSION.search(clause))
    spoken_of = [
        claim
        for claim in claims
        if _speaks_of(roots, claim.roots) and (is_inclusion or not claim.is_inclusion)
    ]
    spoken_of = [claim for claim in spoken_of if claim.roots <= roots] or spoken_of
    said = excerpt(clause)
    free = frozenset(root_of(fold(one or other)) for one, other in _FREE.findall(clause))
    denial = _Denial.of(clause)
    against = [
        claim
        for claim in spoken_of
        if claim.is_so == (denial.denies(claim) != bool(claim.roots & free))
    ]
    # Two facts that share their words, one yes and one no: the clause may be about either.
    against = [
        claim
        for claim in against
        if not any(
            other not in against and (denial.is_loose or other.roots & claim.roots)
            for other in spoken_of
        )
    ]
    if against:
        fact = against[0].fact
        template = SAYS_NO if denial.denies(against[0]) else SAYS_YES
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
    elif not spoken_of and _is_plain_denial(clause) and _is_foreign(roots, denied):
        yield finding(RULE_ID, Severity.WARN, DENIES, start, end, said=said)


def _is_plain_denial(clause: str) -> bool:
    return bool(_PLAIN_DENIAL.search(_HARMLESS.sub(" ", clause)))


@dataclass(frozen=True, slots=True)
class _Denial:
    """What a clause says no to: to nothing, to all of it, or to what follows its "no"."""

    is_loose: bool  # it says no, and where is not clear
    after: frozenset[str] = frozenset()

    @classmethod
    def of(cls, clause: str) -> _Denial:
        """Read a clause."""
        clause = _HARMLESS.sub(" ", clause)
        negations = {match.group().casefold() for match in _NEGATION.finditer(clause)}
        if not negations:
            return cls(is_loose=False)
        if not negations <= _FORWARD:
            return cls(is_loose=True)
        first = min(clause.casefold().index(word) for word in negations)
        return cls(is_loose=False, after=roots_of(clause[first:]))

    def denies(self, claim: _Claim) -> bool:
        """Tell whether the clause says no to the claim."""
        return self.is_loose or bool(claim.roots & self.after)


def _claim(fact: FactValue) -> _Claim | None:
    """Return a fact whose value begins with yes or no; None for all others."""
    value = f"{fact.value} {fact.unit}"
    if value.startswith(("required,", "no,", "No,")):
        value = value.split(",")[0]  # "required, tools included"; "no, use with an underlay"
    forms = split_words(value).forms
    first = forms[0] if forms else ""
    if forms == ("without",):
        first = "no"
    if len(forms) > MAX_VALUE_WORDS:
        return None  # "yes, without the frame": more than a yes or no.
    roots = frozenset(root_of(form) for form in split_words(fact.name).forms if _is_telling(form))
    if not roots or first not in _YES | _NO:
        return None
    name_denies = bool(_NEGATION.search(_HARMLESS.sub(" ", fact.name)) or _FREE.search(fact.name))
    roots -= {root_of("free")}
    is_inclusion = "included" in (*forms, *split_words(fact.name).forms)
    return _Claim(fact, roots, is_so=(first in _YES) != name_denies, is_inclusion=is_inclusion)


def _denied_parts(fact: FactValue) -> Iterator[_Claim]:
    """Yield what a longer value denies in one of its parts: "fixed, not removable"."""
    parts = _PARTS.split(fact.value)
    roots = frozenset(root_of(form) for form in split_words(fact.name).forms if _is_telling(form))
    if len(parts) < 2 or not roots:
        return
    for part in parts:
        match = _NOT_SO.fullmatch(part.strip())
        if match:
            what = frozenset({root_of(fold(match["what"]))})
            # "Water-repellent: yes, not waterproof" denies nothing of what it says yes to.
            is_yes = fold(parts[0].strip()) in _YES
            yield _Claim(fact, what if is_yes else roots | what, is_so=False, is_inclusion=False)


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


_PLAIN_ROOTS = frozenset(
    map(root_of, FREQUENT_WORDS | word_set("isn't aren't don't doesn't can't"))
)


_UNTELLING = word_set("the for and with safe can has suitable included use")


def _is_telling(form: str) -> bool:
    return (len(form) > 2 or not form.isalpha()) and form not in _UNTELLING


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the clauses of each sentence."""
    for start, end in sentences(text):
        begin = start
        for match in _CLAUSE_END.finditer(text, start, end):
            if match.start() > begin:
                yield begin, match.start()
            begin = match.end()
        if end > begin:
            yield begin, end
