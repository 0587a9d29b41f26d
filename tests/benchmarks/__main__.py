"""``python -m tests.benchmarks``: see ``table``."""

from tests.benchmarks.table import main

main()
