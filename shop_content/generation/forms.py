"""Forms of the pages about prompts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shop_content.catalogue.models import ContentField
from shop_content.core.forms import LineField
from shop_content.generation.prompts import PromptStyle

MAX_PRIORITY = 1000


class PromptRuleForm(forms.Form):
    """Which products are asked for with which prompt."""

    category = LineField(
        label=gettext_lazy("Category"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Part of it is enough, such as Mugs. Empty: every product."),
    )
    brand = LineField(
        label=gettext_lazy("Brand"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As it stands at the product. Empty: every brand."),
    )
    field = forms.ChoiceField(
        label=gettext_lazy("Field"),
        required=False,
        choices=[("", gettext_lazy("Every field")), *ContentField.choices],
    )
    prompt_style = forms.ChoiceField(
        label=gettext_lazy("Prompt"),
        required=False,
        choices=[
            ("", gettext_lazy("The one in use")),
            *((style.value, style.value) for style in PromptStyle),
        ],
    )
    wish = LineField(
        label=gettext_lazy("Wish"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "A sentence for the model, such as: Say how the glaze feels. Only the prompt "
            "“rewriting” passes it on: models that were trained on sheets of facts take no wishes."
        ),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        min_value=0,
        max_value=MAX_PRIORITY,
        initial=10,
        help_text=gettext_lazy("Of the rules that fit, the one with the highest number counts."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a rule that changes nothing."""
        data = super().clean() or {}
        if not self.errors and not data.get("prompt_style") and not data.get("wish"):
            self.add_error("wish", gettext_lazy("Choose a prompt, or write a wish."))
        return data
