"""The products that a person has ticked, kept in the session so that they survive paging."""

from __future__ import annotations

from collections.abc import Iterable

from shop_content.accounts.http import AppRequest
from shop_content.catalogue.selectors.products import product_list

MAX_SELECTED = 10_000  # A run's size; also keeps the session row small.


def _key(request: AppRequest) -> str:
    # By merchant, so that switching never carries one shop's products into the other.
    return f"selected-products-{request.merchant.pk}"


def selection_ids(request: AppRequest) -> list[int]:
    """Return the ids in the order in which they were ticked; some may be deleted by now."""
    ids = request.session.get(_key(request), [])
    return [pk for pk in ids if isinstance(pk, int)]


def selection_add(request: AppRequest, ids: Iterable[int]) -> int:
    """Tick products of the merchant; ids of others are left out. Return how many are ticked."""
    wanted = set(ids)
    known = product_list(merchant=request.merchant).filter(pk__in=wanted)
    ours = known.order_by("title", "id").values_list("pk", flat=True)
    merged = dict.fromkeys([*selection_ids(request), *ours])
    return _write(request, list(merged)[:MAX_SELECTED])


def selection_remove(request: AppRequest, ids: Iterable[int]) -> int:
    """Untick products. Return how many are left."""
    gone = set(ids)
    return _write(request, [pk for pk in selection_ids(request) if pk not in gone])


def selection_clear(request: AppRequest) -> None:
    """Untick everything."""
    request.session.pop(_key(request), None)


def selection_all_matching(request: AppRequest, *, query: str, state: str) -> int:
    """Tick the products of a filter, up to MAX_SELECTED, in place of what was ticked."""
    rows = product_list(merchant=request.merchant, query=query, state=state)
    ids = rows.order_by("title", "id").values_list("pk", flat=True)[:MAX_SELECTED]
    return _write(request, list(ids))


def _write(request: AppRequest, ids: list[int]) -> int:
    request.session[_key(request)] = ids
    return len(ids)
