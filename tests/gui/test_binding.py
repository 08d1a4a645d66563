"""The binding under the app: known faults of its releases stay out."""

import sys

import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None never dies from Python 3.12 on; its count means nothing there"
)
def test_the_binding_does_not_eat_references_to_none(qapp: QApplication) -> None:
    # PySide6 6.12.0 loses one on each call that returns nothing, and Python 3.11 dies of it.
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(300):
        painter.save()
        painter.restore()
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < 100
