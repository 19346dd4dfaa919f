import pytest
from site_world import opened


@pytest.fixture
def site():
    with opened() as made:
        yield made
