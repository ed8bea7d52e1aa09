"""Reasons to ask for another photo: numbered, in English and Russian.

A fatal reason means that measuring would be meaningless. The others leave a photo that can be
used: `fitting.body.silhouette` meets what they spoil with a wider sigma. R15 and R16 (the body
found does not explain the photos; the clothes are loose) show only while measuring and are worded
there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fitting.errors import RetakeNeeded
from fitting.photo.stance import Stance, blur_effect, dark
from fitting.records import Caution, Photo, Silhouette


@dataclass(frozen=True)
class Retake:
    """Why another photo is wanted.

    Attributes:
        code: Stable number.
        text, text_ru: One sentence for the customer: what is wrong, and what to do.
        fatal: The photo cannot be used at all.
    """

    code: str
    text: str
    text_ru: str
    fatal: bool


NOBODY = Retake(
    "R01",
    "Nobody is found in the photo: stand whole in the picture, in good light.",
    "На фото никого не видно: встаньте в кадр целиком, при хорошем свете.",
    True,
)
SEVERAL = Retake(
    "R02",
    "Several people are in the photo: stay in the picture alone.",
    "На фото несколько человек: останьтесь в кадре один.",
    True,
)
HEAD_CUT = Retake(
    "R03",
    "The head is cut off: step back until the whole head is in the picture.",
    "Голова не попала в кадр: отойдите, чтобы было видно всю голову.",
    True,
)
FEET_CUT = Retake(
    "R04",
    "The feet are cut off: step back until both feet are in the picture.",
    "Ступни не попали в кадр: отойдите, чтобы были видны обе ступни.",
    True,
)
ANKLES_UNSEEN = Retake(
    "R05",
    "The ankles cannot be seen: nothing may stand in front of the legs.",
    "Не видно щиколоток: уберите всё, что закрывает ноги.",
    True,
)
ARMS_TOUCH = Retake(
    "R06",
    "The arms touch the body: hold them a little away, so that the waist can be seen.",
    "Руки прижаты к телу: слегка отведите их, чтобы была видна талия.",
    False,
)
LEGS_TOUCH = Retake(
    "R07",
    "The legs touch: stand with your feet a little apart.",
    "Ноги сомкнуты: поставьте ступни чуть врозь.",
    False,
)
NOT_SIDEWAYS = Retake(
    "R08",
    "The side photo is not taken from the side: turn a full quarter.",
    "Фото сбоку снято не сбоку: повернитесь ровно на четверть оборота.",
    True,
)
NOT_FRONTAL = Retake(
    "R09",
    "The front photo is not taken from the front: face the camera squarely.",
    "Фото спереди снято не спереди: встаньте лицом прямо к камере.",
    True,
)
BENT = Retake(
    "R10",
    "You do not stand straight: stand upright with straight legs.",
    "Вы стоите не прямо: выпрямитесь и выпрямите ноги.",
    True,
)
TOO_SMALL = Retake(
    "R11",
    "You are too small in the photo: come closer or send the original file.",
    "Вы слишком малы на фото: подойдите ближе или пришлите исходный файл.",
    True,
)
TOO_DARK = Retake(
    "R12",
    "The photo is too dark: turn on the light or stand facing a window.",
    "Фото слишком тёмное: включите свет или встаньте лицом к окну.",
    True,
)
BLURRED = Retake(
    "R13",
    "The photo is blurred: put the phone on a support and hold still.",
    "Фото смазано: поставьте телефон на опору и не двигайтесь.",
    True,
)
DISAGREE = Retake(
    "R14",
    "The front and the side photo do not agree: take both in the same clothes and stance, "
    "with the camera left where it is.",
    "Фото спереди и сбоку не согласуются: снимите оба в той же одежде и позе, не двигая камеру.",
    False,
)
TURNED = Retake(
    "R17",
    "The photo lies on its side: turn it upright and send it again.",
    "Фото повёрнуто набок: поверните его и пришлите снова.",
    True,
)
SIDE_CUT = Retake(
    "R18",
    "An arm or a leg is cut off at the edge: stand in the middle of the picture.",
    "Рука или нога обрезана краем: встаньте в середину кадра.",
    False,
)

ALL = (
    NOBODY,
    SEVERAL,
    HEAD_CUT,
    FEET_CUT,
    ANKLES_UNSEEN,
    ARMS_TOUCH,
    LEGS_TOUCH,
    NOT_SIDEWAYS,
    NOT_FRONTAL,
    BENT,
    TOO_SMALL,
    TOO_DARK,
    BLURRED,
    DISAGREE,
    TURNED,
    SIDE_CUT,
)

BORDER = 0.01  # share of the picture: a mask nearer the edge than this is cut off
MIN_HEIGHT = 280  # [px], chosen: 6 mm a pixel
# Shoulder width over torso length in the picture. Measured on 353 rendered pairs: front .62 to .78,
# side under .19 for 99 %.
SIDEWAYS_MOST = 0.28
FRONTAL_LEAST = 0.45
# Share of the stature by which hips and knees may differ in height between the photos; 99 % of 353
# rendered pairs are under .055.
LEVELS_APART = 0.065


def reasons(photo: Photo, silhouette: Silhouette) -> tuple[Retake, ...]:
    """What is wrong with a photo, fatal reasons first.

    Args:
        photo: The picture.
        silhouette: What `fitting.photo.detect.detect` found in it.
    """
    stance = Stance.of(silhouette)
    high, wide = silhouette.mask.shape
    frontal = silhouette.view == "front"
    checks = (
        (SEVERAL, silhouette.people > 1),
        (TURNED, stance.lying),
        (HEAD_CUT, stance.top < BORDER * high),
        (FEET_CUT, stance.bottom > (1 - BORDER) * high),
        (ANKLES_UNSEEN, not stance.ankles_seen),
        (NOT_SIDEWAYS, not frontal and stance.shoulder_ratio > SIDEWAYS_MOST),
        (NOT_FRONTAL, frontal and stance.shoulder_ratio < FRONTAL_LEAST),
        (BENT, stance.bent and not stance.lying),
        (TOO_SMALL, stance.bottom - stance.top < MIN_HEIGHT),
        (TOO_DARK, dark(photo.pixels, silhouette.mask)),
        (BLURRED, blur_effect(photo.pixels, silhouette.mask) > 0.62),
        (ARMS_TOUCH, frontal and stance.arms_touch),
        (LEGS_TOUCH, frontal and stance.legs_touch),
        (SIDE_CUT, stance.left < BORDER * wide or stance.right > (1 - BORDER) * wide),
    )
    found = [reason for reason, holds in checks if holds]
    return tuple(sorted(found, key=lambda reason: (not reason.fatal, reason.code)))


def pair_reasons(front: Silhouette, side: Silhouette) -> tuple[Retake, ...]:
    """What is wrong between two photos that are each good."""
    levels = [Stance.of(silhouette).levels for silhouette in (front, side)]
    return (DISAGREE,) if float(np.abs(levels[0] - levels[1]).max()) > LEVELS_APART else ()


def judge(
    photo: Photo, silhouette: Silhouette, *, beside: Silhouette | None = None
) -> tuple[Caution, ...]:
    """What a customer should know of a photo that can be used.

    Args:
        photo, silhouette: The photo and what was found in it.
        beside: The front view, where this is the side photo.
    Raises:
        RetakeNeeded: The photo cannot be measured.
    """
    found = reasons(photo, silhouette)
    if beside is not None:
        found += pair_reasons(beside, silhouette)
    for reason in found:
        if reason.fatal:
            raise RetakeNeeded(reason.code, f"{reason.code}: {reason.text}")
    return tuple(Caution(reason.code, reason.text, reason.text_ru) for reason in found)
