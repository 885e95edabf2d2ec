"""Keys go to the hosts that they are bound to, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import ConfigError, SuiteError, UsageError
from promptlint.evals import providers, suite
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers.addresses import address
from promptlint.evals.providers.keys import VARIABLE, Keys, user_file

from .faults import asked
from .server import Server, marked

ENVIRON = {
    "OPENAI_API_KEY": "sk-openai-000000",
    "ANTHROPIC_API_KEY": "sk-ant-000000",
    "MY_KEY": "my-own-000000",
    "DEEP_KEY": "deep-000000",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "project").mkdir()
    return Folder(tmp_path / "project", tmp_path / "project")


def paired(tmp_path: Path, text: str) -> Keys:
    path = tmp_path / "providers.toml"
    path.write_text(text)
    return Keys.of(ENVIRON, path)


def sent(keys: Keys, folder: Folder, kind: str, url: str | None) -> tuple[str, str] | None:
    """The header that a server would get."""
    secret = keys.secret(kind, address(url or providers.HOSTS[kind]), folder.root)
    return (secret.header, secret.value) if secret else None


def test_a_provider_gets_its_own_key(folder: Folder) -> None:
    keys = Keys.of(ENVIRON, None)
    assert sent(keys, folder, "openai", None) == ("authorization", "Bearer sk-openai-000000")
    assert sent(keys, folder, "anthropic", None) == ("x-api-key", "sk-ant-000000")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "https://api.openai.com.evil.example/v1",
        "https://evil.example/https:/api.openai.com/v1",
        "https://xapi.openai.com/v1",
        "https://openai.com/v1",
        "http://127.0.0.1:8080/v1",
        "http://localhost/v1",
        "https://[::1]/v1",
    ],
)
def test_any_other_address_gets_none(folder: Folder, url: str) -> None:
    assert sent(Keys.of(ENVIRON, None), folder, "openai", url) is None
    assert sent(Keys.of(ENVIRON, None), folder, "anthropic", url) is None


PAIRS = """
[[provider]]
base_url = "https://my.azure.example/openai/v1"
key = "MY_KEY"
header = "api-key"

[[provider]]
base_url = "https://my.azure.example/openai/v1/deep"
key = "DEEP_KEY"

