"""Forms about people: log-in, invitation, profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Membership, Merchant, Role, User


class LoginForm(AuthenticationForm):
    """Log in by e-mail address."""

    error_messages = {
        "invalid_login": _("This address and password do not fit together. Both keep capitals."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autofocus": True, "autocomplete": "username"}
        )


class InvitationForm(forms.Form):
    """Ask for the address and the role of the person to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def clean_email(self) -> str:
        """Refuse somebody who is here already."""
        email: str = self.cleaned_data["email"].lower()
        if Membership.objects.filter(merchant=self.merchant, user__email__iexact=email).exists():
            raise ValidationError(_("This person is a member already; change the role below."))
        return email


class JoinForm(forms.Form):
    """Ask a new person for a name and a password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("Editors' names stand beside what they approve."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """Hold the password against the validators of the settings."""
        password: str = self.cleaned_data["password"]
        user = User(email=self.email, name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, user)
        return password


class ProfileForm(forms.ModelForm[User]):
    """Name, language of the pages, and whether keys act on the review page."""

    class Meta:
        model = User
        fields = ["name", "language", "has_shortcuts"]
        widgets = {
            "language": forms.Select(
                choices=[("", _("As the browser says")), *settings.LANGUAGES],
            ),
        }
        help_texts = {
            "has_shortcuts": _("Single keys act on pages, such as A for approve. ? lists them."),
        }
