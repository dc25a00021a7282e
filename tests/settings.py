"""Settings of the tests: the product's, with a fast hasher and no redirects."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "SHOP_CONTENT_DATA_DIR" not in os.environ:
    os.environ["SHOP_CONTENT_DATA_DIR"] = tempfile.mkdtemp(prefix="shop-content-tests-")
    atexit.register(shutil.rmtree, os.environ["SHOP_CONTENT_DATA_DIR"], ignore_errors=True)
os.environ.setdefault("SHOP_CONTENT_SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("SHOP_CONTENT_LM_ENGINE", "echo")
# Never the broker that a developer has running: a test must not ring somebody's workers.
os.environ.setdefault("CELERY_BROKER_URL", os.environ.get("TEST_BROKER_URL", "memory://"))

from shop_content.settings import *  # noqa: F403  # The product's settings are the base.

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SECURE_SSL_REDIRECT = False
# WhiteNoise would read every static file anew for each test's client; tests/test_demo.py has it
# as the product has it, and browser tests get their files from the live server.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# WhiteNoise warns of a folder that collectstatic has not made; Django's own views serve the tests.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405  # As above.
