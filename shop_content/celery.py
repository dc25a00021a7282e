"""The Celery application. A message is only a bell: it holds ids, the database row is the job."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_content.settings")

app = Celery("shop_content")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
