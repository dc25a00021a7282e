"""The German catalogue: nothing missing, unsure or left over; and the pages that use it."""

from __future__ import annotations

import ast
import gettext
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation.template import templatize

from shop_content.accounts.models import Merchant, User
from shop_content.core.templatetags.ui import relative_time
from shop_content.drafts.models import Draft
from tests.factories import (
    make_brief,
    make_draft,
    make_item,
    make_member,
    make_merchant,
    make_product,
    make_question,
    make_run,
)

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "shop_content" / "locale" / "de" / "LC_MESSAGES" / "django.po"
# A message is found by its context, "" for none, and its English singular.
Key = tuple[str, str]
MARKS = re.compile(r"%\(\w+\)[sd]|%%|(?<!%)\{\w+\}|</?\w+>")
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# What templatize makes of a template: calls with literals, among crossed-out text.
IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\((\s*{LITERAL}(?:,\s*{LITERAL}){{0,2}})")


@dataclass(slots=True)
class Entry:
    """A message of the catalogue."""

    flags: str = ""
    texts: dict[str, str] = field(default_factory=dict)  # msgid, msgstr[0] and so on

    @property
    def key(self) -> Key:
        """Return what finds the message."""
        return self.texts.get("msgctxt", ""), self.texts["msgid"]

    @property
    def translations(self) -> list[str]:
        """Return the German text, or the two of a plural."""
        return [text for name, text in self.texts.items() if name.startswith("msgstr")]


def read_catalogue(path: Path) -> list[Entry]:
    """Return the entries of a .po file without its header; comments are passed over."""
    entries = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        entry, name = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry.flags += line if line.startswith("#,") else ""
                continue
            start = re.match(r'(msg[a-z_]+(?:\[\d\])?) (?=")', line)
            name = start[1] if start else name
            part = ast.literal_eval(line[start.end() :] if start else line)
            entry.texts[name] = entry.texts.get(name, "") + part
        if entry.texts.get("msgid"):
            entries.append(entry)
    return entries


def marked_in_python(source: str) -> Iterator[Key]:
    """Yield the messages that Python code marks for translation."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        values = [each.value for each in node.args if isinstance(each, ast.Constant)]
        texts = [value for value in values if isinstance(value, str)]
        if name in SINGLE | PLURAL and texts:
            yield "", texts[0]
        elif name in WITH_CONTEXT and len(texts) > 1:
            yield texts[0], texts[1]


def marked_in_template(source: str) -> Iterator[Key]:
    """Yield the messages that a template marks for translation."""
    for name, arguments in IN_TEMPLATE.findall(templatize(source)):
        texts = ast.literal_eval(f"({arguments},)")
        yield (texts[0], texts[1]) if "pgettext" in name else ("", texts[0])


def marked_messages() -> set[Key]:
    """Return every message of the product, as makemessages would collect them."""
    found: set[Key] = set()
    for path in (ROOT / "shop_content").rglob("*.py"):
        if "migrations" not in path.parts:
            found |= set(marked_in_python(path.read_text(encoding="utf-8")))
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            found |= set(marked_in_template(path.read_text(encoding="utf-8")))
    return {(context, text) for context, text in found if text}


class Words(HTMLParser):
    """Collect the texts of a page: between tags, and in the attributes that people meet."""

    ATTRIBUTES = frozenset({"aria-label", "title", "placeholder", "alt"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the attributes say; texts of scripts come by data- attributes."""
        for name, value in attrs:
            if value and (name in self.ATTRIBUTES or name.startswith("data-")):
                self.texts.add(" ".join(value.split()))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.add(" ".join(data.split()))


ENTRIES = read_catalogue(CATALOGUE)


def test_the_catalogue_was_read() -> None:
    assert len(ENTRIES) > 800
    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)


def test_every_message_is_translated_and_none_is_unsure() -> None:
    assert [entry.key for entry in ENTRIES if not all(entry.translations)] == []
    assert [entry.key for entry in ENTRIES if "fuzzy" in entry.flags] == []


