"""Words that no catalogue has are found wherever a template puts them."""

import pytest

from tools.bare import bare


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ('<p>{{ _("Sign in") }}</p>', []),
        ("<p>{% trans name=page.name %}Hello, {{ name }}{% endtrans %}</p>", []),
        ("<p>made by {{ page.name }}</p>", ["made by …"]),
        ('<button aria-label="Close">×</button>', ["Close"]),
        ('<input placeholder="alice/birds" translate="no">', []),
        ('<p>{{ "open" if page.open else _("closed") }}</p>', ["open"]),
        ('<a class="{{ "bad" if page.bad }}">{{ {"a": "first"}[page.key] }}</a>', ["first"]),
        ("<code>pip install</code><pre>words</pre>", []),
        ("<option>{# a note #}{{ page.value|size }}</option>", []),
    ],
)
def test_bare_words(template, found):
    assert list(bare(template)) == found