[[provider]]
base_url = "http://127.0.0.1:4000"
key = "MY_KEY"
"""


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://my.azure.example/openai/v1", ("api-key", "my-own-000000")),
        ("https://MY.azure.example:443/openai/v1/", ("api-key", "my-own-000000")),
        ("https://my.azure.example/openai/v1/deep/er", ("authorization", "Bearer deep-000000")),
        ("http://127.0.0.1:4000/v1", ("authorization", "Bearer my-own-000000")),
        ("http://127.0.0.1:4001/v1", None),
        ("https://127.0.0.1:4000/v1", None),
        ("https://my.azure.example/openai/v10", None),
        ("https://my.azure.example/openai", None),
        ("https://my.azure.example/other", None),
        ("http://my.azure.example/openai/v1", None),
    ],
)
def test_a_pairing_is_of_scheme_host_port_and_path(
    tmp_path: Path, folder: Folder, url: str, header: tuple[str, str] | None
) -> None:
    assert sent(paired(tmp_path, PAIRS), folder, "openai", url) == header


def test_the_user_may_name_another_key_for_a_known_host(tmp_path: Path, folder: Folder) -> None:
    keys = paired(tmp_path, '[[provider]]\nbase_url = "https://api.openai.com"\nkey = "MY_KEY"\n')
    assert sent(keys, folder, "openai", None) == ("authorization", "Bearer my-own-000000")


@pytest.mark.parametrize(
    "url",
    [
        "https://my.azure.example/openai/v1/../../evil",
        "https://my.azure.example/openai/v1/%2e%2e/evil",
        "https://my.azure.example/openai/v1//evil",
        "https://my.azure.example/./openai",
        "https://my.azure.example\\@evil.example",
        "https://api.openai.com./v1",
        "https://user@my.azure.example/openai/v1",
        "https://my.azure.example/openai/v1?x=1",
        "https://my.azure.example:0/",
        "https://my.azure.example:99999/",
        "https://exämple.com/",
        "https:///v1",
        "ftp://my.azure.example/",
        "",
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_refused(folder: Folder, url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        address(url)
    if url:
        with pytest.raises(SuiteError, match=r"line 7.*base_url"):
            providers.client(Provider("openai", "m", url, line=7), folder, Keys.of(ENVIRON, None))


@given(st.text(max_size=40), st.sampled_from(["https://a.example/", "http://[", "https://a.example:"]))
def test_an_address_is_read_as_it_is_written(text: str, start: str) -> None:
    try:
        found = address(start + text)
    except ValueError:
        return
    assert address(found.text) == found
    assert found.covers(found)


@pytest.mark.parametrize(("kind", "name"), [("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_key_is_named_before_anything_is_sent(
    folder: Folder, kind: str, name: str, value: str | None
) -> None:
    environ = {} if value is None else {name: value}
    with pytest.raises(UsageError, match=f"set {name}"):
        providers.client(Provider(kind, "m"), folder, Keys.of(environ, None))


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "sk-ключ"])
def test_what_cannot_be_a_key_is_not_shown(folder: Folder, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        providers.client(Provider("openai", "m"), folder, Keys.of({"OPENAI_API_KEY": value}, None))
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[provider]]\nbase_url = 'http://a.example'\nkey = 'MY_KEY'", "https"),
        ("[[provider]]\nbase_url = 'https://a.example/../x'\nkey = 'MY_KEY'", "base_url"),
        ("[[provider]]\nkey = 'MY_KEY'", "base_url"),
        ("[[provider]]\nbase_url = 'https://a.example'", "environment variable"),
        ("[[provider]]\nbase_url = 'https://a.example'\nkey = 'sk-pasted-12345'", "environment variable"),
        ("[[provider]]\nbase_url = 'https://a.example'\nkey = 7", "environment variable"),
        ("[[provider]]\nbase_url = 'https://a.example'\nkey = 'K'\nheader = 'a: b'", "header"),
        ("[[provider]]\nbase_url = 'https://a.example'\nkey = 'K'\nheader = 'Host'", "header"),
        ("[[provider]]\nbase_url = 'https://a.example'\nkey = 'K'\nkeys = 'x'", "unknown key `keys`"),
        ("[provider]\nkey = 'MY_KEY'", "no list"),
        ("provider = [1]", "no list"),
        ("other = 1", "unknown key `other`"),
        ("key = 'sk-pasted-12345", "no TOML"),
        ("a = " + "[" * 100_000, "no TOML"),
    ],
)
def test_a_wrong_file_is_refused_and_not_repeated(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        paired(tmp_path, text)
    assert "providers.toml" in str(caught.value)
    assert "sk-pasted" not in str(caught.value)


def test_the_project_may_not_say_who_gets_a_key(folder: Folder) -> None:
    path = folder.root / "providers.toml"
    path.write_text(PAIRS)
    provider = Provider("openai", "m", "http://127.0.0.1:4000")
    with pytest.raises(UsageError, match="lies in the checked project"):
        providers.client(provider, folder, Keys.of(ENVIRON, path))
    link = folder.root.parent / "link.toml"
    link.symlink_to(path)
    with pytest.raises(UsageError, match="lies in the checked project"):
        providers.client(provider, folder, Keys.of(ENVIRON, link))


def test_where_the_file_of_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTLINT_CONFIG_DIR", str(tmp_path / "config"))
    assert user_file({}) is None
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "providers.toml").write_text("")
    assert user_file({}) == tmp_path / "config" / "providers.toml"
    (tmp_path / "other.toml").write_text("")
    assert user_file({VARIABLE: str(tmp_path / "other.toml")}) == tmp_path / "other.toml"
    with pytest.raises(UsageError, match="is no file"):
        user_file({VARIABLE: str(tmp_path / "missing.toml")})


def test_no_key_is_ever_shown(tmp_path: Path, folder: Folder) -> None:
    keys = paired(tmp_path, PAIRS)
    secret = keys.secret("openai", address("https://api.openai.com/v1"), folder.root)
    client = providers.client(Provider("openai", "m"), folder, keys)
    for shown in (repr(keys), repr(secret), repr(client), client.name):
        assert not any(key in shown for key in ENVIRON.values())
    client.close()


def test_a_server_sees_a_key_only_if_it_is_paired(tmp_path: Path, folder: Folder) -> None:
    with Server() as server:
        provider = Provider("openai", "m", server.base_url)
        pairs = f'[[provider]]\nbase_url = "http://127.0.0.1:{server.port}"\nkey = "MY_KEY"\n'
        for keys in (
            Keys.of(ENVIRON, None),
            paired(tmp_path, pairs),
            paired(tmp_path, pairs + 'header = "api-key"'),
        ):
            client = providers.client(provider, folder, keys)
            assert client.ask(asked("a")).reply is not None
            client.close()
        assert [entry["keys"] for entry in server.log] == [
            {},
            {"authorization": marked("Bearer my-own-000000")},
            {"api-key": marked("my-own-000000")},
        ]


@pytest.mark.parametrize(
    ("provider", "message"),
    [
        ("{kind: openai, model: m, base_url: 'https://a.example/v1/../x'}", "plain path"),
        ("{kind: openai, model: m, base_url: 'https://a.example/%2e%2e'}", "plain path"),
        ("{kind: anthropic, model: m, seed: 1}", "Anthropic has no such parameter"),
    ],
)
def test_a_suite_with_such_a_provider_is_refused_with_its_line(
    tmp_path: Path, provider: str, message: str
) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(f"prompt: a.md\nprovider: {provider}\ntests: [{{vars: {{a: b}}}}]\n")
    with pytest.raises(SuiteError, match=rf"suite.yaml:2: `provider\..*{message}"):
        suite.load(path)
