"""What an editor sends: decisions with the version that they saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant
from shop_content.core.forms import CopyField, LineField
from shop_content.review.models import RejectionReason
from shop_content.review.selectors import reasons_in_use

MAX_COPY_CHARS = 20_000  # Four times the longest field of any channel.
MAX_NOTE_CHARS = 1_000  # Goes into a prompt; the model's own input is small.


class VersionForm(forms.Form):
    """Carry the version of the item that the editor saw."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class ApproveForm(VersionForm):
    """Approve, with a reason where a finding or a changed product stands against it."""

    override_reason = LineField(
        label=_("Why it may go live all the same"), required=False, max_length=500
    )


class RejectForm(VersionForm):
    """Reject for one of the merchant's reasons."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=RejectionReason.objects.none(), empty_label=None
    )
    note = LineField(label=_("Note"), required=False, max_length=MAX_NOTE_CHARS)

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ModelChoiceField)  # noqa: S101  # Tells mypy, not users.
        reason.queryset = reasons_in_use(merchant=merchant)


class SendBackForm(VersionForm):
    """Send back with a note for the next draft."""

    note = LineField(
        label=_("What should be different?"),
        max_length=MAX_NOTE_CHARS,
        help_text=_("Goes into the prompt of the next draft."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DismissForm(VersionForm):
    """Dismiss a finding."""

    number = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)
    reason = LineField(label=_("Why it does not count here"), max_length=300)


class EditForm(VersionForm):
    """The editor's own text."""

    text = CopyField(
        label=_("Draft"), max_length=MAX_COPY_CHARS, widget=forms.Textarea(attrs={"rows": 14})
    )


class ReasonForm(forms.ModelForm[RejectionReason]):
    """Add or change a reason to reject."""

    class Meta:
        model = RejectionReason
        fields = ["label", "position", "is_active"]
        field_classes = {"label": LineField}

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def clean_label(self) -> str:
        """Refuse a reason that is there already."""
        label: str = self.cleaned_data["label"]
        same = RejectionReason.objects.filter(merchant=self.merchant, label=label)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This reason is in the list already."))
        return label
