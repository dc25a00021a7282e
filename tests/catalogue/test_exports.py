"""The catalogue on its way back to the shop: service, page and command."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role
from shop_content.catalogue.models import ImportRun, Product
from shop_content.catalogue.services.content import content_set
from shop_content.catalogue.services.exports import products_export
from shop_content.catalogue.services.import_steps import import_advance
from shop_content.catalogue.services.imports import import_confirm, import_map, import_upload
from tests.catalogue.csv_io.files import SHOPIFY, SHOPIFY_OLD, WOOCOMMERCE, products
from tests.factories import make_live, make_member, make_merchant, make_product
from tests.naughty import NAUGHTY_STRINGS

pytestmark = pytest.mark.django_db

EXPORT = reverse("catalogue:export")


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(slug="tidewater")


@pytest.fixture
def client(merchant: Merchant) -> Client:
    browser = Client()
    browser.force_login(make_member(merchant, Role.MERCHANT))
    return browser


def let_in(merchant: Merchant, content: bytes) -> ImportRun:
    run = import_upload(merchant=merchant, actor=None, file_name="x.csv", content=content)
    if run.status == ImportRun.Status.MAPPING:
        import_map(run=run, mapping={int(n): target for n, target in run.mapping.items()})
    import_advance(run_id=run.pk)
    import_confirm(run=run, actor=None)
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.status == ImportRun.Status.IMPORTED
    return run


def publish(product: Product, text: str, field: str = "description") -> None:
    content_set(product=product, field=field, text=text, origin="published", actor=None)


@pytest.mark.parametrize("text", [SHOPIFY, SHOPIFY_OLD, WOOCOMMERCE, "title;brand\rMug;Tide\rJug;"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_came_in_goes_out_byte_for_byte(merchant, text, encoding):
    content = text.encode(encoding)
    let_in(merchant, content)

    assert products_export(merchant=merchant).content == content


def test_published_copy_is_in_its_own_cell_and_nothing_else_changes(merchant):
    let_in(merchant, SHOPIFY.encode())
    publish(merchant.products.get(handle="plain-bowl"), "A deep bowl.\n\nFor soup.")

    after = products_export(merchant=merchant).content.decode()

    assert after == SHOPIFY.replace("A bowl.", '"<p>A deep bowl.</p>\n<p>For soup.</p>"')


def test_an_export_that_comes_back_changes_nothing(merchant):
    let_in(merchant, WOOCOMMERCE.encode())
    publish(merchant.products.get(sku="W-1"), "New =copy\n\n- one\n- two")

    run = let_in(merchant, products_export(merchant=merchant).content)

    assert (run.num_new, run.num_changed, run.num_unchanged, run.num_kept) == (0, 0, 2, 0)


def test_products_added_by_hand_come_at_the_end(merchant):
    let_in(merchant, SHOPIFY_OLD.rstrip().encode())
    product = make_product(merchant, handle="new", title="New mug", sku="N-1")
    make_live(product, "Fresh.")

    after = products_export(merchant=merchant).content.decode()

    assert after.startswith(SHOPIFY_OLD)
    assert [record.handle for record in products(after)] == ["jug", "new"]


def test_a_shop_without_a_file_gets_one_of_the_dialect(merchant):
    make_live(make_product(merchant, sku="A-1", title="Mug"), "Hot.")

    for dialect in ("shopify", "shopify_old", "woocommerce", "generic"):
        file = products_export(merchant=merchant, dialect=dialect)
        (record,) = products(file.content.decode())
        assert (record.title, record.sku) == ("Mug", "A-1")
        assert dict(record.content)["description"] == "Hot."
        assert file.file_name == f"tidewater-{dialect}.csv"


def test_the_newest_file_of_the_dialect_is_written_back(merchant):
    let_in(merchant, SHOPIFY_OLD.encode())
    let_in(merchant, WOOCOMMERCE.encode())

    old = products_export(merchant=merchant, dialect="shopify_old").content.decode()
    newest = products_export(merchant=merchant).content.decode()

    assert old.startswith(SHOPIFY_OLD)
    assert newest.startswith(WOOCOMMERCE)


def test_no_product_of_another_merchant_goes_out(merchant):
    make_product(title="Secret mug")

    assert b"Secret" not in products_export(merchant=merchant).content


def test_copy_beyond_the_encoding_makes_the_file_utf_8(merchant):
    let_in(merchant, "title,description\nBücher,x\n".encode("cp1252"))
    publish(merchant.products.get(), "Tee 🫖")

    file = products_export(merchant=merchant)

    assert not file.keeps_encoding
    assert "Bücher,Tee 🫖" in file.content.decode("utf-8-sig")


@pytest.mark.parametrize("dialect", ["shopify", "woocommerce", "generic"])
def test_naughty_strings_go_out_and_come_in_again(merchant, dialect):
    for number, text in enumerate(NAUGHTY_STRINGS):
        product = make_product(merchant, handle=f"p{number}", sku=f"S{number}", title=f"T{number}")
        make_live(product, text, field="meta_title")

    run = let_in(merchant, products_export(merchant=merchant, dialect=dialect).content)

    assert run.num_refused == run.num_new == 0
    assert run.num_products == len(NAUGHTY_STRINGS)
    again = products_export(merchant=merchant, dialect=dialect).content
    assert again == bytes(run.content)


def test_the_page_offers_the_choices_and_sends_the_file(client, merchant):
    make_product(merchant, title="Harbour mug")

    page = client.get(EXPORT)
    file = client.get(EXPORT, {"file": "1", "dialect": "generic", "content_only": "on"})

    assert page.status_code == 200
    assert "Download CSV" in page.content.decode()
    assert file["Content-Type"] == "text/csv"
    assert 'filename="tidewater-generic.csv"' in file["Content-Disposition"]
    assert b"Harbour mug" in file.content


def test_a_kind_of_file_that_there_is_not_is_refused(client):
    assert client.get(EXPORT, {"file": "1", "dialect": "magento"}).status_code == 422


def test_the_page_takes_no_post(client):
    assert client.post(EXPORT).status_code == 405


def test_strangers_are_sent_to_the_log_in():
    assert Client().get(EXPORT, {"file": "1"}).status_code == 302


def test_an_editor_may_take_the_file(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.EDITOR))

    assert client.get(EXPORT, {"file": "1"}).status_code == 200


def test_the_command_writes_the_file(merchant, tmp_path):
    let_in(merchant, SHOPIFY.encode())
    target = tmp_path / "out.csv"

    call_command("export_products", merchant="tidewater", dialect="shopify", output=str(target))

    assert target.read_bytes() == SHOPIFY.encode()


def test_the_command_writes_bytes_to_standard_output(merchant, capfdbinary):
    let_in(merchant, SHOPIFY_OLD.encode("cp1252"))

    call_command("export_products", merchant="tidewater")

    assert capfdbinary.readouterr().out == SHOPIFY_OLD.encode("cp1252")


@pytest.mark.parametrize(
    "options", [{"merchant": "nobody"}, {"merchant": "tidewater", "output": "/nowhere/x.csv"}]
)
def test_the_command_says_what_is_wrong(merchant, options):
    with pytest.raises(CommandError):
        call_command("export_products", **options)
