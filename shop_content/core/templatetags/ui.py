"""Template tags of the look: relative dates, money, progress, wrapping of untrusted pieces."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()

RELATIVE_DAYS = 7  # Older than that, a date says more than "9 days ago".


@register.filter
def relative_time(value: datetime | None) -> str:
    """Say how long ago it was, or the date when that is longer than a week ago."""
    if value is None:
        return ""
    age = timezone.now() - value
    if age > timedelta(days=RELATIVE_DAYS):
        return str(formats.date_format(timezone.localtime(value), "DATE_FORMAT"))
    if age < timedelta(minutes=1):
        return _("just now")
    return _("%(age)s ago") % {"age": timesince(value, depth=1)}


@register.filter
def money(cents: int | None, currency: str = "") -> str:
    """Write cents as an amount in the language of the page; "" for no price."""
    if cents is None:
        return ""
    amount = formats.number_format(f"{cents // 100}.{cents % 100:02d}", decimal_pos=2)
    return f"{amount} {currency}".strip()


@register.filter
def share(part: int | None, total: int | None) -> int:
    """Return how many whole per cent of the total the part is, from 0 to 100."""
    if not part or not total:
        return 0
    return max(0, min(100, part * 100 // total))
