"""Conversations as the text that a chat model was trained on."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from transformer_tf.text.families.folder import Folder


class ChatTemplate:
    """Writes messages as one text, as a published template says.

    A template is a program (in Jinja) that came with a model, so it runs in Jinja's
    sandbox: it sees the messages and changes nothing outside.

    Args:
        source: The template.
        variables: What else it may name, such as {"bos_token": "<s>"}.

    Call:
        messages: List of {"role": "user" or another, "content": text}.
        add_generation_prompt: Whether the text ends where the model's answer begins.
        **variables: Further ones, such as `tools`.

    Returns:
        text: A string; encode it with `take_special=True` and `special_tokens=False`,
            since the template writes control tokens out itself.

    Raises:
        ValueError: The template is malformed, refuses the messages, or reaches for
            what the sandbox does not allow.

    Example:
        >>> template = ChatTemplate(
        ...     "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
        ...     "{% if add_generation_prompt %}<assistant>{% endif %}"
        ... )
        >>> template([{"role": "user", "content": "How are you?"}])
        '<user>How are you?<assistant>'
    """

    def __init__(self, source: str, variables: Any = None):
        self.source = source
        self.variables = dict(variables or {})
        jinja = _jinja()
        environment = jinja.sandbox.ImmutableSandboxedEnvironment(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols"],
        )
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = datetime.now().strftime
        self._errors = jinja.exceptions.TemplateError
        try:
            self._template = environment.from_string(source)
        except self._errors as error:
            raise ValueError(f"the chat template is malformed: {error}") from None

    @classmethod
    def from_pretrained(cls, path, name="default"):
        """The template that a folder was published with.

        Args:
            path: The folder: its chat_template.jinja or tokenizer_config.json has it.
            name: Which one, where there are several.

        Raises:
            ValueError: There is none, or none of that name.
        """
        folder = Folder(path)
        file = folder.find("chat_template.jinja")
        found = folder.settings.get("chat_template")
        if isinstance(found, list):
            named = {entry["name"]: entry["template"] for entry in found}
            if name not in named:
                raise ValueError(f"templates are {sorted(named)}; got {name!r}")
            found = named[name]
        if file is not None:
            found = Path(file).read_text(encoding="utf-8")
        if not isinstance(found, str):
            raise ValueError(
                f"{path} has no chat template: it is not the folder of a chat model"
            )
        tokens = {
            key: folder.setting(key)
            for key in folder.settings
            if key.endswith("_token") and folder.setting(key) is not None
        }
        return cls(found, tokens)

    def __call__(self, messages, add_generation_prompt=True, **variables):
        for number, message in enumerate(messages):
            if not isinstance(message, dict) or "role" not in message:
                raise ValueError(
                    f"message {number} must be a dictionary with a role and a content; "
                    f"got {message!r:.60}"
                )
        try:
            return self._template.render(
                messages=messages,
                add_generation_prompt=add_generation_prompt,
                **{**self.variables, **variables},
            )
        except self._errors as error:
            raise ValueError(f"the chat template: {error}") from None


def _jinja():
    try:
        import jinja2
        import jinja2.sandbox
    except ImportError:
        raise ImportError("chat templates need Jinja: pip install jinja2") from None
    return jinja2


def _to_json(value, indent=None, **settings):
    """JSON as templates expect it: text as itself, and no HTML."""
    return json.dumps(value, ensure_ascii=False, indent=indent, **settings)


def _refuse(message):
    """What a template calls for messages that it does not take."""
    raise _jinja().exceptions.TemplateError(message)
