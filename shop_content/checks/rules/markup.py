"""Find markup: copy is plain text."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.patterns import find_patterns

RULE_ID = "markup"

HTML = gettext_noop("“%(said)s” is code of a web page. Copy is plain text: take it out.")
MARKDOWN = gettext_noop("“%(said)s” is formatting that shoppers would see as signs. Take it out.")

_HTML = (
    # "<3" and "a < b" are no tags.
    re.compile(
        r"</?[a-z][^<>\n]{0,300}>|<!--|<!doctype|<\?(?:php|xml)|<(?:script|img|iframe"
        r"|svg|a|div|style|object|embed|link|meta)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"&(?:amp|lt|gt|quot|apos|nbsp|copy|reg|trade|eacute|[a-z]{1,3}uml|ndash|mdash"
        r"|rsquo|hellip|#\d{1,7}|#x[0-9a-f]{1,6});",
        re.IGNORECASE,
    ),
    re.compile(r"\bjavascript:|\bon(?:error|load|click|mouseover)\s?=", re.IGNORECASE),
)
_MARKDOWN = (
    re.compile(r"\*\*[^*\n\s][^*\n]{0,200}\*\*|(?<!\w)__[^_\n\s][^_\n]{0,100}__(?!\w)"),
    re.compile(r"^#{1,6} ", re.MULTILINE),
    re.compile(r"!?\[[^\[\]\n]{1,100}\]\([^()\s]{1,200}\)"),
    re.compile(r"```|`[^`\n]{1,80}`"),
    re.compile(r"^[ \t]{0,8}(?:[-*+•–]|\d{1,2}[.)]) ", re.MULTILINE),
    re.compile(r"^\|?(?: ?:?-{3,}:? ?\|){1,20}|^(?:-{3,}|\*{3,}|={3,})$", re.MULTILINE),
    re.compile(r"(?<![\w*])\*[^*\n\s][^*\n]{0,60}[^*\s]\*(?![\w*])"),
)


def check_markup(text: str, context: CheckContext) -> list[Finding]:
    """Find tags, entities and script (blocking) and Markdown (a warning)."""
    return first_findings(
        [
            *find_patterns(RULE_ID, Severity.BLOCK, HTML, _HTML, text),
            *find_patterns(RULE_ID, Severity.WARN, MARKDOWN, _MARKDOWN, text),
        ]
    )
