from __future__ import annotations

from pathlib import Path

import pytest

from promptlint.extract import kind_of
from promptlint.extract.judge import Verdict, judge
from promptlint.model import Source, SourceKind


def verdict(path: str, text: str, named: bool = False) -> Verdict:
    return judge(Source(path, text, kind_of(path) or SourceKind.TEXT, named))


ROLE = "You are a careful librarian. Answer the question of the reader in one sentence.\n"
PLAIN = "The library opens at nine. Readers find the catalogue on the second floor.\n"
JINJA_PAGE = '{% extends "base" %}\n{% block body %}\n<p>{{ title }}</p>\n{% endblock %}\n'


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("a/qa_prompt.txt", PLAIN, "named like a prompt"),
        ("a/SystemPrompt.md", PLAIN, "named like a prompt"),
        ("a/system.md", PLAIN, "named like a system message"),
        ("a/grading_instructions.txt", PLAIN, "named like instructions"),
        ("summary.prompt", PLAIN, "a prompt file by its extension"),
        ("summary.prompt.md", PLAIN, "a prompt file by its extension"),
        ("skills/sum/skprompt.txt", PLAIN, "a prompt file by its extension"),
        ("src/prompts/summary.txt", PLAIN, "in a folder of prompts"),
        ("prompts/support.md", ROLE, "in a folder of prompts"),
        ("agents/news.md", ROLE, "says who the model is"),
        ("prompt_templates/summary.j2", PLAIN, "in a folder of prompts"),
        ("AGENTS.md", PLAIN, "agent instructions"),
        (".cursor/rules/style.mdc", PLAIN, "agent rules"),
        ("skills/pdf/SKILL.md", PLAIN, "skill"),
        (".claude/agents/reviewer.md", PLAIN, "agent definition"),
        ("plugins/x/agents/reviewer.md", f"---\nname: a\ndescription: b\n---\n{PLAIN}", "agent definition"),
        ("lib/librarian.txt", ROLE, "says who the model is"),
        ("lib/librarian.md.j2", ROLE, "says who the model is"),
        ("lib/chat.jinja2", "system:\nBe kind.\nuser:\n{{ q }}\n", "has role lines"),
        ("lib/sum.jinja", "Summarize the following documents:\n{{ documents }}\n", "refers to its input"),
        ("lib/chat.jinja", '{% chat role="user" %}{{ q }}{% endchat %}', "has chat tags"),
        (
            "lib/topic.txt",
            "Letter: late\nTopic: delay\n\nLetter: rude\nTopic: driver\n\nLetter: cold\nTopic: heating\n\n"
            "Letter: {letter}\nTopic:",
            "ends with a label for the model to complete",
        ),
        ("lib/task.md", "Your task is to sort the letters.\n\nLetters: {letters}\n", "sets the model a task"),
    ],
)
def test_prompts(path: str, text: str, reason: str) -> None:
    found = verdict(path, text)
    assert found.is_prompt, found
    assert reason in found.reason


LOG = "".join(f"2024-05-0{day} 10:00:00 INFO You are a member\n" for day in range(1, 9))
PROJECT = "# Tool\n\n[![CI](https://x/y.svg)](z)\n\nYou are a developer? Then\n\n## Installation\n\npip install tool\n"
LIBRARY = f"# Chat library\n\nWrite the prompt like this:\n\n```\n{ROLE}```\n\nand call `send`.\n"


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("README.md", ROLE, "a file about the project"),
        ("prompts/README.md", ROLE, "a file about the project"),
        ("CHANGELOG.md", ROLE, "a file about the project"),
        ("LICENSE.txt", ROLE, "a file about the project"),
        ("CONTRIBUTING.md", ROLE, "a file about the project"),
        (".github/PULL_REQUEST_TEMPLATE.md", ROLE, "a file about the project"),
        ("support.md", ROLE, "a file about the project"),
        (".github/support.md", ROLE, "a file about the project"),
        ("prompts/SUPPORT.md", ROLE, "a file about the project"),
        ("requirements.txt", "a==1\nb>=2\n", "a list of packages"),
        ("requirements/dev-requirements.txt", "a==1\n", "a list of packages"),
        ("pkg.egg-info/entry_points.txt", "[console_scripts]\na = b:c\n", "packaging metadata"),
        ("robots.txt", "User-agent: *\nDisallow: /\n", "a file for machines"),
        ("CMakeLists.txt", "project(x)\n", "a file for machines"),
        ("page.html.j2", ROLE, "a template of code, data or markup"),
        ("agents/make_agent.py.j2", "class {{ name }}:\n    pass\n", "a template of code, data or markup"),
        ("queries/users.sql.jinja", "select * from {{ t }}", "a template of code, data or markup"),
        ("roles/web/tasks/main.yml.j2", "- name: {{ x }}\n", "a template of code, data or markup"),
        ("Dockerfile.j2", "FROM {{ base }}\n", "a build file"),
        ("mail.j2", "<!DOCTYPE html>\n<p>You are a winner</p>", "a markup document"),
        ("page.j2", JINJA_PAGE, "is a page template"),
        ("nginx.j2", "server {\n  listen {{ port }};\n  root /srv;\n}\n", "is mostly code or data"),
        ("vars.j2", "# {{ ansible_managed }}\nport: 80\n", "a template of a project generator"),
        (
            "hello.jinja",
            "Hello {{ cookiecutter.name }}, you are a hero.",
            "a template of a project generator",
        ),
        (
            "chat_template.jinja",
            "{% if add_generation_prompt %}<|im_start|>assistant{% endif %}",
            "a chat template",
        ),
        ("notes.txt", PLAIN, "nothing in its name"),
        ("notes.md", "", "empty"),
        ("notes.md", "\ufeff \n", "empty"),
        ("app.txt", LOG, "is a log"),
        ("words.txt", "apple\npear\n" * 20, "is a list of words"),
        ("docs/prompts-guide.md", PLAIN, "named like writing about prompts"),
        ("docs/prompt_engineering.md", PLAIN, "named like writing about prompts"),
        ("docs/build_instructions.md", PLAIN, "named like a manual"),
        ("guide.md", PROJECT, "project"),
        ("library.md", LIBRARY, ""),
        (
            "weather.j2",
            "{% for r in reports %}\nIt is {{ r.t }} degrees in {{ r.city }}.\n{% endfor %}",
            "nothing",
        ),
        ("MIT.txt", "Permission is hereby granted, free of charge, to you.", "a licence"),
        ("run.txt", "#!/bin/sh\necho You are a user\n", "a script"),
        (
            "docs/agents.md",
            "# Agents\n\nAn agent must never be shared. It should always be closed.\n",
            "documentation",
        ),
        (
            "lib/form.txt",
            "Name: {name}\nStreet: {street}\nSigned:\n",
            "",
        ),
    ],
)
def test_near_misses(path: str, text: str, reason: str) -> None:
    found = verdict(path, text)
    assert not found.is_prompt, found
    assert reason in found.reason


