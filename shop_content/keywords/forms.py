"""Forms of briefs and of answers to questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import ContentField
from shop_content.core.forms import CopyField, LineField
from shop_content.keywords.models import KeywordBrief, Length, Tone, VoicePerson
from shop_content.keywords.selectors import brand_voice
from shop_content.keywords.services import BriefData
from shop_content.keywords.words import (
    MAX_TOTAL_CHARS,
    MAX_WORD_CHARS,
    MAX_WORDS,
    WordProblem,
    WordProblemKind,
    common_problems,
    list_problems,
    num_chars,
    words_joined,
    words_parsed,
)

MAX_RAW_CHARS = 10_000  # Of a list as typed: room for separators, and an end to it.
SHOWN_CHARS = 40  # Of a word that is too long, in the message that says so.
WORD_LISTS = ("keywords", "must_use", "must_not_use")
_PROBLEM_FIELDS = {
    WordProblemKind.TOO_MUCH: "keywords",
    WordProblemKind.USED_AND_FORBIDDEN: "must_not_use",
}


class WordsField(CopyField):
    """A list of words with commas or line breaks between them."""

    def __init__(self, **kwargs: Any) -> None:
        # The script that makes chips of the words says this on the button that takes one away.
        attrs = {"rows": 2, "data-chips": gettext_lazy("Remove")}
        kwargs.setdefault("widget", forms.Textarea(attrs=attrs))
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return the cleaned words, or say which of them is wrong and why."""
        text = super().clean(value)
        if len(text) > MAX_RAW_CHARS:
            raise ValidationError(
                _("This list is too long: %(count)s characters, at most %(max)s.")
                % {"count": len(text), "max": MAX_RAW_CHARS}
            )
        words = words_parsed(text)
        problems = list_problems(words)
        if problems:
            raise ValidationError([problem_text(problem) for problem in problems[:5]])
        return words

    def prepare_value(self, value: Any) -> Any:
        """Show a list as text."""
        return words_joined(value) if isinstance(value, list) else value


class BriefForm(forms.Form):
    """What a merchant asks for."""

    keywords = WordsField(
        label=gettext_lazy("Keywords"),
        help_text=gettext_lazy("What shoppers search for. Put a comma or a new line between them."),
    )
    must_use = WordsField(
        label=gettext_lazy("Must be used"),
        help_text=gettext_lazy("Words that have to stand in the text exactly so."),
    )
    must_not_use = WordsField(
        label=gettext_lazy("Must not be used"),
        help_text=gettext_lazy("Words that may not stand in the text."),
    )
    audience = LineField(
        label=gettext_lazy("Readers"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as: people who cook every day."),
    )
    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=Tone.choices, initial=Tone.PLAIN)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Write"),
        choices=ContentField.choices,
        initial=[ContentField.DESCRIPTION.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one content field.")},
    )
    length = forms.ChoiceField(
        label=gettext_lazy("Length of the description"),
        choices=Length.choices,
        initial=Length.MEDIUM,
    )
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Names the run in the list; a template needs one."),
    )

    def __init__(
        self,
        *args: Any,
        merchant: Merchant,
        brief: KeywordBrief | None = None,
        needs_name: bool = False,
        **kwargs: Any,
    ) -> None:
        if brief is not None:
            kwargs["initial"] = brief_initial(brief)
        super().__init__(*args, **kwargs)
        if brief is None:
            self.fields["tone"].initial = brand_voice(merchant=merchant).tone
        choices = language_choices()
        codes = [code for code, _name in choices]
        # An assignment to a declared name keeps its place among the fields.
        self.fields["language"] = forms.ChoiceField(
            label=gettext_lazy("Language"),
            choices=choices,
            initial=merchant.language if merchant.language in codes else codes[0],
        )
        self.fields["name"].required = needs_name

    def clean(self) -> dict[str, Any]:
        """Hold the lists against each other."""
        for problem in self.problems():
            if problem.is_blocking:
                self.add_error(_PROBLEM_FIELDS[problem.kind], problem_text(problem))
        return self.cleaned_data

    def words(self, name: str) -> list[str]:
        """Return one list, cleaned as well as it can be while somebody is typing."""
        if self.is_bound and name in getattr(self, "cleaned_data", {}):
            words: list[str] = self.cleaned_data[name]
            return words
        text = str(self[name].value() or "")
        return words_parsed(text.replace("\x00", "")[:MAX_RAW_CHARS])

    def problems(self) -> list[WordProblem]:
        """Return what is wrong between the lists."""
        lists = {name: self.words(name) for name in WORD_LISTS}
        return common_problems(**lists)

    def num_chars(self) -> int:
        """Return the length of all words together."""
        return sum(num_chars(self.words(name)) for name in WORD_LISTS)

    def wanted(self) -> list[str]:
        """Return the content fields that are ticked."""
        ticked = self["fields_wanted"].value() or []
        return [field for field in ContentField.values if field in ticked]

    def unsaved_brief(self, merchant: Merchant) -> KeywordBrief:
        """Return the brief as it stands in the form, for a preview; it may be wrong yet."""
        values = {name: self.words(name) for name in WORD_LISTS}
        for name in ("audience", "tone", "language", "length"):
            values[name] = str(self[name].value() or "").replace("\x00", "")  # type: ignore[assignment]  # Text beside the lists.
        return KeywordBrief(merchant=merchant, fields=self.wanted(), **values)

    def brief_data(self, *, is_template: bool) -> BriefData:
        """Return what a service saves."""
        cleaned = self.cleaned_data
        return BriefData(
            fields=tuple(self.wanted()),
            keywords=tuple(cleaned["keywords"]),
            must_use=tuple(cleaned["must_use"]),
            must_not_use=tuple(cleaned["must_not_use"]),
            audience=cleaned["audience"],
            tone=cleaned["tone"],
            language=cleaned["language"],
            length=cleaned["length"],
            name=cleaned["name"],
            is_template=is_template,
        )


