"""Sewing: a pattern cut into triangles, its seams paired, laid around a body."""

from fitting.cloth.foreign import parts_worn
from fitting.cloth.sewing import MOST_VERTICES, sew
from fitting.cloth.transfer import transferred
from fitting.cloth.weld import borders, edges, euler

__all__ = ["MOST_VERTICES", "borders", "edges", "euler", "parts_worn", "sew", "transferred"]
