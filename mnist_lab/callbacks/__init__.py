"""Lightning callbacks: each works in any Trainer."""

from mnist_lab.callbacks.answer_keeper import AnswerKeeper
from mnist_lab.callbacks.best_checkpoint import BestCheckpoint
from mnist_lab.callbacks.cuda_memory_guard import CudaMemoryGuard
from mnist_lab.callbacks.new_sample_writer import NewSampleWriter
from mnist_lab.callbacks.own_checkpoints import OwnCheckpoints
from mnist_lab.callbacks.prediction_writer import PredictionWriter
from mnist_lab.callbacks.run_recorder import RunRecorder
from mnist_lab.callbacks.score_curves import ScoreCurves
from mnist_lab.callbacks.step_progress_bar import StepProgressBar
from mnist_lab.callbacks.tensorboard_pages import TensorBoardPages
from mnist_lab.callbacks.training_timer import TrainingTimer

__all__ = [
    "AnswerKeeper",
    "BestCheckpoint",
    "CudaMemoryGuard",
    "NewSampleWriter",
    "OwnCheckpoints",
    "PredictionWriter",
    "RunRecorder",
    "ScoreCurves",
    "StepProgressBar",
    "TensorBoardPages",
    "TrainingTimer",
]
