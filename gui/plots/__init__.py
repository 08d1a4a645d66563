"""Plots: one thin typed layer over pyqtgraph.

What its frame rate rests on: fixed ranges, pens one pixel wide, no axis grid, no OpenGL, no automatic range.
"""

from gui.plots.spectrogram import SpectrogramPlot
from gui.plots.spectrum import SpectrumPlot
from gui.plots.trace import TracePlot

__all__ = ["SpectrogramPlot", "SpectrumPlot", "TracePlot"]
