"""The bodies of requests and answers, as OpenAPI shows them."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator

T = TypeVar("T")

Sex = Literal["female", "male"]
View = Literal["front", "side"]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Format = Literal["png", "glb", "usdz", "svg", "pdf", "dxf", "json"]


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("must be Unicode text without NUL")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[Text, Field(min_length=1, max_length=64)]
Label = Annotated[Text, Field(max_length=200)]
Identifier = Annotated[str, Field(pattern=r"^[a-z]{3}_[0-9a-z]{1,36}$")]
Size = Annotated[
    Annotated[Text, Field(max_length=80, pattern=r"^[^:]+:[^:]+$")] | None,
    Field(
        examples=["en13402-women:M"],
        description="CHART:LABEL of a garment in a size; made to measure if not given",
    ),
]
Options = Annotated[dict[Name, bool | FiniteFloat | Label], Field(max_length=64)]


class Request(BaseModel):
    """A request's body; unknown members are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid")


_PREVIEW: dict[str, Any] = {
    "height_cm": 172, "weight_kg": 64, "garment": "tee", "fabric": "cotton_jersey",
    "views": ["front", "back"], "formats": ["png", "glb"],
}  # fmt: skip
_LOOK: dict[str, Any] = {
    "height_cm": 172,
    "garments": [{"garment": "trousers"}, {"garment": "hoodie", "size": "en13402-women:M"}],
}

# ---- requests ------------------------------------------------------------------------------------


class Stated(Request):
    """What a person says of themselves; the library judges whether it is plausible."""

    height_cm: FiniteFloat | None = Field(default=None, gt=0, examples=[172], description="Stature")
    sex: Sex | None = Field(
        default=None, description="Population compared with; female if not given"
    )
    weight_kg: FiniteFloat | None = Field(default=None, gt=0, examples=[64])
    age_years: FiniteFloat | None = Field(default=None, gt=0, le=130)
    tape_cm: dict[Name, FiniteFloat] = Field(
        default_factory=dict, max_length=64, examples=[{"waist_girth": 78.5}],
        description="Tape measurements by name without unit",
    )  # fmt: skip


class PersonIn(Stated):
    """A customer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"label": "customer 1047", "height_cm": 172, "sex": "female"}]
        }
    )

    label: Label = Field(default="", description="Your own reference; avoid names")


class Measured(Stated):
    """Whom to measure: photos, stated values, or both."""

    person: Identifier | None = Field(
        default=None, description="A known person; else a new one is made"
    )
    photos: dict[View, Identifier] = Field(
        default_factory=dict, description="Photos uploaded before, by view"
    )
    keep_photos: bool = Field(
        default=False,
        description="The person agreed that photos are kept; else they go once measured",
    )


class MeasurementIn(Measured):
    """Measure a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"height_cm": 172, "weight_kg": 64, "tape_cm": {"waist_girth": 78.5}}]
        }
    )


class GarmentIn(Request):
    """One garment of a look."""

    garment: Name = Field(examples=["tee"])
    fabric: Name | None = Field(default=None, description="The garment's usual one if not given")
    size: Size = None
    options: Options = Field(default_factory=dict, description="Drafting options of the garment")


class PreviewIn(Measured):
    """Try a garment, or several over one another, on a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_PREVIEW, _LOOK],
            "oneOf": [{"required": ["garment"]}, {"required": ["garments"]}],
        }
    )

    measurement: Identifier | None = Field(default=None, description="A measurement made before")
    garment: Name | None = Field(default=None, examples=["tee"])
    fabric: Name | None = Field(default=None, description="The garment's usual one if not given")
    size: Size = None
    options: Options = Field(default_factory=dict, description="Drafting options of the garment")
    garments: list[GarmentIn] = Field(
        default_factory=list, min_length=1, max_length=6,
        description="Several, each once, instead of `garment`, its fabric, size and options: worn "
        "over one another in the order of their layers and then as named",
    )  # fmt: skip
    edge_mm: FiniteFloat = Field(default=12.0, ge=5, le=40, description="Edge length of the cloth")
    views: list[Name] = Field(
        default=["front", "back", "side", "three-quarter"], min_length=1, max_length=8
    )
    picture_size: tuple[int, int] = Field(
        default=(1024, 1365), description="Width and height of the pictures in pixels"
    )
    formats: list[Format] = Field(
        default_factory=list,
        max_length=7,
        description="File types wanted; pictures, model, SVG and figures if empty",
    )
    urgency: Literal["waiting", "batch"] = Field(
        default="waiting", description="batch: after everyone who waits"
    )

    @model_validator(mode="after")
    def _garment_or_garments(self) -> PreviewIn:
        own = (
            self.garment is not None
            or self.fabric is not None
            or self.size is not None
            or self.options
        )
        if self.garments and own:
            raise ValueError("garments stand instead of garment, fabric, size and options")
        if not self.garments and self.garment is None:
            raise ValueError("garment or garments is needed")
        names = [one.garment for one in self.garments]
        if len(set(names)) < len(names):
            raise ValueError("a garment can be worn once in a look")
        return self


class AdviceIn(Stated):
    """Which size of a garment for whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"height_cm": 172, "weight_kg": 64, "garment": "tee", "chart": "uk-women"}]
        }
    )

    person: Identifier | None = Field(
        default=None, description="A known person: by their newest measurement, or as they stated"
    )
    measurement: Identifier | None = Field(default=None, description="A measurement made before")
    garment: Name = Field(examples=["tee"])
    fabric: Name | None = Field(default=None, description="The garment's usual one if not given")
    chart: Name | None = Field(
        default=None, description="A size chart; a usual one for the person's sex if not given"
    )
    options: Options = Field(default_factory=dict, description="Drafting options of the garment")


