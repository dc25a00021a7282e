"""Texts that are alike are found among the others of the shop, however many there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from shop_content.accounts.models import Role
from shop_content.catalogue.models import ContentField, ContentOrigin, LiveContent
from shop_content.catalogue.services.content import content_set
from shop_content.checks import shop_texts
from shop_content.checks.models import SignatureBand, TextSignature
from shop_content.checks.rules.copied import check_copied
from shop_content.checks.services import new_versions_check, text_check, version_check
from shop_content.checks.shop_texts import MIN_OPENINGS, ShopText
from shop_content.checks.signatures import (
    NUM_BANDS,
    signature_keys,
    similarities,
    text_signature,
)
from shop_content.checks.tasks import index_live_texts
from shop_content.review.services import item_open, recheck_advance, recheck_restart
from tests.checks.cases import make_context
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product

TEXT = (
    "The {name} is a mug of stoneware for coffee and tea. It holds 350 ml and may go into the "
    "dishwasher, and its handle has room for three fingers of a hand. It comes in a box of card."
)
OTHER = (
    "Somewhere between a bowl and a cup, this piece of pottery takes soup as gladly as it takes "
    "cocoa. Wide at the rim and heavy at the foot, it stands where you put it."
)


def checked(merchant, text, **product):
    draft = make_draft(make_product(merchant, **product), text=text)
    return version_check(version=draft.versions.get())


def sameness(result):
    return [row for row in result.findings if row["rule"] == "sameness"]


def alike_openings(num):
    """Make texts that begin alike and share nothing else."""
    rest = [word * 3 for word in "abcdefghijklmnopqrstuvwxyz"]
    return [
        "This mug is made " + " ".join(f"{word}{number}" for word in rest) for number in range(num)
    ]


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.mark.django_db
def test_same_text_with_another_name_is_a_warning_that_names_the_other(merchant):
    assert sameness(checked(merchant, TEXT.format(name="Harbour"), title="Harbour")) == []
    (found,) = sameness(checked(merchant, TEXT.format(name="Meadow"), title="Meadow"))
    assert found["severity"] == "W"
    assert found["params"]["title"] == "Harbour"
    assert int(found["params"]["percent"]) >= 80


@pytest.mark.django_db
def test_other_text_other_field_other_shop_and_the_products_own_text_are_not_alike(merchant):
    text = TEXT.format(name="Harbour")
    product = make_product(merchant)
    for _number in range(2):
        draft = make_draft(product, text=text)
        assert sameness(version_check(version=draft.versions.get())) == []
    assert sameness(checked(merchant, OTHER)) == []
    assert sameness(checked(make_merchant(), text)) == []
    bullets = make_draft(make_product(merchant), text=text, field="bullets")
    assert sameness(version_check(version=bullets.versions.get())) == []
    title = make_draft(make_product(merchant), text=text, field="meta_title")
    assert sameness(version_check(version=title.versions.get())) == []


@pytest.mark.django_db
def test_index_holds_the_newest_text_of_a_field(merchant):
    product = make_product(merchant)
    for text in (TEXT.format(name="Harbour"), OTHER):
        version_check(version=make_draft(product, text=text).versions.get())
    assert TextSignature.objects.count() == 1
    assert SignatureBand.objects.count() == NUM_BANDS
    assert sameness(checked(merchant, TEXT.format(name="Meadow"))) == []


@pytest.mark.django_db
def test_drafts_of_one_hand_over_are_compared_with_the_index(merchant):
    checked(merchant, TEXT.format(name="Harbour"))
    drafts = [make_draft(make_product(merchant), text=TEXT.format(name="Meadow")) for _ in "ab"]
    results = new_versions_check(versions=[draft.versions.get() for draft in drafts])
    assert [len(sameness(result)) for result in results] == [1, 1]
    assert TextSignature.objects.count() == 3


@pytest.mark.django_db
def test_many_alike_openings_are_a_note(merchant):
    texts = alike_openings(MIN_OPENINGS + 1)
    found = [sameness(checked(merchant, text)) for text in texts]
    assert [len(rows) for rows in found] == [0] * MIN_OPENINGS + [1]
    (note,) = found[-1]
    assert note["severity"] == "I"
    assert texts[-1][note["start"] : note["end"]] == "This mug is made"


@pytest.mark.django_db
def test_shop_of_one_template_is_not_read_whole(merchant, monkeypatch):
    """However many texts are under the same keys, few of them are looked at."""
    monkeypatch.setattr(shop_texts, "MAX_CANDIDATES", 3)
    for number in range(6):
        checked(merchant, TEXT.format(name=f"Harbour{number}"))
    product = make_product(merchant)
    rows = [ShopText(merchant.pk, product.pk, "description", TEXT.format(name="Meadow"))]
    with CaptureQueriesContext(connection) as queries:
        assert shop_texts.shop_findings(rows)[0]
    (bands,) = [row["sql"] for row in queries if "signatureband" in row["sql"]]
    assert "LIMIT 3" in bands


@pytest.mark.django_db
def test_text_of_a_batch_is_not_compared_with_those_of_all_the_others(merchant, monkeypatch):
    monkeypatch.setattr(shop_texts, "MAX_OF_KEY", 2)
    looked_at = []

    def similarities(one, others):
        looked_at.append(len(others))
        return real(one, others)

    real = shop_texts.similarities
    monkeypatch.setattr(shop_texts, "similarities", similarities)
    texts = [TEXT.format(name="Harbour") for _number in range(12)]
    drafts = [make_draft(make_product(merchant), text=text) for text in texts]
    results = new_versions_check(
        versions=[draft.versions.select_related("draft").get() for draft in drafts]
    )
    assert all(map(sameness, results))
    assert max(looked_at) <= 2


@pytest.mark.django_db
def test_texts_of_before_come_into_the_index_when_the_rules_change(merchant):
    draft = make_draft(make_product(merchant), text=TEXT.format(name="Harbour"))
    make_item(draft)
    recheck_advance(recheck_id=recheck_restart().pk)
    assert TextSignature.objects.get().product_id == draft.product_id


@pytest.mark.django_db
def test_texts_written_together_are_compared_with_each_other(merchant):
    names = ("Harbour", "Meadow")
    drafts = [make_draft(make_product(merchant), text=TEXT.format(name=name)) for name in names]
    drafts.append(make_draft(make_product(merchant), text=OTHER))
    versions = [draft.versions.select_related("draft").get() for draft in drafts]
    results = new_versions_check(versions=versions)
    found = [{row["rule"] for row in result.findings} for result in results]
    assert ["sameness" in rules for rules in found] == [True, True, False]


@pytest.mark.django_db
def test_own_older_text_is_no_other_that_begins_alike(merchant):
    texts = alike_openings(MIN_OPENINGS + 2)
    for text in texts[: MIN_OPENINGS - 1]:
        checked(merchant, text)
    draft = make_draft(make_product(merchant), text=texts[-2])
    version_check(version=draft.versions.get())
    rows = text_check(draft=draft, text=texts[-1])
    assert "sameness" not in {row["rule"] for row in rows}
    checked(merchant, texts[MIN_OPENINGS - 1])
    assert "sameness" in {row["rule"] for row in text_check(draft=draft, text=texts[-1])}


@pytest.mark.django_db
def test_typed_text_is_compared_and_not_kept(merchant):
    checked(merchant, TEXT.format(name="Harbour"))
    draft = make_draft(make_product(merchant))
    rows = text_check(draft=draft, text=TEXT.format(name="Meadow"))
    assert "sameness" in {row["rule"] for row in rows}
    assert TextSignature.objects.count() == 1


@pytest.mark.django_db
def test_check_of_20_drafts_takes_as_many_queries_as_of_2(merchant, django_assert_num_queries):
    def versions(num):
        products = [make_product(merchant) for _ in range(num)]
        for product in products:
            make_draft(product, text=OTHER, field=ContentField.SHORT_DESCRIPTION)
        drafts = [make_draft(row, text=f"{OTHER} {n}") for n, row in enumerate(products)]
        return [draft.versions.select_related("draft").get() for draft in drafts]

    checked(merchant, OTHER)
    few, many = versions(2), versions(20)
    for rows in (few, many):
        with django_assert_num_queries(12):
            new_versions_check(versions=rows)


@pytest.mark.django_db
def test_page_offers_to_vary_it(merchant):
    checked(merchant, TEXT.format(name="Harbour"))
    draft = make_draft(make_product(merchant), text=TEXT.format(name="Meadow"))
    version = draft.versions.get()
    item = item_open(draft=draft, version=version, check_result=version_check(version=version))
    client = Client()
    client.force_login(make_member(merchant, Role.EDITOR))
    page = client.get(reverse("review:item", args=[item.pk])).content.decode()
    assert "Vary it" in page
    note = "Say it in other words, and begin in another way."
    client.post(reverse("review:send_back", args=[item.pk]), {"version": 1, "note": note})
    assert draft.product.generation_jobs.get(status="queued").editor_note == note


@given(st.lists(st.sampled_from("abcdefghij"), min_size=20, max_size=60))
def test_signature_is_of_the_text_and_of_nothing_else(letters):
    text = " ".join(letters)
    one = text_signature(text)
    assert one == text_signature(text.upper() + "!")
    assert similarities(one, [one]) == [1]
    assert signature_keys(one, "a") == signature_keys(one, "a") != signature_keys(one, "b")


def test_similarity_is_about_the_share_of_common_runs():
    words = [f"w{number}" for number in range(400)]
    half = words[:200] + [f"v{number}" for number in range(200)]
    one, other = text_signature(" ".join(words)), text_signature(" ".join(half))
    strange = text_signature(" ".join(f"z{n}" for n in range(400)))
    alike, apart = similarities(one, [other, strange])
    assert 0.15 < alike < 0.55  # 198 runs of 598: a third
    assert apart < 0.1


def test_short_text_has_no_signature():
    assert text_signature("A mug.") is None


def test_text_of_the_supplier_is_told_from_half_of_it_on():
    supplier = TEXT.format(name="Harbour")
    context = make_context(supplier_text=supplier)
    (found,) = check_copied(supplier, context)
    assert found.params == (("percent", "100"),)
    assert check_copied(OTHER, context) == []
    assert check_copied(" ".join(supplier.split()[:10]) + " " + OTHER, context) == []
    assert check_copied(supplier, make_context()) == []


def live_text(product, text, field="description", origin=ContentOrigin.IMPORTED):
    return content_set(product=product, field=field, text=text, origin=origin, actor=None)


@pytest.mark.django_db
def test_copy_that_went_live_is_compared_with(merchant):
    live_text(make_product(merchant, title="Harbour"), TEXT.format(name="Harbour"))
    index_live_texts()
    (found,) = sameness(checked(merchant, TEXT.format(name="Meadow")))
    assert found["params"]["title"] == "Harbour"
    assert sameness(checked(make_merchant(), TEXT.format(name="Meadow"))) == []


@pytest.mark.django_db
def test_change_of_live_copy_reaches_the_index(merchant):
    product = make_product(merchant, title="Harbour")
    live_text(product, OTHER)
    index_live_texts()
    live_text(product, TEXT.format(name="Harbour"))
    assert not LiveContent.objects.get().is_indexed
    index_live_texts()
    assert LiveContent.objects.get().is_indexed
    assert TextSignature.objects.count() == 1
    assert len(sameness(checked(merchant, TEXT.format(name="Meadow")))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "A mug."])
def test_copy_that_is_emptied_or_too_short_leaves_the_index(merchant, text):
    product = make_product(merchant)
    live_text(product, TEXT.format(name="Harbour"))
    live_text(product, OTHER, field="bullets")
    index_live_texts()
    live_text(product, text)
    index_live_texts()
    assert [row.field for row in TextSignature.objects.all()] == ["bullets"]
    assert SignatureBand.objects.count() == NUM_BANDS


@pytest.mark.django_db
def test_live_copy_is_put_in_slice_by_slice_with_few_queries(merchant, monkeypatch):
    monkeypatch.setattr(shop_texts, "SLICE_SIZE", 2)
    for number in range(5):
        live_text(make_product(merchant), TEXT.format(name=f"Harbour{number}"))
    live_text(make_product(merchant), "Harbour mug", field="meta_title")
    with CaptureQueriesContext(connection) as queries:
        assert [shop_texts.live_texts_index() for _number in range(4)] == [2, 2, 2, 0]
    assert len([row for row in queries if "SAVEPOINT" not in row["sql"]]) == 5 * 3 + 1
    assert TextSignature.objects.count() == 5
    assert not LiveContent.objects.filter(is_indexed=False).exists()
