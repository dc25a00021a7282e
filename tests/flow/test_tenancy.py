"""Every address of the app, found by itself: whose it is, who may open it, and how (S1, S3, S10).

A new route that is not in one of the tables below fails `test_every_route_is_in_a_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shop_content.accounts.models import Membership, Merchant, Role
from shop_content.accounts.services import invitation_create
from shop_content.catalogue.models import ImportRun
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import DraftCandidate
from shop_content.review.models import Recheck, RecheckedItem, ReviewItem
from tests.factories import (
    make_brief,
    make_draft,
    make_item,
    make_live,
    make_member,
    make_merchant,
    make_need,
    make_product,
    make_prompt_rule,
    make_question,
    make_run,
)

pytestmark = pytest.mark.django_db

ALL = {Role.MERCHANT, Role.EDITOR, Role.ADMIN}
WRITERS = {Role.MERCHANT, Role.ADMIN}
REVIEWERS = {Role.EDITOR, Role.ADMIN}
ADMINS = {Role.ADMIN}

# Open to everybody; none shows anything of a merchant without a secret in the address.
PUBLIC = {
    "accounts:healthz",
    "accounts:login",
    "accounts:logout",
    "accounts:password_reset",
    "accounts:password_reset_done",
    "accounts:password_reset_confirm",
    "accounts:invitation",
    "accounts:set_theme",
}
# The same for all shops, for people of any of them.
OF_NOBODY = {"checks:rule", "training:evaluation"}
# For each person who is logged in, whatever their shop.
PERSONAL = {"accounts:switch_merchant", "accounts:profile", "dashboard:home"}
# Lists and forms of the merchant for whom the person works: who may open them.
OF_THE_MERCHANT: dict[str, set[Role]] = {
    "accounts:people": ADMINS,
    "catalogue:products": ALL,
    "catalogue:select": WRITERS,
    "catalogue:product_add": WRITERS,
    "catalogue:imports": WRITERS,
    "catalogue:export": ALL,
    "keywords:write": WRITERS,
    "keywords:briefs": WRITERS,
    "keywords:brief_add": WRITERS,
    "keywords:questions": WRITERS,
    "keywords:needs": WRITERS,
    "keywords:voice": WRITERS,
    "generation:runs": ALL,
    "checks:rules": ALL,
    "checks:rules_save": ADMINS,
    "review:queue": REVIEWERS,
    "review:next": REVIEWERS,
    "review:bulk": REVIEWERS,
    "review:rechecks": REVIEWERS,
    "review:recheck_progress": REVIEWERS,
    "review:reasons": ADMINS,
    "publication:published": ALL,
    "training:evaluations": ADMINS,
    "generation:prompts": ADMINS,
    "generation:prompt_try": ADMINS,
    "generation:prompt_rules": ADMINS,
}


def product(merchant: Merchant) -> dict[str, Any]:
    row = make_product(merchant)
    make_live(row)
    return {"pk": row.pk}


def item(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_item(make_draft(make_product(merchant))).pk}


def rechecked(merchant: Merchant) -> dict[str, Any]:
    row = RecheckedItem.objects.create(
        recheck=Recheck.objects.get_or_create(rules_version="1")[0],
        merchant=merchant,
        item_id=item(merchant)["pk"],
        fingerprint="",
    )
    return {"pk": row.pk}


def candidate(merchant: Merchant) -> dict[str, Any]:
    made = item(merchant)
    draft = ReviewItem.objects.get(pk=made["pk"]).draft
    DraftCandidate.objects.create(draft=draft, rank=2, text="Another.", score=0.5)
    return {**made, "rank": 2}


def run(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_run(merchant).pk}


def brief(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_brief(merchant, is_template=True).pk}


def question(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_question(make_product(merchant)).pk}


def need(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_need(merchant).pk}


def prompt_rule(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_prompt_rule(merchant).pk}


def import_run(merchant: Merchant) -> dict[str, Any]:
    content = b"Title\nMug\n"
    row = ImportRun.objects.create(
        merchant=merchant,
        file_name="a.csv",
        content=content,
        content_sha256=text_fingerprint(content.decode()),
    )
    return {"pk": row.pk}


def membership(merchant: Merchant) -> dict[str, Any]:
    return {"pk": make_member(merchant, Role.EDITOR).memberships.get().pk}


def invitation(merchant: Merchant) -> dict[str, Any]:
    made = invitation_create(
        merchant=merchant, email="x@example.com", role=Role.EDITOR, invited_by=make_member(merchant)
    )
    return {"pk": made.invitation.pk}


# Things of one merchant: how to make one, and who may open it at their own merchant.
OBJECTS: dict[str, tuple[Callable[[Merchant], dict[str, Any]], set[Role]]] = {
    "accounts:change_role": (membership, ADMINS),
    "accounts:remove_person": (membership, ADMINS),
    "accounts:withdraw_invitation": (invitation, ADMINS),
    "catalogue:product": (product, ALL),
    "catalogue:product_edit": (product, WRITERS),
    "catalogue:product_look": (product, WRITERS),
    "catalogue:content_edit": (
        lambda merchant: {**product(merchant), "field": "description"},
        WRITERS,
    ),
    "catalogue:import_run": (import_run, WRITERS),
    "catalogue:import_progress": (import_run, WRITERS),
    "catalogue:import_columns": (import_run, WRITERS),
    "catalogue:import_start": (import_run, WRITERS),
    "catalogue:import_drop": (import_run, WRITERS),
    "catalogue:import_refused": (import_run, WRITERS),
    "keywords:brief": (brief, WRITERS),
    "keywords:brief_delete": (brief, WRITERS),
    "catalogue:product_suggestion": (product, WRITERS),
    "keywords:need_delete": (need, WRITERS),
    "generation:prompt_rule_delete": (prompt_rule, ADMINS),
    "keywords:answer": (question, WRITERS),
    "keywords:dismiss": (question, WRITERS),
    "keywords:product_questions": (product, ALL),
    "generation:run": (run, ALL),
    "generation:progress": (run, ALL),
    "generation:pause": (run, WRITERS),
    "generation:resume": (run, WRITERS),
    "generation:cancel": (run, WRITERS),
    "generation:retry": (run, WRITERS),
    "review:item": (item, REVIEWERS),
    "review:check": (item, REVIEWERS),
    "review:approve": (item, REVIEWERS),
    "review:reject": (item, REVIEWERS),
    "review:send_back": (item, REVIEWERS),
    "review:again": (item, REVIEWERS),
    "review:edit": (item, REVIEWERS),
    "review:dismiss": (item, REVIEWERS),
    "review:use_candidate": (candidate, REVIEWERS),
    "review:undo": (item, REVIEWERS),
    "review:recheck_look": (rechecked, REVIEWERS),
    "review:product_drafts": (product, ALL),
    "publication:history": (product, ALL),
    "publication:roll_back": (product, REVIEWERS),
}


def routes(patterns: Any = None, space: str = "") -> Iterator[str]:
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":  # Django admin guards itself: staff only.
                yield from routes(pattern.url_patterns, pattern.namespace or space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}:{pattern.name}"


def login(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def snapshot() -> dict[str, int]:
    """Count the rows of every table of ours; nothing of a stranger may come or go."""
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model.__module__.startswith("shop_content.")
    }


def test_every_route_is_in_a_table():
    assert set(routes()) == PUBLIC | PERSONAL | OF_NOBODY | set(OF_THE_MERCHANT) | set(OBJECTS)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_another_merchants_things_are_not_found(name):
    make, _roles = OBJECTS[name]
    kwargs = make(make_merchant())
    url = reverse(name, kwargs=kwargs)
    own = make_merchant()
    for role in Role:
        client = login(make_member(own, role))
        before = snapshot()
        for method in (client.get, client.post, client.put, client.delete):
            status = method(url).status_code
            assert status in {403, 404, 405}, (name, role, method.__name__)
            assert status != 200
        assert snapshot() == before


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_an_admin_of_another_merchant_gets_a_404_and_no_403(name):
    """A 403 would say that the thing exists."""
    make, _roles = OBJECTS[name]
    url = reverse(name, kwargs=make(make_merchant()))
    client = login(make_member(make_merchant(), Role.ADMIN))
    statuses = {client.get(url).status_code, client.post(url).status_code}
    assert statuses <= {404, 405}
    assert 404 in statuses


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_role_opens_what_the_table_says(name, role):
    make, roles = OBJECTS[name]
    merchant = make_merchant()
    url = reverse(name, kwargs=make(merchant))
    client = login(make_member(merchant, role))
    statuses = {client.get(url).status_code, client.post(url).status_code}
    if role in roles:
        assert 403 not in statuses
        assert 404 not in statuses or name == "catalogue:import_refused"
    else:
        assert statuses <= {403, 405}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(OF_THE_MERCHANT))
def test_a_role_opens_the_lists_that_the_table_says(name, role):
    client = login(make_member(make_merchant(), role))
    url = reverse(name)
    statuses = {client.get(url).status_code, client.post(url).status_code}
    if role in OF_THE_MERCHANT[name]:
        assert 403 not in statuses
        assert not [status for status in statuses if status >= 500]
    else:
        assert statuses <= {403, 405}


@pytest.mark.parametrize("name", sorted({*OF_THE_MERCHANT, *PERSONAL}))
def test_strangers_are_sent_to_the_log_in(client, name):
    url = reverse(name)
    answers = [client.get(url), client.post(url)]
    assert {answer.status_code for answer in answers} <= {302, 405}
    for answer in answers:
        assert answer.status_code == 405 or answer.url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_strangers_learn_nothing_of_a_thing(client, name):
    make, _roles = OBJECTS[name]
    url = reverse(name, kwargs=make(make_merchant()))
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 405 or answer.url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", sorted({*OBJECTS, *OF_THE_MERCHANT, *PERSONAL}))
def test_nothing_is_changed_without_the_forms_token(name):
    merchant = make_merchant()
    kwargs = OBJECTS[name][0](merchant) if name in OBJECTS else {}
    user = make_member(merchant, Role.ADMIN)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    before = snapshot()
    assert client.post(reverse(name, kwargs=kwargs)).status_code in {403, 405}
    assert snapshot() == before


def test_a_person_without_a_membership_opens_nothing():
    user = make_member(make_merchant(), Role.ADMIN)
    Membership.objects.all().delete()
    client = login(user)
    for name in OF_THE_MERCHANT:
        assert client.get(reverse(name)).status_code in {403, 405}
