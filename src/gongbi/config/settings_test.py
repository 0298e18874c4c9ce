"""Settings of the tests: a data folder of their own, quick passwords, the database of the run."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("GONGBI_DATA", tempfile.mkdtemp(prefix="gongbi-test-"))

from gongbi.config.settings import *  # noqa: E402, F403 - the tests run what the city runs
from gongbi.config.settings import GONGBI_DATA  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True  # no scan of all static files at each test client
assert Path(GONGBI_DATA).is_dir()  # noqa: S101 - a test run without it would write elsewhere
