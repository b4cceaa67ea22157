"""A fixed text in the languages of the product, where a literal table holds both side by side."""

from typing import NamedTuple


class Wording(NamedTuple):
    """The same in English and in Simplified Chinese."""

    en: str
    zh: str

    def in_language(self, code: str) -> str:
        """By a language code such as `en`, `zh-hans`, `zh_CN`; English where it is neither."""
        return self.zh if code.lower().startswith("zh") else self.en
