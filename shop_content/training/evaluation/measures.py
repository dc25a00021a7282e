"""What one draft is worth, and what all of a row are, with bootstrap intervals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from shop_content.checks.judging import check_context
from shop_content.checks.rules import Finding, Severity, run_rules
from shop_content.checks.rules.evidence import facts_said
from shop_content.checks.rules.words import is_phrase_in, sentences, split_words
from shop_content.core.quantities import read_quantities
from shop_content.generation.prompts import PromptInput, field_limit

NUM_RESAMPLES = 1000
# Rules that say that nothing known of the product carries a statement.
GROUNDING_RULES = frozenset(
    {
        "numbers", "counts", "material", "colour", "origin", "certificate", "health", "name",
        "feature", "compatibility", "claims", "green", "warranty", "testimonial", "grounding",
    }
)  # fmt: skip
NUMBER_RULES = frozenset({"numbers", "counts"})
REPETITION_NGRAM = 4
TITLE_FIELDS = frozenset({"title", "meta_title", "image_alt_text", "bullets"})


@dataclass(frozen=True, slots=True)
class DraftMeasures:
    """Counts and verdicts of one draft."""

    text: str
    num_numbers: int
    num_untraceable: int  # numbers that no fact or keyword holds
    num_sentences: int
    num_unsupported: int  # sentences with a statement that nothing carries
    num_contradictions: int
    num_facts: int
    num_facts_said: int
    num_words_asked: int  # keywords and must-use words
    num_words_used: int
    is_repetitive: bool
    is_unfinished: bool
    is_length_kept: bool
    is_blocked: bool  # by a finding that stops approval
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RowMeasures:
    """A row of the table; all but the last three are shares from 0 to 1."""

    numbers_traceable: Estimate  # of all numbers
    drafts_numbers_traceable: Estimate  # drafts without an untraceable number
    unsupported_sentences: Estimate
    contradicting_drafts: Estimate
    facts_covered: Estimate
    words_used: Estimate
    repetitive_drafts: Estimate
    unfinished_drafts: Estimate
    length_kept: Estimate
    drafts_not_blocked: Estimate
    distinct_2: Estimate  # different pairs of words among all pairs
    self_similarity: Estimate  # four-word runs of a draft that another draft has too
    words_per_draft: Estimate


def measure_draft(text: str, source: PromptInput) -> DraftMeasures:
    """Judge one draft by the rules and by what was asked for."""
    context = check_context(source)
    findings = run_rules(text, context)
    places = list(sentences(text))
    serious = [mark for mark in findings if mark.severity is not Severity.INFO]
    unsupported = [mark for mark in serious if mark.rule in GROUNDING_RULES]
    words = (*source.must_use, *source.keywords)
    limit = field_limit(source.field, source.length)
    return DraftMeasures(
        text=text,
        num_numbers=len(list(read_quantities(text))),
        num_untraceable=sum(mark.rule in NUMBER_RULES for mark in serious),
        num_sentences=len(places),
        num_unsupported=sum(
            any(start <= mark.start < end for mark in unsupported) for start, end in places
        ),
        num_contradictions=sum(mark.rule == "contradiction" for mark in serious),
        num_facts=len(source.facts),
        num_facts_said=len(facts_said(text, context)),
        num_words_asked=len(words),
        num_words_used=sum(is_phrase_in(word, text) for word in words),
        is_repetitive=any(mark.rule == "repetition" for mark in serious),
        is_unfinished=_is_unfinished(text, source.field),
        is_length_kept=not limit.max_chars or len(text) <= limit.max_chars,
        is_blocked=any(mark.severity is Severity.BLOCK for mark in findings),
        findings=tuple(findings),
    )


def measure_row(drafts: Sequence[DraftMeasures], *, seed: int = 0) -> RowMeasures:
    """Sum up a row; intervals come from drawing its drafts again, with replacement.

    Source: Efron 1979, Bootstrap methods: another look at the jackknife (percentile interval).
    """
    similar = _similarities([draft.text for draft in drafts])
    pairs = [_bigrams(draft.text) for draft in drafts]
    shares: dict[str, Callable[[Sequence[int]], float]] = {
        "numbers_traceable": _ratio(
            drafts,
            lambda d: d.num_numbers - min(d.num_untraceable, d.num_numbers),
            lambda d: d.num_numbers,
        ),
        "drafts_numbers_traceable": _ratio(drafts, lambda d: not d.num_untraceable),
        "unsupported_sentences": _ratio(
            drafts, lambda d: d.num_unsupported, lambda d: d.num_sentences
        ),
        "contradicting_drafts": _ratio(drafts, lambda d: d.num_contradictions > 0),
        "facts_covered": _ratio(drafts, lambda d: d.num_facts_said, lambda d: d.num_facts),
        "words_used": _ratio(drafts, lambda d: d.num_words_used, lambda d: d.num_words_asked),
        "repetitive_drafts": _ratio(drafts, lambda d: d.is_repetitive),
        "unfinished_drafts": _ratio(drafts, lambda d: d.is_unfinished),
        "length_kept": _ratio(drafts, lambda d: d.is_length_kept),
        "drafts_not_blocked": _ratio(drafts, lambda d: not d.is_blocked),
        "words_per_draft": _ratio(drafts, lambda d: len(d.text.split())),
        "self_similarity": lambda chosen: sum(similar[i] for i in chosen) / len(chosen),
        "distinct_2": lambda chosen: _distinct([pairs[i] for i in chosen]),
    }
    generator = random.Random(seed)  # noqa: S311 - resampling
    everyone = range(len(drafts))
    samples = [generator.choices(everyone, k=len(drafts)) for _ in range(NUM_RESAMPLES)]
    estimates = {}
    for field in fields(RowMeasures):
        share = shares[field.name]
        # A pair that is drawn twice is no longer distinct: this one has no honest bootstrap.
        if field.name == "distinct_2":
            value = share(everyone)
            estimates[field.name] = Estimate(value, value, value)
            continue
        drawn = sorted(map(share, samples))
        low, high = drawn[int(0.025 * NUM_RESAMPLES)], drawn[int(0.975 * NUM_RESAMPLES)]
        estimates[field.name] = Estimate(share(everyone), low, high)
    return RowMeasures(**estimates)


def _ratio(
    drafts: Sequence[DraftMeasures],
    part: Callable[[DraftMeasures], float],
    whole: Callable[[DraftMeasures], float] = lambda _draft: 1,
) -> Callable[[Sequence[int]], float]:
    parts, wholes = [part(draft) for draft in drafts], [whole(draft) for draft in drafts]

    def share(chosen: Sequence[int]) -> float:
        total = sum(wholes[i] for i in chosen)
        return sum(parts[i] for i in chosen) / total if total else 1.0

    return share


def _is_unfinished(text: str, field: str) -> bool:
    if field in TITLE_FIELDS:
        return not text.strip()
    return not text.rstrip().endswith((".", "!", "?", "…", ".”", '."'))


def _bigrams(text: str) -> list[tuple[str, ...]]:
    forms = split_words(text).forms
    return list(pairwise(forms))


def _distinct(pairs: Sequence[Sequence[tuple[str, ...]]]) -> float:
    everything = [pair for row in pairs for pair in row]
    return len(set(everything)) / len(everything) if everything else 1.0


def _similarities(texts: Sequence[str]) -> list[float]:
    """Return for each text the share of its four-word runs that another text has too."""
    runs = []
    for text in texts:
        forms = split_words(text).forms
        runs.append({forms[i : i + REPETITION_NGRAM] for i in range(len(forms) - 3)})
    owners = Counter(run for row in runs for run in row)
    return [sum(owners[run] > 1 for run in row) / len(row) if row else 0.0 for row in runs]
