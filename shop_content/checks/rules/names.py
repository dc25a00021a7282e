"""Find proper names that nothing about the product mentions: brands, places, devices, bodies.

English only: there a word within a sentence has a capital because it is a name.
"""

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
from shop_content.checks.rules.vocabulary import COUNTRIES, STYLE_PHRASES
from shop_content.checks.rules.words import PhraseIndex, facts_text, fold, split_words, word_set

RULE_ID = "name"

NOWHERE = gettext_noop(
    "The text names “%(said)s”; nothing about the product does. "
    "Take it out, or add it to the product's facts."
)
ONLY_SUPPLIER = gettext_noop(
    "The text names “%(said)s”; only the supplier's text does. "
    "Check it, and add it to the product's facts."
)

# In the other fields every word may have a capital.
PROSE_FIELDS = frozenset({"description", "short_description", "meta_description"})
MAX_TEXT_CHARS = 20_000
_TITLE_SHARE = 0.6  # So many words with a capital, and the text is set like a title.
_WORD = r"[^\W\d_](?:[^\W_]|['’-](?=[^\W\d_]))*"
_NAME = re.compile(
    rf"(?<![\w'’.-])(?=[A-Z]|[a-z][A-Z])(?P<name>{_WORD}(?:[ ](?=[A-Z]|[a-z][A-Z]){_WORD}){{0,4}})"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:…。\n][\"'”’)»]*|[•*–—-])\s*[\"'“‘(«]*\Z")
# Words with a capital that name nothing of a product, and codes that every reader knows.
_COMMON = word_set(
    """
    i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december christmas easter
    valentine's halloween sundays saturdays fridays mondays tuesdays wednesdays thursdays
    english ok diy faq tv dvd cd pc usb led lcd uv uk us eu id pin gps atm sos xs s m l xl xxl xxxl
    usd eur gbp chf a4 a5 a3 am pm t v x hd
"""
)
_STYLES = PhraseIndex(STYLE_PHRASES)


def check_names(text: str, context: CheckContext) -> list[Finding]:
    """Find names without support, in fields of prose."""
    if not context.is_english or context.field not in PROSE_FIELDS:
        return []
    return first_findings(_find(text[:MAX_TEXT_CHARS], context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    if not words.forms or _is_set_like_a_title(text):
        return
    styles = [(words.starts[first], words.ends[past - 1]) for first, past in _STYLES.find(words)]
    known = _known(facts_text(context))
    supplied = _known(context.supplier_text)
    for match in _NAME.finditer(text):
        start, end = match.span()
        if _SENTENCE_START.search(text[max(0, start - 12) : start]):
            # Its capital says nothing; what follows it may be a name of its own.
            first = match.group().split(" ", 1)
            start += len(first[0]) + 1
            if len(first) == 1:
                continue
        said = text[start:end]
        if not said or any(from_ <= start < to for from_, to in styles):
            continue
        foreign = [word for word in split_words(said).forms if not _is_known(word, known)]
        if not foreign:
            continue
        is_supplied = all(_is_known(word, supplied) for word in foreign)
        template = ONLY_SUPPLIER if is_supplied else NOWHERE
        yield finding(RULE_ID, Severity.WARN, template, start, end, said=excerpt(said))


def _is_set_like_a_title(text: str) -> bool:
    long = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    num_capital = sum(word[0].isupper() for word in long)
    return len(long) > 3 and num_capital > _TITLE_SHARE * len(long)


def _known(text: str) -> frozenset[str]:
    return frozenset(split_words(text).forms)


def _is_known(form: str, known: frozenset[str]) -> bool:
    """Tell whether a folded word, or a form of it, stands in a source."""
    form = fold(form).removesuffix("'s")
    if form in _COMMON or form.isdigit():
        return True
    countries = COUNTRIES.get(form, ()) or _DEMONYMS.get(form, ())
    # The two letters of a country's code may be a word: "it".
    names = (name for name in countries if len(name) > 2)
    forms = {form, form.removesuffix("s"), f"{form}s", *names}
    return bool(forms & known) or any(form in word for word in known if len(form) > 3)


# The other way round: "Italy" is supported by "Italian".
_DEMONYMS: dict[str, tuple[str, ...]] = {}
for _demonym, _places in COUNTRIES.items():
    for _place in _places:
        _DEMONYMS[_place] = (*_DEMONYMS.get(_place, ()), _demonym)
