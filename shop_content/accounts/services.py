"""Writes of people and merchants: invitations, roles, the audit trail."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.mail import send_mail
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop_content.accounts.models import AuditEvent, Invitation, Membership, Merchant, Role, User

INVITATION_DAYS = 7  # Long enough for a holiday week, short enough for a link in a mailbox.


class InvitationError(Exception):
    """The invitation cannot be accepted; the message says why, in words for the person."""


class LastAdminError(Exception):
    """The merchant would be left without an admin."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation and its token, which is known only now."""

    invitation: Invitation
    token: str


def audit_record(
    *,
    merchant: Merchant,
    actor: User | None,
    action: str,
    target: models.Model,
    before_fingerprint: str = "",
    after_fingerprint: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add an event to the audit trail; call it inside the transaction of the change it tells of."""
    return AuditEvent.objects.create(
        merchant=merchant,
        actor=actor,
        action=action,
        object_type=target._meta.label_lower,
        object_id=target.pk,
        before_fingerprint=before_fingerprint,
        after_fingerprint=after_fingerprint,
        data=data or {},
    )


def token_sha256(token: str) -> str:
    """Return the hash under which an invitation's token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def invitation_create(
    *, merchant: Merchant, email: str, role: Role, invited_by: User
) -> NewInvitation:
    """Invite a person; an open invitation to the same address loses its link."""
    Invitation.objects.filter(
        merchant=merchant, email__iexact=email, accepted_at__isnull=True
    ).delete()
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        merchant=merchant,
        email=email.lower(),
        role=role,
        token_sha256=token_sha256(token),
        invited_by=invited_by,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    audit_record(
        merchant=merchant,
        actor=invited_by,
        action="accounts.invite",
        target=invitation,
        data={"role": role},
    )
    return NewInvitation(invitation, token)


def invitation_send(*, invitation: Invitation, link: str, language: str) -> None:
    """Mail the link; the page shows it too, for shops whose server sends no mail."""
    with override(language):
        send_mail(
            subject=_("You are invited to %(shop)s") % {"shop": invitation.merchant.name},
            message=render_to_string(
                "accounts/invitation_email.txt", {"invitation": invitation, "link": link}
            ),
            from_email=None,
            recipient_list=[invitation.email],
        )


@transaction.atomic
def invitation_accept(*, invitation: Invitation, user: User) -> Membership:
    """Make the person a member; a link works once and only until it expires.

    Raises:
        InvitationError: the link was used, has expired, or was sent to another address.
    """
    if invitation.email.lower() != user.email.lower():
        raise InvitationError(_("This invitation was sent to another e-mail address."))
    taken = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, expires_at__gt=timezone.now()
    ).update(accepted_at=timezone.now(), accepted_by=user)
    if not taken:
        raise InvitationError(_("This invitation was used already or has expired."))
    membership, is_new = Membership.objects.get_or_create(
        user=user, merchant=invitation.merchant, defaults={"role": invitation.role}
    )
    if not is_new:
        membership_set_role(membership=membership, role=Role(invitation.role), actor=user)
    audit_record(
        merchant=invitation.merchant,
        actor=user,
        action="accounts.join",
        target=membership,
        data={"role": membership.role},
    )
    return membership


@transaction.atomic
def person_create(*, invitation: Invitation, name: str, password: str) -> User:
    """Make the account of a person who came by an invitation, and their membership.

    Raises:
        InvitationError: as `invitation_accept`.
    """
    user = User.objects.create_user(invitation.email, password, name=name)
    invitation_accept(invitation=invitation, user=user)
    return user


@transaction.atomic
def membership_set_role(*, membership: Membership, role: Role, actor: User) -> None:
    """Change what a person may do.

    Raises:
        LastAdminError: the merchant's only admin would become something else.
    """
    before = membership.role
    if before == role:
        return
    if before == Role.ADMIN:
        _keep_an_admin(membership)
    membership.role = role
    membership.save(update_fields=["role", "updated_at"])
    audit_record(
        merchant=membership.merchant,
        actor=actor,
        action="accounts.role",
        target=membership,
        data={"before": before, "after": role},
    )


@transaction.atomic
def membership_end(*, membership: Membership, actor: User) -> None:
    """Take a person's access to the merchant away; the account and its other shops stay.

    Raises:
        LastAdminError: it is the merchant's only admin.
    """
    if membership.role == Role.ADMIN:
        _keep_an_admin(membership)
    audit_record(
        merchant=membership.merchant,
        actor=actor,
        action="accounts.leave",
        target=membership,
        data={"user": membership.user_id, "role": membership.role},
    )
    membership.delete()


def _keep_an_admin(membership: Membership) -> None:
    # All admins are locked, not only the others: two admins who leave at once see each other.
    admins = list(
        Membership.objects.select_for_update()
        .filter(merchant=membership.merchant, role=Role.ADMIN)
        .values_list("pk", flat=True)
    )
    if admins == [membership.pk]:
        raise LastAdminError(_("A shop needs at least one admin; make somebody else admin first."))
