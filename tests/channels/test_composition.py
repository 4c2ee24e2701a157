"""Taking a template apart changes nothing: skeleton and fragments are what plain Liquid makes of the whole."""

from __future__ import annotations

import html
import json
import re
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid import BoundTemplate, RenderContext

from airflow_ma.channels import composition as composition_module
from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.composition import NO_TOKENS, Composition, Setup
from airflow_ma.channels.covered import Cover
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.markup import MARK, PIXEL
from airflow_ma.channels.template_language import Flavour, Part, TemplateError, parse_part
from airflow_ma.config import settings

BASE = "https://m.example/x&y"
LINKS = {"https://shop.example/?a=1&b=2": "LINK1", "https://shop.example/coats": "LINK2"}
SIGNER = LinkSigner({"k1": b"a secret of many characters"})

NAMES = ["name", "email", "a", "b", "c", "d", "n", "none"]
TEXTS = [
    "a",
    " ",
    "\n\n ",
    "<b class='x'>&amp;",
    "100% %s %(x)s",
    "{",
    "\x000\x00",
    '<a href="\x001\x00">',
    PIXEL,
    "é山",
]
FILTERS = [
    "default: 'x<'", 'default: "it\'s"', "default: contact.b", "default: 0, allow_false: true", "upcase", "size",
    "append: 'z<'", "append: x", "prepend: contact.a", "escape", "join: ', '", "first", "plus: 1",
    "divided_by: contact.n", "split: 'a'", "truncate: 3", "safe", "strip_html", "newline_to_br", "times: 2",
    "date: '%Y'", "sort", "url_encode", "replace: 'a', '<'", "strip", "capitalize", "map: 'x'", "concat: contact.c",
]  # fmt: skip

paths = st.one_of(
    st.sampled_from(NAMES).map("contact.{}".format),
    st.sampled_from(
        [
            "x", "y", "p", "forloop.index", "sender.name", "sender.postal_address", "sender.none", "unsubscribe_url", "confirm_url",
            "contact", "contact.size", "contact.first", "contact.d.x", "contact.c[0]", "contact['a']",
            "contact[contact.b]", "contact[x]", "x.size", "x[0]", "nothing", "contact.none.deeper",
        ]
    ),
)  # fmt: skip
literals = st.sampled_from(["'s'", "'<&'", "1", "0", "1.5", "true", "false", "nil", "empty", "blank", "''"])
values = st.one_of(paths, literals)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    return " | ".join([draw(values), *draw(st.lists(st.sampled_from(FILTERS), max_size=2))])


@st.composite
def conditions(draw: st.DrawFn) -> str:
    tests = st.one_of(
        values,
        st.tuples(values, st.sampled_from(["==", "!=", "<", ">=", "contains"]), values).map(" ".join),
    )
    first = draw(tests)
    more = draw(st.lists(st.tuples(st.sampled_from([" and ", " or "]), tests).map("".join), max_size=2))
    return "".join([first, *more])


outputs = expressions().map("{{{{ {} }}}}".format)
writers = st.one_of(
    st.tuples(st.sampled_from("xy"), expressions()).map("{{% assign {0[0]} = {0[1]} %}}".format),
    st.tuples(st.sampled_from("xy"), outputs).map("{{% capture {0[0]} %}}<{0[1]}>{{% endcapture %}}".format),
    st.sampled_from(
        [
            "{% increment x %}", "{% decrement i %}", "{% cycle 'a', 'b' %}", "{% cycle contact.a: 'a', contact.b %}",
            "{% assign contact = contact.d %}", "{% assign x = x | append: contact.a %}",
            "{% for p in contact.c limit: 1 %}{{ p }}{% endfor %}",
            "{% for p in contact.c limit: 1 offset: continue %}{{ p }}{% endfor %}",
            "{% ifchanged %}{{ contact.a }}{% endifchanged %}", "{% break %}", "{% liquid assign y = contact.a\n echo y %}",
            "{% raw %}{{ no }}{% endraw %}", "{% comment %}{{ contact.a }}{% endcomment %}",
        ]
    ),
)  # fmt: skip


