"""Child process: llama.cpp's OpenAI-compatible server for one model, on loopback.

Writes one line of JSON to standard output: ``{"url": …}`` once it answers, or ``{"error": …}``. Lives as long as its
standard input stays open, so that it ends with its parent however the parent ends. The key is in the environment,
not on the command line, which other users of the machine can read.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

KEY_VARIABLE = "AFTERWORD_EMBEDDED_KEY"
_PR_SET_PDEATHSIG = 1


def main() -> None:
    arguments = _arguments()
    parent = os.getppid()
    _die_with_parent(parent)
    try:
        server = _serve(arguments)
    except Exception as error:  # noqa: BLE001  llama.cpp raises what it likes; the parent wants one line
        _say({"error": f"{type(error).__name__}: {error}"})
        os._exit(2)
    _say({"url": server.listening_address})
    # Leaves without destructors: they wait for requests that nobody reads any more.
    threading.Event().wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m service.models.embedded_server")
    parser.add_argument("--model", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--context", type=int, required=True, help="tokens, shared out evenly over the slots")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--slot-folder", required=True, help="where a slot's cache may be saved")
    return parser.parse_args()


def _serve(arguments: argparse.Namespace) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = arguments.model
    # Answers name the model. The path would tell a recording of them whose machine it was made on.
    params.model_alias = {os.path.basename(arguments.model)}
    params.hostnames = ["127.0.0.1"]
    params.port = arguments.port
    params.api_keys = [os.environ.pop(KEY_VARIABLE)]
    params.n_parallel = arguments.slots
    params.n_ctx = arguments.context
    params.cpuparams.n_threads = arguments.threads
    params.cpuparams_batch.n_threads = arguments.threads
    # One cache per slot: in a shared one a new prompt evicts the prefix that the others still use (docs/models.md).
    params.kv_unified = False
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    params.cache_prompt = True
    params.cache_ram_mib = 2048
    params.slot_save_path = os.path.join(arguments.slot_folder, "")
    params.ui = False
    params.endpoint_slots = False  # it shows the prompts being worked on
    params.verbosity = 0
    return xllamacpp.Server(params)


def _die_with_parent(parent: int) -> None:
    """By the kernel on Linux, by the end of standard input everywhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel was told
            os._exit(0)
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()


def _exit_at_end_of_input() -> None:
    # Below Python's buffered reader, whose lock would be held while the interpreter shuts down.
    while os.read(0, 1024):
        pass
    os._exit(0)


def _say(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
