"""One settings file, read from the environment. Safe by default; what is dangerous must be asked for."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pghistory
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("CALLCARE_DATA", ROOT / "var"))

DEBUG = os.environ.get("CALLCARE_DEBUG") == "1"
DEMO = os.environ.get("CALLCARE_DEMO") == "1"
SECRET_KEY = os.environ.get("CALLCARE_SECRET_KEY", "")
if not SECRET_KEY:
    SECRET_KEY = "only-for-the-demo-and-the-tests"  # noqa: S105  # `serve` refuses to start with it
# Seals what providers entrust to us (`core.sealed`); apart from SECRET_KEY, so that either can be changed alone.
FIELD_KEY, *FIELD_KEY_FALLBACKS = (os.environ.get("CALLCARE_FIELD_KEY") or SECRET_KEY).split(",")
HTTPS = os.environ.get("CALLCARE_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("CALLCARE_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
BASE_URL = os.environ.get("CALLCARE_URL", "http://127.0.0.1:8000").rstrip("/")

HOUSE = [
    "core", "ui", "accounts", "territories", "directory", "catalogue", "desk", "calls", "mailbox", "needs",
    "commitments", "matching", "introductions", "allocations", "outcomes", "report", "config",
]  # fmt: skip
INSTALLED_APPS = [
    *(f"callcare.{app}" for app in HOUSE),  # before django.forms and allauth: our templates win
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "callcare.core.csp.ContentSecurityPolicyMiddleware",
    "callcare.core.plain_text.PlainTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "callcare.accounts.sessions.SessionLimitsMiddleware",
    # Every page asks for a login; the few open ones say so with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "callcare.accounts.requests.RolesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "callcare.core.again.AgainMiddleware",  # the last: nearest to the views
]

ROOT_URLCONF = "callcare.config.urls"
ASGI_APPLICATION = "callcare.config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"callcare.ui.templatetags.{name}" for name in ("ui", "words", "figures")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "media-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "frame-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "manifest-src": ["'self'"],
}


PATIENCE = int(os.environ.get("CALLCARE_STATEMENT_TIMEOUT", "10000"))  # ms a statement may last; jobs get more
MEMORY_FROM = int(os.environ.get("CALLCARE_MEMORY_FROM", "5000"))  # lines of a family ranked in memory; 0: never


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database a libpq address names. No pool in tests: each thread has its own."""
    facts = conninfo_to_dict(url)
    several = "," in str(facts.get("host", ""))  # a connection that was kept may be to one that died
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": facts.pop("host", ""),
        "PORT": str(facts.pop("port", "")),
        "USER": facts.pop("user", ""),
        "PASSWORD": facts.pop("password", ""),
        "NAME": facts.pop("dbname", "callcare"),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": several,
        # No ATOMIC_REQUESTS: the transaction belongs to the deed. No persistent connections: the pool keeps them.
        "OPTIONS": {
            "pool": os.environ.get("CALLCARE_POOL", "1") == "1",
            "options": f"-c statement_timeout={PATIENCE} -c lock_timeout=5000 -c jit=off",
            **facts,
        },
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///callcare"))}
if os.environ.get("CALLCARE_REPLICA_URL"):  # pages that only read are answered there (`core.replica`)
    DATABASES["replica"] = database(os.environ["CALLCARE_REPLICA_URL"])
    DATABASE_ROUTERS = ["callcare.core.replica.Router"]
# Who owns the tables, when it is not the application: for `migrate` and reference data (`core.owner`).
OWNER = database(os.environ["CALLCARE_OWNER_URL"]) if os.environ.get("CALLCARE_OWNER_URL") else None

# Every tracked row keeps its life; its events are append-only, and none is written outside a deed.
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(null=False)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Jobs live in the `jobs` room of each app; the timetable is one file.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "callcare.config.schedule.declare"

# Who signs in, and how: an e-mail code or a passphrase; nobody opens an account by herself.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "callcare.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letter to addresses we do not know
ACCOUNT_SESSION_REMEMBER = False
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_AGE = 3600  # seconds without a page; `accounts.sessions` keeps both limits
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy's part
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # French spacing is `core.french`'s part
STATIC_URL = "/static/"
STATIC_ROOT = str(VAR / "static")
MEDIA_ROOT = str(VAR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "callcare.config.storage.Storage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# Where letters leave: smtp://user:secret@host:port, smtps:// for TLS from the start, ?starttls=1 to ask for it.
_smtp = urlsplit(os.environ.get("CALLCARE_SMTP_URL", "smtp://127.0.0.1:1025"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "127.0.0.1", _smtp.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _smtp.scheme == "smtps", "starttls=1" in _smtp.query
EMAIL_TIMEOUT = 20
FETCH_LOOPBACK = os.environ.get("CALLCARE_FETCH_LOOPBACK") == "1"  # `core.fetch` may reach this machine: tests, demo
CLAMD = os.environ.get("CALLCARE_CLAMD", "")  # where ClamAV listens: unix:/run/clamav/clamd.ctl, tcp:127.0.0.1:3310
MAIL_SERVERS = os.environ.get("CALLCARE_MAIL_SERVERS", "").lower().replace(",", " ").split()
MAIL_DOMAIN = os.environ.get("CALLCARE_MAIL_DOMAIN", "call-care.test")
DEFAULT_FROM_EMAIL = os.environ.get("CALLCARE_FROM", f"Call & Care <bonjour@{MAIL_DOMAIN}>")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # the room of every app where work after the answer lives

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["err"], "level": "INFO"},
    "loggers": {
        "procrastinate.blueprints": {"level": "WARNING"},  # a line per start that says nothing
        "procrastinate.periodic": {"level": "WARNING"},
    },
}
