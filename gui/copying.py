"""Copying: a plot as a picture or as a table, and the samples in view, onto the clipboard."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from gui.i18n import tr
from gui.model import Document
from gui.plots.base import Plot

if TYPE_CHECKING:
    from gui.main_window import MainWindow

MOST_ROWS = 100_000
"""More is a matter for the export."""


def offer_copies(window: "MainWindow", plots: Sequence[Plot]) -> None:
    """Give each plot a menu of its own: copy as picture, copy as table."""
    for plot in plots:
        plot.menu_wanted.connect(lambda at, p=plot: _menu(window, p).popup(at))


def _menu(window: "MainWindow", plot: Plot) -> QMenu:
    menu = QMenu(window)
    menu.setToolTipsVisible(True)
    menu.addAction(tr("Copy this plot as a picture")).triggered.connect(lambda: copy_plot(window, plot))
    menu.addAction(tr("Copy this plot's data")).triggered.connect(lambda: copy_table(window, *plot.table()))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def copy_plot(window: "MainWindow", plot: Plot) -> None:
    """Copy a plot as it is seen."""
    QGuiApplication.clipboard().setPixmap(plot.grab())
    window.notice.say(tr("The picture is on the clipboard."))


def copy_table(window: "MainWindow", heads: Sequence[str], rows: NDArray[np.float64]) -> None:
    """Copy a table, a tab between the columns, as programs of tables read it."""
    if len(rows) > MOST_ROWS:
        window.complain(tr("The view holds {n} samples; zoom in, or use Export.", n=len(rows)))
        return
    lines = ["\t".join(f"{v:.7g}" for v in row) for row in rows]
    QGuiApplication.clipboard().setText("\n".join(["\t".join(heads), *lines]))
    window.notice.say(tr("{n} rows are on the clipboard.", n=len(lines)))


def samples_of(document: Document) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Give the samples of the selected span, or of the view; gaps left out."""
    start_s, end_s = document.span or document.view
    first, last = (round((s - document.start_s) * document.rate_hz) for s in (start_s, end_s))
    part = document.motion_g[first:last]
    seconds = document.start_s + (first + np.arange(len(part))) / document.rate_hz
    rows = np.column_stack([seconds, part]).astype(np.float64)
    return ("time_s", "x_g", "y_g", "z_g"), rows[np.isfinite(rows[:, 1])]


def spectrum_of(document: Document) -> tuple[tuple[str, ...], NDArray[np.float64]] | None:
    """Give the spectrum of the selected span, or of the view; None before the analysis is done."""
    found = document.spectrum(*(document.span or document.view))
    return (("freq_hz", "psd_g2_per_hz"), np.column_stack(found)) if found is not None else None
