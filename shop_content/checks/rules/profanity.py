"""Find swear words and slurs."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import all_text, fold, split_words

RULE_ID = "profanity"

SWEARS = gettext_noop("“%(said)s” is a swear word or a slur. No channel takes it.")

# "*" stands for any ending. Words that also mean something harmless in a shop are left out: a cock
# is a tap, a tit is a bird, and "negro" is a colour in Spain.
_WORDS = {
    "en": """
        fuck* motherfuck* shit shits shitty bullshit cunt* bitch bitches bitchy bastard* asshole*
        arsehole* arse wank* twat* bollocks dickhead* piss pissed slut* whore* faggot* retard
        retards retarded nigger* nigga* paki pakis kike kikes tranny trannies goddamn* crap crappy
        """,
    "de": """
        scheiß* scheiss* fick* arsch arschloch* fotze* hure huren hurensohn* wichser* schlampe*
        kanake* neger* spast spasti spasten schwuchtel* verdammt* verfickt* missgeburt* kacke
        """,
    "fr": """
        merde* putain* salope* connard* connasse* enculé* pédé pédés nique niquer bordel foutre
        bougnoule* youpin* tapette*
        """,
    "es": "mierda* puta putas puto putos joder jodido* coño* cabrón cabrones gilipollas maricón*",
    "it": "cazzo merda puttana* stronz* vaffanculo frocio froci coglion* minchia",
    "nl": "klootzak* hoer hoeren neuken godverdomme kut kutwijf lul flikker* teringlijer*",
    "pt": "merda caralho* porra foda foder puta putas cabrão cabrões",
    "pl": "kurwa* kurwy chuj* pierdol* jebać jebany* skurwysyn* dupek",
}
_PATTERNS = {
    language: re.compile("|".join(word.replace("*", r"\w{0,20}") for word in words.split()))
    for language, words in _WORDS.items()
}


def check_profanity(text: str, context: CheckContext) -> list[Finding]:
    """Find swear words of the text's language and of English; a product's own name may be one."""
    language = context.language.lower().split("-")[0]
    patterns = [_PATTERNS[name] for name in {language, "en"} if name in _PATTERNS]
    known = set(split_words(all_text(context)).forms)
    words = split_words(text)
    return first_findings(
        finding(RULE_ID, Severity.BLOCK, SWEARS, start, end, said=excerpt(text[start:end]))
        for form, start, end in zip(words.forms, words.starts, words.ends, strict=True)
        if form not in known and any(pattern.fullmatch(fold(form)) for pattern in patterns)
    )
