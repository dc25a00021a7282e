"""How a merchant wants the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop_content.checks.merchant_rules import NOTE, OFF, MerchantRules
from shop_content.checks.rule_texts import RULE_TEXTS
from shop_content.checks.rules.channel_table import CHANNELS

ON = ""
MODES = [(ON, _("On")), (NOTE, _("Only notes")), (OFF, _("Off"))]


class RulesForm(forms.Form):
    """A mode for each rule that may be switched, and the channels."""

    channels = forms.MultipleChoiceField(
        label=_("You sell in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rules: MerchantRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = self.fields["channels"]
        assert isinstance(channels, forms.MultipleChoiceField)  # noqa: S101  # Tells mypy.
        channels.choices = [(key, gettext(name)) for key, name in CHANNELS.items()]
        channels.initial = list(rules.channels)
        for rule_id, row in RULE_TEXTS.items():
            if row.can_be_off:
                self.fields[f"mode-{rule_id}"] = forms.ChoiceField(
                    label=str(row.name),
                    choices=MODES,
                    required=False,
                    initial=rules.modes.get(rule_id, ON),
                    widget=forms.Select(attrs={"class": "input"}),
                )

    def modes(self) -> dict[str, str]:
        """Return the mode of each rule that is not simply on."""
        return {
            name.removeprefix("mode-"): mode
            for name, mode in self.cleaned_data.items()
            if name.startswith("mode-") and mode != ON
        }
