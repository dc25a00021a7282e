"""Find refusals and chatter of the model about itself or its task."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import CheckContext, Finding, Severity, gettext_noop
from shop_content.checks.rules.patterns import find_patterns

RULE_ID = "refusal"

CHATTER = gettext_noop(
    "“%(said)s” is the writing machine talking, not copy. Take it out, or ask for another draft."
)

_FLAGS = re.IGNORECASE
_PATTERNS = (
    re.compile(r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b", _FLAGS),
    re.compile(
        r"\b(?:i am|i['’]m|being) (?:just |only )?an? (?:ai|language model|chatbot|"
        r"virtual assistant|digital assistant)\b",
        _FLAGS,
    ),
    # With what a writing machine does not do: "I can't stand pineapples" is copy.
    re.compile(
        r"\bi (?:cannot|can['’]t|can not|could not|couldn['’]t|won['’]t|do not|don['’]t|will not)"
        r" (?:actually |really |currently )?(?:write|provide|generate|help|create|assist|fulfill?"
        r"|describe|comply|have|access|answer|see|know|give|offer|make|continue|complete|produce"
        r"|include|verify|confirm|browse|do that|do this|respond|process|engage|feel|possess)\b",
        _FLAGS,
    ),
    re.compile(r"\bi (?:am unable to|am not able to|am sorry|apologi[sz]e)\b", _FLAGS),
    re.compile(r"\bi['’]m (?:sorry|unable|not able|afraid)\b", _FLAGS),
    re.compile(
        r"\bi (?:would|will|can|have|hope|need|was|am) (?:be )?(?:happy to|help|provide|"
        r"write|written|create|created|generate|assist|this helps|more information|"
        r"asked|given|going to write)",
        _FLAGS,
    ),
    re.compile(r"\b(?:sorry|apologies),? (?:but|for|i|we|there|as)\b|\A\W{0,3}sorry\b", _FLAGS),
    re.compile(r"\bmy apologies\b|\bmy (?:training data|knowledge cutoff|programming)\b", _FLAGS),
    re.compile(
        r"\b(?:here is|here['’]s|here are|below is|the following is|this is) "
        r"(?:(?:a|an|the|your|my|our|one|some) )?(?:[\w-]{1,20} ){0,4}"
        r"(?:description|draft|copy|rewrite|version|bullet points?|meta title|alt text|summary"
        r"|text|response|answer)\s{0,2}(?:for|of|based|that|:|\.|$)",
        _FLAGS,
    ),
    re.compile(
        r"\A\W{0,3}(?:sure(?: thing)?|certainly|of course|absolutely|okay|great)[!,.:]", _FLAGS
    ),
    re.compile(
        r"\b(?:let me know|feel free to (?:ask|let me)|hope this helps|"
        r"please (?:provide|let me|share more|give me))\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:based on|according to|using|from) the (?:provided |given |above |following )"
        r"{1,2}(?:information|facts|details|data|keywords)\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:no|not enough|insufficient) (?:information|details|facts) (?:is |are |was |"
        r"were |has been )?(?:provided|given|available|to write)\b",
        _FLAGS,
    ),
    re.compile(
        r"\bals (?:ki|sprachmodell|künstliche intelligenz)\b|\bes tut mir leid\b"
        r"|\bich kann (?:leider |das |diese |dies )?(?:nicht|keine)\b"
        r"|\bhier ist (?:eine|die|ihre) \w{0,20}beschreibung\b",
        _FLAGS,
    ),
)


def check_refusals(text: str, context: CheckContext) -> list[Finding]:
    """Find sentences in which the model refuses, apologises or introduces its own answer."""
    return find_patterns(RULE_ID, Severity.BLOCK, CHATTER, _PATTERNS, text)
