"""Pages by door: report, follow, counter, intake."""