def blocks(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inside, max_size=3).map("".join)
    return st.one_of(
        st.tuples(conditions(), body).map("{{% if {0[0]} %}}{0[1]}{{% endif %}}".format),
        st.tuples(conditions(), body, conditions(), body, body).map(
            "{{% if {0[0]} %}}{0[1]}{{% elsif {0[2]} %}}{0[3]}{{% else %}}{0[4]}{{% endif %}}".format
        ),
        st.tuples(conditions(), body, body).map(
            "{{%- unless {0[0]} %}}{0[1]}{{% else -%}}{0[2]}{{% endunless %}}".format
        ),
        st.tuples(paths, body, body).map(
            "{{% case {0[0]} %}}{{% when 1, 'a' %}}{0[1]}{{% else %}}{0[2]}{{% endcase %}}".format
        ),
        st.tuples(paths, body).map("{{% for p in {0[0]} %}}{0[1]}{{% endfor %}}".format),
    )


# The plain things, which mails are made of, more often than the odd ones.
plain = st.one_of(st.sampled_from(TEXTS), outputs, st.sampled_from(NAMES).map("{{{{ contact.{} }}}}".format))
nodes = st.recursive(st.one_of(plain, plain, plain, writers), blocks, max_leaves=6)
sources = st.lists(nodes, min_size=1, max_size=6).map("".join)

# Values that are equal in Python and look different, and characters that mean something somewhere.
strings = st.sampled_from(
    [
        "",
        " ",
        "a",
        "1",
        "true",
        "0",
        "<b>&'\"",
        "x\r\ny",
        "a\tb",
        "\u2028",
        "%s",
        "山田",
        "\x000\x00",
        "a,b",
        "contact",
        "\ud800",
    ]
)
scalars = st.one_of(st.none(), st.booleans(), st.sampled_from([0, 1, 2, 1.0, -0.0, 0.0, 10**25]), strings)
attributes = st.dictionaries(
    st.sampled_from(NAMES),
    st.one_of(
        scalars,
        st.lists(scalars, max_size=3),
        st.dictionaries(st.sampled_from(["x", "size"]), scalars),
        st.lists(st.dictionaries(st.just("x"), scalars), max_size=2),
    ),
)


@st.composite
def mails(draw: st.DrawFn) -> OutgoingMail:
    name = draw(st.one_of(st.none(), st.sampled_from(["Ann", "", "O'Hara <x>", "山田 花子"])))
    stored = json.dumps(draw(attributes), ensure_ascii=draw(st.booleans()) or True)
    to = Recipient(1, "C1", "ann@example.com", name, "en", "Asia/Tokyo", stored)
    return OutgoingMail(draw(st.integers(1, 2**42)), to)


def to(name: str | None = "Ann", **attributes: Any) -> OutgoingMail:
    stored = json.dumps(attributes)
    return OutgoingMail(5, Recipient(1, "C1", "ann@example.com", name, "en", "Asia/Tokyo", stored))


def part(flavour: Flavour, source: str) -> Part:
    cover, file = Cover(), Path(f"{flavour}.liquid")
    return parse_part(flavour, cover.uncover(cover.cover(source, file), file))


def compose(sources: dict[Flavour, str], *, opens: bool = True, clicks: bool = True) -> Composition:
    setup = Setup(opens, clicks, LINKS if clicks else {}, BASE, "marketing")
    return Composition({f: part(f, source) for f, source in sources.items()}, tuple(LINKS), setup)


def expected(
    flavour: Flavour, source: str, mail: OutgoingMail, *, opens: bool, clicks: bool, leniently: bool = False
) -> str:
    """What Liquid makes of the whole at once, with the URLs put in afterwards.

    ``leniently`` it goes on after an error, as if there were nothing at that place.
    """
    tokens, to = SIGNER.tokens(mail.message_id), mail.recipient
    own = {
        "key": to.key,
        "email": to.email,
        "name": to.name,
        "language": to.language,
        "timezone": to.timezone,
    }
    attributes = composition_module._sendable(dict(to.attributes))
    sender = settings().sender
    left = f"{BASE}/u/{tokens.unsubscribe}"
    confirm = f"{BASE}/confirm/{LinkSigner.from_settings().confirm_token(mail.message_id, to.email)}"
    template = part(flavour, source).template
    values = {
        "contact": {**attributes, **own},
        "sender": sender,
        "unsubscribe_url": left,
        "confirm_url": confirm,
    }
    if leniently:
        context, buffer = RenderContext(template, globals=values), StringIO()
        for node in template.nodes:
            with suppress(Exception):
                node.render(context, buffer)
        done = buffer.getvalue()
    else:
        done = template.render(values)
    escape: Callable[[str], str] = html.escape if flavour is Flavour.HTML else str
    urls = [
        escape(f"{BASE}/c/{tokens.click}/{token}") if clicks else escape(url) for url, token in LINKS.items()
    ]
    pixel = (
        f'<img src="{escape(f"{BASE}/o/{tokens.open}.gif")}" width="1" height="1" alt="" style="border:0">'
    )
    if flavour is Flavour.SUBJECT:
        return done
    opens = opens and "confirm_url" not in source
    return MARK.sub(lambda m: (pixel if opens else "") if m[1] == "pixel" else urls[int(m[1])], done)


