"""Tidy what a model wrote: markers, wrappers and unfinished ends go, nothing is added.

Words inside a sentence are never changed, and no sentence is moved; a text that is too long or
wrong stays so, for the checks to say it.
"""

from __future__ import annotations

import re

from shop_content.core.storable import storable

# Control tokens of chat templates, also half of one at a cut.
_CHAT_MARKER = re.compile(r"<\|[^|<>\n]{0,40}\|?>|\[/?INST\]|</?s>|<(?:start|end)_of_turn>")
_ROLE_LINE = re.compile(r"^\s*(?:assistant|user|system)\s*:?\s*$", re.IGNORECASE | re.MULTILINE)
# "Here is a friendly product description:", "Sure! Here's the list:"
_PREAMBLE = re.compile(
    r"^\s*(?:(?:sure|certainly|of course|okay|ok|absolutely)\b[^\n:]{0,40}[,.!:]\s*)?"
    r"(?:here(?:'s|’s| is| are)|below (?:is|are)|this is)\b[^\n:.]{0,120}:\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\s*[*_#]*\s*(?:rewritten |short |product |meta |page |seo |image |alt |selling )*"
    r"(?:description|title|text|points|notes|copy|bullets|answer|sentence)\s*:[*_]*\s+",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_STAR = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_LIST_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+", re.MULTILINE)
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»", "„": "“"}
# An end mark, perhaps a closing quote, then a space or the end: not the point within 0.3.
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?=\s|$)|[。！？]")

_TITLES = frozenset({"title", "meta_title"})
_ONE_LINE = frozenset({"short_description", "meta_description", "image_alt_text"})
_MAX_CHARS = {"short_description": 300, "meta_description": 155, "image_alt_text": 125}
_MAX_BULLETS = 5


def tidy(text: str, field: str) -> str:
    """Return the text as it may be shown for this content field; empty when nothing is left.

    1. Chat markers, openings such as "Here is a description:", labels and quotes around the whole
       text are taken away, and so is markdown.
    2. Bullets become plain lines without double ones, five at most.
    3. One-line fields keep their first paragraph, and of it the whole sentences that fit.
    4. An unfinished sentence at the end is cut where a full one remains before it.
    """
    text = storable(text)
    text = _unwrap(text.replace("\r\n", "\n").replace("\r", "\n"))
    if field == "bullets":
        return "\n".join(_bullet_lines(text))
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", _plain(text))]
    paragraphs = [p for p in paragraphs if p]
    if field in _TITLES:
        return _title(paragraphs[0]) if paragraphs else ""
    if field in _ONE_LINE:
        return _whole_sentences(paragraphs[0], _MAX_CHARS[field]) if paragraphs else ""
    return _cut_unfinished(paragraphs)


def _unwrap(text: str) -> str:
    """Take away what stands around the text."""
    text = _ROLE_LINE.sub("", _CHAT_MARKER.sub("", text)).strip()
    for _ in range(3):  # A label within quotes after a preamble is as deep as they go.
        before = text
        text = _LABEL.sub("", _PREAMBLE.sub("", text, count=1), count=1).strip()
        closing = _QUOTES.get(text[:1])
        if closing and len(text) > 1 and text.endswith(closing) and closing not in text[1:-1]:
            text = text[1:-1].strip()
        if text == before:
            break
    return text


def _plain(text: str) -> str:
    """Take away markdown."""
    text = _LIST_MARK.sub("", _HEADING.sub("", text))
    return _STAR.sub(r"\1", _EMPHASIS.sub(r"\2", text))


def _sentences(paragraph: str) -> list[str]:
    """Split into sentences; an unfinished one stands last."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(paragraph):
        parts.append(paragraph[start : match.end()].strip())
        start = match.end()
    rest = paragraph[start:].strip()
    return [*parts, rest] if rest else parts


def _is_finished(sentence: str) -> bool:
    ends = [match.end() for match in _SENTENCE_END.finditer(sentence)]
    return bool(ends) and ends[-1] == len(sentence)


def _whole_sentences(paragraph: str, max_chars: int) -> str:
    """Keep the leading finished sentences that fit; the first one stays however long it is."""
    sentences = _sentences(paragraph)
    kept = sentences[0]
    for sentence in sentences[1:]:
        longer = f"{kept} {sentence}"
        if not _is_finished(sentence) or len(longer) > max_chars:
            break
        kept = longer
    return kept


def _title(paragraph: str) -> str:
    """Keep the first sentence, without its full stop."""
    first = _sentences(paragraph)[0]
    return first[:-1].rstrip() if first.endswith(".") and not first.endswith("..") else first


def _cut_unfinished(paragraphs: list[str]) -> str:
    """Drop what follows the last full sentence, where there is one."""
    kept = list(paragraphs)
    while kept:
        sentences = _sentences(kept[-1])
        if _is_finished(sentences[-1]):
            return "\n\n".join(kept)
        finished = sentences[:-1]
        if finished:
            return "\n\n".join([*kept[:-1], " ".join(finished)])
        kept.pop()
    return "\n\n".join(paragraphs)


def _bullet_lines(text: str) -> list[str]:
    """Return the lines of a list, without markers, labels and repetitions."""
    lines = [" ".join(line.split()) for line in _plain(text).split("\n")]
    lines = [line for line in lines if line and not line.endswith(":")]
    if len(lines) == 1 and len(_sentences(lines[0])) >= 3:
        lines = _sentences(lines[0])  # A list that was written as one paragraph.
    with_end = [line for line in lines if _is_finished(line)]
    if (
        lines
        and len(with_end) >= 2
        and len(with_end) == len(lines) - 1
        and lines[-1] not in with_end
    ):
        lines = with_end  # The others are sentences, the last one was cut.
    unique = {line.rstrip(".").casefold(): line for line in reversed(lines)}
    return list(reversed(unique.values()))[:_MAX_BULLETS]