def test_every_plural_has_its_two_forms() -> None:
    assert [
        entry.key
        for entry in ENTRIES
        if len(entry.translations) != (2 if "msgid_plural" in entry.texts else 1)
    ] == []


def test_placeholders_and_tags_are_the_same_in_both_languages() -> None:
    wrong = [
        (entry.key, text)
        for entry in ENTRIES
        for text in entry.translations
        if sorted(MARKS.findall(text)) != sorted(MARKS.findall(entry.texts["msgid"]))
    ]
    assert wrong == []


def test_quotation_marks_are_german() -> None:
    texts = [text for entry in ENTRIES for text in entry.translations]
    assert [text for text in texts if text.count("„") != text.count("“") or "”" in text] == []


def test_the_compiled_catalogue_holds_the_same_entries() -> None:
    compiled = CATALOGUE.with_suffix(".mo")
    # The count stands in the header of the file; one entry is the header of the catalogue.
    assert struct.unpack_from("<I", compiled.read_bytes(), 8)[0] == len(ENTRIES) + 1
    with compiled.open("rb") as file:
        german = gettext.GNUTranslations(file)
    for entry in ENTRIES:
        context, text = entry.key
        plural = entry.texts.get("msgid_plural")
        if plural:
            said = [german.npgettext(context, text, plural, number) for number in (1, 2)]
            said = said if context else [german.ngettext(text, plural, n) for n in (1, 2)]
        else:
            said = [german.pgettext(context, text) if context else german.gettext(text)]
        assert said == entry.translations


def test_the_catalogue_holds_what_the_product_marks_and_nothing_else() -> None:
    known = {entry.key for entry in ENTRIES}
    marked = marked_messages()
    assert sorted(marked - known) == [], "run make messages, and translate what is new"
    assert sorted(known - marked) == [], "run make messages: these are not in use any more"


def test_messages_are_found_in_every_form_of_python() -> None:
    source = (
        '_("a"); ngettext("b", "bs", n); npgettext_lazy("c", "d", "ds", "n"); gettext(name)\n'
        'X = gettext_noop(\n    "e "\n    "f"\n)'
    )
    assert set(marked_in_python(source)) == {("", "a"), ("", "b"), ("c", "d"), ("", "e f")}


def test_messages_are_found_in_every_form_of_template() -> None:
    source = (
        '{% load i18n %}{% translate "a" %}{% translate "b" context "c" %}{{ x|default:_("d") }}'
        "{% blocktranslate trimmed count n=n %}\n {{ n }} e\n{% plural %} {{ n }} es"
        '{% endblocktranslate %}{% blocktranslate with x="y" %}it\'s <b>{{ x }}</b>'
        "{% endblocktranslate %}"
    )
    assert set(marked_in_template(source)) == {
        ("", "a"),
        ("c", "b"),
        ("", "d"),
        ("", "%(n)s e"),
        ("", "it's <b>%(x)s</b>"),
    }


def test_no_template_says_a_word_that_cannot_be_translated() -> None:
    tags = re.compile(
        r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{%\s*comment.*?endcomment\s*%\}"
        r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}",
        re.DOTALL,
    )
    # The page of a failure is served as it stands, when nothing can be rendered any more.
    paths = [path for path in (ROOT / "templates").rglob("*.html") if path.name != "500.html"]
    assert len(paths) > 90
    wrong = []
    for path in paths:
        # A mark in place of each tag keeps the HTML around it whole.
        html = re.sub(
            r"<(script|style)\b.*?</\1>", "", tags.sub("\N{MIDDLE DOT}", path.read_text())
        )
        said = re.findall(r">([^<>]*)<|\s(?:title|alt|aria-label|placeholder)=\"([^\"]*)\"", html)
        words = [word for pair in said for word in re.findall(r"[A-Za-z]{3,}", " ".join(pair))]
        wrong += [(path.name, word) for word in words if word not in {"Shop", "Content", "Ctrl"}]
    assert wrong == []


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def person(merchant: Merchant) -> User:
    return make_member(merchant, language="de", name="Ute")


