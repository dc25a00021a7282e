"""Put the demo shop into an empty database, through the same services that people use."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from shop_content.accounts.models import Membership, Merchant, Role, User
from shop_content.catalogue.models import ContentOrigin, FactSource, Product
from shop_content.catalogue.services.content import content_set
from shop_content.catalogue.services.products import FactData, ProductData, product_save
from shop_content.dashboard.demo.history import history_seed

FOLDER = Path(__file__).parent
SHOP_SLUG = "harbour-hill"
# The first product of each of these brands is also sold by a second shop, for which the demo's
# editor works too.
SECOND_SHOP_BRANDS = {"Northfell"}
# GTIN prefix 200: restricted circulation, never a real product's number.
GTIN_PREFIX = "200"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One person of the demo shop."""

    role: Role
    email: str
    password: str


PEOPLE = [
    (Role.MERCHANT, "mara@harbour-hill.example", "Mara Lindqvist"),
    (Role.EDITOR, "ana@harbour-hill.example", "Ana Ferreira"),
    (Role.ADMIN, "adam@harbour-hill.example", "Adam Okafor"),
]


@transaction.atomic
def demo_seed() -> list[DemoLogin]:
    """Make the demo shop and its people; return their log-ins, or [] when the shop is there."""
    if Merchant.objects.filter(slug=SHOP_SLUG).exists():
        return []
    merchant = Merchant.objects.create(name="Harbour & Hill", slug=SHOP_SLUG)
    second = Merchant.objects.create(name="Northfell Outlet", slug="northfell-outlet")
    logins = [_person(merchant, *person) for person in PEOPLE]
    editor = User.objects.get(memberships__merchant=merchant, memberships__role=Role.EDITOR)
    Membership.objects.create(user=editor, merchant=second, role=Role.EDITOR)
    owner = User.objects.get(memberships__merchant=merchant, memberships__role=Role.MERCHANT)
    for number, row in enumerate(read_rows("products.jsonl")):
        _product(merchant, owner, row, number)
        if row["brand"] in SECOND_SHOP_BRANDS:
            _product(second, owner, row, number)
    history_seed(merchant=merchant, owner=owner, editor=editor, rows=read_rows("drafts.jsonl"))
    return logins


@transaction.atomic
def demo_new_passwords() -> list[DemoLogin]:
    """Give the demo's people new passwords and return them; the old ones are known to nobody."""
    logins = []
    for role, email, _name in PEOPLE:
        user = User.objects.filter(email=email).first()
        if user is not None:
            login = DemoLogin(role, email, _password())
            user.set_password(login.password)
            user.save(update_fields=["password"])
            logins.append(login)
    return logins


def read_rows(name: str) -> Iterator[dict[str, Any]]:
    """Read one of the demo's files, one JSON object a line."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _password() -> str:
    return secrets.token_urlsafe(12)


def _person(merchant: Merchant, role: Role, email: str, name: str) -> DemoLogin:
    login = DemoLogin(role, email, _password())
    is_admin = role == Role.ADMIN
    user = User.objects.create_user(
        email, login.password, name=name, is_staff=is_admin, is_superuser=is_admin
    )
    Membership.objects.create(user=user, merchant=merchant, role=role)
    return login


def _product(merchant: Merchant, owner: User, row: Mapping[str, Any], number: int) -> Product:
    facts = tuple(
        FactData(
            name,
            value,
            unit,
            FactSource.MERCHANT,
            is_verified=number % 3 != 2,
            handling=handling[0] if handling else "",
        )
        for name, value, unit, *handling in row["facts"]
    )
    product = product_save(
        merchant=merchant,
        actor=owner,
        data=ProductData(
            title=row["title"],
            sku=f"HH-{1001 + number}",
            brand=row["brand"],
            category=row["category"],
            gtin=_gtin(number) if row["price_cents"] else "",
            price_cents=row["price_cents"],
            currency=merchant.currency if row["price_cents"] else "",
            supplier_text=row["supplier_text"],
            facts=facts,
        ),
    )
    for field, (text, origin) in row["live"].items():
        content_set(
            product=product, field=field, text=text, origin=ContentOrigin(origin), actor=owner
        )
    return product


def _gtin(number: int) -> str:
    """Return a GTIN-13 with its check digit (GS1 General Specifications, 7.9)."""
    digits = f"{GTIN_PREFIX}{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
