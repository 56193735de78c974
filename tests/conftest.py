import os

import hypothesis
import pytest

# A shared machine may be slow: what a test draws and finds does not depend on the clock.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.plugin", "tests.browser", "tests.serving"]

os.environ.setdefault("CALLCARE_POOL", "0")  # each thread of a race test holds a connection of its own
os.environ.setdefault("CALLCARE_MEMORY_FROM", "0")  # the copy in memory is asked by name where it is tested


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