@pytest.fixture
def german(person: User) -> Iterator[Client]:
    """A browser of somebody whose profile says German; the language is put back afterwards."""
    client = Client()
    client.force_login(person)
    with translation.override("en"):
        yield client


@pytest.fixture
def draft(merchant: Merchant) -> Draft:
    """One product with a draft in the queue, a question and a run; their words are no messages."""
    product = make_product(merchant, title="Krug", facts=[("Volumen", "350", "ml")])
    draft = make_draft(product=product)
    make_item(draft)
    make_question(product, text="Which material is it made of?")
    make_brief(merchant)
    make_run(merchant)
    return draft


def english_left(html: str) -> list[str]:
    """Return the messages that stand in English on a German page."""
    words = Words(html).texts
    german = {text for entry in ENTRIES for text in entry.translations}
    return sorted({entry.key[1] for entry in ENTRIES} & words - german)


def test_english_on_a_german_page_is_noticed() -> None:
    assert english_left('<p>Zur Prüfliste</p><p title="Approve">Skip to\n the content</p>') == [
        "Approve",
        "Skip to the content",
    ]


@pytest.mark.django_db
def test_the_log_in_greets_a_german_browser_in_german() -> None:
    with translation.override("en"):
        html = Client().get(
            reverse("accounts:login"), headers={"accept-language": "de-DE,de;q=0.9,en;q=0.5"}
        )
    page = html.content.decode()
    assert '<html lang="de"' in page
    assert {"Anmelden", "E-Mail-Adresse", "Passwort vergessen"} <= Words(page).texts
    assert english_left(page) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dashboard:home", {"Wartet auf Ihre Entscheidung", "Aus welchem Material ist es?"}),
        ("catalogue:products", {"Produkt hinzufügen", "In Prüfung"}),
        ("catalogue:product_add", {"Marke", "Angaben", "Speichern"}),
        ("catalogue:imports", {"Datei importieren"}),
        ("keywords:write", {"Suchbegriffe", "Schreiben lassen", "Länge der Beschreibung"}),
        ("keywords:questions", {"Aus welchem Material ist es?", "Trifft nicht zu"}),
        ("generation:runs", {"Läufe"}),
        ("review:queue", {"Nächsten nehmen", "Angekreuzte freigeben"}),
        ("review:reasons", {"Grund hinzufügen", "in Gebrauch"}),
        ("publication:published", {"Noch nichts ging live"}),
        ("accounts:people", {"Jemanden einladen", "Redaktion"}),
        ("accounts:profile", {"Passwort ändern", "Tastenkürzel"}),
    ],
)
def test_pages_are_german_for_somebody_whose_profile_says_so(
    german: Client, draft: Draft, name: str, words: set[str]
) -> None:
    query = {"product": draft.product_id} if name == "keywords:write" else {}
    page = german.get(reverse(name), query).content.decode()
    assert '<html lang="de"' in page
    assert words <= Words(page).texts
    assert english_left(page) == []


@pytest.mark.django_db
def test_the_page_of_a_draft_is_german(german: Client, draft: Draft) -> None:
    page = german.get(reverse("review:item", args=[draft.review_item.pk])).content.decode()
    assert {"Angaben", "Entwurf", "Warum?"} <= Words(page).texts
    assert english_left(page) == []


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(days=1, minutes=1), "vor 1\xa0Tag"),
        (timedelta(days=3, minutes=1), "vor 3\xa0Tagen"),
        (timedelta(days=-3, minutes=-1), "in 3\xa0Tagen"),
        (timedelta(hours=5, minutes=1), "vor 5\xa0Stunden"),
        (timedelta(seconds=3), "gerade eben"),
    ],
)
def test_days_are_bent_after_a_preposition(ago: timedelta, words: str) -> None:
    with translation.override("de"):
        assert relative_time(timezone.now() - ago) == words
