"""Find words that the brief forbids."""

from __future__ import annotations

import re
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
from shop_content.checks.rules.words import PhraseIndex, split_words

RULE_ID = "must_not_use"

FORBIDDEN = gettext_noop("“%(said)s” must not be used. Say it in other words.")


def check_must_not_use(text: str, context: CheckContext) -> list[Finding]:
    """Find each forbidden word or phrase: whole words, in whatever case, plurals of long ones."""
    return first_findings(_find(text, context.must_not_use))


def _find(text: str, forbidden: tuple[str, ...]) -> Iterator[Finding]:
    phrases = [phrase.strip() for phrase in forbidden if phrase.strip()]
    literal = [phrase for phrase in phrases if not _is_words(phrase)]
    by_words = [phrase for phrase in phrases if _is_words(phrase)]
    # The plural of "ass" may be meant, that of "as" is another word.
    plurals = [f"{phrase}s" for phrase in by_words if len(phrase) > 3]
    words = split_words(text)
    for first, past in PhraseIndex(by_words + plurals).find(words):
        yield _found(text, words.starts[first], words.ends[past - 1])
    for phrase in literal:
        for match in re.finditer(re.escape(phrase), text, re.IGNORECASE):
            yield _found(text, match.start(), match.end())


def _is_words(phrase: str) -> bool:
    """Tell whether it can be found by words; signs, and scripts without blanks, cannot."""
    is_plain = all(char.isalnum() or char in " -'’" for char in phrase)
    return is_plain and all(ord(char) < 0x0E00 for char in phrase)


def _found(text: str, start: int, end: int) -> Finding:
    said = excerpt(text[start:end])
    return finding(RULE_ID, Severity.BLOCK, FORBIDDEN, start, end, said=said)
