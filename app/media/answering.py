"""The inside of a process that answers line by line; `app.media.child` is its outside.

It has no secrets in its environment, it may crash or be killed at any time, and when it ends the
memory of what it loaded is free again. It ends with its standard input.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn

NICENESS = 5  # those who wait for a written answer come first

Request = dict[str, Any]
Requests = queue.SimpleQueue[Request]


def answer_all(answer: Callable[[Request], dict[str, Any]]) -> NoReturn:
    """Answer requests of one line of JSON, in their order, for ever."""
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.nice(NICENESS)
    requests: Requests = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests,), daemon=True).start()
    while True:
        answers.write(json.dumps(answer(requests.get())) + "\n")
        answers.flush()


def _receive(requests: Requests) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # whoever asked is gone, whatever is being done
