import pytest

from bland_deploy.state.backends.memory import MemoryStore
from tests.state.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()

    @pytest.fixture
    def other(self, store):
        return store
