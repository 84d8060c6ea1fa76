"""Errors of the graph package.

GraphError
├── PromptError          a prompt file is missing or cannot be filled in
├── EmbeddingError       no vector for a text; nothing fails over it
└── ModelError           the model gave no answer
    ├── ModelDown        nothing answers
    ├── ModelBroke       it was reached, and crashed or broke off
    ├── ModelMissing     Ollama does not have the model
    ├── ModelBusy        queue full, or still loading
    ├── ModelTimeout     no token for too long, or no end
    ├── ModelRefused     it will not take this request
    └── ModelBadReply    it answered something that cannot be read

`ModelError.kind` is the key of the sentence for the owner in messages.toml. What the client raises
becomes one of these in `graph.model_errors`.
"""


class GraphError(Exception):
    """Something about the brain."""


class PromptError(GraphError):
    """A prompt file is missing or cannot be filled in."""


class EmbeddingError(GraphError):
    """No vector for a text; search does without."""


class ModelError(GraphError):
    """The model gave no answer."""

    kind = "turn_failed"
    transient = False  # worth one more try at once
    passes = False  # the model is away: the same request may do well later
    # For one message, in all; None: as long as it takes. A message that the model always dies of
    # must not keep those behind it waiting for ever.
    tries: int | None = 3

    def __init__(self, message: str | None = None, *, model: str = "") -> None:
        super().__init__(message or self.__doc__)
        self.model = model


class ModelDown(ModelError):
    """Nothing answers at OLLAMA_BASE_URL."""

    kind = "model_down"
    passes = True
    transient = True
    tries = None


class ModelBroke(ModelError):
    """The model was reached, and crashed or broke off before its answer was whole."""

    kind = "model_broke"
    passes = True
    transient = True
    tries = 40  # ten minutes


class ModelMissing(ModelError):
    """Ollama does not have the model."""

    kind = "model_missing"
    passes = True
    tries = None


class ModelBusy(ModelError):
    """The model's queue is full, or it is still loading."""

    kind = "model_busy"
    passes = True
    transient = True
    tries = None


class ModelTimeout(ModelError):
    """No token came for too long, or the answer had no end."""

    kind = "model_timeout"
    passes = True
    tries = 20  # each takes minutes


class ModelRefused(ModelError):
    """The model will not take this request."""

    kind = "model_refused"


class ModelBadReply(ModelError):
    """The model answered something that cannot be read."""

    kind = "model_bad_reply"
