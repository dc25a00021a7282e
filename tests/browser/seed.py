"""Fill the database of the browser tests: the demo shop, and what the demo does not show.

Run as `python -m tests.browser.seed` against the database of DATABASE_URL; prints JSON.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - after django.setup().
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY  # noqa: E402
from django.contrib.auth import SESSION_KEY as USER_SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from shop_content.accounts.models import Merchant, Role, User  # noqa: E402
from shop_content.accounts.services import invitation_create  # noqa: E402
from shop_content.catalogue.models import ImportRun, Product  # noqa: E402
from shop_content.catalogue.services.import_steps import import_advance  # noqa: E402
from shop_content.catalogue.services.imports import import_confirm, import_upload  # noqa: E402
from shop_content.dashboard.demo.seeding import demo_seed  # noqa: E402
from shop_content.generation.models import FailureReason, GenerationJob, GenerationRun  # noqa: E402
from shop_content.review.models import ReviewItem  # noqa: E402
from tests.factories import make_brief, make_job, make_member, make_merchant, make_run  # noqa: E402

SHOPIFY_HEADER = "Handle,Title,Variant SKU,Variant Price\n"
SHOPIFY_ROWS = "harbour-mug-blue,Harbour Mug,HH-1002,15.90\nquay-bowl,Quay Bowl,QB-1,free\n"
PASSWORD = "browser-tests-only-pass"


def log_in(user: User) -> str:
    """Return the session key of somebody who is logged in."""
    session = SessionStore()
    session[USER_SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def seed() -> dict[str, object]:
    """Seed the shop and return what the tests need to know of it."""
    demo_seed()
    shop = Merchant.objects.get(slug="harbour-hill")
    people = {}
    for role in Role.values:
        user = User.objects.get(memberships__merchant=shop, memberships__role=role)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        people[role] = user
    empty = make_merchant(name="Empty Shop", slug="empty-shop")
    people["second_editor"] = make_member(shop, Role.EDITOR, name="Ben Okoro")
    people["without_keys"] = make_member(shop, Role.EDITOR, name="Nora", has_shortcuts=False)
    people["empty_admin"] = make_member(empty, Role.ADMIN, name="Eve")
    people["nobody"] = User.objects.create_user("lone@example.com", PASSWORD, name="Lone")
    invitation = invitation_create(
        merchant=shop, email="new@example.com", role=Role.EDITOR, invited_by=people["admin"]
    )
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "password": PASSWORD,
        "emails": {name: user.email for name, user in people.items()},
        "sessions": {name: log_in(user) for name, user in people.items()},
        "invitation": invitation.token,
        "imports": imports(shop, people["merchant"]),
        "open_run": open_run(shop, people["merchant"]).pk,
        "waiting": list(
            ReviewItem.objects.filter(merchant=shop, status="waiting")
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
    }


def open_run(shop: Merchant, owner: User) -> GenerationRun:
    """Make a run that is half done, with every outcome that a job can have."""
    brief = make_brief(shop, keywords=["everyday", "gift"], created_by=owner)
    run = make_run(shop, brief=brief, created_by=owner, name="Winter gifts", num_products=12)
    for number, product in enumerate(Product.objects.filter(merchant=shop).order_by("pk")[20:32]):
        status, code = "queued", ""
        if number < 2:
            status, code = "dead", FailureReason.PROMPT_TOO_LONG.value
        make_job(run, product=product, status=status, error_code=code)
    job = GenerationJob.objects.filter(run=run, status="queued").earliest("pk")
    GenerationJob.objects.filter(pk=job.pk).update(status="cancelled")
    run.refresh_from_db()
    return run


def imports(shop: Merchant, owner: User) -> dict[str, int]:
    """Send three files: one whose columns have to be named, one checked, one that is in."""
    unknown = _file(shop, owner, "supplier.csv", "Bezeichnung;Werkstoff;Sonderfeld\nKrug;Ton;x\n")
    checked = _file(shop, owner, "spring.csv", f"{SHOPIFY_HEADER}{SHOPIFY_ROWS}")
    done = _file(shop, owner, "jugs.csv", f"{SHOPIFY_HEADER}pier-jug,Pier Jug,PJ-1,29.00\n")
    import_confirm(run=done, actor=owner)
    import_advance(run_id=done.pk)
    return {"unknown": unknown.pk, "checked": checked.pk, "done": done.pk}


def _file(shop: Merchant, owner: User, name: str, text: str) -> ImportRun:
    run = import_upload(merchant=shop, actor=owner, file_name=name, content=text.encode())
    import_advance(run_id=run.pk)
    return run


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed()))
