"""Records as plain JSON values, and back, led by their type annotations."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from fitting.errors import BadMesh

T = TypeVar("T")


def plain(value: Any) -> Any:
    """A record, or any value in one, as lists, dicts, strings and numbers.

    Fields at their default are left out; numbers that are not finite become None.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if not _is_default(f, getattr(value, f.name))
        }
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        default = field.default
    elif field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    else:
        return False
    return type(value) is type(default) and not isinstance(value, np.ndarray) and value == default


def record(kind: type[T], tree: Any) -> T:
    """The record of a kind that `plain` turned into a tree.

    Fields that this version does not know are passed over.

    Raises:
        BadMesh: A field is missing or of the wrong form.
    """
    try:
        made = _value(kind, tree)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadMesh(
            f"the file's {kind.__name__} cannot be read ({error}); it was made by another version: "
            "make it again"
        ) from None
    return typing.cast(T, made)


def _value(kind: Any, tree: Any) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {f.name for f in dataclasses.fields(kind)}
        return typing.cast(Any, kind)(
            **{k: _value(hints[k], v) for k, v in tree.items() if k in known}
        )
    if origin is types.UnionType or origin is typing.Union:
        choices = [a for a in args if a is not type(None)]
        if tree is None and len(choices) < len(args):
            return None
        return _value(choices[0], tree) if len(choices) == 1 else tree
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_value(args[0], v) for v in tree)
        return tuple(_value(a, v) for a, v in zip(args, tree, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {k: _value(args[1], v) for k, v in tree.items()}
    if origin is np.ndarray:
        return np.asarray(tree, float)
    if kind is float:
        return math.nan if tree is None else float(tree)
    if kind is int:
        return int(tree)
    return tree
