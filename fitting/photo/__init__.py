"""From a picture file to a silhouette with landmarks, or to a clear reason to take it again."""

from fitting.photo.decode import read_photo
from fitting.photo.detect import detect
from fitting.photo.retake import judge

__all__ = ["detect", "judge", "read_photo"]
