"""Settings of the tests: a data folder of their own, quick passwords, the database of the run."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("GONGBI_DATA", tempfile.mkdtemp(prefix="gongbi-test-"))

from gongbi.config.settings import *  # noqa: F403 - the tests run what the city runs
from gongbi.config.settings import GONGBI_DATA

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True  # no scan of all static files at each test client
assert Path(GONGBI_DATA).is_dir()