class AnswerForm(forms.Form):
    """The answer to a question; it becomes a fact."""

    answer = LineField(label=gettext_lazy("Answer"), max_length=1000)


class VoiceForm(forms.Form):
    """How the copy of the shop speaks."""

    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=Tone.choices)
    person = forms.ChoiceField(
        label=gettext_lazy("Speaks to"), choices=VoicePerson.choices, required=False
    )
    sentence_words = forms.IntegerField(
        label=gettext_lazy("Words in a sentence"),
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("About so many; far longer sentences are noted. 0: no aim."),
    )
    words_always = WordsField(
        label=gettext_lazy("Words always"),
        help_text=gettext_lazy("They have to stand in every text, such as the name of your shop."),
    )
    words_never = WordsField(
        label=gettext_lazy("Words never"),
        help_text=gettext_lazy("No text may have them, whatever its brief says."),
    )
    example = CopyField(
        label=gettext_lazy("Copy that you like"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Models that take instructions are shown its beginning. The trial model is not one."
        ),
    )

    def clean(self) -> None:
        """Refuse a word that is always and never to be used."""
        always = {word.casefold() for word in self.cleaned_data.get("words_always", [])}
        both = [
            word for word in self.cleaned_data.get("words_never", []) if word.casefold() in always
        ]
        if both:
            self.add_error(
                "words_never",
                _("“%(word)s” stands in both lists. Take it out of one.") % {"word": both[0]},
            )


class NeedForm(forms.Form):
    """A fact that a category needs."""

    category = LineField(
        label=gettext_lazy("Category"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Part of it is enough, such as Mugs. Empty: every product."),
    )
    fact_name = LineField(
        label=gettext_lazy("Fact"),
        max_length=120,
        help_text=gettext_lazy("As it is called in the facts of a product, such as Glaze."),
    )
    question = LineField(
        label=gettext_lazy("Question"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "What you are asked where it is missing, such as: Which glaze has it?"
        ),
    )


def brief_initial(brief: KeywordBrief) -> dict[str, Any]:
    """Return the values with which a form starts that takes over a brief."""
    names = (*WORD_LISTS, "audience", "tone", "language", "length", "name")
    return {name: getattr(brief, name) for name in names} | {"fields_wanted": brief.fields}


def language_choices() -> list[tuple[str, str]]:
    """Return the languages in which the model may write, by the settings, with their names."""
    choices = []
    for code in settings.SHOP_CONTENT_LM_LANGUAGES:
        try:
            name = str(get_language_info(code)["name_translated"])
        except KeyError:
            name = code
        choices.append((code, name))
    return choices


def problem_text(problem: WordProblem) -> str:
    """Return a problem in words for the person who typed it."""
    word = problem.word if len(problem.word) <= SHOWN_CHARS else f"{problem.word[:SHOWN_CHARS]}…"
    values = {
        "word": word,
        "other": problem.other[:SHOWN_CHARS],
        "count": problem.count,
        "max_words": MAX_WORDS,
        "max_chars": MAX_WORD_CHARS,
        "max_total": MAX_TOTAL_CHARS,
    }
    return _problem_messages()[problem.kind] % values


def _problem_messages() -> dict[WordProblemKind, str]:
    return {
        WordProblemKind.TOO_MANY: _("%(count)s are too many; at most %(max_words)s help the text."),
        WordProblemKind.TOO_LONG: _(
            "“%(word)s” has %(count)s characters; at most %(max_chars)s fit in one."
        ),
        WordProblemKind.TOO_MUCH: _(
            "All words together have %(count)s characters; at most %(max_total)s fit."
        ),
        WordProblemKind.UNKNOWN_PLACEHOLDER: _(
            "{%(other)s} in “%(word)s” is no placeholder. There are {title}, {brand} and "
            "{category}."
        ),
        WordProblemKind.USED_AND_FORBIDDEN: _(
            "“%(other)s” must not be used, but “%(word)s” must be."
        ),
        WordProblemKind.KEYWORD_FORBIDDEN: _(
            "The keyword “%(word)s” holds “%(other)s”, which must not be used."
        ),
    }


def blocking_messages(form: BriefForm, names: Sequence[str] = WORD_LISTS) -> list[str]:
    """Return the errors of the word lists of a form that was checked."""
    return [str(message) for name in names for message in form.errors.get(name, [])]
