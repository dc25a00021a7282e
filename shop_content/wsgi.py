"""WSGI entry point for gunicorn, waitress and the like."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_content.settings")

application = get_wsgi_application()
