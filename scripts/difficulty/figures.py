"""The figures of the model of tasks and difficulty, and the tables that the guide shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from training import Case, Guess, softmax

from promptlint.difficulty import measures
from promptlint.difficulty.features import Reading
from promptlint.difficulty.model import Model, of_reading

VARIANTS = {
    "shipped": "**the shipped model**: features and words of ours and of public ones",
    "all": "features and words of ours",
    "features": "features alone, of ours",
    "length": "length alone, of ours",
}
STRONGEST = 8


@dataclass(frozen=True)
class Judged:
    """Prompts with what each variant says of them unseen."""

    cases: Sequence[Case]
    guesses: Mapping[str, Sequence[Guess]]
    model: Model

    def confidence(self, temperature: float) -> list[tuple[float, float]]:
        """(how often the labels say the same, the probability) of each prompt's most probable task."""
        pairs = zip(self.cases, self.guesses["shipped"], strict=True)
        return [(right(case, item.task), max(softmax(item.logits, temperature))) for case, item in pairs]


def right(case: Case, task: str) -> float:
    """The share of the two labels that a task equals."""
    return sum(task == label for label in case.tasks) / 2


def values(found: Judged, trained_on: Sequence[Case]) -> dict[str, float]:
    """Every figure by name; baselines take their constants from the prompts that were trained on."""
    cases = found.cases
    levels, known = [case.level for case in cases], [case.level for case in trained_on]
    common = measures.majority([case.tasks[0] for case in cases])
    middle = sorted(known)[len(known) // 2]
    one, other = ([case.levels[at] for case in cases] for at in (0, 1))
    made = {
        "prompts": float(len(cases)),
        "labels.task_agreement": measures.accuracy(*_labels(cases)),
        "labels.task_kappa": measures.kappa(*_labels(cases)),
        "labels.difficulty_agreement": measures.accuracy(one, other),
        "labels.difficulty_weighted_kappa": measures.weighted_kappa(one, other),
        "majority.task_accuracy": _mean([right(case, common) for case in cases]),
        "median.difficulty_mae": measures.mean_error(levels, [middle] * len(levels)),
    }
    for name, guesses in found.guesses.items():
        said = [item.level for item in guesses]
        pairs = zip(cases, guesses, strict=True)
        made[f"{name}.task_accuracy"] = _mean([right(case, item.task) for case, item in pairs])
        made[f"{name}.difficulty_mae"] = measures.mean_error(levels, said)
        made[f"{name}.difficulty_spearman"] = measures.spearman(levels, said)
    for name, temperature in (("raw", 1.0), ("calibrated", found.model.temperature)):
        made[f"{name}.task_calibration_error"] = measures.calibration_error(_table(found, temperature))
    made["interval.coverage"] = _mean(
        [
            float(abs(case.level - item.level) <= found.model.error)
            for case, item in zip(cases, found.guesses["shipped"], strict=True)
        ]
    )
    return made


def _labels(cases: Sequence[Case]) -> tuple[list[str], list[str]]:
    return [case.tasks[0] for case in cases], [case.tasks[1] for case in cases]


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _table(found: Judged, temperature: float) -> tuple[measures.Bin, ...]:
    rows = found.confidence(temperature)
    return measures.reliability([row[0] for row in rows], [row[1] for row in rows])


# --- the guide ----------------------------------------------------------------------------------


Rated = Sequence[tuple[str, Reading, int, int, str]]


def text(model: Model, own: Judged, public: Judged, rated: Rated) -> str:
    """The tables, in Markdown."""
    known = {item.name: item.value for item in model.figures}
    lines = [
        *_agreement(known),
        *_quality(known),
        *_by_task(own, public),
        *_calibration(known, own, public),
        *_intervals(known, model),
        *_rated(model, rated),
        *_weights(model),
    ]
    return "\n".join(lines) + "\n"


def _agreement(known: Mapping[str, float]) -> Iterator[str]:
    yield "### The two label passes"
    yield ""
    yield "| prompts | same task | Cohen's kappa | same level | weighted kappa (quadratic) |"
    yield "|---|---|---|---|---|"
    for where, name in (("own", "ours"), ("public", "public")):
        of = f"{where}.labels."
        yield (
            f"| {known[f'{where}.prompts']:.0f} {name} | {known[f'{of}task_agreement']:.3f} "
            f"| {known[f'{of}task_kappa']:.3f} | {known[f'{of}difficulty_agreement']:.3f} "
            f"| {known[f'{of}difficulty_weighted_kappa']:.3f} |"
        )
    yield ""


def _quality(known: Mapping[str, float]) -> Iterator[str]:
    yield "### On prompts that were not seen"
    yield ""
    yield (
        "| learned from | task right, ours | public | difficulty: mean error, ours | public "
        "| rank correlation, ours | public |"
    )
    yield "|---|---|---|---|---|---|---|"
    yield (
        f"| commonest task, median level | {known['own.majority.task_accuracy']:.3f} "
        f"| {known['public.majority.task_accuracy']:.3f} | {known['own.median.difficulty_mae']:.3f} "
        f"| {known['public.median.difficulty_mae']:.3f} | | |"
    )
    for name, says in list(VARIANTS.items())[::-1]:
        cells = [
            f"{known[f'{where}.{name}.{what}']:.3f}"
            for what in ("task_accuracy", "difficulty_mae", "difficulty_spearman")
            for where in ("own", "public")
        ]
        yield f"| {says} | {' | '.join(cells)} |"
    yield ""


def _by_task(own: Judged, public: Judged) -> Iterator[str]:
    yield "| task | ours | found | right when said | public | found | right when said |"
    yield "|---|---|---|---|---|---|---|"
    for task in own.model.tasks:
        cells = [cell for judged in (own, public) for cell in _recall(judged, task)]
        yield f"| {task} | {' | '.join(cells)} |"
    yield ""


def _recall(judged: Judged, task: str) -> tuple[str, str, str]:
    """How many there are, the share that was found, the share of what was said that is right."""
    pairs = list(zip(judged.cases, judged.guesses["shipped"], strict=True))
    there = [item.task == task for case, item in pairs for label in case.tasks if label == task]
    said = [right(case, task) for case, item in pairs if item.task == task]
    return (
        f"{len(there) / 2:g}",
        f"{_mean(there):.2f}" if there else "-",
        f"{_mean(said):.2f}" if said else "-",
    )


def _calibration(known: Mapping[str, float], own: Judged, public: Judged) -> Iterator[str]:
    yield "### Calibration of the task's probability"
    yield ""
    yield (
        "Expected calibration error on public prompts: "
        f"{known['public.raw.task_calibration_error']:.3f} before, "
        f"{known['public.calibrated.task_calibration_error']:.3f} after temperature scaling "
        f"(T = {own.model.temperature:.2f}, chosen on them); on ours "
        f"{known['own.calibrated.task_calibration_error']:.3f}."
    )
    yield ""
    yield "| prompts | said | how many | mean said | right |"
    yield "|---|---|---|---|---|"
    for name, judged in (("ours", own), ("public", public)):
        for row in _table(judged, judged.model.temperature):
            low = min(int(row.said * measures.BINS), measures.BINS - 1) / measures.BINS
            yield f"| {name} | {low:.1f} to {low + 0.1:.1f} | {row.count} | {row.said:.2f} | {row.seen:.2f} |"
    yield ""


def _intervals(known: Mapping[str, float], model: Model) -> Iterator[str]:
    yield "### The interval of the difficulty"
    yield ""
    yield (
        f"±{model.error:.2f}: the {model.coverage:.0%} quantile of the cross-validated errors on public "
        "prompts. It holds "
        f"{known['own.interval.coverage']:.0%} of our prompts and {known['public.interval.coverage']:.0%} of "
        "the public ones."
    )
    yield ""


def _rated(model: Model, rated: Rated) -> Iterator[str]:
    scores = [of_reading(row[1], model).difficulty for row in rated]
    failed = [1 - row[2] / row[3] for row in rated]
    yield "### Against real pass rates"
    yield ""
    yield (
        f"{len(rated)} prompts of the recorded suites, versions of two tasks, answered by {rated[0][4]}: "
        f"rank correlation of difficulty and share of failures {measures.spearman(scores, failed):+.2f}. The "
        "two `cut` versions lack what an answer needs, and always fail. So few prompts show nothing."
    )
    yield ""
    yield "| prompt | difficulty | passed | cases |"
    yield "|---|---|---|---|"
    for row, score in zip(rated, scores, strict=True):
        yield f"| `{row[0]}` | {score:.2f} | {row[2] / row[3]:.3f} | {row[3]} |"
    yield ""


def _weights(model: Model) -> Iterator[str]:
    yield "### What moves the difficulty most"
    yield ""
    rows = [(row.difficulty, row.name) for row in model.features]
    rows += [(row.difficulty, f'"{row.name}"') for row in model.words]
    yield "| harder, for a unit more | | easier, for a unit more | |"
    yield "|---|---|---|---|"
    for up, down in zip(sorted(rows)[::-1][:STRONGEST], sorted(rows)[:STRONGEST], strict=True):
        yield f"| {up[1]} | {up[0]:+.3f} | {down[1]} | {down[0]:+.3f} |"
    yield ""
