"""What the app costs; `python -m benchmarks.gui` measures it, without a screen.

Qt's offscreen platform draws the same pixels by the same code.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
