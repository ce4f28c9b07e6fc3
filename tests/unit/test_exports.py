"""Runs for other tools, read back with those tools where they are installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.results import solved, write_run
from ucb import exports
from ucb.errors import ConfigError, Incomplete


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of one benchmark with two samples per problem."""
    texts = {("t", 0, 0): "half a \ud800 character"}
    return write_run(tmp_path / "r", {"t": [[True, False], [True, True]]}, texts=texts)


def test_rows_are_flat_and_sorted(run: Path) -> None:
    """One row per sample with what was written, what came of it and what it took."""
    rows = list(exports.rows(run))
    assert [(row["problem"], row["sample"], row["passed"]) for row in rows] == [
        ("p/0", 0, True), ("p/0", 1, False), ("p/1", 0, True), ("p/1", 1, True),
    ]  # fmt: skip
    assert rows[0]["text"] == "half a \\ud800 character"
    assert rows[1]["reason"] == "wrong answer"
    assert rows[1]["tokens_out"] == 50


def test_parquet_comes_back(run: Path, tmp_path: Path) -> None:
    """Parquet holds every row with its types, also for columns that are empty here."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    assert exports.write_parquet(run, tmp_path / "deep" / "r.parquet") == 4
    table = parquet.read_table(tmp_path / "deep" / "r.parquet")
    assert table.to_pylist() == list(exports.rows(run))
    assert [str(table.schema.field(n).type) for n in ("passed", "sample", "cost", "code")] == [
        "bool", "int64", "double", "string",
    ]  # fmt: skip


def test_parquet_is_written_a_part_at_a_time(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many rows only some are in memory; nothing of them is lost at the seams."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    monkeypatch.setattr(exports, "_ROW_GROUP", 3)
    assert exports.write_parquet(run, tmp_path / "r.parquet") == 4
    assert parquet.read_metadata(tmp_path / "r.parquet").num_row_groups == 2
    assert parquet.read_table(tmp_path / "r.parquet").to_pylist() == list(exports.rows(run))


def test_pandas_gets_the_same_rows(run: Path) -> None:
    """A data frame for notebooks."""
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = exports.frame(run)
    assert frame.groupby("problem")["passed"].mean().to_dict() == {"p/0": 0.5, "p/1": 1.0}


def test_lm_evals_format_has_its_keys_and_our_figures(run: Path, tmp_path: Path) -> None:
    """`metric,filter` with the mean, its standard error, and what was run."""
    exports.write_lm_eval(run, tmp_path / "results.json")
    data = json.loads((tmp_path / "results.json").read_text())
    assert data["results"]["t"]["alias"] == "t"
    assert data["results"]["t"]["pass@1,none"] == pytest.approx(0.75)
    assert data["results"]["t"]["pass@1_stderr,none"] == pytest.approx(0.25)
    assert data["results"]["t"]["pass@2,none"] == 1.0
    assert data["higher_is_better"]["t"] == {"pass@1": True, "pass@2": True}
    assert data["n-samples"]["t"] == {"original": 2, "effective": 2}
    assert data["versions"] == {"t": 1}


@pytest.mark.filterwarnings("ignore")  # The library's own.
def test_lm_evals_own_table_reads_it(run: Path) -> None:
    """The harness prints our results as it prints its own."""
    pytest.importorskip("pytablewriter", reason="lm-eval is not installed")
    utils = pytest.importorskip("lm_eval.utils", reason="lm-eval is not installed")
    table = utils.make_table(exports.lm_eval(run))
    assert "|t" in table
    assert "0.75" in table


@pytest.mark.filterwarnings("ignore")  # The library's own.
def test_wandb_takes_a_run(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the real library writes a run with the scores in its summary."""
    pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    assert exports.log_wandb(run, "ucb-test")
    (file,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    assert b"t/pass@1" in file.read_bytes()


@pytest.mark.filterwarnings("ignore")  # MLflow's own, of what it is built on.
def test_mlflow_takes_a_run(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real library stores parameters, metrics and files, and gives them back."""
    mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    stored = mlflow.get_run(exports.log_mlflow(run, "ucb-test"))
    assert stored.data.metrics["t/pass_at_1"] == pytest.approx(0.75)
    assert stored.data.params["model"] == "org/tiny"
    assert [file.path for file in mlflow.MlflowClient().list_artifacts(stored.info.run_id)] == [
        "run.json"
    ]


def test_figures_have_their_intervals(run: Path) -> None:
    """What a tracker plots: rates with both ends, and what the run took."""
    found = exports.figures(exports.read(run))
    assert found["t/pass@1_low"] < found["t/pass@1"] < found["t/pass@1_high"]
    assert found["t/tokens_per_second"] == 25.0


def test_an_incomplete_run_is_not_exported(tmp_path: Path) -> None:
    """Other tools have no place to say that rows are missing."""
    folder = write_run(tmp_path / "r", {"t": solved(1, 2)}, about={"tasks": {"t": {"problems": 3}}})
    with pytest.raises(Incomplete, match="1 verdicts of t are missing"):
        exports.lm_eval(folder)


def test_a_missing_library_is_a_sentence(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which package is missing and how to get it."""
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    with pytest.raises(ConfigError, match=r"wandb is not installed\. Run `pip install wandb`"):
        exports.log_wandb(run, "p")
