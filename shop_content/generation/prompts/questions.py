"""Is there enough to write from, and what to ask the merchant if there is not."""

from __future__ import annotations

from shop_content.generation.prompts.source import PromptInput, one_line, supplier_words

MIN_SUPPLIER_CHARS = 40  # Shorter text than this says nothing that a text could be made of.
MIN_SIGNALS = 2


def has_enough_to_write(prompt_input: PromptInput) -> bool:
    """Say whether there is a title and at least two things to say about the product."""
    return bool(one_line(prompt_input.title)) and _num_signals(prompt_input) >= MIN_SIGNALS


def missing_questions(prompt_input: PromptInput) -> list[str]:
    """Return what to ask the merchant, most useful first; empty when there is enough.

    The questions are message ids for gettext.
    """
    if has_enough_to_write(prompt_input):
        return []
    questions = [] if one_line(prompt_input.title) else [QUESTION_TITLE]
    category = f"{prompt_input.category} {prompt_input.title}".casefold()
    group = next(
        (asked for words, asked in _QUESTIONS if any(word in category for word in words)),
        _GENERAL_QUESTIONS,
    )
    known = {fact.name.casefold().strip() for fact in prompt_input.facts if one_line(fact.value)}
    return questions + [ask for ask in group if not known & _ANSWERED_BY.get(ask, frozenset())]


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is shown; this module knows no Django."""
    return message


QUESTION_TITLE = gettext_noop("What is the product called?")
_MATERIAL = gettext_noop("Which material is it made of?")
_SIZE = gettext_noop("Which size or capacity does it have?")
_USE = gettext_noop("What is it used for?")
_FIT = gettext_noop("Which sizes and which fit are there?")
_CARE = gettext_noop("How is it cared for?")
_INGREDIENTS = gettext_noop("What is in it?")
_AMOUNT = gettext_noop("How much is in a pack?")
_POWER = gettext_noop("Which power, connections or battery does it have?")
_COMPATIBLE = gettext_noop("What does it work with?")
_SPECIAL = gettext_noop("What makes it different from similar products?")

_GENERAL_QUESTIONS = (_MATERIAL, _SIZE, _USE)
# First match wins. Words are looked for in category and title.
_QUESTIONS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("shirt", "apparel", "cloth", "dress", "shoe", "jacket", "trouser", "scarf", "sock"),
        (_MATERIAL, _FIT, _CARE),
    ),
    (
        ("food", "drink", "tea", "coffee", "chocolate", "groceries", "beauty", "cosmetic", "soap"),
        (_INGREDIENTS, _AMOUNT, _USE),
    ),
    (
        ("electronic", "computer", "phone", "lamp", "light", "audio", "camera", "appliance"),
        (_POWER, _COMPATIBLE, _SIZE),
    ),
    (("software", "book", "game", "course"), (_USE, _COMPATIBLE, _SPECIAL)),
)
_ANSWERED_BY = {
    _MATERIAL: frozenset({"material", "fabric"}),
    _SIZE: frozenset({"size", "capacity", "dimensions", "volume"}),
    _FIT: frozenset({"fit"}),
    _CARE: frozenset({"care", "care instructions"}),
    _INGREDIENTS: frozenset({"ingredients"}),
    _USE: frozenset({"use", "usage"}),
}


def _num_signals(prompt_input: PromptInput) -> int:
    facts = {
        (one_line(fact.name).casefold(), one_line(fact.value).casefold())
        for fact in prompt_input.facts
        if one_line(fact.value)
    }
    words = (*prompt_input.keywords, *prompt_input.must_use)
    keywords = {one_line(word).casefold() for word in words} - {""}
    has_supplier_text = len(supplier_words(prompt_input)) > MIN_SUPPLIER_CHARS
    return len(facts) + len(keywords) + int(has_supplier_text)
