"""Shop Content: keywords and facts in, reviewed product copy on the product record out."""

from __future__ import annotations

from shop_content.celery import app as celery_app

__all__ = ["celery_app"]
