"""Plan a description: which facts each of its sentences says.

A small model that reads eight facts gives values to the wrong things; with two it does not. So each
sentence is asked for alone, with its own facts and no others: what it does not read it cannot mix
up, and a number of another fact cannot be written at all. What has one right way to be said is said
by rule behind them: measures, sizes, colours, origin and the like (see `plain_facts`), and what is
only yes or no (see `yes_no`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shop_content.generation.prompts.english import (
    IT,
    THEY,
    Subject,
    capital,
    is_plural,
    listed,
    small,
    subject_of,
    with_article,
)
from shop_content.generation.prompts.fields import field_limit
from shop_content.generation.prompts.joining import joined
from shop_content.generation.prompts.keyword_use import names_same, use_of
from shop_content.generation.prompts.part_phrases import material_phrase, part_phrase
from shop_content.generation.prompts.plain_facts import is_plain, name_and_value, plain_sentences
from shop_content.generation.prompts.simple_facts import is_material, simple_sentences
from shop_content.generation.prompts.source import PromptFact, PromptInput, one_line
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_sentences

VERSION = "sentences-6"  # Stored with every draft. Count up with every change of the plan.

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
# "Cat tree": what the last word alone says is another thing.
_MISLEADING = frozenset(
    {"tree", "top", "bar", "stick", "horse", "pack", "kit", "piece", "pair", "measure", "longue"}
)
_IS_LINE = re.compile(r"^[^.]{2,40}: ")  # "Protectors: shoulders and elbows."
_EXACT_NAMES = frozenset(
    {
        "certificate", "certificates", "certification", "certifications", "certified", "approval",
        "approvals", "hallmark", "allergens", "ingredients", "active ingredients", "contains",
        "may contain", "warning", "warnings", "safety", "fire standard", "standards",
    }
)  # fmt: skip
# "The Seedling Tray Set is a set of seed trays."
_SETS = frozenset({"set", "pair", "trio", "duo", "pack", "box", "kit", "collection", "bundle"})
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,6}(?![\w-])")
_NATIONS = frozenset(
    {
        "american", "austrian", "belgian", "british", "canadian", "danish", "dutch", "egyptian",
        "english", "european", "finnish", "french", "german", "greek", "indian", "irish", "italian",
        "japanese", "mexican", "moroccan", "nordic", "norwegian", "persian", "portuguese",
        "scandinavian", "scottish", "spanish", "swedish", "swiss", "turkish", "welsh",
    }
)  # fmt: skip
_SAYABLE = re.compile(r"^[^\"(),;]+$")
MAX_BRAND_WORDS = 3
MAX_TITLE_WORDS = 5  # "The Puddlehop Watering Can is …" can be said, a title for a search cannot.
MAX_RULE_SHARE = 2 / 3  # of the words of the text
SENTENCE_FIELD = "short_description"  # Its limits are those of a sentence or two.


def sentence_inputs(prompt_input: PromptInput) -> tuple[PromptInput, ...]:
    """Return what each sentence of a text is asked with; empty if it is not written so.

    The facts keep their order. An editor's wish is about the whole text, and is not planned.
    """
    prompt_input = _with_capitals(prompt_input)
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


def _with_capitals(prompt_input: PromptInput) -> PromptInput:
    """Write a keyword such as "gmt watch" as the product's name does: "GMT watch"; "Egyptian"."""
    given = " ".join([prompt_input.title, *(fact.value for fact in prompt_input.facts)])
    capitals = {word: capital(word) for word in _NATIONS}
    capitals |= {word.casefold(): word for word in _CAPITALS.findall(given)}
    keywords = tuple(
        " ".join(capitals.get(word, word) for word in keyword.split(" "))
        for keyword in prompt_input.keywords
    )
    return replace(prompt_input, keywords=keywords)


@dataclass(frozen=True, slots=True)
class PlainOpening:
    """The opening said by rule."""

    text: str  # "" where there is none
    left: tuple[PromptFact, ...]  # facts that it leaves to be said
    name: str = ""  # what it is about, where it says no more than that: "The Tyre Inflator TI-120"


def plain_sentence(part: PromptInput, subject: Subject) -> str:
    """Return what to say for a sentence that the model is at a loss with; "" where nothing is.

    Args:
        part: one of `sentence_inputs`.
        subject: what the product is called.
    """
    opening = plain_opening(part)
    if part.part == "opening" and not opening.text:
        return ""
    phrases, sentences = _by_list(opening.left, subject)
    said = [*plain_sentences([], subject, had=phrases), *sentences]
    text = " ".join([*filter(None, [opening.text]), *joined(said, subject)])
    keywords = [piece for word in part.keywords for piece in _USE.split(one_line(word.casefold()))]
    is_whole = len(phrases) + len(sentences) == len(opening.left) and all(
        piece in text.casefold() for piece in keywords
    )
    is_allowed = not any(word.casefold() in text.casefold() for word in part.must_not_use)
    return text if is_whole and is_allowed else ""


