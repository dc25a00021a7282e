"""Rank the texts that a model wrote for one request: best first, each with the reasons.

Pure functions over plain text, quick enough to run on every draft. They do not say whether a text
may be published; the checks do. They say which of several texts a person sees first. Words are read
as English; in scripts without blanks each character counts as a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Sized
from dataclasses import astuple, dataclass, fields
from functools import lru_cache

from shop_content.lm.engine import FinishReason, GenerationOutput

# A number that nothing supports halves the total. A text without such a number keeps this at
# least, more than half of 1, so that no other merit puts a text with one before it.
_MIN_TOTAL = 0.51
# Logistic curves: nats per token that give one half, amid what the trial model gives; steepness.
_LOGPROB_CURVE, _GAIN_CURVE = (-1.0, 2.0), (1.5, 1.5)
_FACT_WORDS_SHARE = 0.75  # Of a long fact, some words may be said in another way.

_NO_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*)|(?P<sign>[{_NO_BLANKS}])|[^\W\d_{_NO_BLANKS}]+(?:['’]s\b)?"
)
_UNIT = re.compile(r"[\s-]?(%|°[CF]|[^\W\d_]+)", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_BREAK = re.compile(r"[.!?:…\n]")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
_PLURAL = re.compile(r"(?<![sui])s\Z")
_ENDING = re.compile(r"\A(?=..)(.*[aeiouy].*?)(?:(?:ing|(?<!e)ed)(?:ly)?|ly)\Z")
_WORDS = re.compile(r"\S+")
_STOP_WORDS = frozenset(
    _WORDS.findall("""
        about after all also and any are but can could each every for from had has have her his how
        into its just like many more most must not off once only other our out over own some such
        than that the their them then there these they this those through too under very was were
        what when where which while who will with without would you your""")
)
_NUMBER_NAMES = _WORDS.findall("one two three four five six seven eight nine ten eleven twelve")
_NUMBER_WORDS = {name: float(value) for value, name in enumerate(_NUMBER_NAMES, start=1)}
# Kind, size, names without the "s" of the plural. In prose "in" is rarely an inch: left out.
_UNIT_ROWS = """
    volume 1 l litre liter; volume 0.01 cl; volume 0.001 ml millilitre milliliter;
    length 1 m metre meter; length 0.01 cm centimetre centimeter; length 1000 km;
    length 0.001 mm millimetre millimeter; weight 1 g gram gramme; weight 0.001 mg milligram;
    weight 1000 kg kilo kilogram; power 1 w watt; power 1000 kw; share 1 % percent; volt 1 v volt;
    charge 1 mah; data 1 gb; data 1000 tb; hour 1 h hour; minute 1 min minute; day 1 day;
    week 1 week; month 1 month; year 1 year; inch 1 inch inche; foot 1 ft foot feet;
    ounce 1 oz ounce; pound 1 lb pound; celsius 1 °c; fahrenheit 1 °f"""
_UNITS = {
    name: (kind, float(size))
    for kind, size, *names in (row.split() for row in _UNIT_ROWS.split(";"))
    for name in names
}


@dataclass(frozen=True, slots=True)
class RankingBrief:
    """What the texts were asked to say, and to keep out."""

    facts: tuple[str, ...] = ()  # Values as written: "0.3 l", "dishwasher safe".
    source_text: str = ""  # All else that is known: what it holds may be said.
    must_use: tuple[str, ...] = ()
    must_not_use: tuple[str, ...] = ()
    min_words: int = 0  # 0 means no limit, here and below.
    max_words: int = 0
    min_lines: int = 0
    max_lines: int = 0  # With a limit the text is a list, whose lines need not be sentences.


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How much each score counts, compared with the others.

    Raises:
        ValueError: One is below 0, or all are 0.
    """

    facts_covered: float = 3.0  # Share of the facts that the text states.
    grounded: float = 3.0  # Share of its numbers, names and words that the brief supports.
    must_use: float = 2.0  # Share of the phrases asked for.
    forbidden_absent: float = 3.0  # 1 without a forbidden phrase, else 0.
    likelihood: float = 1.0  # Of the mean log-probability, or of the gain; 0.5 if unknown.
    no_repetition: float = 1.5  # Share of its sentences, and of three words in a row, that are new.
    length_fit: float = 1.5  # 1 within the limits, falling on both sides.
    finished: float = 1.0  # Half for ending by itself, half for ending with a sentence.

    def __post_init__(self) -> None:
        weights = astuple(self)
        if min(weights) < 0 or not 0 < sum(weights) < math.inf:
            raise ValueError("Weights must be 0 or more, and one of them more")


