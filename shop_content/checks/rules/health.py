"""Find claims that the product prevents, treats or cures a disease."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.patterns import find_spans
from shop_content.checks.rules.words import (
    PhraseIndex,
    Words,
    all_text,
    is_phrase_in,
    split_words,
    stem,
    word_set,
)

RULE_ID = "health"

DISEASE = gettext_noop(
    "“%(said)s” says that the product acts on a disease. That is not allowed: take it out."
)

EFFECT = gettext_noop(
    "“%(said)s” claims an effect on health that nothing about the product carries. Take it out."
)
_VERBS = word_set(
    """
    cure cures curing cured treat treats treating treated heal heals healing prevent
    prevents preventing relieve relieves relieving alleviate alleviates alleviating fight
    fights fighting combat combats reduce reduces reducing ease eases easing eliminate
    eliminates reverse reverses stop stops against remedy soothe soothes relief
"""
)
_DISEASES = word_set(
    """
    acne adhd alzheimer alzheimer's anxiety arthritis asthma autism cancer cancers covid
    dementia depression dermatitis diabetes disease diseases eczema epilepsy fibromyalgia
    flu gout hypertension infection infections inflammation influenza insomnia migraine
    migraines obesity osteoporosis parkinson's psoriasis rheumatism sciatica stroke
    thrombosis tumors tumours ulcers arthrosis hemorrhoids haemorrhoids vertigo
    cough coughs fever headache headaches toothache nausea indigestion constipation diarrhoea
    diarrhea bloating cystitis warts cholesterol hangover hangovers hayfever menopause rosacea
    neuropathy tinnitus bronchitis sinusitis tonsillitis conjunctivitis thrush anaemia anemia
    fungus sunburn stiffness cramps swelling
"""
)
# Effects on the body that say enough by themselves.
_EFFECTS = PhraseIndex(
    (
        "detox", "detoxify", "detoxifies", "detoxifying", "antibacterial", "antiviral",
        "antimicrobial", "anti inflammatory", "anti ageing", "anti aging", "boosts immunity",
        "immune system", "blood circulation", "improves circulation", "burns fat", "weight loss",
        "muscle pain", "back pain", "joint pain", "wrist pain", "healthy joints", "joint health",
        "bad breath", "motion sickness", "irritated skin", "sore muscles", "sore joints",
        "heart health", "digestion",
        "allergies", "pain relief", "stress relief", "relieves stress", "relieves pain",
        "kills germs", "kills bacteria", "cures a cold", "cure a cold", "treats a cold",
        "treat a cold", "common cold", "sore throat", "blood pressure", "blood sugar",
        "hay fever", "sleep disorders", "period pain", "neck pain", "knee pain", "joint stiffness",
        "hormone balance", "balances hormones", "boosts metabolism", "speeds up metabolism",
        "lowers cholesterol", "strengthens immunity", "natural remedy", "therapeutic",
        "healing properties", "medicinal", "clinically proven", "doctor recommended",
    )
)  # fmt: skip
_BODY = (
    r"(?:heart|gut|guts|liver|kidneys?|lungs?|airways|joints?|knees?|hips?|spine|lower back|wrists?"
    r"|bones?|muscles?|brain|nerves|immune system|digestion|circulation|metabolism|stomach|eyes"
    r"|gums|skin)"
)
# "Kind to worn knees", "you breathe more freely", "colds hardly get a chance".
_ON_THE_BODY = re.compile(
    rf"\b(?:kind|gentle|good|easy) (?:to|on|for) (?:\w+ ){{0,2}}{_BODY}\b"
    rf"|\bfor (?:your|a healthy|healthy|the good of your|the sake of your) {_BODY}\b"
    r"|\bbreathe (?:more |much )?(?:freely|easily|easier|deeper)\b"
    r"|\b(?:sleep|digest|recover|heal|concentrate) (?:more |much )?(?:better|faster|sooner|easily"
    r"|deeply|soundly|quickly)\b"
    r"|\b(?:deep|deeper|better|sound|sounder|restful|restorative) sleep\b"
    r"|\b(?:sleep|skin|heart|gut|eye|joint|back)[- ]friendly\b"
    r"|\b(?:common|winter|summer|head) colds?\b"
    rf"|\b{_BODY} (?:\w+ ){{0,3}}(?:tires?|aches?|hurts?|swells?|recovers?|relax(?:es)?)\b"
    rf"|\b(?:tired|sore|aching|worn|stiff|strained|inflamed|swollen) (?:\w+ )?{_BODY}\b",
    re.IGNORECASE,
)
_MAX_GAP = 5  # words between the verb and the disease
_SENTENCE_ENDS = frozenset(".!?\n")


def check_health(text: str, context: CheckContext) -> list[Finding]:
    """Find a verb of healing shortly before the name of a disease."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    diseases = list(_diseases(words, text))
    yield from diseases
    effects = [(words.starts[first], words.ends[past - 1]) for first, past in _EFFECTS.find(words)]
    effects += find_spans(_ON_THE_BODY, text)
    for start, end in sorted(effects):
        if any(mark.start < end and start < mark.end for mark in diseases):
            continue
        if not is_phrase_in(text[start:end], all_text(context)):
            yield finding(RULE_ID, Severity.WARN, EFFECT, start, end, said=text[start:end])


def _diseases(words: Words, text: str) -> Iterator[Finding]:
    for index, form in enumerate(words.forms):
        if form not in _DISEASES and stem(form) not in _DISEASES:
            continue
        for back in range(index - 1, max(-1, index - 2 - _MAX_GAP), -1):
            start, end = words.starts[back], words.ends[index]
            if words.forms[back] in _VERBS and not _SENTENCE_ENDS & set(text[start:end]):
                yield finding(RULE_ID, Severity.BLOCK, DISEASE, start, end, said=text[start:end])
                break