class ConsentIn(Request):
    """What a person agreed to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "keep-photos"}]})

    purpose: Literal["measure-photos", "keep-photos"]
    text: Annotated[Text, Field(min_length=1, max_length=10_000)] | None = Field(
        default=None, description="The words that were shown; ours if not given"
    )


class WebhookIn(Request):
    """Where to send events."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://example.com/in", "events": ["preview.succeeded"]}]
        }
    )

    url: Annotated[Text, Field(min_length=8, max_length=2000, examples=["https://example.com/in"])]
    events: list[Name] = Field(default_factory=list, max_length=20, description="All if empty")


class WebhookChange(Request):
    """What of a webhook to change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    url: Annotated[Text, Field(min_length=8, max_length=2000)] | None = None
    events: Annotated[list[Name], Field(max_length=20)] | None = None
    active: bool | None = None


# ---- answers -------------------------------------------------------------------------------------


class Page(BaseModel, Generic[T]):
    """One page of a list, newest first; `next` goes into ``?cursor=`` for the next one."""

    items: list[T]
    next: str | None


class ProblemOut(BaseModel):
    """An RFC 9457 problem."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(examples=["/problems/not-found"])
    title: str
    status: int
    detail: str


class FileOut(BaseModel):
    """A result; `url` needs no key and ends at `expires`."""

    name: str
    media_type: str
    size: int
    url: str


class JobOut(BaseModel):
    """Work under way or done."""

    id: str
    kind: Literal["preview", "measurement"]
    state: State
    stage: str | None = Field(description="The stage running now")
    progress: float = Field(description="Of the whole job, 0 to 1")
    stages: dict[str, float | None] = Field(description="Seconds each took; null: not done")
    problem: ProblemOut | None
    subject: str = Field(description="Id of the preview or measurement")
    result: str = Field(description="Path of the preview or measurement")
    files: list[FileOut]
    created: str
    started: str | None
    ended: str | None


class PersonOut(BaseModel):
    """A customer."""

    id: str
    label: str
    stated: dict[str, Any]
    created: str


class PhotoOut(BaseModel):
    """An uploaded photo; its pixels are at ``/content`` until `deleted`."""

    id: str
    person: str
    view: View
    size: int
    created: str
    deleted: str | None


class MeasurementOut(BaseModel):
    """Measurements of a person."""

    id: str
    person: str
    job: str
    state: State
    values: dict[str, Any] | None = Field(description="As measurements.json")
    created: str


class PreviewOut(BaseModel):
    """A garment on a person."""

    id: str
    person: str
    job: str
    state: State
    request: dict[str, Any]
    problem: ProblemOut | None
    files: list[FileOut]
    created: str


class Words(BaseModel):
    """The same in two languages."""

    en: str
    ru: str


class Decisive(BaseModel):
    """The tape measurement that would turn the advice."""

    measurement: str
    off_by_cm: float
    then: str | None = Field(description="The size to take then")


class ZoneAdvice(BaseModel):
    """How a size meets one measurement."""

    measurement: str
    customer_less_size_cm: float
    verdict: str
    probability: float


class SizeChance(BaseModel):
    """How likely a size fits."""

    size: str
    probability: float = Field(description="That it fits, 0 to 1")
    probability_as_designed: float = Field(description="That it is as designed in every zone")
    misfit: float = Field(description="Expected, in squared size steps")
    zones: list[ZoneAdvice]


class AdviceOut(BaseModel):
    """Which size to take; what to alter in it is in the fit.json of a preview of that size."""

    schema_: int = Field(alias="schema")
    garment: str
    chart: str | None
    best: str | None = Field(description="null where none is likely to fit")
    made_to_measure: bool = Field(description="Whether it is worth it")
    summary: Words
    decisive: Decisive | None
    sizes: list[SizeChance]


class ConsentOut(BaseModel):
    """An agreement."""

    id: str
    purpose: str
    text: str
    given: str
    withdrawn: str | None


class ReceiptOut(BaseModel):
    """Proof that a person was erased; `pseudonym` is a keyed hash of the old id."""

    id: str
    pseudonym: str
    removed: dict[str, int]
    requested: str
    completed: str | None


class WebhookOut(BaseModel):
    """Where events go."""

    id: str
    url: str
    events: list[str]
    active: bool
    created: str
    secret: str | None = Field(default=None, description="Shown when it is made or rotated only")


class DeliveryOut(BaseModel):
    """One event for one webhook."""

    id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    outcome: str
    created: str
    due: str
    payload: dict[str, Any]


class AuditOut(BaseModel):
    """Who touched whose data."""

    id: str
    caller: str = Field(description="Id of the key or session; `link` for a signed link")
    action: str
    person: str | None
    request: str
    at: str


class SessionOut(BaseModel):
    """A customer's session: send `token` as the key."""

    token: str
    person: str
    expires: str