DEFAULT = RankingWeights()


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """One text with what speaks for and against it."""

    output: GenerationOutput
    total: float  # 0 to 1, comparable within one brief; 0 where there is no text.
    scores: Mapping[str, float]  # 0 to 1 each, by the names of RankingWeights.
    foreign_numbers: tuple[str, ...]  # As written: those that nothing in the brief supports.


def rank_candidates(
    outputs: Sequence[GenerationOutput],
    brief: RankingBrief,
    *,
    weights: RankingWeights = DEFAULT,
    gains: Sequence[float] | None = None,
) -> list[RankedCandidate]:
    """Return all candidates, best first; equal ones in the order of their candidate numbers.

    A text with a number that nothing in the brief supports comes after all texts without one, and
    what has no text comes last.

    Args:
        gains: One per output: how much likelier the facts make it, see
            `evaluation.information_gain`. Without them the model's own log-probabilities count.

    Raises:
        ValueError: There is not one gain for each output.
    """
    judge = _Judge(brief, weights)
    pairs = zip(outputs, [None] * len(outputs) if gains is None else gains, strict=True)
    ranked = [judge.candidate(output, gain) for output, gain in pairs]
    return sorted(ranked, key=lambda one: (-one.total, one.output.candidate, one.output.text))


class _Judge:
    """A brief, read once for all its candidates."""

    def __init__(self, brief: RankingBrief, weights: RankingWeights) -> None:
        self._brief = brief
        self._weights = {field.name: getattr(weights, field.name) for field in fields(weights)}
        self._facts, must_use, must_not_use = (
            [reading for reading in map(_Reading, texts) if reading.forms]
            for texts in (brief.facts, brief.must_use, brief.must_not_use)
        )
        self._must_use = [_joined(phrase.stems) for phrase in must_use]
        self._must_not_use = [_joined(phrase.forms) for phrase in must_not_use]
        self._source = _Reading("\n".join((brief.source_text, *brief.facts, *brief.must_use)))
        self._source_stems = set(self._source.stems)

    def candidate(self, output: GenerationOutput, gain: float | None) -> RankedCandidate:
        """Judge one text."""
        if output.finish_reason is FinishReason.ERROR or not output.text.strip():
            return RankedCandidate(output, 0.0, dict.fromkeys(self._weights, 0.0), ())
        text = _Reading(output.text)
        foreign = [q.written for q in text.quantities if not self._source.supports(q)]
        scores = self._scores(output, text, len(foreign))
        scores["likelihood"] = _likelihood(output, gain)
        weighted = math.fsum(weight * scores[name] for name, weight in self._weights.items())
        mean = min(1.0, weighted / math.fsum(self._weights.values()))
        total = (_MIN_TOTAL + (1.0 - _MIN_TOTAL) * mean) * 0.5 ** len(foreign)
        return RankedCandidate(output, total, scores, tuple(foreign))

    def _scores(self, output: GenerationOutput, text: _Reading, foreign: int) -> dict[str, float]:
        brief, written = self._brief, output.text.strip()
        forms, stems = _joined(text.forms), _joined(text.stems)
        num_words = len(written.split()) + sum(form >= "\u0e00" for form in text.forms)
        num_lines = sum(bool(line.strip()) for line in written.split("\n"))
        words_fit = _fit(num_words, brief.min_words, brief.max_words)
        lines_fit = _fit(num_lines, brief.min_lines, brief.max_lines)
        sentences = [s.strip(" -•*.!?") for s in _SENTENCE.split(written.casefold()) if s.strip()]
        ngrams = list(zip(text.forms, text.forms[1:], text.forms[2:], strict=False))
        numbers = 1.0 - foreign / max(1, len(text.quantities))
        names = _part(len(text.names & self._source_stems), text.names)
        words = _part(len(text.content & self._source_stems), text.content)
        ends_well = brief.max_lines > 0 or bool(_SENTENCE_END.search(written))
        return {
            "facts_covered": _part(sum(_is_covered(f, text) for f in self._facts), self._facts),
            # Numbers weigh as much as names and other words together.
            "grounded": numbers / 2 + names / 4 + words / 4,
            "must_use": _part(sum(phrase in stems for phrase in self._must_use), self._must_use),
            "forbidden_absent": float(not any(phrase in forms for phrase in self._must_not_use)),
            "no_repetition": min(_part(len(set(said)), said) for said in (ngrams, sentences)),
            "length_fit": min(words_fit, lines_fit),
            "finished": (ends_well + (output.finish_reason is FinishReason.STOP)) / 2,
        }