@given(sources, st.lists(mails(), min_size=1, max_size=5), st.booleans(), st.booleans())
def test_skeleton_and_fragments_are_what_liquid_makes_of_the_whole(
    source: str, some: list[OutgoingMail], opens: bool, clicks: bool
) -> None:
    compare(source, some, opens=opens, clicks=clicks)


@pytest.mark.parametrize(
    "source",
    [
        "{% if contact.b %}[{{ x }}]{% endif %}{% assign x = contact.a %}{{ x }}",
        "{% if contact.a %}[{% if contact.b %} {% endif %}]{% endif %}",
        "[{% if contact.a %} {% endif %}][{% unless contact.none %}\n{% endunless %}]",
        "{{ contact.a }}|{% assign contact = contact.d %}{{ contact.x }}|{{ contact.a }}",
        "{{ x }}{% assign x = contact.a %}{{ x }}{% assign x = contact.b %}{{ x }}",
        "{% capture x %}{{ contact.a }}{% endcapture %}{{ x }}{% capture x %}b{% endcapture %}{{ x }}",
        "{% if contact.a %}{% assign x = contact.b %}{{ x }}{% else %}{% assign x = 1 %}{% endif %}{{ x }}",
        "{% increment x %}{{ contact.a }}{% increment x %}{{ x }}{% decrement x %}{{ x }}",
        "{% for i in (1..4) %}{% cycle 'a', 'b', 'c' %}{{ contact.a }}{% endfor %}{% cycle 'a', 'b', 'c' %}",
        "{% for p in contact.c limit: 1 %}{{ p }}{% endfor %}|{% for p in contact.c offset: continue %}{{ p }}{% endfor %}",
        "{% ifchanged %}{{ contact.a }}{% endifchanged %}-{% ifchanged %}{{ contact.a }}{% endifchanged %}",
        "{% if contact.a == 1 and contact.b != 'x' or contact.name contains 'n' %}{{ contact.name }} 100%{% endif %}",
        "{% assign unsubscribe_url = contact.a %}{{ unsubscribe_url }}",
        "{% if contact.a %}<a href='\x000\x00'>{{ contact.b }}</a> {{ unsubscribe_url }} {{ unsubscribe_url | upcase }}{% endif %}",
        "{{ contact }} {{ contact.size }} {{ contact[contact.b] }}",
        "{{ contact.a | append: '<' }} {{ contact.a | default: '<b>' }} {{ '<i>' | append: contact.a }}",
        "{%- if contact.a -%}  x  {%- elsif contact.b -%}  {{ contact.b -}}  y{% else %}{% if true %}{{ contact.n }}{% endif %}{%- endif %}",
    ],
)  # fmt: skip
def test_also_where_it_is_easily_got_wrong(source: str) -> None:
    kinds: list[dict[str, Any]] = [
        {"a": value, "b": other, "n": 2, "c": [1, "<x>", True], "d": {"x": value}}
        for value in ["", "x", "<b>&", 1, True, 1.0, None, False, ["x", "<"], {"x": 1}]
        for other in ["x", "a", None]
    ]
    some = [to(**kind)._replace(message_id=number) for number, kind in enumerate([*kinds, {}, *kinds], 1)]
    compare(source, some, opens=True, clicks=True)


