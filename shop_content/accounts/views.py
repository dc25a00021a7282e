"""Pages about people: log-in, people of a merchant, invitations, one's own profile."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop_content.accounts import services
from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.forms import InvitationForm, JoinForm, ProfileForm
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Invitation, Membership, Role, User
from shop_content.accounts.selectors import SESSION_KEY, merchant_people

NEW_LINK_KEY = "invitation_link"  # shown once after an invitation; servers without mail need it


@require_POST
@login_required
def switch_merchant(request: HttpRequest) -> HttpResponse:
    """Work for another of one's merchants from now on."""
    user = cast("User", request.user)
    chosen = request.POST.get("merchant", "")
    membership = get_object_or_404(
        Membership, user=user, merchant_id=int(chosen) if chosen.isdecimal() else 0
    )
    request.session[SESSION_KEY] = membership.merchant_id
    messages.success(request, _("You now work for %(shop)s.") % {"shop": membership.merchant})
    return redirect("dashboard:home")


@require_http_methods(["GET", "POST"])
@merchant_required(Role.ADMIN)
def people(request: AppRequest) -> HttpResponse:
    """Show who works here; invite somebody."""
    form = InvitationForm(request.POST or None, merchant=request.merchant)
    if request.method == "POST" and form.is_valid():
        made = services.invitation_create(
            merchant=request.merchant,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            invited_by=request.user,
        )
        link = request.build_absolute_uri(reverse("accounts:invitation", args=[made.token]))
        services.invitation_send(
            invitation=made.invitation, link=link, language=translation.get_language()
        )
        request.session[NEW_LINK_KEY] = link
        return redirect("accounts:people")
    context = {
        "form": form,
        "people": merchant_people(merchant=request.merchant),
        "invitations": request.merchant.invitations.filter(accepted_at__isnull=True),
        "roles": Role.choices,
        "link": request.session.pop(NEW_LINK_KEY, "") if request.method == "GET" else "",
        "now": timezone.now(),
    }
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@require_POST
@merchant_required(Role.ADMIN)
def change_role(request: AppRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    membership = get_object_or_404(Membership, pk=pk, merchant=request.merchant)
    role = request.POST.get("role", "")
    if role not in Role.values:
        messages.error(request, _("Choose one of the roles."))
        return redirect("accounts:people")
    try:
        services.membership_set_role(membership=membership, role=Role(role), actor=request.user)
    except services.LastAdminError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(person)s has a new role.") % {"person": membership.user})
    return redirect("accounts:people")


@require_POST
@merchant_required(Role.ADMIN)
def remove_person(request: AppRequest, pk: int) -> HttpResponse:
    """Take a person's access away."""
    membership = get_object_or_404(Membership, pk=pk, merchant=request.merchant)
    try:
        services.membership_end(membership=membership, actor=request.user)
    except services.LastAdminError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(person)s left the shop.") % {"person": membership.user})
    return redirect("accounts:people")


@require_POST
@merchant_required(Role.ADMIN)
def withdraw_invitation(request: AppRequest, pk: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    get_object_or_404(
        Invitation, pk=pk, merchant=request.merchant, accepted_at__isnull=True
    ).delete()
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("accounts:people")


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the invited person join: by an account that is there, or by a new one."""
    invited = get_object_or_404(
        Invitation.objects.select_related("merchant", "invited_by"),
        token_sha256=services.token_sha256(token),
    )
    if invited.accepted_at or invited.expires_at <= timezone.now():
        return render(request, "accounts/invitation_over.html", {"invitation": invited}, status=410)
    if isinstance(request.user, User):
        return _join_as(request, invited, request.user)
    if User.objects.filter(email__iexact=invited.email).exists():
        return redirect(f"{reverse('accounts:login')}?next={request.path}")
    return _join_as_new_person(request, invited)


def _join_as(request: HttpRequest, invited: Invitation, user: User) -> HttpResponse:
    if request.method == "POST":
        try:
            services.invitation_accept(invitation=invited, user=user)
        except services.InvitationError as error:
            messages.error(request, str(error))
        else:
            request.session[SESSION_KEY] = invited.merchant_id
        return redirect("dashboard:home")
    return render(request, "accounts/invitation.html", {"invitation": invited, "form": None})


def _join_as_new_person(request: HttpRequest, invited: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invited.email)
    if request.method == "POST" and form.is_valid():
        user = services.person_create(
            invitation=invited,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
        )
        login(request, user)
        request.session[SESSION_KEY] = invited.merchant_id
        return redirect("dashboard:home")
    context = {"invitation": invited, "form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/invitation.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Change one's name, language, keys or password."""
    user = cast("User", request.user)
    changes_password = "old_password" in request.POST
    form = ProfileForm(
        request.POST if request.method == "POST" and not changes_password else None,
        instance=user,
    )
    password_form = PasswordChangeForm(user, request.POST if changes_password else None)
    # The first thing on this page is the person's name, not a password.
    password_form.fields["old_password"].widget.attrs.pop("autofocus", None)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    if password_form.is_bound and password_form.is_valid():
        update_session_auth_hash(request, password_form.save())
        messages.success(request, _("Your password was changed."))
        return redirect("accounts:profile")
    context = {"form": form, "password_form": password_form}
    has_errors = bool(form.errors or password_form.errors)
    return render(request, "accounts/profile.html", context, status=422 if has_errors else 200)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie; the way without JavaScript."""
    theme = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("dashboard:home")
    response = redirect(back)
    if theme in {"light", "dark"}:
        response.set_cookie("theme", theme, max_age=31_536_000, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; for load balancers, without secrets."""
    return HttpResponse("ok\n", content_type="text/plain")
