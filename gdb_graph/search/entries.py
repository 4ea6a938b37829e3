"""A document in, what is written of it into each field of the index out.

label_is_de label_is_en name_is      the whole text, folded
label_de label_en name_ class_ text_ words as they are folded; the index keeps their stems
word part                            words of labels and names; ends of these: Nutzung in Datennutzung
body tail                            words of other texts; these spelled backwards, to find what they end in
class_stems                          the whole label of a class, each word as its stem
kind class_is rank links order       see Document; of links the logarithm
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from gdb_graph.search.analysis import Token, tokens
from gdb_graph.search.documents import Classes, Document, Text

LANGUAGES = {"de": "german", "en": "english"}
MOST_LINKS = 12
"""Past 2 to the power of this a thing is named often, however often."""
STEMS = tuple(f"{kind}_{language}" for kind in ("label", "name", "class", "text") for language in LANGUAGES)
WHOLE = ("label_is_de", "label_is_en", "name_is", "class_stems", "rank", "links")
COUNTED = ("kind", "class_is")
SPLIT = ("word", "part", "body", "tail")
_FIRST_PART, _LAST_PART = 3, 4  # letters that the parts of a compound have at least

Stems = Callable[[str, Sequence[Token]], Sequence[str]]
"""Language and words in, the stem of each out."""
_Fields = dict[str, list[str]]


class Entries:
    """Makes entries of documents whose classes are among `classes`."""

    def __init__(self, classes: Classes, stems: Stems) -> None:
        self._stems = stems
        self._of_class = {class_: self._class(labels) for class_, labels in classes.labels.items()}

    def of(self, document: Document) -> Mapping[str, list[str]]:
        """The entry of one document."""
        entry: _Fields = defaultdict(list)
        entry["kind"], entry["class_is"] = list(document.kinds), list(document.classes)
        entry["rank"], entry["order"] = [str(document.rank)], [document.order]
        entry["links"] = [str(min(document.links.bit_length(), MOST_LINKS))]
        for text in document.labels:
            self._name(entry, "label", f"label_is_{_other_or_german(text.language)}", text)
        for text in document.names:
            self._name(entry, "name", "name_is", text)
        for text in document.texts:
            words = _stemmed(entry, "text", text.language, text.value)
            folded = [token.word for token in words]
            entry["body"].append(" ".join(folded))
            entry["tail"].append(" ".join(dict.fromkeys([*folded, *self._stems("de", words)]))[::-1])
        for class_ in document.classes:
            for field, values in self._of_class.get(class_, {}).items():
                entry[field] += values
        for address in (document.iri, document.iri.rpartition("/")[2].rpartition("#")[2]):
            entry["name_is"].append(" ".join(token.word for token in tokens(address)))
        return entry

    def _name(self, entry: _Fields, kind: str, whole: str, text: Text) -> None:
        words = [token.word for token in _stemmed(entry, kind, text.language, text.value)]
        entry[whole] += dict.fromkeys((" ".join(words), "".join(words)))
        # Smart Water is found as SmartWater too.
        entry["word"].append(" ".join([*words, *map("".join, pairwise(words))]))
        entry["part"].append(" ".join(end for word in words for end in _ends(word)))

    def _class(self, labels: Mapping[str, str]) -> _Fields:
        entry: _Fields = defaultdict(list)
        for language, label in labels.items():
            words = _stemmed(entry, "class", language, label)
            entry["class_stems"].append(" ".join(self._stems(_other_or_german(language), words)))
        return entry


def spelled(language: str, words: Iterable[Token]) -> list[str]:
    """The words as the stemmer of a language wants them."""
    return [token.plain if language == "en" else token.word for token in words]


def _stemmed(entry: _Fields, kind: str, language: str, text: str) -> list[Token]:
    """Put a text into the fields of its language, of all where it is in another; its words."""
    words = list(tokens(text))
    for each in LANGUAGES if language not in LANGUAGES else (language,):
        entry[f"{kind}_{each}"].append(" ".join(spelled(each, words)))
    return words


def _other_or_german(language: str) -> str:
    return language if language in LANGUAGES else "de"


def _ends(word: str) -> Iterable[str]:
    return (word[at:] for at in range(_FIRST_PART, len(word) - _LAST_PART + 1))