def compare(source: str, some: list[OutgoingMail], *, opens: bool, clicks: bool) -> None:
    settings.cache_clear()
    in_subject = MARK.sub("-", source)
    try:
        composed = compose(
            {Flavour.SUBJECT: f"s {in_subject}", Flavour.HTML: source, Flavour.TEXT: source},
            opens=opens,
            clicks=clicks,
        )
    except TemplateError:
        with pytest.raises(TemplateError):
            part(Flavour.HTML, source)
        return
    skeleton = composed.skeleton("\x02{}\x02".format)
    wanted = {Flavour.SUBJECT: f"s {in_subject}", Flavour.HTML: source, Flavour.TEXT: source}
    for mail in some:
        fragments, complaint = attempt(
            lambda one=mail: composed.fragments(one, SIGNER.tokens(one.message_id))
        )
        whole, located = attempt(lambda one=mail: expect_all(wanted, one, opens=opens, clicks=clicks))
        if fragments is None:
            assert isinstance(complaint, TemplateError)
            assert ".liquid, line " in str(complaint)
            assert located is not None
            continue
        if whole is None:  # what shows nothing and is not needed is not run either: its errors do no harm
            whole = expect_all(wanted, mail, opens=opens, clicks=clicks, leniently=True)
        assert all(type(fragment) is str for fragment in fragments)
        subject, body, text = (put_in(constant, fragments) for constant in skeleton)
        assert body == whole[Flavour.HTML]
        assert text == whole[Flavour.TEXT]
        one_line = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", whole[Flavour.SUBJECT])
        assert subject.split() == one_line.split()
        assert "\x00" not in "".join(fragments)
        "".join(fragments).encode()


