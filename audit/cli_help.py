"""Help and usage errors in the user's language: typer writes them in English only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from audit.cli_common import Session
from audit.words import Words, mark

# What typer says of itself; each is in the catalogs and is replaced where it is shown.
TYPER_TEXTS = (
    mark("Arguments"),
    mark("Options"),
    mark("Commands"),
    mark("required"),
    mark("default: {default}"),
    mark("Show this message and exit."),
    mark("Install completion for the current shell."),
    mark("Show completion for the current shell, to copy it or customize the installation."),
    mark("No such command {name!r}."),
    mark("Missing command."),
)


def _usage(command: Any, context: Any, formatter: Any) -> None:
    prefix = context.obj.words.say("Usage: ") if isinstance(context.obj, Session) else None
    formatter.write_usage(context.command_path, " ".join(command.collect_usage_pieces(context)), prefix=prefix)


class Command(TyperCommand):
    """A command whose usage line is in the session's language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose usage line is in the session's language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        _usage(self, ctx, formatter)


def group(text: str) -> typer.Typer:
    """A new group with this help."""
    return typer.Typer(
        cls=Group, help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )


def command(app: typer.Typer, name: str, text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add a function as a command with this help; it returns the exit code."""
    return app.command(name, cls=Command, help=text)


def translated(app: typer.Typer, words: Words) -> Any:
    """The app as a command with every help text in the session's language."""
    root = typer.main.get_command(app)
    vars(typer.core)["_"] = words.say  # typer's own texts go through a gettext that reads no catalog of ours
    _translate(root, words)
    return root


def _translate(node: Any, words: Words) -> None:
    if node.help:
        node.help = words.say(node.help)
    help_option = getattr(node, "get_help_option", None)
    for param in (*node.params, *([help_option(typer.Context(node))] if help_option else [])):
        if getattr(param, "help", None):
            param.help = words.say(param.help)
    for child in getattr(node, "commands", {}).values():
        _translate(child, words)


def usage_error(error: typer.TyperException, words: Words) -> str:
    """A mistake in the arguments as text: what, and where help is."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.message
    option, param = getattr(error, "option_name", None), getattr(error, "param", None)
    if type(error).__name__ == "NoSuchOption":
        text = words.say("No such option: {option}.", option=option)
        near = getattr(error, "possibilities", None)
        text += " " + words.say("Did you mean {names}?", names=", ".join(sorted(near))) if near else ""
    elif type(error).__name__ == "MissingParameter" and param is not None:
        text = words.say("Missing: {what}.", what=param.get_error_hint())
    else:
        text, _, near = error.format_message().partition(" Did you mean ")
        text += " " + words.say("Did you mean {names}?", names=near.rstrip("?")) if near else ""
    context = getattr(error, "ctx", None)
    hint = words.say("Help: {command} --help", command=context.command_path) if context else ""
    return ": ".join((words.say("Error"), text)) + (f"\n{hint}" if hint else "")
