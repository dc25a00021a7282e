"""Invitations, roles and the audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from shop_content.accounts.models import AuditEvent, Invitation, Membership, Role, User
from shop_content.accounts.services import (
    InvitationError,
    LastAdminError,
    audit_record,
    invitation_accept,
    invitation_create,
    invitation_send,
    membership_end,
    membership_set_role,
    person_create,
    token_sha256,
)
from tests.factories import PASSWORD, make_member, make_merchant, make_user

pytestmark = pytest.mark.django_db


def invite(email: str = "ana@example.com", role: Role = Role.EDITOR):
    merchant = make_merchant()
    admin = make_member(merchant)
    return invitation_create(merchant=merchant, email=email, role=role, invited_by=admin)


def test_an_invitation_keeps_only_the_hash_of_its_token():
    made = invite()
    assert made.invitation.token_sha256 == token_sha256(made.token)
    assert made.token not in str(vars(made.invitation))


def test_a_second_invitation_to_the_same_address_makes_the_first_link_worthless():
    first = invite().invitation
    invitation_create(
        merchant=first.merchant,
        email="ANA@example.com",
        role=Role.ADMIN,
        invited_by=first.invited_by,
    )
    assert not Invitation.objects.filter(pk=first.pk).exists()
    assert Invitation.objects.filter(merchant=first.merchant).count() == 1


def test_an_accepted_invitation_makes_a_member_with_its_role():
    made = invite()
    user = make_user(email="ana@example.com")
    membership = invitation_accept(invitation=made.invitation, user=user)
    assert (membership.role, membership.merchant) == (Role.EDITOR, made.invitation.merchant)


def test_an_invitation_works_once():
    made = invite()
    user = make_user(email="ana@example.com")
    invitation_accept(invitation=made.invitation, user=user)
    with pytest.raises(InvitationError):
        invitation_accept(invitation=made.invitation, user=user)


def test_an_expired_invitation_is_refused_and_makes_no_member():
    made = invite()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvitationError):
        invitation_accept(invitation=made.invitation, user=make_user(email="ana@example.com"))
    assert not Membership.objects.filter(user__email="ana@example.com").exists()


def test_a_stranger_cannot_use_somebody_elses_invitation():
    made = invite()
    with pytest.raises(InvitationError):
        invitation_accept(invitation=made.invitation, user=make_user())


def test_an_invited_member_gets_the_new_role():
    made = invite(role=Role.ADMIN)
    user = make_user(email="ana@example.com")
    Membership.objects.create(user=user, merchant=made.invitation.merchant, role=Role.EDITOR)
    assert invitation_accept(invitation=made.invitation, user=user).role == Role.ADMIN


def test_a_new_person_gets_an_account_with_the_invited_address():
    made = invite()
    user = person_create(invitation=made.invitation, name="Ana", password=PASSWORD)
    assert user.email == "ana@example.com"
    assert user.check_password(PASSWORD)
    assert user.memberships.get().merchant == made.invitation.merchant


def test_a_refused_invitation_leaves_no_account_behind():
    made = invite()
    Invitation.objects.update(expires_at=timezone.now())
    with pytest.raises(InvitationError):
        person_create(invitation=made.invitation, name="Ana", password=PASSWORD)
    assert not User.objects.filter(email="ana@example.com").exists()


def test_the_mail_holds_the_link():
    made = invite()
    invitation_send(invitation=made.invitation, link="https://shop.example/x", language="en")
    assert mail.outbox[0].to == ["ana@example.com"]
    assert "https://shop.example/x" in mail.outbox[0].body


def test_a_change_of_role_is_in_the_audit_trail():
    merchant = make_merchant()
    admin = make_member(merchant)
    membership = make_member(merchant, Role.EDITOR).memberships.get()
    membership_set_role(membership=membership, role=Role.MERCHANT, actor=admin)
    event = AuditEvent.objects.get(action="accounts.role")
    assert event.data == {"before": "editor", "after": "merchant"}
    assert (event.actor, event.object_id) == (admin, membership.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda membership, actor: membership_set_role(
            membership=membership, role=Role.EDITOR, actor=actor
        ),
        lambda membership, actor: membership_end(membership=membership, actor=actor),
    ],
)
def test_the_last_admin_stays(change):
    admin = make_member()
    membership = admin.memberships.get()
    with pytest.raises(LastAdminError):
        change(membership, admin)
    assert Membership.objects.get(pk=membership.pk).role == Role.ADMIN


def test_one_of_two_admins_may_go():
    merchant = make_merchant()
    first, second = make_member(merchant), make_member(merchant)
    membership_end(membership=first.memberships.get(), actor=second)
    assert not first.memberships.exists()


def test_an_audit_event_can_be_neither_changed_nor_deleted():
    merchant = make_merchant()
    event = audit_record(merchant=merchant, actor=None, action="test.act", target=merchant)
    event.action = "test.forged"
    with pytest.raises(PermissionError):
        event.save()
    with pytest.raises(PermissionError):
        event.delete()
    assert AuditEvent.objects.get().action == "test.act"


def test_addresses_that_differ_in_capitals_are_one_person():
    user = make_user(email="Ana@Example.com")
    assert User.objects.get_by_natural_key("ANA@EXAMPLE.COM") == user
