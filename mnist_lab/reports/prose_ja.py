"""A report's words in Japanese, である体 throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.reports.differences import LayerChange
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.prose import SLOW, Condition, Prose, Reached, faster, n_text, p_text
from mnist_lab.reports.style import Language
from mnist_lab.reports.words import CONDITIONS_JA, STATUS_JA, TABLES_JA, WORDS_JA
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run, without_places
from mnist_lab.runs.spread import Spread, significant, text_of


class Japanese(Prose):
    """Japanese."""

    language: Language = "ja"
    word = WORDS_JA
    status = STATUS_JA

    def title(self, labels: Sequence[str], data: str) -> str:
        shown = "と".join(labels) if len(labels) <= 3 else f"{len(labels)}通りの設定"
        compared = "の比較" if len(labels) > 1 else ""
        return f"{data}における{shown}{compared}：学習時間と精度"

    def speed(self, comparison: Comparison) -> str:
        fast, slow, ratio = faster(comparison)
        return (
            f"1エポックの学習は、{fast.label}が{slow.label}の {text_of(ratio)} 倍の速さである"
            f"（{fast.label}は {text_of(fast.epoch_s)} s、{slow.label}は {text_of(slow.epoch_s)} s、{n_text(comparison)}）。"
        )

    def accuracy(self, comparison: Comparison) -> str:
        change = comparison.change
        points = text_of(Spread(abs(change.mean), change.sd, change.n), decimals=2)
        second, first = comparison.second, comparison.first
        levels = (
            f"（{second.label}は {text_of(second.accuracy_percent, decimals=2)} %、"
            f"{first.label}は {text_of(first.accuracy_percent, decimals=2)} %、{n_text(comparison)}）"
        )
        if change.mean == 0 and not change.sd:
            return f"{second.label}のテスト精度は{first.label}と同じである{levels}。"
        side = "低い" if change.mean < 0 else "高い"
        return f"{second.label}のテスト精度は{first.label}より {points} ポイント{side}{levels}。"

    def verdict(self, comparison: Comparison) -> str:
        test = comparison.test
        what = {"time": "1エポックの学習時間", "accuracy": "テスト精度"}[comparison.quantity]
        difference = f"{comparison.first.label}と{comparison.second.label}の{what}の差"
        if test.reason == "too_few":
            return f"実行が1回だけの設定があるため、{difference}がばらつきより大きいかどうかは判断できない。"
        if test.reason == "constant":
            return f"{difference}は毎回まったく同じであったため、t検定は適用できない。"
        assert test.p is not None
        shown = f"（{self.test_name(comparison)}、{n_text(comparison)}、{p_text(test.p)}）"
        power = (
            "n = 2 では検定の自由度が1しかなく、実際にある差も見落としやすいため、繰り返しを増やす必要がある。"
            if min(test.n) == 2
            else ""
        )
        if test.is_larger_than_noise:
            return f"{difference}は、ばらつきより大きい{shown}。{power}"
        return f"{difference}は、ばらつきと区別できない{shown}。{power}"

    def test_name(self, comparison: Comparison) -> str:
        name = {"paired": "同じシードどうしの対応のあるt検定", "welch": "ウェルチのt検定"}[comparison.test.name]
        corrected = (
            f"、{comparison.tests_in_family}個の検定についてホルム法で補正" if comparison.tests_in_family > 1 else ""
        )
        return f"{name}、両側{corrected}"

    def changed(self, first: Group, second: Group, changes: Sequence[LayerChange]) -> str:
        removed = [change.first.text for change in changes if change.change == "removed" and change.first]
        added = [change.second.text for change in changes if change.change == "added" and change.second]
        became = [
            f"{change.first.text} は {change.second.text} になった"
            for change in changes
            if change.first and change.second and change.first.text != change.second.text
        ]
        old, new = first.record.parameters, second.record.parameters
        count = (
            f"パラメータ数は {old:,} のままである。"
            if old == new
            else f"パラメータ数は {old:,} から {new:,} になった。"
        )
        parts = []
        if removed:
            parts.append(f"{'、'.join(removed)} を取り除いた")
        if added:
            parts.append(f"{'、'.join(added)} を加えた")
        head = f"{first.label}から{second.label}への変更では、"
        sentences = [*parts, *became]
        if not sentences:
            return f"{head}重みをもつ層は{'同じである' if old == new else '大きさだけが異なる'}。{count}"
        return f"{head}{'。'.join(sentences)}。{count}"

    def settings_changed(self, count: int) -> str:
        return f"異なる設定は次の{count}個であり、ほかの設定はすべて同じである。「–」は、そのモデルにその設定がないことを示す。"

    def single(self, group: Group) -> str:
        return (
            f"{group.label}の学習時間は1エポックあたり {text_of(group.epoch_s)} s、テスト精度は "
            f"{text_of(group.accuracy_percent, decimals=2)} % であった（n = {len(group.completed)}）。"
        )

    def conditions_differ(self, conditions: Sequence[Condition]) -> str:
        text = f"これらの実行は同じ条件で行われていない（{'、'.join(CONDITIONS_JA[c] for c in conditions)}が異なる）。"
        if "data" in conditions:
            return f"{text}そのため、以下では時間も精度も比較しない。"
        if {"device", "threads"} & set(conditions):
            return f"{text}そのため、以下では時間を比較しない。"
        return f"{text}このことが以下の差に影響している可能性がある。"

    def split(self, sizes: Mapping[str, int]) -> str:
        return f"学習用 {sizes.get('train', 0):,}、検証用 {sizes.get('val', 0):,}、テスト用 {sizes.get('test', 0):,} サンプル"

    def stands_in(self, used: str, missing: str) -> str:
        return f"{missing}が得られなかったため、{used}を代わりに用いた。"

    def measured(self) -> str:
        return (
            "学習時間は学習ステップだけの時間であり、検証、チェックポイントの保存、ログの書き込みを含まない。ある実行の1エポックの"
            "学習時間は、そのエポック全体の平均である。テスト精度は、検証精度が最も高かったエポックの重みによるものである。± の後ろは n 回"
            "の実行の標準偏差であり、表示する桁数はその大きさから決めた。"
        )

    def figure_title(self, stem: str, groups: Sequence[Group], reached: Sequence[Reached], mark: float | None) -> str:
        few = len(groups) <= 2
        if stem == "accuracy_over_time" and few and len(reached) == len(groups) and mark is not None:
            times = "、".join(f"{entry.group.label}は {significant(entry.train_s.mean, 2)} s" for entry in reached)
            return f"検証精度 {mark:.1f} % までの学習時間：{times}"
        if stem == "time_per_epoch" and few and all(group.epoch_s for group in groups):
            return "1エポックの学習時間：" + "、".join(
                f"{group.label}は {significant(group.epoch_s.mean, 2)} s" for group in groups if group.epoch_s
            )
        if stem == "accuracy" and few and all(group.accuracy_percent for group in groups):
            return "テスト精度：" + "、".join(
                f"{group.label}は {group.accuracy_percent.mean:.1f} %" for group in groups if group.accuracy_percent
            )
        return {
            "accuracy_over_time": "学習時間と検証精度",
            "time_per_epoch": "1エポックの学習時間",
            "accuracy": "テスト精度",
            "time_and_accuracy": "学習時間とテスト精度（面積はパラメータ数）",
        }[stem]

    def figure_caption(self, stem: str, groups: Sequence[Group]) -> str:
        bars = "誤差棒は標準偏差"
        return {
            "accuracy_over_time": f"各エポックの終わりの検証精度と、それまでの学習時間。太い線は実行の平均、縦横の{bars}、細い線は個々の実行である。",
            "time_per_epoch": f"1エポックの学習時間。棒は実行の平均、{bars}、点は個々の実行である。",
            "accuracy": f"テスト精度。軸は 0 から始まっていない。大きな印は実行の平均、{bars}、小さな点は個々の実行である。",
            "time_and_accuracy": f"1回の実行全体の学習時間とテスト精度。印の面積はパラメータ数に比例する。印は実行の平均、{bars}である。",
        }[stem]

    def figure_number(self, number: int, caption: str) -> str:
        return f"図{number}　{caption}"

    def layers_beside(self, first: Group, second: Group) -> str:
        return f"{first.label}と{second.label}の層の対応（⇒ の後ろはバッチを除いた出力の形）。"

    def model_caption(self, group: Group) -> str:
        return f"{group.label}（パラメータ数 {group.record.parameters:,}）。"

    def nothing_strange(self) -> str:
        return f"その実行の中央値の {SLOW} 倍を超える時間がかかったエポックはない。"

    def table_caption(self, name: str) -> str:
        return TABLES_JA[name]

    def reached(self, mark_percent: float, reached: Sequence[Reached]) -> str:
        parts = [
            f"{entry.group.label}は第{entry.epoch}エポック（学習時間 {text_of(entry.train_s)} s）" for entry in reached
        ]
        return f"すべての設定が到達した最も高い平均検証精度 {mark_percent:.1f} % に初めて達したのは、{'、'.join(parts)}である。"

    def sizes(self, first: Group, second: Group, slower: Spread | None) -> str:
        small, large = sorted((first, second), key=lambda group: group.record.parameters)
        ratio = significant(large.record.parameters / small.record.parameters)
        text = (
            f"{large.label}のパラメータ数は{small.label}の {ratio} 倍である"
            f"（{large.label}は {large.record.parameters:,}、{small.label}は {small.record.parameters:,}）。"
        )
        return f"{text}これに対し、1エポックの学習時間は {text_of(slower)} 倍である。" if slower else text

    def slow_epoch(self, run: Run, epoch: int, factor: float) -> str:
        return (
            f"実行 {run.name} の第{epoch}エポックには、その実行のエポックの中央値の {significant(factor, 2)} 倍の時間がかかった。"
            "この値も平均に含まれているため、測り直すことが望ましい。"
        )

    def not_completed(self, run: Run, label: str) -> str:
        why = f"（理由：{without_places(run.record.message).rstrip('.')}）" if run.record.message else ""
        return f"実行 {run.name}（{label}）は{self.status[run.record.status]}ため、平均に含めていない{why}。"

    def limits(self, groups: Sequence[Group], test_sd_points: float | None) -> list[str]:
        found = [
            "時間は、上に示した装置、スレッド数、バージョンでの値であり、ほかの環境では比が変わる可能性がある。",
            "実行中にコンピュータがほかに何をしていたかは記録されておらず、その影響はばらつきに含まれる。",
            "どの設定もそのままの形で学習させた。学習率、エポック数、大きさを変えたときに優劣が変わるかどうかは、ここでは調べていない。",
            "この報告が示すのは測定の結果であり、その理由ではない。",
        ]
        if test_sd_points is not None:
            found.insert(
                2,
                "精度のばらつきはシード（重み、バッチの順序、データの分割）によるものであり、テストデータはどの実行でも同じである。"
                f"テストデータの数が限られていることだけによる標準偏差 √(p(1 − p)/N) は、最大の設定で {significant(test_sd_points, 2)} "
                "ポイントである。",
            )
        if any(group.repeats_seeds for group in groups):
            found.insert(
                0, "同じ設定でシードが同じ実行がある。それらの精度は独立でないため、精度のばらつきと p は小さめに出る。"
            )
        if any(len(group.completed) == 1 for group in groups):
            found.insert(0, "実行が1回だけの設定では、ばらつきがわからない。")
        return found

    def open_place(self) -> str:
        return "ここに自分の考察を書く。この欄は意図的に空けてある。"

    def questions(self, groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
        times = [c for c in comparisons if c.quantity == "time" and c.test.is_larger_than_noise]
        found = []
        if times:
            slow = faster(times[0])[1]
            found.append(
                f"{slow.label}の1エポックに、より長い時間がかかるのはなぜか。パラメータ数だけでなく、各層の出力の形にも注目すること。"
            )
        found += [
            "より速く、あるいはより正確にするには、何を何から何に変えればよいか。実際に学習させ、結果を示すこと。",
            "精度を保ったまま、モデルはどこまで小さくできるか。",
        ]
        if len(groups) > 1:
            found.append("以上から、この問題にはどちらを、どのような目的で選ぶべきか。")
        return found