def attempt(work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Its result, or the error."""
    try:
        return work(), None
    except Exception as error:
        return None, error


def expect_all(
    wanted: dict[Flavour, str], mail: OutgoingMail, *, opens: bool, clicks: bool, leniently: bool = False
) -> dict[Flavour, str]:
    return {
        flavour: expected(flavour, source, mail, opens=opens, clicks=clicks, leniently=leniently)
        for flavour, source in wanted.items()
    }


def put_in(constant: str, fragments: list[str]) -> str:
    return re.sub("\x02(\\d+)\x02", lambda found: fragments[int(found[1])], constant)


TYPICAL = """<p>Hello {{ contact.name | default: "friend" }}</p><p>{{ contact.a }} in {{ contact.a }}</p>
{% if contact.b and contact.name %}<b>{{ contact.name }}, <a href="\x000\x00">early access</a></b>{% else %}Hi{% endif %}
<a href="\x000\x00">1</a><a href="\x001\x00">2</a>{% assign c = contact.c | upcase %}{{ c }}{{ c }}
{{ sender.name }} <a href="{{ unsubscribe_url }}">out</a>\x00pixel\x00"""


def typical() -> Composition:
    return compose({Flavour.SUBJECT: "For {{ contact.name }}", Flavour.HTML: TYPICAL, Flavour.TEXT: TYPICAL})


def test_what_mails_are_mostly_made_of_never_asks_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what makes it fast: plain Liquid takes twenty times as long."""
    composed = typical()
    monkeypatch.setattr(BoundTemplate, "render", lambda *_, **__: pytest.fail("the interpreter was asked"))
    fragments = composed.fragments(to(a="x", b=True, c="y"), SIGNER.tokens(5))
    assert "Ann" in fragments
    assert "Y" in fragments


def test_the_interpreter_is_asked_once_for_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    render = BoundTemplate.render
    monkeypatch.setattr(
        BoundTemplate, "render", lambda self, *a, **k: asked.append(1) or render(self, *a, **k)
    )
    source = "{% case contact.a %}{% when 'x' %}X{% when 1 %}1{% when true %}T{% else %}-{% endcase %}"
    composed = compose({Flavour.SUBJECT: "s", Flavour.HTML: source, Flavour.TEXT: "t"})
    tokens = SIGNER.tokens(5)
    said = ["".join(composed.fragments(to(a=value), tokens)) for value in ["x", 1, True, 1.0, "1", None] * 20]
    assert said == ["X", "1", "T", "1", "-", "-"] * 20
    assert len(asked) == 6


def test_what_is_kept_of_the_interpreter_is_bounded() -> None:
    source = "{% case contact.a %}{% else %}" + "x" * 4_000 + "{% endcase %}"
    composed = compose({Flavour.SUBJECT: "s", Flavour.HTML: "h", Flavour.TEXT: source})
    tracemalloc.start()
    for number in range(2_000):
        composed.fragments(to(a=f"value {number}"), SIGNER.tokens(5))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 4_000_000


def test_identical_fragments_are_shared() -> None:
    composed = typical()
    skeleton = composed.skeleton("[{}]".format)
    assert len(re.findall(r"/c/(\[\d+\])/", skeleton.html + skeleton.text)) == 4
    assert len(set(re.findall(r"/c/(\[\d+\])/", skeleton.html + skeleton.text))) == 1
    assert len(set(re.findall(r"(\[\d+\]) in (\[\d+\])", skeleton.html)[0])) == 1
    assert len(composed.fragments(to(a="x"), SIGNER.tokens(5))) == 12


def test_constant_text_is_not_in_the_fragments() -> None:
    skeleton = typical().skeleton(lambda _: "")
    assert "LINK1" in skeleton.html
    assert "https://m.example/x&amp;y/u/" in skeleton.html
    assert "https://m.example/x&y/u/" in skeleton.text


@pytest.mark.parametrize("flavour", [Flavour.HTML, Flavour.TEXT])
def test_who_has_not_confirmed_yet_gets_no_pixel(flavour: Flavour) -> None:
    sources = {Flavour.SUBJECT: "s", Flavour.HTML: f"hi{PIXEL}", Flavour.TEXT: "hi"}
    assert "<img" in compose(sources).render(to(), SIGNER.tokens(1)).html
    sources[flavour] += "{% if contact.name %}{{ confirm_url }}{% endif %}"
    assert "<img" not in compose(sources).render(to(), SIGNER.tokens(1)).html


@pytest.mark.parametrize(
    ("source", "opens", "clicks", "purpose", "needed"),
    [
        ("{{ contact.a }}", False, False, "transactional", False),
        (f"<a href='\x000\x00'>{PIXEL}</a>", False, False, "transactional", False),
        ("{{ contact.a }}", False, False, "marketing", True),
        (PIXEL, True, False, "transactional", True),
        ("{% if contact.a %}<a href='\x000\x00'>{% endif %}", False, True, "transactional", True),
        ("{% if contact.a %}{{ unsubscribe_url | upcase }}{% endif %}", False, False, "transactional", True),
        ("{{ confirm_url }}", False, False, "transactional", True),
        ("{% assign x = 'unsubscribe_url' %}{{ [x] }}", False, False, "transactional", True),
    ],
)
def test_a_mail_is_given_tokens_where_it_says_them(
    source: str, opens: bool, clicks: bool, purpose: str, needed: bool
) -> None:
    setup = Setup(opens, clicks, LINKS, BASE, purpose)
    composed = Composition({f: part(f, f"s {source}") for f in Flavour}, tuple(LINKS), setup)
    assert composed.needs_tokens is needed
    mail = to(a="x")
    assert needed or composed.render(mail, SIGNER.tokens(5)) == composed.render(mail, NO_TOKENS)


def test_a_fragment_that_grows_without_end_is_stopped() -> None:
    composed = compose(
        {Flavour.SUBJECT: "s", Flavour.HTML: "{% for x in (1..9000) %}{{ contact.a }}{% endfor %}"}
    )
    with pytest.raises(TemplateError, match=r"html\.liquid, line 1: too much work"):
        composed.fragments(to(a="x" * 200), SIGNER.tokens(5))


def test_an_error_about_a_value_names_the_line_and_not_the_value() -> None:
    composed = compose({Flavour.SUBJECT: "s", Flavour.HTML: "\n\n{{ 5 | divided_by: contact.a }}"})
    with pytest.raises(TemplateError) as caught:
        composed.fragments(to(a="secret"), SIGNER.tokens(5))
    assert "html.liquid, line 3" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_subject_that_comes_out_empty_is_an_error_for_this_contact() -> None:
    composed = compose(
        {Flavour.SUBJECT: "{{ contact.a }} {{ contact.b }}", Flavour.HTML: "h", Flavour.TEXT: "t"}
    )
    assert composed.render(to(b="x"), SIGNER.tokens(5)).subject == "x"
    with pytest.raises(TemplateError, match=r"the subject is empty for this contact; use \| default:"):
        composed.fragments(to(a=" "), SIGNER.tokens(5))
