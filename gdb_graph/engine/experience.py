"""Queries that took long in, which others will probably take long out: those of the same text, or of the same form."""

import re
from collections import OrderedDict
from hashlib import blake2b

_REMEMBERED = 1000
_SET_ASIDE = re.compile(r"""<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\d+""")


class Experience:
    """What is remembered of the last thousand slow queries."""

    def __init__(self) -> None:
        self._texts: OrderedDict[bytes, None] = OrderedDict()
        self._forms: OrderedDict[bytes, None] = OrderedDict()

    def slow(self, query: str) -> None:
        """A query has taken long."""
        for known, key in ((self._texts, _key(query)), (self._forms, _key(_form(query)))):
            known[key] = None
            if len(known) > _REMEMBERED:
                known.popitem(last=False)

    def quick(self, query: str) -> None:
        """A query that was expected to take long has not."""
        self._texts.pop(_key(query), None)
        self._forms.pop(_key(_form(query)), None)

    def knows(self, query: str) -> bool:
        """Whether this text has taken long."""
        return bool(self._texts) and _key(query) in self._texts

    def suspects(self, query: str) -> bool:
        """Whether one of the same form has: the same but for IRIs, literals and numbers."""
        return bool(self._forms) and _key(_form(query)) in self._forms


def _form(query: str) -> str:
    return _SET_ASIDE.sub("_", query)


def _key(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
