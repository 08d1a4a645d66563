"""``python -m tremorscope``."""

import sys

from tremorscope.cli import main

sys.exit(main())
