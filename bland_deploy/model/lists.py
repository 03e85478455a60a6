"""Where lists of people live, and how they are read."""

import json
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from bland_deploy.model.references import FileText, SecretReference
from bland_deploy.model.strict import Strict, made

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Query(Strict):
    """A query whose answer is a list."""

    database: str | SecretReference = Field(
        description="The database: {env: NAME} or {file: PATH} of its URL; the URL itself where it holds no password."
    )
    query: str | FileText = Field(description="One SELECT with an ORDER BY: its text, or {file: PATH}.")
    parameters: dict[str, str | int | float | bool | None] = made(
        dict, "Values for `:name` in the query. They are sent beside it, never put into its text."
    )

    @property
    def name(self) -> str:
        """How diagnostics and plans call the answer: by the query's file, or by its text."""
        if isinstance(self.query, FileText) and not self.parameters:
            return f"rows of {self.query.file}"
        written = json.dumps([self.model_dump(exclude={"parameters"}), self.parameters], sort_keys=True)
        named = self.query.file if isinstance(self.query, FileText) else "query"
        return f"rows of {named} {sha256(written.encode()).hexdigest()[:8]}"


class ListFormat(Strict):
    """Where a list of people lives, and how it is read."""

    file: str | None = Field(
        None,
        min_length=1,
        description="Path of the list, from the workspace's root: csv, tsv, json or jsonl, also with .gz, .bz2, .xz or "
        ".zst behind; parquet or xlsx.",
    )
    url: str | None = Field(
        None, min_length=1, description="Address of the list in the same formats: s3://, gs://, az:// or https://."
    )
    sql: Query | None = Field(None, description="A query of a database, whose answer is the list.")
    format: str | None = Field(
        None, min_length=1, description="The format where no name ends in it: csv, csv.gz, parquet, …"
    )
    headers: dict[str, SecretReference] = made(dict, "Request headers for https://, each by reference.")
    credentials: dict[str, SecretReference] = made(
        dict, "Keys of the object store, each by reference, such as access_key_id and secret_access_key."
    )
    options: dict[str, str] = made(dict, "Settings of the object store that are no secret, such as region.")
    phone: str = Field("phone_number", description="The column that holds the number.")
    default_country: Country | None = Field(None, description="Country (ISO 3166) of numbers without a leading +.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="Separator of a CSV file; a comma by default, a tab for .tsv."
    )
    sheet: str | None = Field(None, min_length=1, description="The sheet of a workbook; the first by default.")

    @property
    def name(self) -> str:
        """How diagnostics and plans call the list."""
        return self.sql.name if self.sql is not None else self.url or self.file or ""

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the workspace that say who is on the list: the list, or the text of its query."""
        query = self.sql.query.file if self.sql is not None and isinstance(self.sql.query, FileText) else None
        return tuple(name for name in (self.file, query) if name is not None)

    @property
    def lives_in(self) -> str:
        """The key that says where the list lives."""
        return "sql" if self.sql is not None else "url" if self.url is not None else "file"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the list is no file of the workspace."""
        return self.lives_in != "file"
