"""Template tags of the look: relative dates, money, shares and icons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import TIME_STRINGS, timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import npgettext_lazy

register = template.Library()

RELATIVE_DAYS = 7  # Older than that, a date says more than "9 days ago".
# Days alone are "3 Tage" in German, but "vor 3 Tagen": the frame bends the word.
TIMES: dict[str, Any] = {
    **TIME_STRINGS,
    "day": npgettext_lazy("after ago or in", "%(num)d day", "%(num)d days", "num"),
}


@register.filter
def relative_time(value: datetime | None) -> str:
    """Say how long ago or how far ahead it is, or the date when that is more than a week."""
    if value is None:
        return ""
    now = timezone.now()
    age = now - value
    if abs(age) > timedelta(days=RELATIVE_DAYS):
        return str(formats.date_format(timezone.localtime(value), "DATE_FORMAT"))
    if abs(age) < timedelta(minutes=1):
        return _("just now")
    if age < timedelta(0):
        return _("in %(time)s") % {"time": timeuntil(value, now, time_strings=TIMES, depth=1)}
    return _("%(age)s ago") % {"age": timesince(value, now, time_strings=TIMES, depth=1)}


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


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw one of our icons beside a word; it says nothing by itself, so it is hidden from readers.

    Args:
        name: id of a symbol in static/img/icons.svg.
        size: "" or "small".
    """
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon--{size}" if size else "",
        static("img/icons.svg"),
        name,
    )
