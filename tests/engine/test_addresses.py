"""Which mail addresses are accepted."""

from __future__ import annotations

import pytest

from airflow_ma.engine.addresses import is_address


@pytest.mark.parametrize(
    "address",
    [
        "a@x.jp",
        "Ann.Lee+news@sub.example.co.jp",
        "o'neil_x-1@example.museum",
        "a..b@docomo.ne.jp",
        "a.@ezweb.ne.jp",
        ".a@docomo.ne.jp",
        "x...y.@t.vodafone.ne.jp",
        "info@日本語.jp",
        "a@xn--wgv71a119e.jp",
    ],
)
def test_accepted(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@x.jp",
        "a@",
        "a@x",
        "a@@x.jp",
        "a b@x.jp",
        "a..b@gmail.com",
        "a.@example.jp",
        "a@x..jp",
        "a@-x.jp",
        "a@x_y.jp",
        "a@1.2.3.4",
        "ａ@x.jp",
        "a＠x.jp",
        "Ann <a@x.jp>",
        "a@x.jp,b@x.jp",
        "a@x.jp\n",
        f"{'a' * 65}@x.jp",
        f"a@{'x' * 64}.jp",
        f"a@{'x.' * 130}jp",
        "a..b@notdocomo.ne.jp",
    ],
)
def test_refused(address: str) -> None:
    assert not is_address(address)
