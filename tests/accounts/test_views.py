"""Log-in, people, invitations and profile, as a browser sends them."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Invitation, Membership, Role, User
from shop_content.accounts.services import invitation_create
from tests.factories import PASSWORD, make_member, make_merchant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return make_merchant(name="Tidewater")


@pytest.fixture
def admin(merchant):
    return make_member(merchant, Role.ADMIN)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_person_logs_in_by_address_whatever_its_capitals(client):
    make_member(email="ana@example.com")
    answer = client.post(
        reverse("accounts:login"), {"username": "Ana@Example.com", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert answer.url == reverse("dashboard:home")


def test_a_wrong_password_says_so_and_keeps_the_address(client):
    make_user(email="ana@example.com")
    answer = client.post(
        reverse("accounts:login"), {"username": "ana@example.com", "password": "no"}
    )
    assert "do not fit together" in answer.content.decode()
    assert "ana@example.com" in answer.content.decode()


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(client):
    make_user(email="ana@example.com")
    pages = [
        client.post(reverse("accounts:login"), {"username": name, "password": "no"})
        for name in ["ana@example.com", "eve@example.com"]
    ]
    texts = [re.sub(r"(ana|eve)@|value=\"[^\"]*\"", "", page.content.decode()) for page in pages]
    strip = [re.sub(r"csrf[^>]*>|X-CSRFToken[^}]*}", "", text) for text in texts]
    assert strip[0] == strip[1]


def test_the_way_on_after_the_log_in_stays_on_this_site(client):
    make_member(email="ana@example.com")
    answer = client.post(
        reverse("accounts:login"),
        {"username": "ana@example.com", "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert answer.url == reverse("dashboard:home")


def test_signing_out_needs_a_post(client, admin):
    client.force_login(admin)
    assert client.get(reverse("accounts:logout")).status_code == 405
    client.post(reverse("accounts:logout"))
    assert client.get(reverse("dashboard:home")).status_code == 302


def test_a_password_is_reset_by_mail(client):
    user = make_member(email="ana@example.com")
    client.post(reverse("accounts:password_reset"), {"email": "ana@example.com"})
    link = re.search(r"/password/reset/\S+", mail.outbox[0].body).group()
    form = client.get(link, follow=True)
    new = "a brand new passphrase"
    client.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_reset_for_an_unknown_address_looks_the_same_and_sends_nothing(client):
    answer = client.post(reverse("accounts:password_reset"), {"email": "eve@example.com"})
    assert answer.url == reverse("accounts:password_reset_done")
    assert mail.outbox == []


def test_people_lists_the_members_of_this_merchant_only(admin, merchant):
    make_member(merchant, Role.EDITOR, name="Berta Here")
    make_member(name="Carl Elsewhere")
    page = logged_in(admin).get(reverse("accounts:people")).content.decode()
    assert "Berta Here" in page
    assert "Carl Elsewhere" not in page


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.EDITOR])
def test_people_is_for_admins(merchant, role):
    client = logged_in(make_member(merchant, role))
    assert client.get(reverse("accounts:people")).status_code == 403


def test_people_sends_strangers_to_the_log_in(client):
    assert client.get(reverse("accounts:people")).url.startswith(reverse("accounts:login"))


def test_an_admin_invites_and_sees_the_link_once(admin, merchant):
    client = logged_in(admin)
    client.post(reverse("accounts:people"), {"email": "new@example.com", "role": "editor"})
    page = client.get(reverse("accounts:people")).content.decode()
    assert "testserver/invitations/" in page
    assert len(mail.outbox) == 1
    assert "testserver/invitations/" not in client.get(reverse("accounts:people")).content.decode()


def test_inviting_a_member_is_refused_beside_the_field(admin, merchant):
    member = make_member(merchant, Role.EDITOR)
    answer = logged_in(admin).post(
        reverse("accounts:people"), {"email": member.email.upper(), "role": "editor"}
    )
    assert answer.status_code == 422
    assert "is a member already" in answer.content.decode()


def test_a_new_person_joins_by_the_link(client, admin, merchant):
    made = invitation_create(
        merchant=merchant, email="new@example.com", role=Role.EDITOR, invited_by=admin
    )
    url = reverse("accounts:invitation", args=[made.token])
    assert "Tidewater" in client.get(url).content.decode()
    answer = client.post(url, {"name": "Nia", "password": "a long enough secret"})
    assert answer.url == reverse("dashboard:home")
    assert Membership.objects.get(user__email="new@example.com").role == Role.EDITOR


def test_a_weak_password_is_refused_and_the_name_is_kept(client, admin, merchant):
    made = invitation_create(
        merchant=merchant, email="new@example.com", role=Role.EDITOR, invited_by=admin
    )
    answer = client.post(
        reverse("accounts:invitation", args=[made.token]), {"name": "Nia", "password": "short"}
    )
    assert answer.status_code == 422
    assert 'value="Nia"' in answer.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_person_with_an_account_is_asked_to_log_in_first(client, admin, merchant):
    make_user(email="ana@example.com")
    made = invitation_create(
        merchant=merchant, email="ana@example.com", role=Role.EDITOR, invited_by=admin
    )
    url = reverse("accounts:invitation", args=[made.token])
    assert client.get(url).url == f"{reverse('accounts:login')}?next={url}"


def test_a_person_who_is_logged_in_joins_with_one_click(admin, merchant):
    user = make_user(email="ana@example.com")
    made = invitation_create(
        merchant=merchant, email="ana@example.com", role=Role.EDITOR, invited_by=admin
    )
    logged_in(user).post(reverse("accounts:invitation", args=[made.token]))
    assert user.memberships.get().merchant == merchant


def test_a_used_link_says_that_it_is_over(client, admin, merchant):
    made = invitation_create(
        merchant=merchant, email="new@example.com", role=Role.EDITOR, invited_by=admin
    )
    url = reverse("accounts:invitation", args=[made.token])
    client.post(url, {"name": "Nia", "password": "a long enough secret"})
    assert client.get(url).status_code == 410
    assert client.get(reverse("accounts:invitation", args=["nonsense"])).status_code == 404


def test_an_invitation_is_withdrawn(admin, merchant):
    made = invitation_create(
        merchant=merchant, email="new@example.com", role=Role.EDITOR, invited_by=admin
    )
    logged_in(admin).post(reverse("accounts:withdraw_invitation", args=[made.invitation.pk]))
    assert not Invitation.objects.exists()


def test_a_role_is_changed_and_the_last_admin_kept(admin, merchant):
    membership = make_member(merchant, Role.EDITOR).memberships.get()
    client = logged_in(admin)
    client.post(reverse("accounts:change_role", args=[membership.pk]), {"role": "merchant"})
    membership.refresh_from_db()
    assert membership.role == Role.MERCHANT
    own = admin.memberships.get()
    page = client.post(
        reverse("accounts:change_role", args=[own.pk]), {"role": "editor"}, follow=True
    )
    assert "at least one admin" in page.content.decode()


def test_a_role_that_does_not_exist_changes_nothing(admin, merchant):
    membership = make_member(merchant, Role.EDITOR).memberships.get()
    logged_in(admin).post(reverse("accounts:change_role", args=[membership.pk]), {"role": "god"})
    membership.refresh_from_db()
    assert membership.role == Role.EDITOR


def test_a_person_is_removed(admin, merchant):
    membership = make_member(merchant, Role.EDITOR).memberships.get()
    logged_in(admin).post(reverse("accounts:remove_person", args=[membership.pk]))
    assert not Membership.objects.filter(pk=membership.pk).exists()


@pytest.mark.parametrize("name", ["change_role", "remove_person"])
def test_another_merchants_people_are_not_found(admin, name):
    stranger = make_member(role=Role.EDITOR).memberships.get()
    answer = logged_in(admin).post(
        reverse(f"accounts:{name}", args=[stranger.pk]), {"role": "admin"}
    )
    assert answer.status_code == 404
    stranger.refresh_from_db()
    assert stranger.role == Role.EDITOR


def test_an_editor_of_two_shops_switches(merchant):
    editor = make_member(merchant, Role.EDITOR)
    other = make_merchant(name="Zebra Outdoor")
    Membership.objects.create(user=editor, merchant=other, role=Role.EDITOR)
    client = logged_in(editor)
    client.post(reverse("accounts:switch_merchant"), {"merchant": other.pk})
    assert client.get(reverse("dashboard:home")).wsgi_request.membership.merchant == other


@pytest.mark.parametrize("chosen", ["", "x", "999999", "-1"])
def test_switching_to_a_shop_that_is_not_ones_own_is_not_found(admin, chosen):
    answer = logged_in(admin).post(reverse("accounts:switch_merchant"), {"merchant": chosen})
    assert answer.status_code == 404


def test_a_membership_that_ended_is_not_used_any_more(merchant):
    editor = make_member(merchant, Role.EDITOR)
    client = logged_in(editor)
    client.post(reverse("accounts:switch_merchant"), {"merchant": merchant.pk})
    editor.memberships.all().delete()
    assert client.get(reverse("dashboard:home")).wsgi_request.membership is None


def test_a_profile_is_saved_and_its_language_is_used(admin):
    client = logged_in(admin)
    client.post(reverse("accounts:profile"), {"name": "Ana", "language": "de"})
    admin.refresh_from_db()
    assert (admin.name, admin.language, admin.has_shortcuts) == ("Ana", "de", False)
    assert '<html lang="de"' in client.get(reverse("accounts:profile")).content.decode()


def test_a_password_is_changed_in_the_profile_and_the_session_lives_on(admin):
    client = logged_in(admin)
    new = "another long secret"
    client.post(
        reverse("accounts:profile"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    admin.refresh_from_db()
    assert admin.check_password(new)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_a_wrong_old_password_changes_nothing(admin):
    answer = logged_in(admin).post(
        reverse("accounts:profile"),
        {"old_password": "no", "new_password1": "x" * 20, "new_password2": "x" * 20},
    )
    assert answer.status_code == 422
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


@pytest.mark.parametrize(("theme", "cookie"), [("dark", "dark"), ("light", "light"), ("<x>", "")])
def test_the_theme_is_kept_in_a_cookie(client, theme, cookie):
    answer = client.post(reverse("accounts:set_theme"), {"theme": theme, "next": "//evil.example"})
    assert answer.cookies["theme"].value == cookie
    assert answer.url == reverse("dashboard:home")


def test_health_answers_without_a_log_in(client):
    assert client.get(reverse("accounts:healthz")).content == b"ok\n"
