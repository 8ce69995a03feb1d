"""Keys, addresses and proxies as people paste them."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from service.app import create_app
from service.errors import RequestError
from service.models.endpoint_address import is_loopback, mended_address, mended_key, mended_name
from service.models.network import check_environment
from service.models.open import open_model
from service.models.port import ChatMessage, ModelRequest
from service.settings import Settings

from .makers import MAKERS, SENTENCE
from .server import Said, as_json, endpoint

ASK = ModelRequest((ChatMessage("user", "Write."),))


@pytest.mark.parametrize(
    "pasted",
    [
        "sk-abc\n",
        "“sk-abc”",
        " sk-abc ",
        "'sk-abc'",
        "`sk-abc`",
        "\ufeffsk-abc\u200b",
        "Bearer sk-abc",
        "OPENAI_API_KEY=sk-abc",
        'export OPENAI_API_KEY="sk-abc"',
        "\u00a0sk-abc\r\n",
    ],
)
def test_a_key_is_mended_where_it_is_plain_what_was_meant(pasted):
    assert mended_key(pasted) == "sk-abc"


@pytest.mark.parametrize("pasted", ["sk abc", "sk-a\nb", "sk-…", "clé", "$OPENAI_API_KEY", "${KEY}", "<your key>"])
def test_a_key_that_can_be_none_is_named_at_start_and_not_repeated(pasted):
    with pytest.raises(RequestError, match="OPENAI_API_KEY") as caught:
        mended_key(pasted)
    assert pasted not in caught.value.detail.replace("OPENAI_API_KEY", "")


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        (" http://127.0.0.1:8300/v1 ", "http://127.0.0.1:8300/v1"),
        ('"http://127.0.0.1:8300/v1"', "http://127.0.0.1:8300/v1"),
        ("127.0.0.1:8300/v1", "http://127.0.0.1:8300/v1"),
        ("localhost:11434", "http://localhost:11434"),
        ("gpu-box:8000/v1", "http://gpu-box:8000/v1"),
        ("[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("api.example.com/v1", "https://api.example.com/v1"),
        ("http://127.0.0.1:8300/v1/", "http://127.0.0.1:8300/v1"),
        ("http://127.0.0.1:8300/v1/chat/completions", "http://127.0.0.1:8300/v1"),
        ("https://api.example.com/v1/models/", "https://api.example.com/v1"),
        ("OPENAI_BASE_URL=https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://acme.openai.azure.com/", "https://acme.openai.azure.com/openai/v1"),
    ],
)
def test_an_address_is_mended_where_it_is_plain_what_was_meant(pasted, meant):
    assert mended_address(pasted).url == meant


def test_azures_version_goes_with_every_call():
    found = mended_address("https://acme.openai.azure.com/openai/deployments/x/chat/completions?api-version=2024-10-21")
    assert found.url == "https://acme.openai.azure.com/openai/deployments/x"
    assert found.query == {"api-version": "2024-10-21"}
    assert found.azure


@pytest.mark.parametrize(
    "pasted",
    [
        "ftp://host/v1",
        "http://",
        "http://ho st/v1",
        "http://host:99999/v1",
        "https://me:secret@host/v1",
        "https://${HOST}/v1",
    ],
)
def test_an_address_that_is_none_is_named_at_start(pasted):
    with pytest.raises(RequestError, match="OPENAI_BASE_URL") as caught:
        mended_address(pasted)
    assert "secret" not in caught.value.detail


def test_a_models_name_loses_its_quotes():
    assert mended_name(' "qwen2.5:7b"\n') == "qwen2.5:7b"


@pytest.mark.parametrize("pasted", ["sk abc", "${KEY}"])
def test_the_service_does_not_start_with_a_key_that_can_be_none(pasted):
    with pytest.raises(RequestError, match="OPENAI_API_KEY"):
        create_app(Settings(openai_base_url="http://127.0.0.1:9/v1", openai_api_key=SecretStr(pasted), model="chat"))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9:1", True),
        ("http://[::1]:1", True),
        ("http://LOCALHOST:1", True),
        ("http://models.localhost:1", True),
        ("http://0.0.0.0:1", True),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example.com", False),
    ],
)
def test_what_stays_on_this_machine(url, here):
    assert is_loopback(url) is here


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "all_proxy", "http_proxy"])
async def test_calls_to_this_machine_never_pass_through_a_proxy(variable, monkeypatch):
    def proxy(call) -> Said:
        raise AssertionError("the proxy was asked")

    async with endpoint(MAKERS[0]) as here, endpoint(proxy) as there:
        monkeypatch.setenv(variable, there.origin)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        model = open_model(Settings(openai_base_url=f"{here.origin}/v1", openai_api_key=SecretStr("key"), model="chat"))
        assert (await model.complete(ASK)).text == SENTENCE
        assert there.calls == []
        await model.aclose()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks://127.0.0.1:9", "http://127.0.0.1:port"])
async def test_an_unusable_proxy_does_not_touch_calls_to_this_machine(proxy, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", proxy)
    async with endpoint(MAKERS[0]) as here:
        model = open_model(Settings(openai_base_url=f"{here.origin}/v1", openai_api_key=SecretStr("key"), model="chat"))
        assert (await model.complete(ASK)).text == SENTENCE
        await model.aclose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
        ("all_proxy", "socks://127.0.0.1:9"),
        ("HTTPS_PROXY", "ftp://127.0.0.1:9"),
        ("HTTP_PROXY", "http://127.0.0.1:port"),
        ("SSL_CERT_FILE", "/nonexistent/cacert.pem"),
        ("SSL_CERT_DIR", "/nonexistent"),
    ],
)
def test_what_the_environment_names_and_nobody_can_use_stops_the_start(name, value, monkeypatch):
    with pytest.raises(RequestError, match=name):
        check_environment({name: value})
    monkeypatch.setenv(name, value)
    with pytest.raises(RequestError, match=name):
        open_model(
            Settings(openai_base_url="https://api.example.com/v1", openai_api_key=SecretStr("key"), model="chat")
        )


@pytest.mark.parametrize("value", ["http://127.0.0.1:9", "127.0.0.1:3128", "http://me:pw@proxy.example.com:3128"])
def test_a_proxy_that_can_be_used_is_no_reason_to_stop(value):
    check_environment({"HTTPS_PROXY": value})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_notes_do_not_follow_a_redirect(status):
    async with endpoint(MAKERS[0]) as elsewhere:
        moved = lambda call: as_json({}, status, location=f"{elsewhere.origin}{call.path}")  # noqa: E731
        async with endpoint(moved) as here:
            model = open_model(
                Settings(openai_base_url=f"{here.origin}/v1", openai_api_key=SecretStr("key"), model="chat")
            )
            with pytest.raises(Exception, match="another address"):
                await model.complete(ASK)
            await model.aclose()
        assert elsewhere.calls == []
