"""Taking in an officer's file: sealed as it comes, understood once, taken in chunk by chunk.

Each chunk is one transaction that also moves the count, so that a killed process has either
taken it or not; whoever looks next goes on. The page drives it, and so does the worker, because
an officer may close the page; both may do it at once and nothing is taken twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F, Sum
from gongbi.cases import public as cases
from gongbi.cases.public import SignalIn
from gongbi.core import public as core
from gongbi.reports import queries
from gongbi.reports.models import Chunk, Intake
from gongbi.reports.references import fingerprint
from gongbi.reports.where import Named, place_in_words