def plain_opening(part: PromptInput) -> PlainOpening:
    """Return the opening said by rule; nothing for a sentence that is none."""
    if part.part != "opening":
        return PlainOpening("", part.facts)
    thing = _USE.split(part.keywords[0])[0].casefold().split() if part.keywords else []
    # "A stoneware mug" says the material; for "a leather belt" of cow leather it is said later.
    said = [fact for fact in part.facts if is_material(fact) and _is_within(fact.value, thing)]
    material = next(
        (
            fact
            for fact in part.facts
            if is_material(fact) and _stuff(fact).casefold().split()[-1] not in thing
        ),
        None,
    )
    phrases = {
        fact: part_phrase(fact) for fact in part.facts if fact is not material and fact not in said
    }
    # "A tray with a lid with a knob": one of them is said later.
    phrases = {fact: "" if " with " in phrase else phrase for fact, phrase in phrases.items()}
    had = listed([phrase for phrase in phrases.values() if phrase], "and")
    stuff = _stuff(material) if material else ""
    text, name = _introduction(part, stuff, had)
    left = tuple(fact for fact, phrase in phrases.items() if not phrase)
    return PlainOpening(text, left, name) if text else PlainOpening("", part.facts)


def _stuff(fact: PromptFact) -> str:
    return material_phrase(name_and_value(fact)[1])


def _is_within(value: str, words: Sequence[str]) -> bool:
    return set(value.casefold().split()) <= set(words)


def _by_list(facts: Iterable[PromptFact], subject: Subject) -> tuple[list[str], list[str]]:
    """Return what the product has, and sentences for the other facts."""
    phrases, sentences = [], []
    for fact in facts:
        if phrase := part_phrase(fact):
            phrases.append(phrase)
        else:
            sentences += simple_sentences([fact], subject)
    return phrases, sentences


def _introduction(part: PromptInput, material: str, had: str) -> tuple[str, str]:
    """Return "The Puddlehop is a watering can in steel.", and the name if no more is said."""
    title, keyword = one_line(part.title), one_line(part.keywords[0] if part.keywords else "")
    if not keyword or not _is_english(part):
        return "", ""
    thing, use = ([*_USE.split(keyword, maxsplit=1), ""])[:2]
    link = _USE.search(keyword)
    use = f"{link.group()}{use}" if use and link else ""
    stuff = f" in {material}" if material else ""
    stuff += f" with {had}" if had else ""
    is_many, last = is_plural(title), title.split()[-1].casefold()
    brand = one_line(part.brand)
    is_short = len(brand.split()) <= MAX_BRAND_WORDS
    by = f" by {brand}" if brand and is_short and brand.casefold() not in title.casefold() else ""
    if is_long_title(title):
        # "The Rain Trousers with Braces and Reflective Strips, Lined, …" cannot be said.
        return f"{capital(thing)}{by}{stuff}{use}.", ""
    the_title = title if title.casefold().startswith("the ") else f"the {title}"
    name = f"The {_short_name(title, thing)}" if not is_many else capital(the_title)
    if the_title == title:
        name = title
    name += by
    is_mass = with_article(thing) == thing
    if last in _SETS and is_plural(thing):
        thing = f"a {last} of {thing}"
    elif is_many != is_plural(thing) or (is_mass and not is_many):
        return f"{capital(thing)}{stuff}{use}: {the_title}{by}.", ""
    elif not is_many:
        thing = with_article(thing)
    if use.startswith(" as "):
        # "A shawl as a gift" is odd behind "is".
        comma = "," if " and " in stuff else ""
        use = f"{comma} and {'make' if is_many else 'makes'} {use.removeprefix(' as ')}"
    is_bare = (
        not stuff and not use and set(thing.casefold().split()[1:]) <= set(title.casefold().split())
    )
    text = f"{name} {'are' if is_many else 'is'} {thing}{stuff}{use}."
    return text, name if is_bare else ""


def is_long_title(title: str) -> bool:
    """Tell whether a title is made for a search, so that no sentence can begin with it."""
    return len(title.split()) > MAX_TITLE_WORDS or not _SAYABLE.match(title)


def _short_name(title: str, thing: str) -> str:
    """Return "Puddlehop" for "Puddlehop Watering Can", where the thing is a watering can."""
    name, *words = title.split()
    known = set(thing.casefold().split())
    is_name = name.isalpha() and name[0].isupper() and name.casefold() not in known | _COMMON
    return name if is_name and words and {word.casefold() for word in words} <= known else title


