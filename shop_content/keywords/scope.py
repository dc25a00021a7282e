"""Which products a brief is for: one, those ticked, or all that match a filter."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from shop_content.accounts.http import AppRequest
from shop_content.catalogue.models import Product
from shop_content.catalogue.selection import MAX_SELECTED, selection_ids
from shop_content.catalogue.selectors.products import STATES, product_list

MAX_ID_DIGITS = 18  # Below 2**63, the largest id.


@dataclass(frozen=True, slots=True)
class WriteScope:
    """The products to write for, and the inputs that name them again in a form."""

    product_ids: tuple[int, ...]  # by title; at most MAX_SELECTED
    hidden: tuple[tuple[str, str], ...]  # (name, value) of the form's hidden inputs
    was_named: bool  # products were asked for by id

    @property
    def form_id(self) -> str:
        """Return the id of the form; what was typed for one product is kept for that one."""
        one = f"-{self.product_ids[0]}" if self.was_named and len(self.product_ids) == 1 else ""
        return f"write-form{one}"

    @property
    def is_missing(self) -> bool:
        """Tell whether products were asked for of which none is this merchant's."""
        return self.was_named and not self.product_ids


def write_scope(request: AppRequest, data: QueryDict) -> WriteScope:
    """Return the products that an address or a form asks for; ids of others are left out.

    `product` (repeated) comes first, then a filter (`state`, `q`), else what is ticked.
    """
    rows = Product.objects.filter(merchant=request.merchant)
    named = [
        value
        for value in data.getlist("product")
        if value.isascii() and value.isdecimal() and len(value) <= MAX_ID_DIGITS
    ][:MAX_SELECTED]
    query, state = data.get("q", "").replace("\x00", ""), data.get("state", "")
    hidden: tuple[tuple[str, str], ...]
    if "product" in data:
        rows = rows.filter(pk__in={int(value) for value in named})
        hidden = tuple(("product", value) for value in named)
    elif query or state in STATES or state == "all":
        rows = product_list(merchant=request.merchant, query=query, state=state)
        hidden = (("q", query), ("state", state))
    else:
        rows = rows.filter(pk__in=selection_ids(request))
        hidden = (("selection", "1"),)
    ids = rows.order_by("title", "id").values_list("pk", flat=True)[:MAX_SELECTED]
    return WriteScope(tuple(ids), hidden, was_named="product" in data)
