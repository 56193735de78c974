import os

import pytest

pytest_plugins = ["tests.plugin", "tests.browser", "tests.serving"]

os.environ.setdefault("CALLCARE_POOL", "0")  # each thread of a race test holds a connection of its own


@pytest.fixture(autouse=True)
def plain_static(settings):
    """No collected files in tests: names as they are, and nobody serves them."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("servestatic.")]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
