"""Jobs for the tests of crews: a child process imports them by name."""

import os
import signal
import time

from digest.errors import StoreError
from digest.model import Advanced, Finished, Stage


def count(number, tell, stop):
    for _ in range(number):
        tell(Advanced(Stage.SEND, 1, "accepted"))
    tell(Finished(Stage.SEND))
    return number, os.getpid()


def fail(tell, stop):
    raise StoreError("the disk is full")


def die(tell, stop):
    tell(Advanced(Stage.SEND, 1, "accepted"))
    os.kill(os.getpid(), signal.SIGKILL)


def until_told(tell, stop):
    tell(Advanced(Stage.SEND, os.getpid(), "pid"))
    while not stop():
        time.sleep(0.01)
    return "drained"
