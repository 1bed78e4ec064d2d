"""ClassificationDataModule: one data set, split, standardised and served as batches, for every model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import torch
from lightning.pytorch import LightningDataModule, Trainer
from torch import Tensor

from mnist_lab.data.batches import BatchBlocks, InMemoryBatches
from mnist_lab.data.description import DataDescription
from mnist_lab.data.fallback import prepare_or_stand_in, stand_in
from mnist_lab.data.missing import check_mean, filled
from mnist_lab.data.mnist import MNIST
from mnist_lab.data.order import SequentialOrder, ShuffledOrder
from mnist_lab.data.placement import Memory, keep_on
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.data.standardisation import Standardisation
from mnist_lab.data.stratified import negative_seed
from mnist_lab.data.text_encoding import Categories, TableInputs, TextEncoding
from mnist_lab.data.validation_split import cut_validation
from mnist_lab.data.value_facts import facts_of_rows, unseen_texts
from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.seams.lightning_seam import batches_per_call, block_borders_every

Split = Literal["train", "val", "test"]


class ClassificationDataModule(LightningDataModule):
    """Loads a data set whole, cuts validation from its training part, and cuts batches out of memory by index.

    Samples go to the training device when the dataloaders are asked for, not in ``setup``: a memory limit that a
    callback sets in its own ``setup`` then stands before the first tensor is there.

    Args:
        source: Where the samples come from. None: MNIST in ``data``.
        fallback: Steps in where the source is neither on disk nor to be had; None makes that an error.
        batch_size: Training samples a step and process.
        eval_batch_size: Samples a batch in validation, test and prediction; has no influence on results.
        val_fraction: Part of the training set that validates; a twelfth is MNIST's customary 5,000 of 60,000.
        seed: Chooses the validation samples and the order of training.
        memory: Where samples are kept: ``device`` that trains, ``host``, or ``auto`` (the device when they fit).

    Raises:
        UsageError: If a value is outside what is allowed.
    """

    def __init__(
        self,
        source: Source | None = None,
        fallback: Source | None = None,
        *,
        batch_size: int = 64,
        eval_batch_size: int = 1000,
        val_fraction: float = 1 / 12,
        seed: int = 0,
        memory: Memory = "auto",
    ) -> None:
        super().__init__()
        for name, size in (("batch_size", batch_size), ("eval_batch_size", eval_batch_size)):
            if size < 1:
                raise UsageError(
                    say(
                        "data.{name}: {size} is not a batch size; give 1 or more.",
                        "data.{name}：{size} はバッチサイズにできません。1 以上を指定してください。",
                        name=name,
                        size=size,
                    )
                )
        if not 0 < val_fraction < 1:
            raise UsageError(
                say(
                    "data.val_fraction: {fraction} is not between 0 and 1; a twelfth is customary.",
                    "data.val_fraction：{fraction} は 0 と 1 の間にありません。通常は 12 分の 1 です。",
                    fraction=val_fraction,
                )
            )
        if seed < 0:
            raise UsageError(negative_seed("data.seed", seed))
        if memory not in get_args(Memory):
            raise UsageError(
                say(
                    "data.memory: {memory!r} is unknown; give one of {allowed}.",
                    "data.memory：{memory!r} は使えません。{allowed} のいずれかを指定してください。",
                    memory=memory,
                    allowed=", ".join(get_args(Memory)),
                )
            )
        self.source = MNIST() if source is None else source
        self.fallback = fallback
        self.batch_size = batch_size
        self.eval_batch_size = eval_batch_size
        self.val_fraction = val_fraction
        self.seed = seed
        self.memory: Memory = memory
        self._used: Source | None = None
        self._cut: dict[Split, Samples] = {}  # as the source gives them: texts as codes, gaps as NaN
        self._splits: dict[Split, Samples] = {}
        self._encoding: TextEncoding | None = None
        self._standardisation: Standardisation | None = None
        self._asked: Samples | None = None
        self._learned: tuple[Sequence[float], Sequence[float]] | None = None
        self._placed: dict[tuple[Split, torch.device], Samples] = {}

    @property
    def used_source(self) -> Source:
        """The source in use: the fallback once it has stepped in, before that the one asked for."""
        return self.source if self._used is None else self._used

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample, ``(1, 28, 28)`` or ``(features,)``; known before any data is fetched.

        Of a table with texts among its inputs, the training split has to be looked at.
        """
        encoding = self._encoding_of(self.source)
        return self.source.input_shape if encoding is None else (len(encoding.feature_names),)

    @property
    def num_classes(self) -> int:
        """Number of classes; known before any data is fetched."""
        return self.source.num_classes

    @property
    def class_names(self) -> list[str]:
        """Names of the classes of the data in use, in the order of the labels."""
        return self.used_source.class_names

    @property
    def feature_names(self) -> list[str] | None:
        """Names of the features of a table, those of texts as ``island=Biscoe``; None where they have no names."""
        encoding = self._encoding_of(self.used_source)
        return self.used_source.feature_names if encoding is None else encoding.feature_names

    @property
    def dataset_name(self) -> str:
        """Name of the data in use; final after ``prepare_data`` or ``setup``."""
        return self.used_source.name

    @property
    def fell_back(self) -> bool:
        """Whether the fallback stepped in."""
        return self.used_source is not self.source

    @property
    def standardisation(self) -> Standardisation:
        """Mean and standard deviation of the training split; after ``setup``."""
        assert self._standardisation is not None, "setup() comes first"
        return self._standardisation

    def prepare_data(self) -> None:
        """Bring the data to disk; where that fails, let the fallback step in, with a warning box.

        Raises:
            DataUnavailableError: If the data cannot be had and no fallback fits.
            DataError: If the data is damaged or its folder cannot be written.
        """
        if self._used is None:
            self._used = prepare_or_stand_in(self.source, self.fallback)

    def prepare_as(self, *, fell_back: bool) -> None:
        """Bring to disk what another process of the same training uses.

        Args:
            fell_back: Whether the fallback stepped in there.

        Raises:
            DataUnavailableError: If that data cannot be had here.
            DataError: If it is damaged or its folder cannot be written.
        """
        if self._used is None:
            used = self.fallback if fell_back else self.source
            assert used is not None, "all processes of a training have one config"
            used.prepare()
            self._used = used

    def setup(self, stage: str | None = None) -> None:
        """Load and split the data, once, on the CPU; every stage needs the training split's mean.

        Raises:
            DataError: If the data is missing or damaged.
            UsageError: If the batch size or the validation part does not suit the number of samples.
        """
        if self._splits:
            return
        if self._used is None:
            # Another process has prepared the data; what lies on disk tells how that ended.
            on_disk = self.source.is_on_disk()
            self._used = self.source if on_disk else stand_in(self.source, self.fallback, self._missing())
        self._load(self._used)
        train = self._cut["train"]
        if self.batch_size > len(train):
            raise UsageError(
                say(
                    "data.batch_size: {size} is larger than the training split of {name}; give at most {most}.",
                    "data.batch_size：{size} は {name} の学習用データより大きい値です。{most} 以下を指定してください。",
                    size=self.batch_size,
                    name=self.dataset_name,
                    most=len(train),
                )
            )
        self._make_inputs(self._used)

    def learned_as(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        categories: Categories | None = None,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        """Make the inputs as another training split's: a trained network wants them as it learned them.

        Before ``setup`` or after it. Data that have other features keep their own inputs; they do not fit the network.

        Args:
            mean: As ``describe`` gives it: one for all pixels, or one a feature; in stored units. It also takes the
                place of missing values.
            std: Likewise.
            categories: Likewise: by column, the texts that the training split had.
            feature_names: Likewise.
        """
        used = self.used_source
        learned = TextEncoding(tuple(used.feature_names or ()), categories or {})
        if feature_names is not None and learned.feature_names != feature_names:
            return
        if categories:
            used.take_as_texts(categories)
            self._encoding = learned
        self._learned = (mean, std)
        if self._splits:
            if categories:
                self._cut = {}
                self._load(used)
            self._make_inputs(used)

    def samples(self, split: Split) -> Samples:
        """Return a split on the CPU, as stored (pictures as bytes); after ``setup``."""
        return self._splits[split]

    def train_dataloader(self) -> InMemoryBatches:
        """Batches of the training split, in a new order each epoch (a fixed one under ``overfit_batches``).

        A loop that takes several batches to a call gets them in blocks.
        """
        rank, world_size = self._process()
        count = len(self.samples("train"))
        order: ShuffledOrder | SequentialOrder
        if getattr(self.trainer, "overfit_batches", 0) > 0:
            order = SequentialOrder(count, rank, world_size, equal_shares=True)
        else:
            order = ShuffledOrder(count, self.seed, rank, world_size)
        if self.trainer is not None and (at_once := batches_per_call(self.trainer)) > 1:
            return self._blocks(self.trainer, order, at_once)
        return self._batches("train", self.batch_size, order)

    def val_dataloader(self) -> InMemoryBatches:
        """Batches of the validation split, each sample once."""
        return self._evaluation("val")

    def test_dataloader(self) -> InMemoryBatches:
        """Batches of the official test set, each sample once."""
        return self._evaluation("test")

    def predict_dataloader(self) -> InMemoryBatches:
        """Batches of the official test set, in its order; or of what ``ask_about`` has given."""
        if self._asked is None:
            return self._evaluation("test")
        order = SequentialOrder(len(self._asked), *self._process())
        return InMemoryBatches(self._asked, self.standardisation, self.eval_batch_size, order)

    def ask_about(self, new: Tensor | TableInputs) -> None:
        """Have ``predict_dataloader`` give new inputs in place of the test set.

        Args:
            new: As stored, ``(N, *input_shape)``, or rows of a table before texts and gaps are made into numbers; their
                labels are not known, and given as 0.
        """
        inputs = new if isinstance(new, Tensor) else new.values
        if isinstance(new, TableInputs):
            if (encoding := self._encoding_of(self.used_source)) is not None:
                inputs = new.encode(inputs, encoding)
            inputs = filled(inputs, self.standardisation.mean)
        self._asked = Samples(inputs, torch.zeros(len(inputs), dtype=torch.int64))

    def facts_of(self, new: TableInputs) -> dict[str, Any]:
        """Say of new rows what ``describe`` says of values: what is missing, and texts that no training sample has."""
        return facts_of_rows(new, self._encoding_of(self.used_source))

    def describe(self) -> DataDescription:
        """Say which data this is; after ``setup``."""
        used = self.used_source
        return DataDescription(
            name=used.name,
            requested_name=self.source.name,
            fell_back=self.fell_back,
            location=used.location,
            settings=used.settings(),
            sha256=used.sha256,
            input_shape=list(self._splits["train"].inputs.shape[1:]),
            feature_names=self.feature_names,
            class_names=used.class_names,
            split_sizes={name: len(samples) for name, samples in self._splits.items()},
            class_counts={name: samples.class_counts(used.num_classes) for name, samples in self._splits.items()},
            mean=self.standardisation.mean.flatten().tolist(),
            std=self.standardisation.std.flatten().tolist(),
            seed=self.seed,
            categories={}
            if self._encoding is None
            else {name: list(texts) for name, texts in self._encoding.categories.items()},
            missing=None if used.missing_values is None else used.missing_values.to_dict(),
            unseen=unseen_texts(self._cut, used.text_inputs, self._encoding),
        )

    def _load(self, source: Source) -> None:
        """Load and split, once."""
        if not self._cut:
            training_set, test = source.load()
            train, val = cut_validation(training_set, self.val_fraction, self.seed)
            self._cut = {"train": train, "val": val, "test": test}

    def _encoding_of(self, source: Source) -> TextEncoding | None:
        """Return how texts become inputs, learned on the training split unless given; None without texts."""
        inputs = source.text_inputs
        if inputs is not None and self._encoding is None:
            self._load(source)
            self._encoding = inputs.learn(self._cut["train"].inputs)
        return None if inputs is None else self._encoding

    def _make_inputs(self, source: Source) -> None:
        """Turn texts into columns, measure the training split, and put its mean where a value is missing.

        Raises:
            DataError: There is nothing to take the mean of.
        """
        splits, inputs, encoding = self._cut, source.text_inputs, self._encoding_of(source)
        if inputs is not None and encoding is not None:
            splits = {
                name: Samples(inputs.encode(samples.inputs, encoding), samples.labels)
                for name, samples in splits.items()
            }
        self._standardisation = Standardisation.of(splits["train"].inputs)
        if self._learned is not None:
            self._standardisation = self._standardisation.replaced(*self._learned)
        mean = self._standardisation.mean
        check_mean(mean, self.feature_names)
        self._splits = {name: Samples(filled(samples.inputs, mean), samples.labels) for name, samples in splits.items()}
        self._placed = {}

    def _missing(self) -> str:
        return say(
            "{name} is not in {location}",
            "{name} が {location} にありません",
            name=self.source.name,
            location=self.source.said_location,
        )

    def _process(self) -> tuple[int, int]:
        if self.trainer is None:
            return 0, 1
        return self.trainer.global_rank, self.trainer.world_size

    def _evaluation(self, split: Split) -> InMemoryBatches:
        rank, world_size = self._process()
        return self._batches(split, self.eval_batch_size, SequentialOrder(len(self.samples(split)), rank, world_size))

    def _batches(self, split: Split, batch_size: int, order: ShuffledOrder | SequentialOrder) -> InMemoryBatches:
        return InMemoryBatches(self._place(split), self.standardisation, batch_size, order)

    def _blocks(self, trainer: Trainer, order: ShuffledOrder | SequentialOrder, batches_per_block: int) -> BatchBlocks:
        """Return blocks that end where the trainer's limits on batches and steps do."""
        limit = trainer.limit_train_batches
        return BatchBlocks(
            self._place("train"),
            self.standardisation,
            self.batch_size,
            order,
            batches_per_block=batches_per_block,
            borders_every=block_borders_every(trainer),
            num_batches=limit if isinstance(limit, int) else None,
            steps_left=lambda: None if trainer.max_steps < 0 else trainer.max_steps - trainer.global_step,
        )

    def _place(self, split: Split) -> Samples:
        """Put a split where it is kept, once for each device."""
        samples = self.samples(split)
        trains_on = torch.device("cpu") if self.trainer is None else self.trainer.strategy.root_device
        if (split, trains_on) not in self._placed:
            self._placed[split, trains_on] = samples.to(keep_on(samples.size_bytes, trains_on, self.memory))
        return self._placed[split, trains_on]
