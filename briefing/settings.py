"""One frozen settings object, built once: a TOML file, then the environment. The only place that reads either."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import Misuse

APP = "ceasefire-briefing"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Part):
    """A chat model behind an OpenAI-compatible endpoint."""

    name: str
    provider: str = "openai"  # any that langchain's init_chat_model knows, where its package is installed
    base_url: str | None = None  # None: the client's own default
    api_key: str = Field("none", repr=False)  # local servers take any
    timeout_seconds: float = Field(60, gt=0)  # one request, whole
    retries: int = Field(2, ge=0, le=2)
    seed: int = 0
    effort: Literal["minimal", "low", "medium", "high"] | None = None  # of a model that reasons; None: its own default
    reads: bool = True  # whether it reads articles too, once it was tried
    parallel: int = Field(4, gt=0, le=32)  # calls under way at once
    most_prompt_tokens: int = Field(8_000, gt=0)  # one call: evidence is packed up to this
    most_completion_tokens: int = Field(2_000, gt=0)  # one call
    # one brief:
    most_calls: int = Field(24, gt=0)
    most_input_tokens: int = Field(80_000, gt=0)
    most_output_tokens: int = Field(24_000, gt=0)
    most_seconds: float = Field(180, gt=0)
    most_cost: float = Field(1, ge=0)  # US dollars
    # one run of reading:
    most_reading_calls: int = Field(60, gt=0)
    most_reading_seconds: float = Field(900, gt=0)
    most_reading_cost: float = Field(1, ge=0)  # US dollars
    # all runs together, by the prices below; None: no limit:
    most_cost_day: float | None = Field(None, ge=0)  # US dollars of one day, UTC
    most_cost_month: float | None = Field(None, ge=0)
    price_in: float = Field(0, ge=0)  # US dollars per million tokens
    price_out: float = Field(0, ge=0)

    @property
    def where(self) -> str:
        return f"model {self.name} at {self.base_url or 'its default address'}"

    @property
    def priced(self) -> bool:
        return bool(self.price_in or self.price_out)

    @property
    def parameters(self) -> dict[str, str]:
        """What shapes a reply, beside the prompt."""
        return {
            "provider": self.provider,
            "temperature": "0",
            "seed": str(self.seed),
            "max_tokens": str(self.most_completion_tokens),
        }


class EmbeddingSettings(_Part):
    """What makes vectors. `model` is a name for `openai` (any compatible endpoint: OpenAI, Ollama, vLLM), a folder for
    `onnx` and `sentence-transformers`, and nothing for the built-in one."""

    kind: Literal["builtin", "openai", "onnx", "sentence-transformers"] = "builtin"
    model: str = ""
    base_url: str | None = None  # None: the client's own default
    api_key: str = Field("none", repr=False)  # local servers take any
    dimensions: int | None = Field(None, gt=0)
    batch: int = Field(64, gt=0)  # texts a request
    timeout_seconds: float = Field(60, gt=0)
    retries: int = Field(2, ge=0, le=5)
    price: float = Field(0, ge=0)  # US dollars per million tokens
    most_cost: float = Field(1, ge=0)  # US dollars that one run may cost without being asked for

    @model_validator(mode="after")
    def _named(self) -> EmbeddingSettings:
        if (self.kind == "builtin") == bool(self.model):
            raise ValueError("`openai`, `onnx` and `sentence-transformers` need a model, and `builtin` takes none")
        return self

    @property
    def where(self) -> str:
        return f"embedding {self.model or 'built in'} at {self.base_url or 'its default address'}"


class FetchSettings(_Part):
    """How addresses are fetched."""

    open_hosts: frozenset[str] = frozenset()  # hosts (or host:port) that may be private: an intranet, a test server
    robots: bool = True
    seconds: float = Field(default=30, gt=0)  # for one hop


class PrivacySettings(_Part):
    """What may leave this machine."""

    local_only: bool = False  # no word of any article goes to an endpoint that is not one's own
    local_outlets: frozenset[str] = frozenset()  # nor of these outlets'
    own_hosts: frozenset[str] = frozenset()  # hosts (or host:port) that are one's own, beside this machine


class Settings(_Part):
    data: Path
    model: ModelSettings | None = None
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)  # type: ignore[arg-type]
    vector_server: str | None = None  # address of a chroma server; None: chroma embedded in the data folder
    support_model: str | None = None  # a local model of inference, a folder or a name; None: the built-in checker alone
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)


def load(data: Path | None = None) -> Settings:
    """Settings from the file (`BRIEFING_SETTINGS`, else the platform's configuration folder), then from the environment
    (`BRIEFING_DATA`, `BRIEFING_MODEL`, `BRIEFING_MODEL_PROVIDER`, `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `BRIEFING_OPEN_HOSTS`,
    `BRIEFING_EMBEDDING`, `BRIEFING_EMBEDDING_URL`, `BRIEFING_VECTOR_SERVER`, `BRIEFING_SUPPORT_MODEL`,
    `BRIEFING_LOCAL_ONLY`), then `data` as given.
    Raises Misuse with the key and the reason."""
    import platformdirs

    place = os.environ.get("BRIEFING_SETTINGS")
    file = Path(place) if place else platformdirs.user_config_path(APP) / "settings.toml"
    told = _from_file(file, must_exist=bool(place))
    folder = data or os.environ.get("BRIEFING_DATA") or told.get("data") or platformdirs.user_data_path(APP)
    given = told.get("model", {})
    model: object = given
    if isinstance(given, dict):
        model = given = dict(given)
        for key, name in (
            ("name", "BRIEFING_MODEL"),
            ("provider", "BRIEFING_MODEL_PROVIDER"),
            ("base_url", "OPENAI_BASE_URL"),
            ("api_key", "OPENAI_API_KEY"),
        ):
            if value := os.environ.get(name):
                given[key] = value
        given = _as_users_name_it(given)
        model = given if "name" in given else None  # an address or a key alone names no model
    told = {**told, "embedding": _embedding(told.get("embedding", {}))}
    for key, variable in (("vector_server", "BRIEFING_VECTOR_SERVER"), ("support_model", "BRIEFING_SUPPORT_MODEL")):
        if value := os.environ.get(variable):
            told[key] = value
    privacy = told.get("privacy", {})
    if isinstance(privacy, dict) and (kept := os.environ.get("BRIEFING_LOCAL_ONLY")):
        told["privacy"] = {**privacy, "local_only": kept}
    fetch = told.get("fetch", {})
    if isinstance(fetch, dict) and (hosts := os.environ.get("BRIEFING_OPEN_HOSTS")):
        fetch = {**fetch, "open_hosts": [h for h in hosts.split(",") if h]}
    try:
        return Settings.model_validate({**told, "data": folder, "model": model, "fetch": fetch})
    except ValidationError as error:
        first = error.errors()[0]
        raise Misuse(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _as_users_name_it(given: dict[str, Any]) -> dict[str, Any]:
    """With the address and key that users of Azure OpenAI and Ollama have in their environment, where nothing else names one."""
    if "base_url" in given:
        return given
    if azure := os.environ.get("AZURE_OPENAI_ENDPOINT"):
        key = {"api_key": os.environ["AZURE_OPENAI_API_KEY"]} if os.environ.get("AZURE_OPENAI_API_KEY") else {}
        return {**given, "base_url": f"{azure.rstrip('/')}/openai/v1/", **key}
    if (host := os.environ.get("OLLAMA_HOST")) and not os.environ.get("OPENAI_API_KEY"):
        address = host if "://" in host else f"http://{host}"
        return {**given, "base_url": f"{address.rstrip('/')}/v1"}
    return given


def _embedding(told: Any) -> Any:
    """The embedding of the file, overruled by `BRIEFING_EMBEDDING` (`builtin`, `openai:NAME`, `onnx:FOLDER`)."""
    if not isinstance(told, dict):
        return told
    told = dict(told)
    if chosen := os.environ.get("BRIEFING_EMBEDDING"):
        kind, _, model = chosen.partition(":")
        told |= {"kind": kind, "model": model}
    if told.get("kind") == "openai":
        for key, names in (("base_url", ("BRIEFING_EMBEDDING_URL", "OPENAI_BASE_URL")), ("api_key", ("OPENAI_API_KEY",))):
            if value := next((value for name in names if (value := os.environ.get(name))), None):
                told[key] = value
    return told


def _from_file(file: Path, *, must_exist: bool) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if must_exist:
            raise Misuse(f"the settings file {file} does not exist") from error
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"the settings file {file} cannot be read: {error}") from error
