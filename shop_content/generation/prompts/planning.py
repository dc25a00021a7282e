"""Plan a description: which facts each of its sentences says.

A small model that reads eight facts gives values to the wrong things; with two it does not. So each
sentence is asked for alone, with its own facts and no others: what it does not read it cannot mix
up, and a number of another fact cannot be written at all. What has one right way to be said is said
by rule behind them: measures, sizes, colours, origin and the like (see `plain_facts`), and what is
only yes or no (see `yes_no`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shop_content.generation.prompts.english import (
    THEY,
    Subject,
    capital,
    is_plural,
    subject_of,
    with_article,
)
from shop_content.generation.prompts.fields import field_limit
from shop_content.generation.prompts.keyword_use import names_same, use_of
from shop_content.generation.prompts.plain_facts import is_plain, plain_sentences
from shop_content.generation.prompts.simple_facts import is_material, simple_text
from shop_content.generation.prompts.source import PromptFact, PromptInput, one_line
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_text

VERSION = "sentences-3"  # Stored with every draft. Count up with every change of the plan.

FIELDS = frozenset({"description"})
# One sentence says about so much: two short facts, or a long one.
MAX_SENTENCE_FACTS, MAX_SENTENCE_WORDS = 2, 9
WORDS_OF_SENTENCE = 12
MAX_OPENING_KEYWORDS = 2
_USE = re.compile(r" (?:for|as) ")  # between what a product is and what it is for
# First words of names that are no names by themselves: "The First is a tool belt."
_COMMON = frozenset(
    {
        "first", "little", "big", "small", "the", "my", "your", "our", "mini", "classic", "spare",
        "simple", "plain", "great", "grand", "new", "old", "basic", "everyday", "soft", "natural",
        "organic", "men", "women", "kids", "baby", "home", "garden", "travel", "premium", "deluxe",
        "professional", "original", "double", "single", "large", "extra", "super", "ultra",
    }
)  # fmt: skip
MAX_TITLE_WORDS = 5  # "The Puddlehop Watering Can is …" can be said, a title for a search cannot.
MAX_RULE_SHARE = 2 / 3  # of the words of the text
SENTENCE_FIELD = "short_description"  # Its limits are those of a sentence or two.


def sentence_inputs(prompt_input: PromptInput) -> tuple[PromptInput, ...]:
    """Return what each sentence of a text is asked with; empty if it is not written so.

    The facts keep their order. An editor's wish is about the whole text, and is not planned.
    """
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    if prompt_input.field not in FIELDS or prompt_input.editor_note or len(facts) < 2:
        return ()
    by_rule = _by_rule(prompt_input)
    others = [fact for fact in facts if fact not in by_rule]
    limit = field_limit(prompt_input.field, prompt_input.length)
    num_words = limit.words - len(rule_text(prompt_input).split())
    groups = list(_groups(others))[: max(1, num_words // WORDS_OF_SENTENCE)]
    words = _words_of(prompt_input, len(groups))
    return tuple(
        replace(
            prompt_input,
            field=SENTENCE_FIELD,
            part="next" if place else "opening",
            facts=tuple(group),
            keywords=words[place],
            must_use=(),
            supplier_text="",
            verbatim=(),
        )
        for place, group in enumerate(groups)
    )


def plain_sentence(part: PromptInput, subject: Subject) -> str:
    """Return what to say for a sentence that the model is at a loss with; "" where nothing is.

    Args:
        part: one of `sentence_inputs`.
        subject: what the product is called.
    """
    facts = part.facts
    if part.part == "opening":
        material = next(filter(is_material, facts), None)
        introduction = _introduction(part, one_line(material.value) if material else "")
        others = [fact for fact in facts if fact is not material]
        rest = simple_text(others, subject)
        text = f"{introduction} {rest}".strip() if introduction and (rest or not others) else ""
    else:
        text = simple_text(facts, subject)
    said = text.casefold()
    keywords = [piece for word in part.keywords for piece in _USE.split(one_line(word.casefold()))]
    is_whole = all(piece in said for piece in keywords)
    return text if is_whole and not any(w.casefold() in said for w in part.must_not_use) else ""


def _introduction(part: PromptInput, material: str) -> str:
    """Return "The Puddlehop is a watering can in steel.": the name, and what the keyword says."""
    title, keyword = one_line(part.title), one_line(part.keywords[0] if part.keywords else "")
    if not keyword or len(title.split()) > MAX_TITLE_WORDS or not _is_english(part):
        return ""
    is_many = subject_of(title) is THEY
    thing, use = ([*_USE.split(keyword, maxsplit=1), ""])[:2]
    link = _USE.search(keyword)
    if use and link:
        # "A shawl as a gift" is odd behind "is".
        use = f" and {use}" if link.group().strip() == "as" else f"{link.group()}{use}"
    start = "" if title.casefold().startswith("the ") else "The "
    called = title if is_many else _short_name(title, thing)
    is_said = not material or material.split()[-1] in thing.split()
    stuff = "" if is_said else f" in {material}"
    if is_many != is_plural(thing):
        return f"{capital(thing)}{stuff}{use.replace(' and a', ' as a')}: {start.lower()}{title}."
    thing = thing if is_many else with_article(thing)
    return f"{start}{called} {'are' if is_many else 'is'} {thing}{stuff}{use}."


def _short_name(title: str, thing: str) -> str:
    """Return "Puddlehop" for "Puddlehop Watering Can", where the thing is a watering can."""
    name, *words = title.split()
    known = set(thing.casefold().split())
    is_name = name.isalpha() and name[0].isupper() and name.casefold() not in known | _COMMON
    return name if is_name and words and {word.casefold() for word in words} <= known else title


def rule_text(prompt_input: PromptInput) -> str:
    """Return what a planned text ends with: the facts that are said by rule."""
    return _said(_by_rule(prompt_input), prompt_input)


def subject_for(prompt_input: PromptInput) -> Subject:
    """Return what a product is called after its name has been said."""
    return subject_of(one_line(prompt_input.title), *prompt_input.keywords[:1])


def _said(facts: Sequence[PromptFact], prompt_input: PromptInput) -> str:
    title = one_line(prompt_input.title)
    subject = subject_for(prompt_input)
    yes_no = [fact for fact in facts if is_yes_no(fact)]
    plain = [fact for fact in facts if fact not in yes_no]
    sentences = plain_sentences(
        plain, subject, variant=len(title), other_name=_other_name(prompt_input)
    )
    return " ".join(filter(None, (*sentences, yes_no_text(yes_no, subject))))


def _by_rule(prompt_input: PromptInput) -> list[PromptFact]:
    """Return the facts that are said by rule; the model keeps at least one to begin with."""
    if not _is_english(prompt_input):
        return []
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    banned = [word.casefold() for word in prompt_input.must_not_use]
    limit = field_limit(prompt_input.field, prompt_input.length)
    found: list[PromptFact] = []
    num_words = 0
    for fact in facts:
        if not (is_yes_no(fact) or is_plain(fact)):
            continue
        said = _said([fact], prompt_input)
        num_words += len(said.split())
        is_short = num_words <= limit.words * MAX_RULE_SHARE
        if is_short and not any(word in said.casefold() for word in banned):
            found.append(fact)
    if len(found) < len(facts):
        return found
    # Every fact could be said so. A text begins with a sentence of the model's all the same.
    plain = [fact for fact in found if not is_yes_no(fact)]
    opening = plain[:MAX_SENTENCE_FACTS]
    return [fact for fact in found if fact not in opening] if opening else []


def _groups(facts: Sequence[PromptFact]) -> Iterator[list[PromptFact]]:
    group: list[PromptFact] = []
    num_words = 0
    for fact in facts:
        length = len(fact.value.split()) + len(fact.name.split())
        is_full = len(group) == MAX_SENTENCE_FACTS or num_words + length > MAX_SENTENCE_WORDS
        if group and is_full:
            yield group
            group, num_words = [], 0
        group.append(fact)
        num_words += length
    if group:
        yield group


def _words_of(prompt_input: PromptInput, num_sentences: int) -> list[tuple[str, ...]]:
    """Give the opening the first keywords, and each sentence one of the words that must be used.

    A keyword that a sentence has no use for makes nonsense of it: "new drivers are made of brass".
    """
    shares: list[list[str]] = [[] for _number in range(num_sentences)]
    for place, word in enumerate(dict.fromkeys(prompt_input.must_use)):
        shares[min(place, num_sentences - 1)].append(word)
    shares[0] += _opening_keywords(prompt_input)
    return [tuple(dict.fromkeys(words)) for words in shares]


def _opening_keywords(prompt_input: PromptInput) -> Sequence[str]:
    """Return the keywords of the first sentence: in English one, with what the product is for."""
    keywords = prompt_input.keywords[:MAX_OPENING_KEYWORDS]
    if not _is_english(prompt_input) or len(keywords) < 2:
        return keywords
    product, other = keywords
    return (f"{product} {use_of(other, product)}".strip(),)


def _is_english(prompt_input: PromptInput) -> bool:
    return prompt_input.language.split("-")[0].casefold() in {"", "en"}


def _other_name(prompt_input: PromptInput) -> str:
    """Return the second keyword where it is another name of the product; or ""."""
    product, other = (*prompt_input.keywords[:MAX_OPENING_KEYWORDS], "", "")[:2]
    names = [product, prompt_input.title, re.split(r"[>/]", prompt_input.category)[-1]]
    return other if other != product and names_same(other, names) else ""
