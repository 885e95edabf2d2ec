"""Renders Jinja prompts in Jinja's sandbox; `promptlint.render` puts limits of time and memory around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from jinja2 import ChainableUndefined, FunctionLoader, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from promptlint.model import Include, Segment, SegmentKind
from promptlint.templates import jinja
from promptlint.templates.assembled import read, source_of
from promptlint.templates.filled import MAX_TEXT, Filling, TooLong, settled
from promptlint.templates.jinja import JinjaSettings

__all__ = ["TemplateError", "is_own", "render", "renderer"]


def render(
    segments: Sequence[Segment],
    path: str,
    includes: tuple[Include, ...],
    settings: JinjaSettings,
    filling: Filling,
) -> str:
    """The text of a Jinja prompt; names without a value stay visible and are noted in `filling`.

    Args:
        segments: of the prompt.
        path: of its file.
        includes: all the templates that it may include.
        settings: of the project's Jinja.
        filling: the values.

    Raises:
        TemplateError: Jinja says that it cannot be rendered. Being sandboxed code of others, it may raise
            anything else too, take any time and any memory.
        TooLong: the text is longer than MAX_TEXT.
    """
    return renderer(segments, path, includes, settings, filling)()


def renderer(
    segments: Sequence[Segment],
    path: str,
    includes: tuple[Include, ...],
    settings: JinjaSettings,
    filling: Filling,
) -> Callable[[], str]:
    """A function that renders as `render` does, each time with the values that `filling` has by then.

    Slots of another syntax than Jinja's are filled in at once and for all.
    """
    environment = _Environment(_source(segments, settings, filling), path, includes, settings, filling)

    def rendered() -> str:
        values = {str(name): value for name, value in filling.values.items()}
        size, out = 0, []
        try:
            for part in environment.get_template(path).generate(values):
                size += len(part)
                if size > MAX_TEXT:
                    raise TooLong
                out.append(part)
        except TemplateNotFound as error:
            raise TemplateError(f"the template '{error.name}' is not found") from error
        return "".join(out)

    return rendered


def is_own(segment: Segment, settings: JinjaSettings) -> bool:
    """True for a slot that Jinja fills in."""
    return segment.text.startswith(("{{", settings.variable_start))


class _Environment(ImmutableSandboxedEnvironment):
    """Knows one prompt and its includes, by path; opens no file."""

    def __init__(
        self,
        main: str,
        path: str,
        includes: tuple[Include, ...],
        settings: JinjaSettings,
        filling: Filling,
    ) -> None:
        texts = {item.path: item.text for item in includes}

        def load(name: str) -> str | None:
            if name == path:
                return main
            return _source(read(texts[name], settings), settings, filling) if name in texts else None

        super().__init__(
            loader=FunctionLoader(load),
            undefined=_undefined(filling),
            autoescape=False,
            keep_trailing_newline=True,
            extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"),
        )
        self._includes = includes

    def join_path(self, template: str, parent: str) -> str:
        """The path of what a template names."""
        found = source_of(template, parent, self._includes)
        return template if found is None else found.path


def _undefined(filling: Filling) -> type[ChainableUndefined]:
    class Missing(ChainableUndefined):
        """A name without a value: stays as it is spelt, is false and empty, and is noted when it is used."""

        __slots__ = ()

        def _noted(self) -> str:
            filling.missing[str(self._undefined_name)] = None
            return f"{{{{ {self._undefined_name} }}}}"

        def __str__(self) -> str:
            filling.printed[str(self._undefined_name)] = None
            return self._noted()

        def __iter__(self) -> Iterator[object]:
            self._noted()
            return iter(())

        def __bool__(self) -> bool:
            self._noted()
            return False

        def __len__(self) -> int:
            self._noted()
            return 0

    return Missing


def _source(segments: Sequence[Segment], settings: JinjaSettings, filling: Filling) -> str:
    """A template with Jinja's own delimiters that renders to the segments; white space is trimmed already."""
    return "".join(_spelt(segment, settings, filling) for segment in settled(segments))


def _spelt(segment: Segment, settings: JinjaSettings, filling: Filling) -> str:
    if segment.kind is SegmentKind.TEXT:
        return _raw(segment.text)
    if segment.kind is SegmentKind.SLOT:
        return f"{{{{ {segment.name} }}}}" if is_own(segment, settings) else _raw(filling.text(segment))
    if segment.kind is SegmentKind.CONTROL and jinja.is_known(segment.name):
        return f"{{% {segment.name} %}}"
    return ""


def _raw(text: str) -> str:
    """Text that Jinja leaves alone; a brace at its end would join the tag that follows."""
    if "{" not in text:
        return text
    return f"{{% raw %}}{text}{{% endraw %}}"
