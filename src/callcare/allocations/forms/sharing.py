"""The parts of a stock, as its operator decides them: each in whole units of the stock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from callcare.desk.case_forms import QuantityField
from callcare.matching.sharing import Sharer, Sharing

PREPARE = "prepare"  # the deed; everything else only computes again


class PartField(QuantityField):
    """A part in whole units; nothing typed is nothing given."""

    def clean(self, value: Any) -> Any:
        quantity = super().clean(value)
        if quantity is not None and quantity != quantity.to_integral_value():
            raise forms.ValidationError("Donnez un nombre entier.")
        return int(quantity or 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table: who, and the fields."""

    sharer: Sharer
    quantity: forms.BoundField
    keep: forms.BoundField
    hidden: tuple[forms.BoundField, ...]

    @property
    def name(self) -> str:
        one = self.sharer.candidate
        return f"{one.organisation_name}, {one.ref}"


class ShareForm(forms.Form):
    """How much each line gets, which parts stay as they are, and what was read when they were decided."""

    agreed = forms.BooleanField(label="le contributeur est d’accord", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, sharing: Sharing, given: Mapping[int, int] | None = None,
        kept: Iterable[int] = (), lines: Iterable[int] = (), agreed: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.sharing = sharing
        kept, given = set(kept), given or {}
        asked = _posted(data) if data is not None else list(lines)
        self.lines = [line for line in asked if line in sharing.sharers]
        self.changed = [line for line in asked if _typed(data, line) and not self._is_as_seen(data, line)]
        self.initial = {"seen": sharing.seen, "agreed": agreed}
        for line in self.lines:
            self._add(sharing.sharers[line], given.get(line, 0), is_kept=line in kept)

    def _is_as_seen(self, data: Any, line: int) -> bool:
        """May the line still take from the stock, and is it what she saw?"""
        sharer = self.sharing.sharers.get(line)
        return sharer is not None and data.get(f"seen_{line}") == sharer.seen

    def _add(self, sharer: Sharer, given: int, *, is_kept: bool) -> None:
        who = f"{sharer.candidate.organisation_name}, {sharer.candidate.ref}"
        plain = {"class": "bare", "inputmode": "numeric", "size": "6", "autocomplete": "off"}
        self.fields |= {
            f"quantity_{sharer.line}": PartField(
                label=f"part de {who}", max_length=16, required=False, initial=str(given),
                widget=forms.TextInput(attrs=plain),
            ),
            f"keep_{sharer.line}": forms.BooleanField(
                label=f"garder la part de {who}", required=False, initial=is_kept
            ),
            f"was_{sharer.line}": forms.IntegerField(widget=forms.HiddenInput, required=False, initial=given),
            f"seen_{sharer.line}": forms.CharField(widget=forms.HiddenInput, required=False, initial=sharer.seen),
        }  # fmt: skip

    @property
    def is_to_prepare(self) -> bool:
        return self.data.get("deed") == PREPARE

    def parts(self) -> list[Part]:
        return [
            Part(
                self.sharing.sharers[line], self[f"quantity_{line}"], self[f"keep_{line}"],
                (self[f"was_{line}"], self[f"seen_{line}"]),
            )
            for line in self.lines
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        for line in self.lines:
            if counts := self.is_to_prepare or self._is_kept(line, facts):
                self._check(self.sharing.sharers[line], facts.get(f"quantity_{line}", 0))
            facts[f"counts_{line}"] = counts
        if not self.errors:
            self._check_sum(facts)
        return facts

    def _is_kept(self, line: int, facts: Mapping[str, Any]) -> bool:
        return bool(facts.get(f"keep_{line}")) or facts.get(f"quantity_{line}") != facts.get(f"was_{line}")

    def _check(self, sharer: Sharer, part: int) -> None:
        said, field = self.sharing.said, f"quantity_{sharer.line}"
        least = max(1, min(sharer.minimum, sharer.open))
        if part > sharer.open:
            self.add_error(field, f"C’est plus que ce qui est demandé : {said(sharer.open)}.")
        elif part > self.sharing.free:
            self.add_error(field, f"C’est plus que ce qui reste : {said(self.sharing.free)}.")
        elif 0 < part < least:
            self.add_error(field, f"C’est moins que son minimum utile : {said(least)}, ou rien.")

    def _check_sum(self, facts: Mapping[str, Any]) -> None:
        parts = {line: facts[f"quantity_{line}"] for line in self.lines if facts[f"counts_{line}"]}
        if (too_much := sum(parts.values()) - self.sharing.free) > 0:
            changed = [line for line in parts if self._is_kept(line, facts)] or list(parts)
            field = f"quantity_{max(changed, key=lambda line: parts[line])}"
            left = self.sharing.said(self.sharing.free)
            self.add_error(field, f"En tout c’est {self.sharing.said(too_much)} de trop : il y a {left} à répartir.")
        if self.is_to_prepare and not any(parts.values()):
            raise forms.ValidationError("Donnez une part à au moins un besoin.")

    @property
    def fixed(self) -> dict[int, int]:
        """The parts that stay as they are when the rest is computed again: those that are right, if they fit."""
        facts = self.cleaned_data
        right = [line for line in self.lines if f"quantity_{line}" not in self.errors]
        parts = {line: facts[f"quantity_{line}"] for line in right if self._is_kept(line, facts)}
        return parts if sum(parts.values()) <= self.sharing.free else {}

    @property
    def chosen(self) -> dict[int, int]:
        """The parts to prepare."""
        facts = self.cleaned_data
        return {line: facts[f"quantity_{line}"] for line in self.lines if facts[f"quantity_{line}"]}


def _posted(data: Any) -> list[int]:
    names = (name.removeprefix("seen_") for name in data if name.startswith("seen_"))
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]


def _typed(data: Any, line: int) -> bool:
    return data is not None and data.get(f"quantity_{line}", "").strip() not in {"", "0"}
