"""Tools in the form of langchain-community's, which is too heavy to install for the tests."""

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

QUESTION = "?"


class _Query(BaseModel):
    query: str = Field(description="What to look up.")


class _NestedQuery(BaseModel):
    query: _Query


class Encyclopedia(BaseTool):
    name: str = "encyclopedia"
    description: str = "Looks things up."
    args_schema: type[BaseModel] = _Query

    def _run(self, query: str) -> str:
        return f"{query}: una infusión"


class NeedsAKey(Encyclopedia):
    api_key: str


class Nested(Encyclopedia):
    args_schema: type[BaseModel] = _NestedQuery
