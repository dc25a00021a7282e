"""Find text that repeats itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import Words, sentences, split_words, word_set

RULE_ID = "repetition"

SENTENCE = gettext_noop("“%(said)s” stands twice. Take one of them out.")
PHRASE = gettext_noop("“%(said)s” stands %(times)s times. Say it once, or in other words.")
LOOP = gettext_noop("“%(said)s” repeats over and over. Ask for another draft.")
DOUBLED = gettext_noop("“%(said)s”: the word stands twice in a row. Take one out.")

_MAX_PERIOD = 6  # words; a longer loop is caught as a repeated sentence or phrase
_MIN_SENTENCE_WORDS = 3
_MAX_WORDS = 8000  # far beyond the longest field
# English doubles that are right, and names ("Duran Duran" is caught by the capital letter).
_DOUBLES = word_set(
    """
    that had bye no so very is do her you ha tap knock chop night pom
"""
)


def check_repetition(text: str, context: CheckContext) -> list[Finding]:
    """Find loops, sentences that stand twice, phrases that stand three times, doubled words."""
    words = _first_words(split_words(text))
    loops = first_findings(_loops(text, words))
    if loops:
        return loops  # In a loop everything else repeats, too.
    repeated = list(_sentences(text))
    return first_findings([*repeated, *_doubled(text, words), *_phrases(text, words, repeated)])


def _first_words(words: Words) -> Words:
    if len(words.forms) <= _MAX_WORDS:
        return words
    return Words(words.forms[:_MAX_WORDS], words.starts[:_MAX_WORDS], words.ends[:_MAX_WORDS])


def _loops(text: str, words: Words) -> Iterator[Finding]:
    """Yield runs of 4 equal words, or of a group of 2 to 6 words that stands 3 times in a row."""
    forms, covered = words.forms, -1
    for period in range(1, _MAX_PERIOD + 1):
        needed = 3 if period == 1 else period * 2
        run = 0
        for index in range(period, len(forms)):
            run = run + 1 if forms[index] == forms[index - period] else 0
            is_end = index + 1 == len(forms) or forms[index + 1] != forms[index + 1 - period]
            if run < needed or not is_end or index <= covered:
                continue
            first = index - run - period + 1
            if any(form.isdigit() for form in forms[first : first + period]):
                continue  # "10 10 10 10" is a size.
            covered = index
            start, end = words.starts[first], words.ends[index]
            yield finding(RULE_ID, Severity.BLOCK, LOOP, start, end, said=excerpt(text[start:end]))


def _sentences(text: str) -> Iterator[Finding]:
    seen: set[tuple[str, ...]] = set()
    for start, end in islice(sentences(text), _MAX_WORDS):
        if end - start > 5000:
            continue
        forms = split_words.__wrapped__(text[start:end]).forms
        if len(forms) < _MIN_SENTENCE_WORDS:
            continue
        if forms in seen:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            end = start + len(text[start:end].rstrip())
            said = excerpt(text[start:end])
            yield finding(RULE_ID, Severity.BLOCK, SENTENCE, start, end, said=said)
        seen.add(forms)


def _doubled(text: str, words: Words) -> Iterator[Finding]:
    for index in range(1, len(words.forms)):
        form = words.forms[index]
        start, end = words.starts[index - 1], words.ends[index]
        is_gap_blank = not text[words.ends[index - 1] : words.starts[index]].strip(" ")
        if form != words.forms[index - 1] or form in _DOUBLES or not form.isalpha():
            continue
        if is_gap_blank and text[start].islower():
            yield finding(RULE_ID, Severity.WARN, DOUBLED, start, end, said=text[start:end])


def _phrases(text: str, words: Words, repeated: list[Finding]) -> Iterator[Finding]:
    """Yield each run of four words at its third place, unless its sentence is marked already."""
    counts: dict[tuple[str, ...], int] = {}
    covered = -1
    for index in range(len(words.forms) - 3):
        phrase = words.forms[index : index + 4]
        counts[phrase] = counts.get(phrase, 0) + 1
        if counts[phrase] < 3 or index <= covered:
            continue
        start, end = words.starts[index], words.ends[index + 3]
        if any(mark.start <= start < mark.end for mark in repeated[:50]):
            continue
        covered = index + 3
        yield finding(
            RULE_ID,
            Severity.WARN,
            PHRASE,
            start,
            end,
            said=excerpt(text[start:end]),
            times=str(counts[phrase]),
        )
