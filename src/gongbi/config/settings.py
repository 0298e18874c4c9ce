"""Django's settings, from the options an operator may set and the lists of who is in the house."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from gongbi.config.logs import LOGGING  # noqa: F401 - Django reads it here
from gongbi.config.options import database, host_of, origin_of, read_options
from gongbi.config.roles import PLACE_WIDE_ROLES, ROLES  # noqa: F401 - read through settings
from gongbi.config.secrets import secret_key

SOURCE = Path(__file__).resolve().parents[1]
SAID = read_options()
GONGBI_DATA = Path(SAID["GONGBI_DATA"]).resolve()
GONGBI_CLOCK = SAID["GONGBI_CLOCK"]
GONGBI_PUBLIC_URL = SAID["GONGBI_PUBLIC_URL"].rstrip("/")
GONGBI_INGEST_URL = f"http://127.0.0.1:{SAID['GONGBI_INGEST_PORT']}"
GONGBI_SENSORTHINGS = SAID["GONGBI_SENSORTHINGS"]
GONGBI_SCANNER = SAID["GONGBI_SCANNER"]
GONGBI_MAIL_URL, GONGBI_MAIL_FROM = SAID["GONGBI_MAIL_URL"], SAID["GONGBI_MAIL_FROM"]
GONGBI_SMS_URL, GONGBI_SMS_SECRET = SAID["GONGBI_SMS_URL"], SAID["GONGBI_SMS_SECRET"]
GONGBI_SMS_HOURS, GONGBI_SMS_A_DAY = SAID["GONGBI_SMS_HOURS"], int(SAID["GONGBI_SMS_A_DAY"])
GONGBI_SMS_PRICE, GONGBI_SMS_COUNTRY = SAID["GONGBI_SMS_PRICE"], SAID["GONGBI_SMS_COUNTRY"]
GONGBI_FOLLOW_DAYS = int(SAID["GONGBI_FOLLOW_DAYS"])
DEBUG = SAID["GONGBI_DEBUG"] == "1"
SECRET_KEY = secret_key(GONGBI_DATA)
DATABASES = {"default": database(SAID["DATABASE_URL"], GONGBI_DATA)}

# --- who is in the house: explicit lists, lowest first -------------------------------------
PARTS = ["core", "cases", "things", "vitals", "reports", "desk"]
PACK_READERS = [
    *(f"gongbi.{part}.pack" for part in ("core", "cases", "reports", "things", "vitals")),
    "gongbi.reports.open311.pack",
]
REACTIONS = [
    "gongbi.cases.reactions",
    "gongbi.reports.hotline.reactions",
    "gongbi.reports.open311.reactions",
]
HOLDERS = ["gongbi.reports.hotline.holding"]  # who else holds something of a reporter
FACT_GATES = [  # who answers for facts told to other systems
    *(f"gongbi.{part}.hearing" for part in ("cases", "vitals", "reports", "core"))
]
FILE_KEEPERS = {  # who keeps files that come in, and opens them once they were looked at
    "cases": "gongbi.cases.checked_files",
    "reports": "gongbi.reports.checked_files",
}
MESSAGE_WRITERS = {  # who writes messages to people
    "cases": "gongbi.cases.news.writing",
    "reports": "gongbi.reports.hotline.notes",
}
KEY_KEEPERS = ["gongbi.config.ingest_holders"]  # who else keeps keys of applications
INSTALLED_APPS = [
    *(f"gongbi.{part}" for part in PARTS),
    "axes",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gongbi.config.streaming.send_in_pieces",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongbi.core.middleware.city_manners",
    "gongbi.core.nul.no_nul_in_addresses",
    "gongbi.core.applications.manners.application_manners",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "gongbi.config.urls"
ASGI_APPLICATION = "gongbi.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gongbi.core.context.house",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# (address, words, verb it needs; "" for everybody); the header shows what the reader may use.
NAV = [
    ("/centre/", _("Operation centre"), "centre.see"),
    ("/cases/asked/", _("Asked of me"), "cases.asked"),
    ("/cases/", _("Worklist"), "cases.dispatch"),
    ("/cases/mine/", _("My tasks"), "cases.work"),
    ("/search/", _("Search"), "cases.see"),
    ("/vitals/", _("Vital signs"), "vitals.see"),
    ("/alerts/", _("Alerts"), "alerts.see"),
    ("/known/", _("Known ahead"), "known.enter"),
    ("/handover/", _("Handover"), "handover.take"),
    ("/brief/", _("Daily brief"), "brief.see"),
    ("/checkup/", _("Check-up"), "checkup.see"),
    ("/evaluation/", _("Evaluation"), "evaluation.see"),
    ("/hotline/", _("Hotline"), "hotline.answer"),
    ("/hotline/callbacks/", _("Calling back"), "hotline.call_back"),
    ("/counter/", _("Counter"), "reports.take"),
    ("/intake/", _("Take in a file"), "reports.import"),
    ("/pack/", _("City pack"), "pack.try"),
    ("/applications/", _("Applications"), "applications.see"),
    ("/residents/", _("Requests of residents"), "residents.find"),
    ("/outbox/", _("Upkeep"), "outbox.see"),
]
NAV_NUMBERS = {  # who counts what waits behind a way in the header
    "/cases/asked/": "gongbi.cases.asked.number",
}

# --- who may enter ---------------------------------------------------------------------------
AUTH_USER_MODEL = "core.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1] |= {"OPTIONS": {"min_length": 12}}  # type: ignore[dict-item]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "core/locked_out.html"
AXES_VERBOSE = False
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    host_of(GONGBI_PUBLIC_URL),
]
CSRF_TRUSTED_ORIGINS = [origin_of(GONGBI_PUBLIC_URL)]
SECURE = GONGBI_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o600

# --- words, clocks, files --------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [SOURCE / "config" / "locale"]
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["gongbi.core.formats"]
TIME_ZONE = SAID["GONGBI_ZONE"]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
