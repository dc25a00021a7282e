"""Find pieces of the prompt or of the chat format in the text."""

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
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS
from shop_content.checks.rules.patterns import find_patterns
from shop_content.checks.rules.words import split_words
from shop_content.generation.prompts import PROMPT_SENTENCES

RULE_ID = "prompt_leak"

LEAK = gettext_noop(
    "“%(said)s” comes from the instructions, not from the copy. "
    "Take it out, or ask for another draft."
)

COPIED_WORDS = 5  # In a row; no copy has five words of a prompt by chance.
_FLAGS = re.IGNORECASE | re.MULTILINE
_PATTERNS = (
    re.compile(r"<\|[^|<>\n]{0,40}\|>?|\[/?inst\]|<</?sys>>|</?s>|<(?:bos|eos|pad|unk)>", _FLAGS),
    re.compile(r"^[^\w\n]{0,6}(?:system|user|assistant|human|ai|bot|model)\s?:", _FLAGS),
    re.compile(r"^(?:system|user|assistant)\s*$", _FLAGS),
    re.compile(
        r"^[^\w\n]{0,6}(?:product )?(?:facts|keywords?|key words|instructions?|prompt|task"
        r"|output|input"
        r"|response|answer|tone|audience|must use|must not use|field|length|language"
        r"|product description|description|short description|meta title|meta description"
        r"|alt text|bullet points|supplier text|editor['’]s note|previous text|word count"
        r"|fakten|stichwörter|schlagwörter|anweisung|aufgabe|antwort)\s?:",
        _FLAGS,
    ),
    re.compile(r"^#{2,4} ?(?:instruction|response|input|system|output)\b", _FLAGS),
    re.compile(
        r"\byou are (?:an? |the )(?:[\w-]{1,20} ){0,3}(?:assistant|copywriter|writer|editor"
        r"|expert|ai|model|marketer|copy-writer)\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:write|generate|create|compose) (?:a|an|the|only|one|\d{1,2}) "
        r"(?:[\w-]{1,20} ){0,4}(?:description|bullet points?|meta title|alt text|copy)\b",
        _FLAGS,
    ),
    re.compile(
        r"\buse only the (?:facts|information|keywords)\b"
        r"|\bdo not (?:invent|mention|include|make up)\b"
        r"|\b(?:the|these|my|your) (?:system prompt|instructions above)\b"
        r"|\bin (?:the )?json format\b|\b(?:under|within|about|at most|in) \d{2,3} words\b",
        _FLAGS,
    ),
)


def check_prompt_leaks(text: str, context: CheckContext) -> list[Finding]:
    """Find chat markers, role labels, headings and sentences of the prompt."""
    # "Length: 60 cm" is a line of a list where the product has such a fact.
    found = find_patterns(
        RULE_ID, Severity.BLOCK, LEAK, _PATTERNS, _without_fact_labels(text, context)
    )
    return found or first_findings(_copied(text[:MAX_TEXT_CHARS]))


def _without_fact_labels(text: str, context: CheckContext) -> str:
    """Return the text with the names of facts blank where the value of the fact follows."""
    for fact in context.facts:
        name, value = re.escape(fact.name.strip()), re.escape(fact.value.strip())
        if name and value:
            label = re.compile(rf"^[^\w\n]{{0,6}}{name}\s?:(?=\s{{0,4}}{value})", _FLAGS)
            text = label.sub(lambda match: " " * len(match.group()), text)
    return text


def _copied(text: str) -> Iterator[Finding]:
    """Find runs of words of our own prompts."""
    words = split_words(text)
    for place in range(len(words.forms) - COPIED_WORDS + 1):
        if words.forms[place : place + COPIED_WORDS] in _PROMPT_RUNS:
            start, end = words.starts[place], words.ends[place + COPIED_WORDS - 1]
            yield finding(RULE_ID, Severity.BLOCK, LEAK, start, end, said=excerpt(text[start:end]))
            return


def _runs(sentence: str) -> Iterator[tuple[str, ...]]:
    forms = split_words(sentence).forms
    for place in range(len(forms) - COPIED_WORDS + 1):
        yield forms[place : place + COPIED_WORDS]


_PROMPT_RUNS = frozenset(run for sentence in PROMPT_SENTENCES for run in _runs(sentence))
