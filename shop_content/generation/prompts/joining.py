"""Join short sentences about the same thing: "It is 50 cm long, weighs 40 g and has a clasp."

Facts that are said one by one read like a list. English only.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from shop_content.generation.prompts.english import Subject

MAX_PREDICATES = 3
MAX_WORDS = 20  # of a joined sentence


def joined(sentences: Iterable[str], subject: Subject) -> list[str]:
    """Return the sentences, those about the subject joined where they are short.

    Args:
        sentences: in their order, each ended by a full stop; those that begin with the pronoun of
            the subject are about it.
        subject: what they are about.
    """
    said: list[str] = []
    predicates: list[str] = []
    for sentence in sentences:
        predicate = _predicate(sentence, subject)
        if predicates and not (predicate and _can_join(predicates, predicate)):
            said.append(_sentence(predicates, subject))
            predicates = []
        if predicate:
            predicates.append(predicate)
        else:
            said.append(sentence)
    if predicates:
        said.append(_sentence(predicates, subject))
    return said


def _predicate(sentence: str, subject: Subject) -> str:
    """Return "is 50 cm long" of "It is 50 cm long."; "" if the sentence is about something else."""
    pronoun = f"{subject.pronoun} "
    is_one = sentence.startswith(pronoun) and sentence.count(". ") == 0
    return sentence.removeprefix(pronoun).removesuffix(".") if is_one else ""


def _can_join(predicates: list[str], predicate: str) -> bool:
    """Tell whether a sentence takes one more: "and" within one of them says where it ends."""
    is_full = len(predicates) == MAX_PREDICATES
    num_words = sum(len(text.split()) for text in (*predicates, predicate))
    has_list = any(_has_list(text) for text in predicates)
    if is_full or num_words > MAX_WORDS or has_list:
        return False
    return len(predicates) == 1 or not _has_list(predicate)


def _has_list(text: str) -> bool:
    return "," in text or " and " in text or " but " in text


def _sentence(predicates: list[str], subject: Subject) -> str:
    *before, last = _without_verb_twice(predicates)
    if not before:
        return f"{subject.pronoun} {last}."
    joint = ", and " if _has_list(last) else " and "
    return f"{subject.pronoun} {', '.join(before)}{joint}{last}."


def _without_verb_twice(predicates: list[str]) -> list[str]:
    """Return "is made in Wales", "suitable for …": the second "is" is not said again."""
    found = predicates[:1]
    for before, text in pairwise(predicates):
        verb, _blank, rest = text.partition(" ")
        is_same = before.split()[0] == verb and len(predicates) == 2 and verb in ("is", "are")
        found.append(rest if is_same and not rest.startswith("not ") else text)
    return found
