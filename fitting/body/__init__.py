"""Bodies: what a person measures, and an avatar that measures the same.

>>> from fitting.body import infer, fit_body
>>> from fitting.records import Measurement
>>> told = {"height": Measurement(1.68, 0.005, "stated")}
>>> person = infer(told, sex="female", weight_kg=Measurement(62.0, 0.5, "stated"))
>>> body = fit_body(person)
"""

from fitting.body.advise import Advice, advise
from fitting.body.fit import body_of, fit_body
from fitting.body.measure import measure_body
from fitting.body.model import evaluate
from fitting.body.names import ISO_TERMS, canonical_name
from fitting.body.pose import pose_body
from fitting.body.prior import infer
from fitting.body.silhouette import measure_silhouettes

__all__ = [
    "ISO_TERMS",
    "Advice",
    "advise",
    "body_of",
    "canonical_name",
    "evaluate",
    "fit_body",
    "infer",
    "measure_body",
    "measure_silhouettes",
    "pose_body",
]
