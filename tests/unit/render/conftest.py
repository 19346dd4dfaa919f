"""Example editions, composed and rendered once."""

import example_mails
import pytest
from example_mails import Edition, render

from digest.render.examples import Example, names
from digest.render.message import Renderer


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return example_mails.renderer()


@pytest.fixture(scope="session")
def editions(renderer: Renderer) -> dict[str, Edition]:
    return {
        name: render(renderer, Example.load(name), reader)
        for reader, name in enumerate(sorted(names()), 1)
    }


@pytest.fixture(params=sorted(names()))
def edition(request: pytest.FixtureRequest, editions: dict[str, Edition]) -> Edition:
    return editions[request.param]
