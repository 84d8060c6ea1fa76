"""What was answered so far, in a file beside .env until it is written: a wizard can be killed."""

from pathlib import Path

from app.setup import env_file


class Answers:
    """Values by the name of their setting (WHATSAPP_...)."""

    def __init__(self, env: Path) -> None:
        self.env = env
        self.partial = env.with_name(f"{env.name}.partial")
        self.old = env_file.read(env)
        self.new = env_file.read(self.partial)
        self.resumed = frozenset(self.new)

    def get(self, name: str) -> str:
        """As answered now, else as .env has it, else ""."""
        return self.new.get(name) or self.old.get(name, "")

    def put(self, name: str, value: str) -> None:
        """Keep it at once."""
        self.new[name] = value
        env_file.write(self.partial, env_file.merged("", self.new))

    @property
    def given(self) -> dict[str, str]:
        """All of it by the fields' names, for Settings."""
        return {name.lower(): value for name, value in {**self.old, **self.new}.items()}

    @property
    def changes(self) -> list[str]:
        """The settings that .env has with another value."""
        return [name for name, value in self.new.items() if self.old.get(name, value) != value]

    def save(self, template: str) -> None:
        """Into .env, or into a new one made from `template`."""
        text = self.env.read_text(encoding="utf-8") if self.env.is_file() else template
        env_file.write(self.env, env_file.merged(text, self.new))
        self.partial.unlink(missing_ok=True)
