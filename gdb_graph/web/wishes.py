"""The parameters of a request in, things and numbers out; what is wrong with them is kept as faults to be told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gdb_graph.errors import BadParameter
from gdb_graph.explore.meant import Unclear, meant
from gdb_graph.explore.network import Network
from gdb_graph.queryfile import near

ALWAYS = ("format", "lang")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a parameter: `kind` is the text `fault_…` that tells it, with its name and `values` in slots.

    `things` are IRIs that may be meant.
    """

    parameter: str
    kind: str
    values: tuple[str, ...] = ()
    things: tuple[str, ...] = ()


class Wishes:
    """The parameters of one request; those that are empty are not given, since a form sends every field."""

    def __init__(self, request: Request, network: Network, known: Iterable[str]) -> None:
        self._network = network
        self._given: dict[str, list[str]] = {}
        self.faults: list[Fault] = []
        takes = list(known)
        for name, value in request.query_params.multi_items():
            if name not in (*takes, *ALWAYS):
                self.faults.append(Fault(name, "unknown_parameter", (near(name, takes), ", ".join(takes))))
            elif value.strip():
                self._given.setdefault(name, []).append(value.strip())

    @property
    def given(self) -> Mapping[str, Sequence[str]]:
        """What was given, as it was typed."""
        return {name: values for name, values in self._given.items() if name not in ALWAYS}

    def things(self, name: str, kind: str = "") -> tuple[str, ...]:
        """The things that a parameter names, of the class `kind` if one is given."""
        among = self._network.of(kind) if kind and name in self._given else None
        found = []
        for typed in self._given.get(name, ()):
            thing = meant(self._network, typed, among)
            if isinstance(thing, Unclear):
                fault = "ambiguous" if thing.is_ambiguous else "unknown_thing" if thing.near else "nothing_near"
                self.faults.append(Fault(name, fault, (typed,), thing.near))
            else:
                found.append(thing)
        return tuple(dict.fromkeys(found))

    def thing(self, name: str, kind: str = "", required: bool = False) -> str:
        """The one thing that a parameter names; "" where it is not given or wrong."""
        found = self.things(name, kind)
        if len(self._given.get(name, ())) > 1:
            self.faults.append(Fault(name, "twice"))
        if required and name not in self._given:
            self.faults.append(Fault(name, "missing"))
        return found[0] if found else ""

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """A number within bounds, a whole one if `default` is; `default` where it is not given or wrong."""
        typed = self._given.get(name, [""])[-1]
        if not typed:
            return default
        try:
            value = int(typed) if isinstance(default, int) else float(typed.replace(",", "."))
        except ValueError:
            value = float("nan")
        if least <= value <= most:
            return value
        self.faults.append(Fault(name, "number", (f"{least:g}", f"{most:g}", typed)))
        return default

    def choices(self, name: str, offered: Iterable[str]) -> tuple[str, ...]:
        """The values given, each one of those offered; all of these where none is given."""
        known = list(offered)
        chosen = self._given.get(name, [])
        for typed in chosen:
            if typed not in known:
                self.faults.append(Fault(name, "choice", (", ".join(known), typed)))
        return tuple(each for each in known if each in chosen) or tuple(known)

    def insist(self, texts: Mapping[str, str]) -> None:
        """Raise the first fault as BadParameter, in the language of the `texts`."""
        for fault in self.faults:
            told = tell(fault, texts)
            slugs = [iri.removeprefix(self._network.names.instances) for iri in fault.things]
            raise BadParameter(fault.parameter, f"{told} {', '.join(slugs)}".strip())


def tell(fault: Fault, texts: Mapping[str, str], called: Mapping[str, str] | None = None) -> str:
    """The sentence that tells a fault; where things may be meant, it ends before their names.

    `called` says what a form calls its fields; else they go by their names.
    """
    name = (called or {}).get(fault.parameter, fault.parameter)
    return texts[f"fault_{fault.kind}"].format(*fault.values, name=name)
