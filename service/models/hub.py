"""Child process: fetches one file of a Hugging Face repository; gives up in seconds where the hub is not there."""

from __future__ import annotations

import os
import sys
import threading

_REACH_S = 5.0


def main(repo: str, file: str, folder: str) -> None:
    # Name resolution knows no timeout of its own, hence the alarm over all of it.
    alarm = threading.Timer(_REACH_S, _give_up)
    alarm.daemon = True
    alarm.start()
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

    try:
        get_hf_file_metadata(hf_hub_url(repo, file), timeout=_REACH_S)
        alarm.cancel()
        hf_hub_download(repo, file, local_dir=folder)
    except Exception as error:  # noqa: BLE001  the parent needs one line, whatever went wrong
        sys.exit(f"{type(error).__name__}: {error}".splitlines()[0])


def _give_up() -> None:
    sys.stderr.write("not reached within 5 seconds\n")
    sys.stderr.flush()
    os._exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:4])