def _likelihood(output: GenerationOutput, gain: float | None) -> float:
    nats = output.mean_logprob if gain is None else gain
    if nats is None or math.isnan(nats):
        return 0.5
    centre, slope = _LOGPROB_CURVE if gain is None else _GAIN_CURVE
    return 1.0 / (1.0 + math.exp(-max(-99.0, min(99.0, (nats - centre) * slope))))


def _is_covered(fact: _Reading, text: _Reading) -> bool:
    if fact.quantities and all(quantity.measures for quantity in fact.quantities):
        words = set()  # "0.3 l" needs no word beside it; "2" of "2 pockets" does.
    else:
        words = fact.content or set(fact.stems)
    has_words = len(words.intersection(text.stems)) >= len(words) * _FACT_WORDS_SHARE
    return has_words and all(map(text.states, fact.quantities))


def _joined(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _part(count: int, of: Sized) -> float:
    return count / len(of) if of else 1.0


def _fit(count: int, low: int, high: int) -> float:
    if count < low:
        return count / low
    return high / count if 0 < high < count else 1.0


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number, with its unit if it is a known one."""

    written: str
    values: frozenset[float]  # More than one where a separator can be read in two ways.
    measures: frozenset[tuple[str, float]]  # Kind, and value in its first unit; empty without.


class _Reading:
    """The words and numbers of a text."""

    def __init__(self, text: str) -> None:
        self.content: set[str] = set()  # Stems of the words that carry meaning.
        self.names: set[str] = set()  # Stems of those with a capital letter within a sentence.
        self.quantities: list[_Quantity] = []  # Numbers in digits.
        tokens = list(_TOKEN.finditer(text))
        self.forms = [token.group().casefold() for token in tokens]
        self.stems = [_stem(form) for form in self.forms]
        spoken: list[_Quantity] = []  # Numbers in words support others, and need no support.
        end = 0
        for token, form, stem in zip(tokens, self.forms, self.stems, strict=True):
            if token["number"]:
                self.quantities.append(_quantity(text, token, _values(form)))
            elif form in _NUMBER_WORDS:
                spoken.append(_quantity(text, token, frozenset({_NUMBER_WORDS[form]})))
            elif token["sign"] or (len(form) > 2 and form not in _STOP_WORDS):
                self.content.add(stem)
                if token[0][0].isupper() and end and not _BREAK.search(text, end, token.start()):
                    self.names.add(stem)
            end = token.end()
        known = (*self.quantities, *spoken)
        self._values = {value for quantity in known for value in quantity.values}
        self._bare = {value for q in known if not q.measures for value in q.values}
        self._measures = {measure for quantity in known for measure in quantity.measures}

    def states(self, quantity: _Quantity) -> bool:
        """Tell whether the text has the number, with the same measure if it has a unit."""
        if quantity.measures:
            return not self._measures.isdisjoint(quantity.measures)
        return not self._values.isdisjoint(quantity.values)

    def supports(self, quantity: _Quantity) -> bool:
        """Tell whether it has the number, if only without the unit: that may stand elsewhere."""
        return self.states(quantity) or not self._bare.isdisjoint(quantity.values)


def _quantity(text: str, number: re.Match[str], values: frozenset[float]) -> _Quantity:
    unit = _UNIT.match(text, number.end())
    name = unit[1].casefold() if unit else ""
    found = _UNITS.get(name) or _UNITS.get(name.removesuffix("s"))
    if not (unit and found):
        return _Quantity(number.group(), values, frozenset())
    measures = frozenset((found[0], float(f"{value * found[1]:.6g}")) for value in values)
    return _Quantity(text[number.start() : unit.end()], values, measures)


@lru_cache(maxsize=1024)
def _values(number: str) -> frozenset[float]:
    """Return what a number may mean: "1,000" is a thousand or one, "0,3" only 0.3."""
    *whole, last = re.split("[.,]", number)
    joined = float("".join((*whole, last)))
    decimal = float(f"{''.join(whole)}.{last}") if whole else joined
    if not _THOUSANDS.fullmatch(number):
        return frozenset({decimal})
    return frozenset({joined, decimal} if len(whole) == 1 else {joined})


@lru_cache(maxsize=8192)  # The same words come again in all candidates and in their brief.
def _stem(form: str) -> str:
    """Cut the endings of an English word: "washes", "washed" and "washing" are one."""
    word = form.removesuffix("'s").removesuffix("’s")
    if not 2 < len(word) < 40:
        return word
    word = _ENDING.sub(r"\1", _PLURAL.sub("", word)).removesuffix("e")
    if word.endswith("y"):
        word = f"{word[:-1]}i"
    return word[:-1] if len(word) > 2 and word[-1] == word[-2] else word