def rule_text(
    prompt_input: PromptInput,
    also: Sequence[PromptFact] = (),
    opening: PlainOpening | None = None,
) -> str:
    """Return what a planned text ends with: the facts that are said by rule.

    Args:
        prompt_input: what the text is asked with.
        also: facts that the model was at a loss with, to be said among them.
        opening: said in front, where the text has no other; its facts are to be among `also`.
    """
    sentences = _sentences(_by_rule(prompt_input), prompt_input, also)
    if opening is None:
        return " ".join(sentences)
    # "The TI-120 is a tyre inflator. It has a 3 m cable …": the name does for the first of them.
    pronoun = f"{subject_for(prompt_input).pronoun} "
    first = sentences[0] if sentences else ""
    if opening.name and first.startswith(pronoun):
        sentences[0] = f"{opening.name} {first.removeprefix(pronoun)}"
        return " ".join(sentences)
    return " ".join([opening.text, *sentences])


def subject_for(prompt_input: PromptInput) -> Subject:
    """Return what a product is called after its name has been said."""
    title, keywords = one_line(prompt_input.title), prompt_input.keywords[:1]
    # A title made for a search is not said: the text begins with what the product is.
    name = keywords[0] if keywords and is_long_title(title) else title
    return subject_of(name, *keywords)


def _sentences(
    facts: Sequence[PromptFact], prompt_input: PromptInput, also: Sequence[PromptFact] = ()
) -> list[str]:
    """Return the sentences, the product called by a name where "It" would be said on and on.

    The first is about its other name where it has one: "The camping mug holds 350 ml."
    """
    subject = subject_for(prompt_input)
    variant = len(one_line(prompt_input.title))
    found = _about(subject, facts, also, variant)
    places = [place for place, text in enumerate(found) if text.startswith(f"{subject.pronoun} ")]
    name = _other_name(prompt_input)
    if not name:
        # The opening has said the name; a sentence about "it" follows well.
        name, places = _thing(prompt_input), places[1:]
    if name and places:
        named = THEY if is_plural(name) else IT
        sentences = found if named is subject else _about(named, facts, also, variant)
        text = sentences[places[0]]
        found[places[0]] = f"The {small(name)} {text.removeprefix(f'{named.pronoun} ')}"
    return found


def _about(
    subject: Subject, facts: Sequence[PromptFact], also: Sequence[PromptFact], variant: int
) -> list[str]:
    exact = [fact for fact in facts if _is_exact(fact)]
    yes_no = [fact for fact in facts if is_yes_no(fact) and fact not in exact]
    plain = [fact for fact in facts if fact not in yes_no and fact not in exact]
    had, others = _by_list(also, subject)
    others += simple_sentences(exact, subject)
    lines = [text for text in others if _IS_LINE.match(text)]
    sentences = [
        *(text for text in others if text not in lines),
        *plain_sentences(plain, subject, variant=variant, had=had),
        *yes_no_sentences(yes_no, subject),
        *lines,
    ]
    return joined(sentences, subject)


def _thing(prompt_input: PromptInput) -> str:
    """Return "jacket" for a product whose keyword is "waxed jacket"; "" if it may mislead."""
    keyword = one_line(prompt_input.keywords[0]) if prompt_input.keywords else ""
    words = _USE.split(keyword)[0].split()
    is_name = bool(words) and words[-1].isalpha() and words[-1].casefold() not in _MISLEADING
    names = [prompt_input.title, *_paths(prompt_input)]
    return words[-1] if is_name and names_same(words[-1], names) else ""


def _paths(prompt_input: PromptInput) -> list[str]:
    return [re.split(r"[>/]", prompt_input.category)[-1]]


def _is_exact(fact: PromptFact) -> bool:
    """Tell whether a fact is one for a buyer to rely on, word for word."""
    name, _value = name_and_value(fact)
    return name.casefold() in _EXACT_NAMES and bool(simple_sentences([fact]))


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
        if not (is_yes_no(fact) or is_plain(fact) or _is_exact(fact)):
            continue
        said = " ".join(_sentences([fact], prompt_input))
        num_words += len(said.split())
        is_short = num_words <= limit.words * MAX_RULE_SHARE
        if is_short and not any(word in said.casefold() for word in banned):
            found.append(fact)
    if len(found) < len(facts):
        return found
    # Every fact could be said so. A text begins with a sentence of the model's all the same.
    plain = [fact for fact in found if not is_yes_no(fact) and not _is_exact(fact)]
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
    names = [product, prompt_input.title, *_paths(prompt_input)]
    is_name = other != product and names_same(other, names) and not use_of(other, product)
    return other if is_name else ""
