"""A merchant switches rules, chooses channels, and all its texts are checked again by them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.checks.merchant_rules import MerchantRules
from shop_content.checks.models import CheckResult, RuleSettings
from shop_content.checks.rule_texts import RULE_TEXTS
from shop_content.checks.rules import RULES, RULES_VERSION
from shop_content.checks.selectors import merchant_rules
from shop_content.checks.services import rule_settings_save, text_check, version_check
from shop_content.review.models import Recheck, ReviewItem
from shop_content.review.services import recheck_advance, rechecks_running
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db

LIST, SAVE = reverse("checks:rules"), reverse("checks:rules_save")
WRONG = "A stoneware mug that holds 530 ml of tea or coffee."


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def admin(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.ADMIN))
    return client


def save(merchant, modes, channels=()):
    return rule_settings_save(
        merchant=merchant, actor=make_member(merchant), modes=modes, channels=channels
    )


def draft_of(merchant, **values):
    return make_draft(make_product(merchant), **values)


def found(merchant, text=WRONG, **values):
    rows = text_check(draft=draft_of(merchant, **values), text=text)
    return [(row["rule"], row["severity"]) for row in rows]


def test_rule_that_is_off_finds_nothing_and_one_that_notes_does_not_stop(merchant):
    assert found(merchant) == [("numbers", "B")]
    save(merchant, {"numbers": "note"})
    assert found(merchant) == [("numbers", "I")]
    save(merchant, {"numbers": "off"})
    assert found(merchant) == []


def test_settings_of_one_shop_change_nothing_for_another(merchant):
    save(make_merchant(), {"numbers": "off"})
    assert found(merchant) == [("numbers", "B")]


@pytest.mark.parametrize("rule", [key for key, row in RULE_TEXTS.items() if not row.can_be_off])
def test_rule_that_guards_people_or_the_machine_stays_on(merchant, rule):
    assert save(merchant, {rule: "off", "unknown": "off", "price": "loud"}).modes == {}


def test_locked_fact_is_never_contradicted_whatever_is_switched_off(merchant):
    save(merchant, {"contradiction": "off"})
    facts = [("Dishwasher safe", "no", "")]
    text = "A mug that is dishwasher safe, for tea and for coffee."
    for handling, rules in (("", []), ("locked", [("contradiction", "B")])):
        product = make_product(merchant, facts=facts)
        product.facts.update(handling=handling)
        rows = text_check(draft=make_draft(product), text=text)
        assert [(row["rule"], row["severity"]) for row in rows if row["severity"] == "B"] == rules


def test_channels_are_compared_with_for_the_merchant(merchant):
    title = "A" * 130 + " mug"
    assert ("channel", "B") not in found(merchant, title, field="title")
    rules = save(merchant, {}, ["ebay", "unknown"])
    assert rules.channels == ("ebay",)
    assert ("channel", "B") in found(merchant, title, field="title")


def test_verdict_tells_by_which_settings_it_was_made(merchant):
    version = draft_of(merchant, text=WRONG).versions.get()
    assert version_check(version=version).rules_version == RULES_VERSION
    save(merchant, {"numbers": "off"})
    again = version_check(version=version)
    assert (again.rules_version, again.num_blocking) == (f"{RULES_VERSION}/1", 0)


def test_saving_the_same_twice_is_no_change(merchant):
    assert save(merchant, {"price": "off"}).version == 1
    assert save(merchant, {"price": "off"}).version == 1
    assert save(merchant, {}).version == 2
    assert merchant_rules(make_merchant().pk) == MerchantRules()


def test_saving_on_the_page_checks_all_texts_of_the_shop_again(admin, merchant):
    own, other = (
        make_item(make_draft(make_product(shop), text=WRONG))
        for shop in (merchant, make_merchant())
    )
    CheckResult.objects.update(rules_version=RULES_VERSION)

    answer = admin.post(SAVE, {"mode-numbers": "off", "channels": ["google"]}, follow=True)

    assert "checked again" in answer.content.decode()
    recheck = Recheck.objects.get(merchant=merchant)
    assert rechecks_running() == [recheck.pk]
    assert not recheck_advance(recheck_id=recheck.pk)
    versions = dict(CheckResult.objects.values_list("version__draft__merchant", "rules_version"))
    assert versions == {
        own.merchant_id: f"{RULES_VERSION}/1",
        other.merchant_id: RULES_VERSION,
    }
    recheck.refresh_from_db()
    assert (recheck.status, recheck.num_checked, recheck.num_total) == ("finished", 1, 1)


def test_nothing_changed_checks_nothing_again(admin):
    admin.post(SAVE, {"mode-price": ""})
    assert RuleSettings.objects.count() == 1
    admin.post(SAVE, {"mode-price": ""})
    assert Recheck.objects.count() <= 1


def test_wrong_mode_is_refused_and_nothing_is_kept(admin):
    answer = admin.post(SAVE, {"mode-price": "loud"})
    assert answer.status_code == 422
    assert not RuleSettings.objects.exists()


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.EDITOR])
def test_others_read_the_rules_and_change_none(merchant, role):
    client = Client()
    client.force_login(make_member(merchant, role))
    page = client.get(LIST).content.decode()
    assert "Numbers and units" in page
    assert "<select" not in page.split("<main")[1]
    assert client.post(SAVE, {"mode-price": "off"}).status_code == 403


@pytest.mark.parametrize("rule_id", RULE_TEXTS)
def test_every_rule_has_a_page_that_shows_what_it_finds(admin, rule_id):
    page = admin.get(reverse("checks:rule", args=[rule_id])).content.decode()
    assert ("findings__row" in page) is (rule_id in RULES)


def test_unknown_rule_is_not_found(admin):
    assert admin.get(reverse("checks:rule", args=["nonsense"])).status_code == 404


def test_page_of_a_rule_says_that_the_shop_has_switched_it_off(admin, merchant):
    save(merchant, {"price": "off"})
    assert "switched this rule off" in admin.get("/rules/price/").content.decode()


def test_list_takes_few_queries(admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        admin.get(LIST)


def test_queue_counts_follow_the_settings(merchant):
    item = make_item(make_draft(make_product(merchant), text=WRONG))
    CheckResult.objects.update(rules_version=RULES_VERSION)
    ReviewItem.objects.update(num_blocking=1)
    save(merchant, {"numbers": "off"})
    recheck = Recheck.objects.create(merchant=merchant, rules_version=f"{RULES_VERSION}/1")
    recheck_advance(recheck_id=recheck.pk)
    item.refresh_from_db()
    assert item.num_blocking == 0
