"""Rules on copy: pure functions of a text and its context, one module a rule."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from shop_content.checks.rules.barcodes import check_barcodes
from shop_content.checks.rules.base import (
    CheckContext,
    FactValue,
    Finding,
    Rule,
    Severity,
    finding,
    gettext_noop,
)
from shop_content.checks.rules.certificates import check_certificates
from shop_content.checks.rules.channels import check_channels
from shop_content.checks.rules.characters import check_characters
from shop_content.checks.rules.claims import check_claims
from shop_content.checks.rules.colours import check_colours
from shop_content.checks.rules.compatibility import check_compatibility
from shop_content.checks.rules.contacts import check_contacts
from shop_content.checks.rules.contradictions import check_contradictions
from shop_content.checks.rules.copied import check_copied
from shop_content.checks.rules.counts import check_counts
from shop_content.checks.rules.endings import check_endings
from shop_content.checks.rules.features import check_features
from shop_content.checks.rules.green import check_green
from shop_content.checks.rules.grounding import check_grounding
from shop_content.checks.rules.health import check_health
from shop_content.checks.rules.instructions import check_instructions
from shop_content.checks.rules.keyword_density import check_keywords
from shop_content.checks.rules.languages import check_languages
from shop_content.checks.rules.length import check_length
from shop_content.checks.rules.locales import check_locales
from shop_content.checks.rules.loudness import check_loudness
from shop_content.checks.rules.markup import check_markup
from shop_content.checks.rules.materials import check_materials
from shop_content.checks.rules.must_not_use import check_must_not_use
from shop_content.checks.rules.must_use import check_must_use
from shop_content.checks.rules.names import check_names
from shop_content.checks.rules.numbers import check_numbers
from shop_content.checks.rules.origins import check_origins
from shop_content.checks.rules.other_fields import check_other_fields
from shop_content.checks.rules.placeholders import check_placeholders
from shop_content.checks.rules.prices import check_prices
from shop_content.checks.rules.profanity import check_profanity
from shop_content.checks.rules.prompt_leaks import check_prompt_leaks
from shop_content.checks.rules.protected import (
    check_private,
    check_verbatim,
    verbatim_spans,
)
from shop_content.checks.rules.refusals import check_refusals
from shop_content.checks.rules.repetition import check_repetition
from shop_content.checks.rules.testimonials import check_testimonials
from shop_content.checks.rules.voice import check_voice
from shop_content.checks.rules.warranties import check_warranties

__all__ = [
    "RULES",
    "RULES_VERSION",
    "CheckContext",
    "FactValue",
    "Finding",
    "Rule",
    "Severity",
    "run_rules",
]

# Change it with every change to what a rule finds: stored verdicts tell which rules gave them.
RULES_VERSION = "8"

RULES: dict[str, Rule] = {
    "private": check_private,
    "verbatim": check_verbatim,
    "numbers": check_numbers,
    "counts": check_counts,
    "material": check_materials,
    "colour": check_colours,
    "origin": check_origins,
    "certificate": check_certificates,
    "health": check_health,
    "name": check_names,
    "feature": check_features,
    "compatibility": check_compatibility,
    "warranty": check_warranties,
    "claims": check_claims,
    "green": check_green,
    "testimonial": check_testimonials,
    "grounding": check_grounding,
    "contradiction": check_contradictions,
    "other_field": check_other_fields,
    "refusal": check_refusals,
    "prompt_leak": check_prompt_leaks,
    "instruction": check_instructions,
    "placeholder": check_placeholders,
    "repetition": check_repetition,
    "copied": check_copied,
    "ending": check_endings,
    "length": check_length,
    "channel": check_channels,
    "must_use": check_must_use,
    "must_not_use": check_must_not_use,
    "keyword": check_keywords,
    "profanity": check_profanity,
    "contact": check_contacts,
    "price": check_prices,
    "barcode": check_barcodes,
    "markup": check_markup,
    "characters": check_characters,
    "loudness": check_loudness,
    "voice": check_voice,
    "language": check_languages,
    "locale": check_locales,
}
# What stands inside a finding of one of these is already explained by it: every other rule knows
# more of a word than that no source has it.
_EXPLAINED_BY = {
    "instruction": frozenset({"prompt_leak", "refusal", "markup", "contact"}),
    "grounding": frozenset(RULES) - {"grounding"},
    "numbers": frozenset({"contact", "price", "barcode", "certificate", "testimonial"}),
    "other_field": frozenset({"contradiction"}),
    "feature": frozenset({"claims", "green", "health", "material", "certificate", "contradiction"}),
}
NOT_CHECKED = gettext_noop(
    "The rule “%(name)s” could not be run on this text. Look at it yourself, and tell the admin."
)
_logger = logging.getLogger(__name__)


def run_rules(text: str, context: CheckContext) -> list[Finding]:
    """Return what all rules find, in the order of the text; never raises, whatever the text."""
    found: list[Finding] = []
    for rule_id, rule in RULES.items():
        try:
            found += rule(text, context)
        except Exception as error:
            # One broken rule must not take the verdict of the others away, nor let the text pass.
            # Only the kind of the error is logged: its message may carry the text.
            _logger.error("Rule %s failed with %s", rule_id, type(error).__name__)
            found.append(finding(rule_id, Severity.BLOCK, NOT_CHECKED, name=rule_id))
    spans = verbatim_spans(text, context)
    found = [
        mark for mark in found if not _is_explained(mark, found) and not _is_within(mark, spans)
    ]
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.rule))


def _is_within(mark: Finding, spans: Sequence[tuple[int, int]]) -> bool:
    return mark.end > 0 and any(start <= mark.start and mark.end <= end for start, end in spans)


def _is_explained(mark: Finding, found: Sequence[Finding]) -> bool:
    explaining = _EXPLAINED_BY.get(mark.rule)
    return explaining is not None and any(
        other.rule in explaining and other.start <= mark.start and mark.end <= other.end
        for other in found
    )
