"""What a roll-back sends."""

from __future__ import annotations

from django import forms

from shop_content.catalogue.models import ContentField

MAX_NUMBER = 2**31 - 1


class RollBackForm(forms.Form):
    """Name the field, the revision to go back to, and the version that the person saw."""

    field = forms.ChoiceField(choices=ContentField.choices)
    number = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)
    version = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)
