"""Find a keyword that is said too often, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import PhraseIndex, is_phrase_in, split_words

RULE_ID = "keyword"

STUFFED = gettext_noop(
    "“%(said)s” stands %(times)s times in %(words)s words. Search engines take that for stuffing; "
    "say “it” in some places."
)
UNUSED = gettext_noop("The keyword “%(wanted)s” is not said. Work it in where it fits.")

# Google's spam policies give no number. More than this is what a reader notices.
MAX_TIMES, MAX_SHARE = 3, 0.05  # of the words of the text
MAX_TIMES_BY_FIELD = {"title": 1, "meta_title": 1, "meta_description": 2, "image_alt_text": 1}
FIELDS_WITH_KEYWORD = frozenset({"title", "description", "meta_title", "meta_description"})


def check_keywords(text: str, context: CheckContext) -> list[Finding]:
    """Find keywords in every other sentence, and a first keyword that is left out."""
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    most = MAX_TIMES_BY_FIELD.get(context.field, MAX_TIMES)
    for keyword in dict.fromkeys((*context.keywords, *context.must_use)):
        places = list(PhraseIndex([keyword]).find(words))
        num_words = sum(past - first for first, past in places)
        if len(places) > most and num_words > MAX_SHARE * len(words.forms):
            first, past = places[most]
            yield finding(
                RULE_ID,
                Severity.WARN,
                STUFFED,
                words.starts[first],
                words.ends[past - 1],
                said=excerpt(keyword),
                times=str(len(places)),
                words=str(len(words.forms)),
            )
    first_keyword = next(filter(str.strip, context.keywords), "")
    is_wanted = context.field in FIELDS_WITH_KEYWORD and first_keyword not in context.must_use
    if first_keyword and is_wanted and not is_phrase_in(first_keyword, text):
        yield finding(RULE_ID, Severity.INFO, UNUSED, wanted=excerpt(first_keyword))
