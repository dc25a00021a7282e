"""An export after several imports: each product as the newest file with it says."""

from __future__ import annotations

import pytest

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.detect import encode
from shop_content.catalogue.models import ImportRun
from shop_content.catalogue.selectors.imports import (
    import_file,
    imports_to_export,
    refused_lines,
)
from shop_content.catalogue.services.content import content_set
from shop_content.catalogue.services.exports import products_export
from shop_content.catalogue.services.import_steps import import_advance
from shop_content.catalogue.services.imports import import_confirm, import_upload
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db

HEADER = "Title,URL handle,Description,Tags,Price"
WOO_HEADER = "ID,Type,SKU,Name,Description,Regular price,Parent,Tags"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def let_in(merchant: Merchant, content: str | bytes) -> ImportRun:
    data = content.encode() if isinstance(content, str) else content
    run = import_upload(merchant=merchant, actor=None, file_name="x.csv", content=data)
    import_advance(run_id=run.pk)
    import_confirm(run=run, actor=None)
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert run.status == ImportRun.Status.IMPORTED
    return run


def exported(merchant: Merchant, **options: bool) -> list[str]:
    return products_export(merchant=merchant, **options).content.decode().splitlines()


def test_a_file_of_mended_rows_takes_nothing_away(merchant):
    first = let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,5\nJug,jug,A jug.,milk,NaN\n")
    refused = "".join(refused_lines(run=first))
    assert "Problem" in refused
    mended = refused.replace("NaN", "7")
    let_in(merchant, encode(mended, import_file(first).format)[0])

    lines = exported(merchant)

    assert lines == [HEADER, "Jug,jug,A jug.,milk,7", "Mug,mug,A mug.,tea,5"]


def test_each_product_is_as_the_newest_file_says(merchant):
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,old,5\nJug,jug,A jug.,milk,7\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,new,6\n")

    assert exported(merchant) == [HEADER, "Mug,mug,A mug.,new,6", "Jug,jug,A jug.,milk,7"]


def test_new_copy_goes_into_rows_of_earlier_files_too(merchant):
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,old,5\nJug,jug,A jug.,milk,7\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,new,6\n")
    jug = merchant.products.get(handle="jug")
    content_set(
        product=jug, field="description", text="A fine jug.", origin="published", actor=None
    )

    assert exported(merchant)[2] == "Jug,jug,<p>A fine jug.</p>,milk,7"


def test_rows_of_another_delimiter_are_written_like_the_newest_file(merchant):
    let_in(merchant, f"{HEADER}\nJug,jug,A jug; blue.,milk,7\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,6".replace(",", ";"))

    assert exported(merchant)[1:] == ["Mug;mug;A mug.;tea;6", 'Jug;jug;"A jug; blue.";milk;7']


def test_variants_stay_with_their_product(merchant):
    header = f"{HEADER},Option1 name,Option1 value"
    rows = "Towel,towel,A towel.,bath,5,Size,S\n,towel,,,7,,L"
    let_in(merchant, f"{header}\n{rows}\n")
    let_in(merchant, f"{header}\nMug,mug,A mug.,tea,6,,\n")

    assert exported(merchant)[2:] == rows.splitlines()


def test_variations_of_woocommerce_stay_with_their_product(merchant):
    let_in(
        merchant,
        f"{WOO_HEADER}\n1,variable,T-1,Towel,A towel.,,,bath\n2,simple,M-1,Mug,A mug.,5,,tea\n"
        "3,variation,T-1-S,Towel S,,6,T-1,\n4,variation,T-1-L,Towel L,,7,id:1,\n",
    )
    let_in(merchant, f"{WOO_HEADER}\n2,simple,M-1,Mug,A mug.,9,,tea\n")

    assert exported(merchant) == [
        WOO_HEADER,
        "2,simple,M-1,Mug,A mug.,9,,tea",
        "1,variable,T-1,Towel,A towel.,,,bath",
        "3,variation,T-1-S,Towel S,,6,T-1,",
        "4,variation,T-1-L,Towel L,,7,id:1,",
    ]


def test_products_added_by_hand_come_after_all_files(merchant):
    let_in(merchant, f"{HEADER}\nJug,jug,A jug.,milk,7\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,6\n")
    make_product(merchant, title="Bowl", handle="bowl", sku="")

    assert [line.split(",")[0] for line in exported(merchant)] == ["Title", "Mug", "Jug", "Bowl"]


def test_copy_alone_is_taken_from_all_files(merchant):
    let_in(merchant, f"{HEADER}\nJug,jug,A jug.,milk,7\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,6\n")

    assert exported(merchant, content_only=True) == [
        "Title,URL handle,Description",
        "Mug,mug,A mug.",
        "Jug,jug,A jug.",
    ]


def test_a_file_with_other_columns_is_not_mixed_in(merchant):
    let_in(merchant, f"{HEADER},Vendor\nJug,jug,A jug.,milk,7,Tide\n")
    newest = let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,6\n")

    assert imports_to_export(merchant=merchant) == [newest]
    # The jug is there as a product, in the columns that this file has.
    assert [line.split(",")[1] for line in exported(merchant)] == ["URL handle", "mug", "jug"]


def test_only_files_that_a_product_needs_are_read(merchant):
    content = f"{HEADER}\nMug,mug,A mug.,tea,6\n"
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,tea,5\n")
    let_in(merchant, f"{HEADER}\nMug,mug,A mug.,milk,5.50\n")
    newest = let_in(merchant, content)

    assert imports_to_export(merchant=merchant) == [newest]
    assert products_export(merchant=merchant).content.decode() == content


def test_files_of_other_merchants_are_never_read(merchant):
    let_in(make_merchant(), f"{HEADER}\nMug,mug,A mug.,tea,6\n")

    assert imports_to_export(merchant=merchant) == []
