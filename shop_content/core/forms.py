"""Form fields for text that people send: kept as it is, or refused with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def refuse_unstorable(text: str) -> None:
    """Refuse characters that no database column takes: NUL, and halves of a surrogate pair."""
    if "\x00" in text:
        raise ValidationError(
            _("This text holds a NUL character, which cannot be stored. Remove it."),
            code="nul",
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError(
            _("This text holds a broken character (half of a pair). Remove it."),
            code="surrogate",
        )


class LineField(forms.CharField):
    """A line of text, without the spaces around it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # In place of Django's own refusal of NUL, which says the same in fewer words.
        self.validators = [*self.validators[:-1], refuse_unstorable]


class CopyField(LineField):
    """Text of several lines, kept as it was typed.

    A browser sends every line break of a text area as CR LF; they come back to LF, so that an
    unchanged text stays the same bytes.
    """

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text with line breaks as LF."""
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare without regard to how line breaks are sent."""
        return super().has_changed(initial, self.to_python(data))
