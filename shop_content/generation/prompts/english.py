"""English that is put together by rule: lists, articles, plurals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Spoken of without "a".
_MASS = frozenset(
    {
        "protection", "insulation", "rejection", "cancelling", "charging", "blocking", "crushing",
        "mounting", "control", "steam", "storage", "tare", "contact", "resistance", "lighting",
        "management", "support", "care", "wi-fi", "bluetooth", "reverse",
    }
)  # fmt: skip
_PLURALS = frozenset({"dice", "feet", "teeth", "people", "scissors"})
# One product, and yet "they".
_PAIRS = frozenset(
    {
        "trainers", "sneakers", "shoes", "boots", "clogs", "sandals", "slippers", "loafers",
        "gloves", "mittens", "socks", "tights", "leggings", "trousers", "jeans", "shorts",
        "pyjamas", "glasses", "sunglasses", "goggles", "headphones", "earphones", "earbuds",
        "earrings", "scissors", "pliers", "binoculars", "curtains", "skates", "skis",
    }
)  # fmt: skip
_SOUNDS_LIKE_YOU = ("use", "uni", "usb", "uv", "eu", "one")
_INITIALS = re.compile(r"[A-Z]{2,}\d*\b|[A-Z]\d")
_SPOKEN_AS_WORDS = frozenset({"HEPA", "LAN", "RAM", "ROM", "SIM", "RAL", "NATO", "SONAR", "MAG"})
# "Envelopes C6", "Earrings No. 5": what stands behind the thing.
_CODE = re.compile(r"\b(?:\w*\d\w*(?:[-/]\w+)*|[A-Z]{1,3}|No\.?)$")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sentence is about, and the verbs that go with it."""

    pronoun: str
    object: str
    be: str
    have: str
    do: str

    def verb(self, base: str) -> str:
        """Return the form of a regular verb: it "fits", they "fit"."""
        return base if self is THEY else f"{base}s"


IT = Subject("It", "it", "is", "has", "does")
THEY = Subject("They", "them", "are", "have", "do")


def subject_of(name: str, keyword: str = "") -> Subject:
    """Return what to call a product: "They" where its name and its keyword are plural."""
    names = [found for text in (name, keyword) if (found := _without_code(text))]
    if names and names[-1].split()[-1].casefold() in _PAIRS:
        return THEY
    return THEY if names and all(is_plural(found) for found in names) else IT


def _without_code(name: str) -> str:
    words = name.strip()
    while match := _CODE.search(words):
        words = words[: match.start()].rstrip(" -,")
    return words


def listed(things: Sequence[str], joint: str) -> str:
    """Return things with commas between them and the joint before the last, each once."""
    unique = list(dict.fromkeys(things))
    if len(unique) < 2:
        return "".join(unique)
    # "no lid, no hood and no cover"
    before = f", {joint.removeprefix('and ')} " if joint.startswith("and n") else ", "
    return f"{before.join(unique[:-1])} {joint} {unique[-1]}"


def with_article(name: str) -> str:
    """Return "a lid", "an oven", "feet", "steam"."""
    last = name.split()[-1].casefold()
    if is_plural(name) or last in _MASS:
        return name
    return f"{article(name)} {name}"


def article(name: str) -> str:
    """Return the article of a name: "a" or "an"."""
    return "an" if _begins_with_vowel(name) else "a"


def _begins_with_vowel(name: str) -> bool:
    """Tell whether a name is spoken with a vowel first: "8 mm", "LED", "hour", not "USB"."""
    first = re.split(r"[ -]", name)[0]
    if first[:1].isdigit():
        return bool(re.match(r"8|1[18](?!\d)", first))
    if _INITIALS.match(first) and first not in _SPOKEN_AS_WORDS:
        return first[0] in "AEFHILMNORSX"
    small_name = name.casefold()
    return small_name.startswith(("a", "e", "i", "o", "u", "hour", "heir", "honest")) and (
        not small_name.startswith(_SOUNDS_LIKE_YOU)
    )


def is_plural(name: str) -> bool:
    """Tell whether a name is of several things; the word before "for", "of", "with" decides."""
    if " and " in name:
        return True
    last = re.split(r" (?:for|of|with|in|on) ", name)[0].split()[-1].casefold()
    return last in _PLURALS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def small(name: str) -> str:
    """Return the name as it stands within a sentence; "BPA-free", "Wi-Fi" keep their capitals."""
    first = re.split(r"[ -]", name)[0]
    is_word = first[:1].isupper() and first[1:].islower() and not name.startswith("Wi-Fi")
    return name[:1].lower() + name[1:] if is_word else name


def capital(text: str) -> str:
    """Return the text with a capital in front, and all others as they are."""
    return text[:1].upper() + text[1:]
