"""Texts to translate are found wherever they are written, and a wrong translation is told."""

from pathlib import Path

import pytest

from tools import messages

PYTHON = '''
"""Docs."""
name = _("Account")
asked = N_("There is no file “%(name)s”.")
many = ngettext("%(n)d line", "%(n)d lines", n)
later = ngettext_lazy("one day", "%(n)d days")
verb = pgettext("verb", "order")
lazy = gettext_lazy("Potential")
not_text = other("Not this")
joined = gettext("in two "
                 "pieces")
'''
TEMPLATE = """{% load i18n %}
<c-button label="{% translate 'Save' %}" :hint="_('Keeps it')">
    {% blocktranslate trimmed count n=lines %}
        {{ n }} line
    {% plural %}
        {{ n }} lines
    {% endblocktranslate %}
  {% blocktranslate trimmed with name=account.name %}
    Sales of {{ name }},
    100% of it
  {% endblocktranslate %}
 {{ _("Never") }} {{ day|default:_("no day") }}
 {% translate "May" context "month" %}
 {% if kind == _("other") %}it's ( unbalanced{% endif %}
</c-button>
"""


def catalogue(folder: Path, text: str) -> Path:
    path = folder / "django.po"
    path.write_text(messages.HEADER + text)
    return path


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """One Python file with one message."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.py").write_text('_("%(n)s lines")')
    return folder


def test_messages_of_python() -> None:
    assert list(messages.python_messages(PYTHON.encode())) == [
        ("Account", None),
        ("There is no file “%(name)s”.", None),
        (("%(n)d line", "%(n)d lines"), None),
        (("one day", "%(n)d days"), None),
        ("order", "verb"),
        ("Potential", None),
        ("in two pieces", None),
    ]


def test_messages_of_a_template() -> None:
    assert set(messages.template_messages(TEMPLATE)) == {
        ("Save", None),
        ("Keeps it", None),
        (("%(n)s line", "%(n)s lines"), None),
        ("Sales of %(name)s, 100%% of it", None),
        ("Never", None),
        ("no day", None),
        ("May", "month"),
        ("other", None),
    }


def test_a_complete_catalogue_has_no_problems(tmp_path: Path, sources: Path) -> None:
    text = '#: a.py\n#, python-format\nmsgid "%(n)s lines"\nmsgstr "%(n)s 行"\n\n'
    assert messages.problems(catalogue(tmp_path, text), sources) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is missing"),
        ('msgid "%(n)s lines"\nmsgstr ""\n', "is not translated"),
        ('msgid "%(n)s lines"\nmsgstr "%(m)s 行"\n', "other placeholders"),
        ('msgid "%(n)s lines"\nmsgstr "行"\n', "other placeholders"),
        ('#, fuzzy\nmsgid "%(n)s lines"\nmsgstr "%(n)s 行"\n', "fuzzy"),
        ('msgid "gone"\nmsgstr "没了"\n', "is in no source"),
        ('#~ msgid "gone"\n#~ msgstr "没了"\n', "is obsolete"),
    ],
)
def test_a_problem_is_told(tmp_path: Path, sources: Path, text: str, told: str) -> None:
    assert any(told in line for line in messages.problems(catalogue(tmp_path, text), sources))


def test_updating_keeps_translations_and_order_and_is_quiet_the_second_time(tmp_path: Path, sources: Path) -> None:
    (sources / "b.py").write_text('\n\n_("Apple")\n_("%(n)s lines")')
    old = messages.read(catalogue(tmp_path, 'msgid "%(n)s lines"\nmsgstr "%(n)s 行"\n\nmsgid "gone"\nmsgstr "没了"\n'))
    text = messages.text_of(messages.updated(old, messages.gather(sources)))
    assert text == messages.HEADER + (
        '#: a.py b.py\n#, python-format\nmsgid "%(n)s lines"\nmsgstr "%(n)s 行"\n\n'
        '#: b.py\nmsgid "Apple"\nmsgstr ""\n\n'
    )
    again = messages.read(catalogue(tmp_path, text.removeprefix(messages.HEADER)))
    assert messages.text_of(messages.updated(again, messages.gather(sources))) == text


def test_merging_fills_gaps_and_changes_nothing_else(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "b.py").write_text('_("Apple")')
    monkeypatch.setattr(messages, "CATALOGUE", catalogue(tmp_path, 'msgid "%(n)s lines"\nmsgstr "%(n)s 行"\n'))
    monkeypatch.setattr(messages, "gather", lambda gather=messages.gather: gather(sources))
    part = tmp_path / "part.po"
    part.write_text(
        'msgid "Apple"\nmsgstr "苹果"\n\nmsgid "%(n)s lines"\nmsgstr "%(n)s 条"\n\nmsgid "gone"\nmsgstr "没了"\n'
    )
    assert messages.merge([part]) == 0
    merged = messages.read(messages.CATALOGUE)
    assert {message.id: message.string for message in merged if message.id} == {
        "%(n)s lines": "%(n)s 行",
        "Apple": "苹果",
    }
    told = capsys.readouterr().out
    assert "'gone' is in no source" in told
    assert "stays '%(n)s 行'" in told


def test_every_text_is_translated() -> None:
    assert messages.problems() == []
