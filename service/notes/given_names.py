"""Given names of the world, from the lists that Faker ships for its locales: 20,000 in Latin letters."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterator
from functools import cache

_SHORTEST = 4  # letters; shorter ones are too often abbreviations in notes ('dev', 'min', 'ops')


@cache
def given_names() -> frozenset[str]:
    """Every given name of all locales, lower case and without accents."""
    return frozenset(n for n in map(_plain, _listed()) if len(n) >= _SHORTEST and n.replace("-", "").isalpha())


def _listed() -> Iterator[str]:
    import faker.providers.person as people  # heavy to import, so only where notes are read

    for locale in pkgutil.iter_modules(people.__path__):
        provider = importlib.import_module(f"{people.__name__}.{locale.name}").Provider
        for attribute in dir(provider):
            if attribute.startswith("first_name"):
                yield from _names(getattr(provider, attribute))


def _names(listed: object) -> Iterator[str]:
    """The names of a list, or of a mapping from names to how frequent they are; methods hold none."""
    if isinstance(listed, (list, tuple, set, frozenset, dict)):
        for name in listed:
            yield str(name[0] if isinstance(name, tuple) else name)


def _plain(name: str) -> str:
    if not all("LATIN" in unicodedata.name(c, "") or c in "-'" for c in name):
        return ""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in name).lower()
