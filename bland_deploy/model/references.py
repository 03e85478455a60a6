"""What stands in a file for something that lies elsewhere."""

from typing import Self

from pydantic import Field, model_validator

from bland_deploy.model.strict import Strict


class FileText(Strict):
    """A text that lies in a file of its own, kept to the byte."""

    file: str = Field(min_length=1, description="Path of the text, from the workspace's root.")


class SecretReference(Strict):
    """Where a secret is to be found; never the secret."""

    env: str | None = Field(None, min_length=1, description="Name of an environment variable.")
    file: str | None = Field(None, min_length=1, description="Path of a file that holds nothing else.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("needs exactly one of `env` and `file`")
        return self
