"""The report as a whole: what it holds, in both languages, and the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from matplotlib.image import imread
from scipy import stats
from torch.utils.tensorboard.writer import SummaryWriter

from mnist_lab.language import Language, speaking
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.reports.run_report import write_report
from mnist_lab.reports.words import word
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run, report

LANGUAGES: tuple[Language, ...] = get_args(Language)
FIGURES = ["accuracy", "accuracy_over_time", "time_and_accuracy", "time_per_epoch"]
POLITE = re.compile(r"です|ます|ました|ません|でしょう|ください|でした")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_runs_give_the_same_bytes(language: Language, tmp_path: Path) -> None:
    runs = cnn_and_fc(tmp_path / "tb_logs")
    write_report(tmp_path / "one", runs, language)
    write_report(tmp_path / "two", read_runs([tmp_path / "tb_logs"]), language)
    first = digest(tmp_path / "one")
    assert first == digest(tmp_path / "two")
    figures = {f"figures/{stem}.{kind}" for stem in FIGURES for kind in ("png", "svg")}
    data = {f"data/{name}.csv" for name in ("comparisons", "epochs", "layers", "results", "runs")}
    assert set(first) == {"report.md", "report.html", ".mnist_lab-files.json", *figures, *data}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_tells_where_runs_lie(language: Language, tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    leave_run(tmp_path / "tb_logs", "FC", 8, status="failed", message=f"No space left: {tmp_path / 'tb_logs' / 'x'}")
    report(tmp_path / "report", tmp_path / "tb_logs", language)
    for path in (tmp_path / "report").rglob("*"):
        if path.is_file():
            assert str(tmp_path).encode() not in path.read_bytes(), path
            assert b"somebody" not in path.read_bytes(), path


def test_table_holds_means_and_deviations(tmp_path: Path) -> None:
    text = report(tmp_path / "report", tmp_path / "tb_logs" if cnn_and_fc(tmp_path / "tb_logs") else tmp_path)
    assert "| CNN | 296,518 | 3 | 3.00 ± 0.10 | 9.0 ± 0.3 | 98.70 ± 0.10 |" in text
    assert "| FC | 101,770 | 3 | 0.500 ± 0 | 1.50 ± 0 | 97.70 ± 0.10 |" in text
    assert "FC trains 6.0 ± 0.2 times as fast per epoch as CNN" in text
    assert "The test accuracy of FC is 1.00 ± 0.10 percentage points lower than that of CNN" in text
    p = stats.ttest_rel([98.8, 98.6, 98.7], [97.8, 97.7, 97.6]).pvalue
    assert (
        f"the difference is larger than the noise (paired t-test over the seeds, two-sided, n = 3, p = {p:.2g})" in text
    )
    assert "Conv2d 1→4 (3×3), ReLU, Conv2d 4→4 (3×3) and ReLU were removed; since the output of Flatten" in text
    assert "goes from 2304 to 784, Linear 2304→128 became Linear 784→128" in text
    assert "went from 296,518 to 101,770" in text
    assert "| Linear: 1-6 | 128 | 295,040 | 2304×128 + 128 = 295,040 |" in text
    assert "reached by CNN in epoch 2, after 6.0 ± 0.2 s of training and FC in epoch 3, after 1.50 ± 0 s" in text
    assert (
        "Each single run reached it in the same epoch as the mean. Until the end of the epoch in which each run itself "
        "reached the reference accuracy, FC trains 0.25 times as long as CNN, which is 4.00 ± 0.13 times as fast; "
        "the difference is larger than the noise (paired t-test over the seeds, two-sided, n = 3, p \\< 0.001)." in text
    )
    assert "By Table 7, CNN has 2.91 times as many parameters as FC" in text
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [
        "Summary",
        "What was changed",
        "Models, layer by layer",
        "Conditions",
        "Results",
        "Figures",
        "Observations",
        "What this report cannot know",
        "Interpretation",
        "The runs",
    ]


def test_data_hold_all_digits(tmp_path: Path) -> None:
    runs = cnn_and_fc(tmp_path / "tb_logs")
    write_report(tmp_path / "report", runs, "en")
    results = {row["configuration"]: row for row in cells(tmp_path / "report" / "data" / "results.csv")}
    assert float(results["CNN"]["epoch_s_sd"]) == pytest.approx(np.std([3.0, 3.1, 2.9], ddof=1))
    assert float(results["FC"]["test_accuracy_percent_mean"]) == pytest.approx(97.7)
    epochs = cells(tmp_path / "report" / "data" / "epochs.csv")
    assert len(epochs) == 18
    assert [float(row["train_s"]) for row in epochs[:3]] == pytest.approx([3.0, 6.0, 9.0])
    compared = cells(tmp_path / "report" / "data" / "comparisons.csv")
    assert [float(row["mean"]) for row in compared] == pytest.approx([stats.gmean([6.0, 6.2, 5.8]), -1.0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_run_alone_is_reported(language: Language, tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "CNN", 0, test=0.98761)
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    assert "| CNN | 296,518 | 1 | 1.00 | 3.00 | 98.76 |" in text
    with speaking(language):
        results, changed = word("results"), word("changed")
    assert "±" not in text.partition(f"## {results}")[2].partition("## ")[0].partition("|")[2]
    assert changed not in re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert len(list((tmp_path / "report" / "figures").iterdir())) == 8
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)


@pytest.mark.parametrize(("language", "kind"), [("en", "Figure"), ("ja", "図")])
def test_figures_are_cited_in_their_order(language: Language, kind: str, tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    cited = re.findall(rf"{kind} (\d)", re.sub(r"^(図|Figure) \d.*$", "", text, flags=re.MULTILINE))
    assert [*dict.fromkeys(cited)] == ["1", "2", "3", "4"]


def test_numbers_of_text_and_titles_stand_in_tables(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "| CNN | 2 | 6.0 ± 0.2 | 98.00 ± 0 |" in text
    assert "| FC | 3 | 1.50 ± 0 | 97.00 ± 0 |" in text
    titles = re.findall(r"^!\[(.*)\]", text, re.MULTILINE)
    assert titles[:3] == [
        "First epoch's end at 97.0 % mean validation accuracy: CNN 6.0 s, FC 1.50 s",
        "Training time of an epoch: CNN 3.00 s, FC 0.500 s",
        "Test accuracy: CNN 98.70 %, FC 97.70 %",
    ]


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("en", "number of hidden nodes \\[nodes\\] (model.hidden) |"),
        ("ja", "隠れ層のノード数 \\[個\\]（model.hidden） |"),
    ],
)
def test_settings_that_differ_have_their_units(language: Language, width: str, tmp_path: Path) -> None:
    for hidden in (16, 64):
        leave_run(tmp_path / "tb_logs", "FC", 0, name=str(hidden), model_settings={"hidden": [hidden]})
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    assert f"| {width}" in text
    assert {"en": "number of epochs \\[epochs\\]", "ja": "エポック数 \\[回\\]"}[language] in text


def test_gpu_memory_comes_from_tensorboards_files(tmp_path: Path) -> None:
    folder = leave_run(tmp_path / "tb_logs", "FC", 0, type="cuda", name="A GPU")
    with SummaryWriter(str(folder)) as writer:
        for step, peak in enumerate([300.0, 512.0, 400.0]):
            writer.add_scalar("memory/peak_mib", peak, step)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "peak GPU memory \\[MiB\\]" in text
    assert "| FC | 101,770 | 1 | 1.00 | 3.00 | 97.00 | 512 |" in text
    assert "shared memory" not in text


@pytest.mark.parametrize("case", ["pair", "one", "unfinished", "threads", "disturbed", "data", "unpaired", "many"])
def test_japanese_is_plain_style_throughout(case: str, tmp_path: Path) -> None:
    log_dir = tmp_path / "tb_logs"
    if case in ("pair", "unfinished"):
        cnn_and_fc(log_dir)
    if case == "unfinished":
        leave_run(log_dir, "FC", 9, epoch_s=[0.1, 0.9, 0.1], status="diverged", test=None, message="loss is NaN.")
    elif case == "disturbed":
        leave_run(log_dir, "FC", 0, others_cpu=[0.5] * 3)
        leave_run(log_dir, "FC", 1, status="disturbed")
    elif case == "one":
        leave_run(log_dir, "FC", 0)
        leave_run(log_dir, "CNN", 0)
    elif case == "threads":
        leave_run(log_dir, "FC", 0)
        leave_run(log_dir, "CNN", 0, threads=9)
    elif case == "data":
        leave_run(log_dir, "FC", 0)
        leave_run(log_dir, "CNN", 0, data="Digits", fell_back=True)
    elif case == "unpaired":
        for seed in range(2):
            leave_run(log_dir, "FC", seed, test=0.9 + seed / 100)
            leave_run(log_dir, "CNN", seed + 5, test=0.95 + seed / 90)
            leave_run(log_dir, "CNN", seed + 5, test=0.95 + seed / 90, name=f"again{seed}")
    else:
        for width in range(1, 7):
            leave_run(log_dir, "FC", 0, name=str(width), model_settings={"hidden": [width]})
    text = report(tmp_path / "report", log_dir, "ja")
    assert not POLITE.search(text)
    for line in text.splitlines():
        sentence = line.strip("> ").removeprefix("- ")
        if re.search("[ぁ-ん]", sentence) and not sentence.startswith(("#", "|", "!", "図", "# ")):
            assert sentence.endswith("。"), sentence
    english = re.sub(r"\|.*\||!\[.*|[A-Za-z_\\]*[.\d=→×/:_\\-]+[\w.\\-]*", "", text)
    leftover = set(re.findall(r"[A-Za-z]{4,}", english)) - {"ReLU", "Linear", "Conv", "Flatten", "MNIST", "Digits"}
    assert leftover <= {"loss", "hidden", "threads"}, leftover


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_whole_and_without_text_that_needs_a_font(language: Language, tmp_path: Path) -> None:
    write_report(tmp_path / "report", cnn_and_fc(tmp_path / "tb_logs"), language)
    for stem in FIGURES:
        picture = imread(tmp_path / "report" / "figures" / f"{stem}.png")
        assert picture.shape[1] > 900
        assert len(np.unique(picture[..., :3].reshape(-1, 3), axis=0)) > 20
        root = ET.parse(tmp_path / "report" / "figures" / f"{stem}.svg").getroot()
        assert root.findall(".//{http://www.w3.org/2000/svg}text") == []
        assert len(root.findall(".//{http://www.w3.org/2000/svg}use")) > 20


def test_limit_on_batches_stands_among_the_conditions(tmp_path: Path) -> None:
    folder = leave_run(tmp_path / "tb_logs", "CNN", 0)
    record = read_record(folder)
    record.settings["trainer"] |= {"limit_train_batches": 100, "limit_val_batches": 1.0, "limit_test_batches": None}
    write_record(record, folder)
    text = report(tmp_path / "en", tmp_path / "tb_logs")
    assert "| trainer.limit\\_train\\_batches | 100 |" in text
    assert "limit\\_val" not in text
    assert "limit\\_test" not in text


def test_every_axis_has_a_label(tmp_path: Path) -> None:
    for figure in draw_figures(find(cnn_and_fc(tmp_path)).groups).values():
        assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    from mnist_lab.errors import UsageError

    with pytest.raises(UsageError, match=r"--output: .*taken cannot be written"):
        report(tmp_path / "taken", tmp_path / "tb_logs" if cnn_and_fc(tmp_path / "tb_logs") else tmp_path)


def test_report_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    report(tmp_path / "report", tmp_path / "tb_logs", "ja")
    report(tmp_path / "report", tmp_path / "tb_logs", "en")
    report(tmp_path / "fresh", tmp_path / "tb_logs", "en")
    assert digest(tmp_path / "report") == digest(tmp_path / "fresh")
    shutil.rmtree(tmp_path / "report")


def test_cover_is_left_open_and_questions_can_be_left_out(tmp_path: Path) -> None:
    runs = cnn_and_fc(tmp_path / "tb_logs")
    write_report(tmp_path / "asked", runs, "ja")
    write_report(tmp_path / "bare", runs, "ja", questions=False)
    asked, bare = ((tmp_path / name / "report.md").read_text(encoding="utf-8") for name in ("asked", "bare"))
    for text in (asked, bare):
        assert "氏名：＿＿＿＿＿＿＿＿＿＿  \n学籍番号：＿＿＿＿＿＿＿＿＿＿  \n提出日：＿＿＿＿＿＿＿＿＿＿\n" in text
        assert "> ここに自分の考察を書く。" in text
    assert "> - " in asked
    assert "> - " not in bare
