"""Settings, read from the environment here and nowhere else.

Every variable is listed in README under "Settings"; a test compares the two. Nothing secret has a
default: outside of DEBUG the process refuses to start without `SHOP_CONTENT_SECRET_KEY`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from shop_content.core.broker import broker_transport_options

# Lets `ModelAdmin[Product]` and the like stand in our class headers at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

# --- The process ---
DEBUG = env.bool("SHOP_CONTENT_DEBUG", default=False)
SHOP_CONTENT_DATA_DIR = Path(env.str("SHOP_CONTENT_DATA_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SHOP_CONTENT_SECRET_KEY", default="")
if not SECRET_KEY:
    key_file = SHOP_CONTENT_DATA_DIR / "secret-key"
    if key_file.is_file():
        SECRET_KEY = key_file.read_text().strip()
    else:
        raise ImproperlyConfigured(
            "Set SHOP_CONTENT_SECRET_KEY to a long random string, or start with `make run`, "
            f"which writes one to {key_file}."
        )
ALLOWED_HOSTS = env.list("SHOP_CONTENT_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Where the demo (`make run`) listens; a production server has its own way to say so.
SHOP_CONTENT_HOST = env.str("SHOP_CONTENT_HOST", default="127.0.0.1")
SHOP_CONTENT_PORT = env.int("SHOP_CONTENT_PORT", default=8000)
CSRF_TRUSTED_ORIGINS = env.list("SHOP_CONTENT_TRUSTED_ORIGINS", default=[])
# True behind TLS: secure cookies, HSTS and the redirect to https. The demo on localhost has no TLS.
HTTPS = env.bool("SHOP_CONTENT_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "shop_content.core",
    "shop_content.accounts",
    "shop_content.catalogue",
    "shop_content.keywords",
    "shop_content.generation",
    "shop_content.drafts",
    "shop_content.checks",
    "shop_content.review",
    "shop_content.publication",
    "shop_content.training",
    "shop_content.dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shop_content.accounts.middleware.CurrentMerchantMiddleware",
]

ROOT_URLCONF = "shop_content.urls"
WSGI_APPLICATION = "shop_content.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database and broker ---
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{SHOP_CONTENT_DATA_DIR}/db.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without IMMEDIATE, two writers that read first fail at once with "database is locked": SQLite
    # cannot upgrade a read lock and ignores the timeout there.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("SHOP_CONTENT_DB_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = broker_transport_options(
    CELERY_BROKER_URL, SHOP_CONTENT_DATA_DIR / "broker"
)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "shop_content.generation.tasks.generate_drafts": {"queue": "generate"},
}
SHOP_CONTENT_SWEEP_SECONDS = env.int("SHOP_CONTENT_SWEEP_SECONDS", default=15)
CELERY_BEAT_SCHEDULE = {
    "sweep-generation-jobs": {
        "task": "shop_content.generation.tasks.sweep_jobs",
        "schedule": SHOP_CONTENT_SWEEP_SECONDS,
        "options": {"expires": SHOP_CONTENT_SWEEP_SECONDS},
    },
    "sweep-imports": {
        "task": "shop_content.catalogue.tasks.sweep_imports",
        "schedule": SHOP_CONTENT_SWEEP_SECONDS,
        "options": {"expires": SHOP_CONTENT_SWEEP_SECONDS},
    },
    "index-live-texts": {
        "task": "shop_content.checks.tasks.index_live_texts",
        "schedule": SHOP_CONTENT_SWEEP_SECONDS,
        "options": {"expires": SHOP_CONTENT_SWEEP_SECONDS},
    },
    "sweep-rechecks": {
        "task": "shop_content.review.tasks.sweep_rechecks",
        "schedule": SHOP_CONTENT_SWEEP_SECONDS,
        "options": {"expires": SHOP_CONTENT_SWEEP_SECONDS},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(SHOP_CONTENT_DATA_DIR / "celerybeat-schedule")

# --- The language model ---
STARTER = "starter"  # Name of the adapter that comes with the trial model.
# "auto", "openvino", "transformers", "openai", "deepai", several of them as a chain, or "echo".
SHOP_CONTENT_LM_ENGINE = env.str("SHOP_CONTENT_LM_ENGINE", default="auto")
# A folder or a hub name; empty: the trial model that comes with the installation.
SHOP_CONTENT_LM_MODEL = env.str("SHOP_CONTENT_LM_MODEL", default="")
SHOP_CONTENT_LM_REVISION = env.str("SHOP_CONTENT_LM_REVISION", default="")
SHOP_CONTENT_LM_SHA256 = env.str("SHOP_CONTENT_LM_SHA256", default="")
SHOP_CONTENT_LM_DEVICE = env.str("SHOP_CONTENT_LM_DEVICE", default="auto")
SHOP_CONTENT_LM_DTYPE = env.str("SHOP_CONTENT_LM_DTYPE", default="auto")
SHOP_CONTENT_LM_BATCH_SIZE = env.int("SHOP_CONTENT_LM_BATCH_SIZE", default=64)
SHOP_CONTENT_LM_THREADS = env.int("SHOP_CONTENT_LM_THREADS", default=0)
# Languages that the model writes well enough to be offered on the page of keywords.
SHOP_CONTENT_LM_LANGUAGES = env.list("SHOP_CONTENT_LM_LANGUAGES", default=["en"])
SHOP_CONTENT_LM_ECHO_DELAY = env.float("SHOP_CONTENT_LM_ECHO_DELAY", default=0.0)
# Texts written for each draft; the best one becomes it, the others are kept beside it.
SHOP_CONTENT_LM_CANDIDATES = env.int("SHOP_CONTENT_LM_CANDIDATES", default=1)
# LoRA adapters as name=folder, and the name of the one that writes; empty: the model as it is.
# The trial model writes with the adapter that comes with it.
_HAS_STARTER = not SHOP_CONTENT_LM_MODEL and SHOP_CONTENT_LM_ENGINE in {"auto", "openvino"}
SHOP_CONTENT_LM_ADAPTERS = env.dict(
    "SHOP_CONTENT_LM_ADAPTERS",
    default={STARTER: str(BASE_DIR / "shop_content/training/starter/adapter")}
    if _HAS_STARTER
    else {},
)
SHOP_CONTENT_LM_ADAPTER = env.str(
    "SHOP_CONTENT_LM_ADAPTER", default=STARTER if STARTER in SHOP_CONTENT_LM_ADAPTERS else ""
)
# "rewriting" for instruction models as they come; "fact_sheet" for those trained on it, and
# "sentences" for those trained on its single sentences (`finetune --sentences`).
SHOP_CONTENT_LM_PROMPT = env.str(
    "SHOP_CONTENT_LM_PROMPT",
    default="sentences" if SHOP_CONTENT_LM_ADAPTER == STARTER else "rewriting",
)
# Model servers. Their addresses come from here only: what a merchant types never becomes one.
SHOP_CONTENT_OPENAI_URL = env.str("SHOP_CONTENT_OPENAI_URL", default="")
SHOP_CONTENT_OPENAI_MODEL = env.str("SHOP_CONTENT_OPENAI_MODEL", default="")
SHOP_CONTENT_OPENAI_KEY = env.str("SHOP_CONTENT_OPENAI_KEY", default="")
SHOP_CONTENT_DEEPAI_URL = env.str("SHOP_CONTENT_DEEPAI_URL", default="https://api.deepai.org")
SHOP_CONTENT_DEEPAI_KEY = env.str("SHOP_CONTENT_DEEPAI_KEY", default="")
SHOP_CONTENT_SERVER_TIMEOUT_SECONDS = env.float("SHOP_CONTENT_SERVER_TIMEOUT_SECONDS", default=60.0)
# Prices in cents for a million tokens, for estimates.
SHOP_CONTENT_SERVER_INPUT_CENTS = env.int("SHOP_CONTENT_SERVER_INPUT_CENTS", default=0)
SHOP_CONTENT_SERVER_OUTPUT_CENTS = env.int("SHOP_CONTENT_SERVER_OUTPUT_CENTS", default=0)
SHOP_CONTENT_JOB_LEASE_SECONDS = env.int("SHOP_CONTENT_JOB_LEASE_SECONDS", default=60)
SHOP_CONTENT_JOB_MAX_ATTEMPTS = env.int("SHOP_CONTENT_JOB_MAX_ATTEMPTS", default=3)

# --- Limits of what people send ---
SHOP_CONTENT_IMPORT_MAX_BYTES = env.int("SHOP_CONTENT_IMPORT_MAX_BYTES", default=25_000_000)
SHOP_CONTENT_IMPORT_MAX_ROWS = env.int("SHOP_CONTENT_IMPORT_MAX_ROWS", default=50_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# --- People ---
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_ENGINE = "django.contrib.sessions.backends.db"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("SHOP_CONTENT_FROM_EMAIL", default="Shop Content <noreply@localhost>")

# --- Security headers ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("SHOP_CONTENT_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language, time, files ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "shop_content" / "locale"]
USE_TZ = True
TIME_ZONE = env.str("SHOP_CONTENT_TIME_ZONE", default="UTC")
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = SHOP_CONTENT_DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "shop_content.core.logs.OneLineFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("SHOP_CONTENT_LOG_LEVEL", default="INFO")},
    # It would log the address of every request to a model server.
    "loggers": {"httpx2": {"level": "WARNING"}},
}
