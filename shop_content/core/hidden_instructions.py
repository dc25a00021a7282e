"""Find text that speaks to the writing machine instead of saying something of a product.

Imported facts, suppliers' texts, reviews and keywords are data. What is found here is shown to the
merchant and never obeyed; a draft that repeats it is stopped. The kinds follow LLM01 (prompt
injection) of the OWASP Top 10 for LLM Applications 2025.

All patterns are bounded: their time grows with the length of the text alone.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_TEXT_CHARS = 30_000  # No prompt holds more of a text.
MAX_SUSPICIONS = 20
MAX_QUOTE_CHARS = 120
_FLAGS = re.IGNORECASE | re.MULTILINE


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A passage that reads like an order."""

    kind: str  # One of KINDS.
    start: int  # code points
    end: int
    quote: str


_THINGS = (
    r"(?:instructions?|rules?|prompts?|guidelines?|directions?|directives?|constraints?|polic(?:y"
    r"|ies)"
    r"|commands?|context|restrictions?|training|programming|safety|filters?|checks?)"
)
_PATTERNS: dict[str, tuple[str, ...]] = {
    "override": (
        r"\b(?:ignore|disregard|forget|override|bypass|skip|drop|discard|neglect|overrule|set aside"
        r"|stop following|do not follow|don['’]t follow|pay no attention to)\b[^.!?\n]{0,40}\b"
        + _THINGS
        + r"\b",
        (
            r"\b(?:ignore|disregard|forget)\b (?:all|everything|anything|what)\b[^.!?\n]{0,30}"
            r"\b(?:above|before|previous(?:ly)?|prior|earlier|told|said|read|know)\b"
        ),
        (
            r"\b(?:new|updated|real|actual|following|further|additional"
            r"|secret) instructions?\s{0,2}"
            r"(?::|follow\b|are\b|for (?:the |you)|below\b)"
        ),
        (
            r"\binstead,?(?: of (?:the |a |that |this |your )?\w{1,20},?| please)?"
            r" (?:write|output|say|print|reply|respond)\b"
        ),
        (
            r"\b(?:ignoriere?|vergiss|missachte|übergehe?)\b[^.!?\n]{0,40}\b(?:anweisung|regel"
            r"|vorgabe"
            r"|instruktion|aufgabe)\w{0,3}\b"
        ),
        (
            r"\b(?:ignorez?|oubliez?|ne tenez pas compte)\b[^.!?\n]{0,40}\b(?:instruction"
            r"|consigne|règle"
            r"|directive)s?\b"
        ),
        (
            r"\b(?:ignora|olvida|omite|descarta)\b[^.!?\n]{0,40}\b(?:instruccion(?:es)?|reglas?"
            r"|indicaciones|órdenes)\b"
        ),
        (
            r"\b(?:ignora|dimentica|trascura)\b[^.!?\n]{0,40}\b(?:istruzion[ei]|regol[ae]"
            r"|indicazioni)\b"
        ),
        (
            r"\b(?:negeer|vergeet)\b[^.!?\n]{0,40}\b(?:instructies?|regels?|aanwijzing(?:en)?"
            r"|opdracht(?:en)?)\b"
        ),
        (
            r"\b(?:ignore|esqueça|desconsidere)\b[^.!?\n]{0,40}\b(?:instruç(?:ão|ões)|regras?"
            r"|ordens)\b"
        ),
        (
            r"\b(?:zignoruj|ignoruj|zapomnij|pomiń)\b[^.!?\n]{0,40}\b(?:instrukcj\w{1,2}"
            r"|polece\w{1,3}"
            r"|zasad\w{0,2})\b"
        ),
        r"(?:忽略|无视|無視)[^。！？\n]{0,20}(?:指令|指示|说明|提示)",
    ),
    "role": (
        (
            r"<\|[^|<>\n]{0,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|user|instructions?"
            r"|prompt)>|</s>"
        ),
        (
            r"^[^\w\n]{0,4}(?:system|assistant|developer|human|ai|chatgpt|gpt|llm|bot)\s{0,2}"
            r"(?:message|prompt|note)?\s{0,2}[:>]"
        ),
        r"^#{1,4}\s?(?:system|instructions?|response|assistant|user|human|new task)\b",
        (
            r"[\[({<*-]{1,3}\s?(?:end|begin|start) (?:of )?(?:the )?(?:system|prompt"
            r"|instructions?|input"
            r"|data|document|context|facts|user)\b"
        ),
        r"[\"']role[\"']\s{0,2}:\s{0,2}[\"'](?:system|assistant|user|tool)",
    ),
    "persona": (
        (
            r"\b(?:you are|you're|you will be|consider yourself) (?:now|from now on|no longer"
            r"|hereby"
            r"|going to (?:act|be|play))\b"
        ),
        r"\bfrom now on,? (?:you|your|act|answer|reply|respond|write)\b",
        r"\b(?:pretend|imagine|assume) (?:to be|that you|you(?: are|['’]re)?)\b",
        (
            r"\b(?:role-?play|act|behave|respond|answer|speak|write|talk) (?:as|like) (?:if you"
            r"|an? "
            r"(?:ai|unrestricted|unfiltered|uncensored|evil|different|hacker|pirate|assistant|model"
            r"|system|expert|doctor|competitor))\b"
        ),
        r"\b(?:developer|debug|admin|god|sudo|jailbreak|unrestricted|maintenance|dan) mode\b",
        (
            r"\bdo anything now\b|\bjailbr(?:eak|oken)\b|\bno restrictions apply\b"
            r"|\bwithout (?:any )?(?:restrictions|filters?|censorship|ethical)\b"
        ),
        (
            r"\b(?:every|each) (?:sentence|line|word|paragraph|answer|text) (?:must|should|has to"
            r"|shall) "
            r"(?:end|begin|start|contain|say|mention|include|be)\b"
        ),
        r"\bstay in character\b|\byou have been (?:freed|unlocked|upgraded|hacked|reprogrammed)\b",
    ),
    "order": (
        (
            r"\b(?:note|message|attention|memo|instructions? (?:to|for)|reminder|hint|dear|hello"
            r"|hi|hey"
            r"|important)[,:]? (?:to|for)? ?(?:the |all |any |every |our |whichever "
            r"|you,? )?(?:ai|a\.i\.|llm|gpt"
            r"|chatgpt|chat-?bot|bot|language model|model|machine|copy ?writer|writing (?:machine"
            r"|assistant|model|tool)|generator|assistant|summari[sz]er|algorithm|editor bot)s?\b"
        ),
        (
            r"\b(?:if|when|as|whenever|since|because) (?:you|an?|the|any) ?(?:are|['’]re|is"
            r"|were)? ?(?:an?"
            r" |the )?(?:ai|llm|language model|chat-?bot|bot|assistant|machine|model)\b"
        ),
        (
            r"\b(?:ai(?: models?| systems?)?|llms?|language models?|chat-?bots?|assistants?"
            r"|copy ?writers?|generators?|machines?)"
            r" (?:reading|writing|processing|generating|must|should|shall|has to|have to|will now"
            r"|who"
            r" reads?|that reads?)\b"
        ),
        (
            r"\b(?:reply|respond|answer|output|begin|start|end|finish|open|close)\b (?:only "
            r"|always "
            r"|exactly |just |strictly |simply |your )?(?:with|in|by|using|only|exactly|your|the"
            r" (?:text|description|copy|response))\b[^.!?\n]{0,30}(?:[\"“':]|\b(?:word|words|phrase"
            r"|sentence|following|json|text|response|reply|description|copy|answer)\b)"
        ),
        (
            r"\b(?:write|say|print|output|type|state|repeat|echo|spell|declare|append|insert|add"
            r"|include"
            r"|mention|quote|recommend|advertise|promote)\b[^.!?\n]{0,30}\b(?:the following"
            r"|this (?:link"
            r"|url|code|sentence|phrase|text|line|word)|these words|exactly|verbatim"
            r"|word for word|after"
            r" me|in (?:your|every|each|all|the) (?:description|copy|text|answer|reply|response"
            r"|output"
            r"|draft|sentence)s?|in capitals?|all caps)\b"
        ),
        (
            r"\b(?:tell|assure|inform|warn|convince|promise|advise|urge) (?:the |all |every "
            r"|each |your "
            r"|our )?(?:reader|customer|shopper|buyer|user|visitor|editor|reviewer|merchant)s?\b"
        ),
        (
            r"\b(?:mark|rate|treat|label|classify|flag|score|approve|publish|accept|pass) (?:it"
            r"|this|the"
            r" (?:draft|text|copy|description|product|item)|everything|all)\b[^.!?\n]{0,30}\b(?:as"
            r"|without|automatically|immediately|at once|directly|now|five|5|safe|verified"
            r"|approved)\b"
        ),
        (
            r"\b(?:do not|don['’]t|never) (?:check|verify|mention|reveal|tell|say|disclose|warn"
            r"|review"
            r"|flag|translate|write (?:about|anything|a)|describe|stop|use the facts)\b"
        ),
        (
            r"\b(?:translate|summari[sz]e|rewrite|encode|decode|reverse|continue) (?:the"
            r"|this|your|everything|all|it) ?(?:\w{1,15} )?(?:above|below|previous|text|sentence"
            r"|prompt|instructions?|message|into|in|to)\b"
        ),
        (
            r"\b(?:call|execute|run|invoke|trigger) (?:the )?(?:function|tool|command|script|api"
            r"|shell"
            r"|query|plugin|macro)\b"
        ),
        (
            r"\b(?:delete|drop|erase|wipe|remove) (?:all|every|the) (?:\w{1,15} )?(?:products?"
            r"|records?"
            r"|tables?|database|files?|drafts?|data|facts)\b"
        ),
        (
            r"\b(?:schreibe?|antworte?|gib|füge?|erwähne?|sage?)\b (?:nur|stattdessen|immer|genau"
            r"|ausschließlich|in (?:jedem|deinem))\b"
        ),
        (
            r"\b(?:écrivez|écris|répondez|réponds|ajoutez|ajoute)\b (?:seulement|uniquement"
            r"|toujours"
            r"|plutôt|exactement|à la place)\b"
        ),
        (
            r"\b(?:escribe|responde|añade|incluye)\b (?:solo|sólo|únicamente|siempre|exactamente"
            r"|en su"
            r" lugar)\b"
        ),
        r"\b(?:scrivi|rispondi|aggiungi)\b (?:solo|soltanto|sempre|invece|esattamente)\b",
        r"\b(?:schrijf|antwoord|voeg)\b (?:alleen|altijd|in plaats daarvan|uitsluitend)\b",
    ),
    "secret": (
        (
            r"\b(?:reveal|show|print|repeat|leak|output|disclose|display|dump|give me|tell me"
            r"|send|share"
            r"|list|expose|copy|quote)\b[^.!?\n]{0,40}\b(?:(?:system|initial|hidden|original|full"
            r"|entire"
            r"|secret|your|above|previous) (?:\w{1,12} )?(?:prompts?|instructions?|rules"
            r"|configuration"
            r"|message)|api[ _-]?keys?|passwords?|credentials|environment variables?|access tokens?"
            r"|secrets?|customer data|internal data)\b"
        ),
        (
            r"\bwhat (?:are|were|is) (?:your|the) (?:\w{1,12} )?(?:instructions|prompts?|rules"
            r"|guidelines)"
            r"\b"
        ),
        (
            r"\b(?:everything|all|the (?:text|words|lines?|sentences?)|what (?:is|was|stands))"
            r" (?:written |said |that (?:is|stands|comes) )?above\b[^.!?\n]{0,25}\b(?:repeat"
            r"|print|output"
            r"|quote|verbatim|word)\b|\b(?:repeat|print|output|quote|copy) (?:everything|all"
            r"|the (?:text"
            r"|words|lines?))\b[^.!?\n]{0,20}\b(?:above|before|far)\b"
        ),
        r"\bsystem prompt\b|\bapi[ _-]key\b|\bsecret[ _-]key\b",
    ),
    "hidden": (
        (
            r"<!--|\bdisplay\s{0,3}:\s{0,3}none\b|\bvisibility\s{0,3}:\s{0,3}hidden\b"
            r"|\bfont-size\s{0,3}:\s{0,3}0|\bopacity\s{0,3}:\s{0,3}0(?![.\d])"
            r"|style\s?=\s?[\"'][^\"'<>\n]{0,60}color\s{0,3}:\s{0,3}(?:white|#fff)"
            r"|\btext-indent\s{0,3}:\s{0,3}-"
        ),
    ),
    "markup": (
        (
            r"<\s{0,3}(?:script|iframe|object|embed|svg|form|meta|link|base)\b|\bjavascript:"
            r"|\bon(?:error|load|click|mouseover|focus)\s{0,3}=|\bdata:text/html"
        ),
        r"!\[[^\]\n]{0,80}\]\(\s{0,3}(?:https?:)?//|<\s{0,3}img\b[^>\n]{0,200}\bsrc",
        r"\{\{[^{}\n]{0,80}\}\}|\{%[^{}\n]{0,80}%\}|\$\{[^{}\n]{0,80}\}|<%=?[^%\n]{0,80}%>",
    ),
}
_COMPILED = {
    kind: tuple(re.compile(pattern, _FLAGS) for pattern in patterns)
    for kind, patterns in _PATTERNS.items()
}
KINDS = frozenset({*_PATTERNS, "encoded"})
# Letters that are not seen: zero width, tags, directions. A joiner between emoji is no word.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")
_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{24,4000}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-f]{2}[ :]?){20,2000}(?!\w)", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){7,200}\w(?!\w)")
_JOINED = re.compile(
    r"(?:ignore|disregard|forget|override|bypass)\w{0,20}(?:instruction|rule|prompt|guideline)"
    r"|(?:reveal|print|show)\w{0,12}(?:prompt|instruction|password)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)


@lru_cache(maxsize=256)  # A product's texts are asked for at import, in prompts and in checks.
def hidden_instructions(text: str) -> tuple[Suspicion, ...]:
    """Return the passages that speak to the model, in their order, at most MAX_SUSPICIONS."""
    text = text[:MAX_TEXT_CHARS]
    found = sorted(_find(text), key=lambda row: (row.start, -row.end))
    apart: list[Suspicion] = []
    for row in found:
        if not apart or row.start >= apart[-1].end:
            apart.append(row)
    return tuple(apart[:MAX_SUSPICIONS])


def _find(text: str) -> Iterator[Suspicion]:
    for kind, patterns in _COMPILED.items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield _suspicion(kind, text, match.start(), match.end())
    yield from _unseen(text)
    yield from _encoded(text)


def _unseen(text: str) -> Iterator[Suspicion]:
    """Find words behind letters that nobody sees, and words written in them."""
    if text.isascii():
        return
    for match in _UNSEEN.finditer(text):
        if len(match.group()) > 3 or ord(match.group()[0]) >= 0xE0000:
            yield _suspicion("hidden", text, match.start(), match.end())
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    if plain != text and _speaks(plain) and not _speaks(text):
        yield _suspicion("hidden", text, 0, len(text))


def _encoded(text: str) -> Iterator[Suspicion]:
    """Find codes that hold an order, or at least a sentence."""
    for match in _BASE64.finditer(text):
        if _is_sentence(_decoded_base64(match.group())):
            yield _suspicion("encoded", text, match.start(), match.end())
    for match in _HEX.finditer(text):
        digits = re.sub(r"[ :]", "", match.group())
        if _is_sentence(_ascii(bytes.fromhex(digits[: len(digits) // 2 * 2]))):
            yield _suspicion("encoded", text, match.start(), match.end())
    for match in _SPACED.finditer(text):
        if _JOINED.search(re.sub(r"[ .\-_*]", "", match.group())):
            yield _suspicion("encoded", text, match.start(), match.end())
    yield from _turned(text)


def _turned(text: str) -> Iterator[Suspicion]:
    """Find orders in letters moved by thirteen, and in letters read backwards."""
    for pattern in (_COMPILED["override"][0], _COMPILED["secret"][0]):
        if match := pattern.search(codecs.encode(text, "rot13")):
            yield _suspicion("encoded", text, match.start(), match.end())
        if match := pattern.search(text[::-1]):
            yield _suspicion("encoded", text, len(text) - match.end(), len(text) - match.start())


def _speaks(text: str) -> bool:
    return any(
        pattern.search(text)
        for kind in ("override", "persona", "order", "secret")
        for pattern in _COMPILED[kind]
    )


def _is_sentence(text: str) -> bool:
    return len(_WORD.findall(text)) >= 3 and " " in text


def _decoded_base64(code: str) -> str:
    try:
        return _ascii(base64.b64decode(code + "=" * (-len(code) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _ascii(raw: bytes) -> str:
    """Return bytes as text if they are printable, else nothing."""
    text = raw.decode("ascii", errors="ignore")
    return text if len(text) == len(raw) and text.isprintable() else ""


def _suspicion(kind: str, text: str, start: int, end: int) -> Suspicion:
    quote = " ".join(text[start:end].split())
    if len(quote) > MAX_QUOTE_CHARS:
        quote = quote[: MAX_QUOTE_CHARS - 1] + "…"
    return Suspicion(kind, start, end, quote)
