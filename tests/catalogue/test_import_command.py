"""Files from the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import ImportRun, Product
from tests.factories import make_live, make_merchant, make_product

pytestmark = pytest.mark.django_db

HEADER = "Title,URL handle,Description,SKU,Price"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(slug="tidewater")


def write(folder: Path, text: str) -> str:
    path = folder / "products.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def run_command(*args: str, **options: object) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command(
        "import_products", *args, "--merchant", "tidewater", stdout=out, stderr=errors, **options
    )
    return out.getvalue(), errors.getvalue()


def test_a_file_goes_in(merchant, tmp_path):
    path = write(tmp_path, f"{HEADER}\nMug,mug,A mug.,M-1,5\n")

    out, _errors = run_command(path)
    again, _errors = run_command(path)

    assert out.startswith("1 new, 0 changed, 0 unchanged, 0 refused")
    assert again.startswith("0 new, 0 changed, 1 unchanged, 0 refused")
    assert Product.objects.get(merchant=merchant).title == "Mug"
    assert ImportRun.objects.latest("pk").file_name == "products.csv"


def test_a_bad_row_is_said_by_number_and_the_rest_goes_in(merchant, tmp_path, capsys):
    path = write(tmp_path, f"{HEADER}\nMug,mug,A mug.,M-1,5\nJug,jug,A jug.,J-1,NaN\n")
    errors = StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("import_products", path, "--merchant", "tidewater", stderr=errors)

    assert stopped.value.code == 1
    assert errors.getvalue().startswith("Row 3, Price: “NaN” is not a price.")
    assert "1 new" in capsys.readouterr().out
    assert Product.objects.get(merchant=merchant).title == "Mug"


def test_columns_are_guessed_by_their_names(merchant, tmp_path):
    run_command(write(tmp_path, "Bezeichnung;Artikelnummer;Material\nTasse;A-1;Ton\n"))

    product = Product.objects.get(merchant=merchant)
    assert (product.title, product.sku) == ("Tasse", "A-1")
    assert product.facts.get().value == "Ton"


def test_a_dry_run_changes_nothing(merchant, tmp_path):
    out, _errors = run_command(write(tmp_path, f"{HEADER}\nMug,mug,,M-1,5\n"), "--dry-run")

    assert out.startswith("1 new")
    assert not Product.objects.exists()


def test_copy_written_here_is_replaced_only_by_wish(merchant, tmp_path):
    product = make_product(merchant, handle="mug", sku="M-1")
    make_live(product, "Ours.", origin="written")
    path = write(tmp_path, f"{HEADER}\nMug,mug,Theirs.,M-1,5\n")

    out, _errors = run_command(path)
    assert "1 texts written here were kept" in out
    assert product.live_contents.get().text == "Ours."

    run_command(path, "--replace-written")
    assert product.live_contents.get().text == "Theirs."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (HEADER + "\n", "no product"),
        ("a,b\n1,2\n", "title"),
        ("PK\x03\x04", "Excel"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(merchant, tmp_path, text, words):
    with pytest.raises(CommandError, match=words):
        run_command(write(tmp_path, text))


def test_a_missing_file_or_merchant_is_one_line(merchant, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run_command(str(tmp_path / "missing.csv"))
    with pytest.raises(CommandError, match="no merchant “nobody”"):
        call_command(
            "import_products", write(tmp_path, f"{HEADER}\nMug,mug,,,\n"), "--merchant", "nobody"
        )