def test_a_file_that_the_user_named_is_a_prompt() -> None:
    assert verdict("README.md", "", named=True) == Verdict(True, "named by the user")


def test_this_project_is_not_full_of_prompts() -> None:
    root = Path(__file__).parents[2]
    for path in (*root.glob("*.md"), *root.glob("docs/*.md")):
        found = verdict(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        assert not found.is_prompt, (path, found)


PAGE = "# Own your prompts\n\nA page about prompts.\n\n```\nYou are a librarian. Your task is to help the user.\n```\n\nSee the rest.\n"


@pytest.mark.parametrize(
    "path",
    [
        "content/factor-2-own-your-prompts.md",
        "docs/decisions/0014-roles-in-prompt.md",
        "website/src/custom-instructions.md",
    ],
)
def test_a_page_about_prompts_is_documentation(path: str) -> None:
    assert not verdict(path, PAGE).is_prompt
    assert verdict(path, PAGE).reason.startswith("documentation")


@pytest.mark.parametrize("path", ["content/system_prompt.md", "content/own-your-prompts.md"])
def test_a_prompt_among_pages_opens_like_one(path: str) -> None:
    assert verdict(path, f"# Role\n\n{ROLE}").is_prompt


def test_a_transcript_is_a_log() -> None:
    lines = "".join(f"🔧 INFO  step {number}\n" for number in range(9))
    assert not verdict("usage/output.txt", f"{lines}{ROLE}").is_prompt
    assert verdict("usage/output.txt", f"INFO: be brief.\n{ROLE}").is_prompt


STEPS = (
    "You will be judging a trace. Say which parts are evidence.\n\nCriteria:\n{{ criteria }}\n\n"
    '**\nIMPORTANT: FILLERonly return in JSON format, with the "steps" key as a list of strings.\n**\n\nJSON:\n'
)


@pytest.mark.parametrize("filler", ["", "Please make sure to "])
@pytest.mark.parametrize("lead", ["", "You will be judging a trace. "])
def test_a_prompt_stays_one_without_its_filler(filler: str, lead: str) -> None:
    text = STEPS.replace("FILLER", filler).replace("You will be judging a trace. ", lead)
    assert verdict("metrics/templates/steps.txt", text).is_prompt


def test_a_text_with_slots_is_half_a_template() -> None:
    text = "The user is in this file: {{file}}\nThe contents are below. Use the given code.\n{{text}}\n\nThe user has selected this code from the file:\n{{code}}\n"
    assert verdict("editor/ExplainAction.txt", text).is_prompt
    assert not verdict("editor/Explain.md", text).is_prompt


@pytest.mark.parametrize(
    "quoted", ['`{{role "system"}}`', "`{% chat role='user' %}`", "`see <message role=`"]
)
def test_a_page_that_quotes_tags_is_no_prompt(quoted: str) -> None:
    page = f"# Parity\n\nHistory goes before {quoted} in all of them.\n"
    assert not verdict("porting.md", page).is_prompt
    assert verdict("porting.md", page.replace("`", "")).is_prompt
