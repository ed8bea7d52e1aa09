"""The errors of the library, all under one root.

FittingError                 anything the library refuses or cannot do
├── BadInput                 the caller's input is wrong; exit code 2, HTTP 4xx
│   ├── BadPhoto             the file is not a picture that can be used
│   ├── RetakeNeeded         the picture is readable but cannot be measured
│   ├── BadMeasurement       missing, not finite or implausible
│   ├── UnknownName          no such garment, fabric, option, chart or view
│   ├── BadOption            an option outside its bounds or of the wrong kind
│   ├── BadPattern           a pattern that cannot be sewn
│   └── BadMesh              an open, inside-out or non-finite body or cloth
├── NotSupported             right input, but this installation cannot do it
└── Cancelled                the caller asked for a stop

Every message says the value, the limit and the remedy.
"""

from __future__ import annotations


class FittingError(Exception):
    """Root of all errors of the library."""


class BadInput(FittingError):
    """The input is wrong, and the message says how to mend it."""


class BadPhoto(BadInput):
    """The file is not a picture that can be used."""


class RetakeNeeded(BadInput):
    """The picture can be read but not measured.

    Attributes:
        code: The number of the retake reason, as in `fitting.photo.retake`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadMeasurement(BadInput):
    """A measurement is missing, not finite or implausible."""


class UnknownName(BadInput):
    """There is no garment, fabric, option, chart or view of that name."""


class BadOption(BadInput):
    """An option is outside its bounds or of the wrong kind."""


class BadPattern(BadInput):
    """The pattern cannot be sewn; the message names panel and edge."""


class BadMesh(BadInput):
    """The mesh is open, inside out, or has numbers that are not finite."""


class NotSupported(FittingError):
    """The input is right, but this installation cannot do it."""


class Cancelled(FittingError):
    """The caller asked for a stop."""
