from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import pytest

pytest.importorskip("langchain_core", reason="langchain-core is not installed: pip install 'afterword[langchain]'")

from service.errors import ModelRejected, ModelReplyInvalid, ModelTimeout, ModelUnavailable
from service.models.port import ChatMessage, ModelReply, ModelRequest

ASK = ModelRequest((ChatMessage("system", "One sentence."), ChatMessage("user", "Note: 14 drivers")))
FAKE = "langchain_core.language_models.fake_chat_models.FakeListChatModel"


@pytest.fixture
def opened():
    from service.models.langchain import open_langchain

    def make(query: str, **options):
        return open_langchain(f"{FAKE}?{query}", environment={}, **options)

    return make


async def test_a_chat_model_is_found_by_its_dotted_name_and_answers(opened):
    model = opened("responses=[Thank you.]")
    reply = await model.complete(ASK)
    assert (reply.text, reply.finish_reason, reply.usage.calls) == ("Thank you.", "stop", 1)


async def test_its_stream_ends_with_the_reply_and_a_repeated_prefix_is_stripped(opened):
    model = opened("responses=[What you said about the depot.]")
    request = ModelRequest(ASK.messages, prefix="What you said about")
    pieces = [p async for p in model.stream(request)]
    assert isinstance(pieces[-1], ModelReply)
    assert "".join(pieces[:-1]) == pieces[-1].text == " the depot."


async def test_an_empty_answer_is_named(opened):
    with pytest.raises(ModelReplyInvalid):
        await opened("responses=['']").complete(ASK)


async def test_a_slow_chat_model_is_given_up(opened):
    with pytest.raises(ModelTimeout):
        await opened("responses=[late]&sleep=30").complete(ModelRequest(ASK.messages, timeout_s=0.05))


@pytest.mark.parametrize("variable", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def test_tracing_is_refused_unless_it_is_allowed(variable):
    from service.models.langchain import open_langchain

    with pytest.raises(ModelRejected, match=variable):
        open_langchain(f"{FAKE}?responses=[x]", environment={variable: "true"})
    assert open_langchain(f"{FAKE}?responses=[x]", environment={variable: "true"}, allow_tracing=True)


@pytest.mark.parametrize("name", ["no_such_package.Chat", "json.Nothing", "nodots", "collections.OrderedDict", FAKE])
def test_what_is_no_chat_model_is_said(name):
    from service.models.langchain import open_langchain

    with pytest.raises(ModelUnavailable):
        open_langchain(name, environment={})


async def test_afterword_is_a_step_of_a_chain():
    from langchain_core.runnables import RunnableLambda

    from service.langchain_runnable import AfterwordRunnable

    async def draft(request):
        await asyncio.sleep(0)
        return f"drafted from {request.notes}"

    chain = AfterwordRunnable(draft) | RunnableLambda(str.upper)
    given = {"notes": "14 drivers", "now": datetime(2026, 11, 17, tzinfo=UTC)}
    assert await chain.ainvoke(given) == "DRAFTED FROM 14 DRIVERS"


async def test_langchain_is_not_imported_by_opening_another_model():
    code = "import sys, service.models.open, service.models.openai_compatible; print('langchain_core' in sys.modules)"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await child.communicate())[0].strip() == b"False"
