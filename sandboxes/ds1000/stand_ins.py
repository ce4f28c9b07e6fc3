"""
Write stand-ins for the data that 15 problems would download while they run.

A program has no network. The answer and the reference read the same files, and
these problems' tests look at how the data was drawn or put together; one looks at
whether penguins of different species differ. So rows of the same columns,
categories and number, drawn from a fixed seed, decide the same.

Usage: `python3 stand_ins.py SEABORN_DATA SCIKIT_LEARN_DATA`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

_METHODS = (
    "Astrometry", "Eclipse Timing Variations", "Imaging", "Microlensing",
    "Orbital Brightness Modulation", "Pulsar Timing", "Pulsation Timing Variations",
    "Radial Velocity", "Transit", "Transit Timing Variations",
)  # fmt: skip


def main(seaborn: Path, scikit_learn: Path) -> None:
    """Write the tables where `seaborn.load_dataset` and scikit-learn look for them."""
    for folder in (seaborn, scikit_learn):
        folder.mkdir(parents=True)
    for name, table in _tables(np.random.default_rng(0)).items():
        table.to_csv(seaborn / f"{name}.csv", index=False)
    housing = np.random.default_rng(1).uniform(1, 1000, (20640, 9))
    joblib.dump(housing, scikit_learn / "cal_housing_py3.pkz", compress=6)


def _tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    tips = {
        "total_bill": rng.uniform(3, 50, 244).round(2),
        "tip": rng.uniform(1, 10, 244).round(2),
        "sex": rng.choice(["Female", "Male"], 244),
        "smoker": rng.choice(["No", "Yes"], 244),
        "day": rng.choice(["Sun", "Sat", "Thur", "Fri"], 244),
        "time": rng.choice(["Dinner", "Lunch"], 244),
        "size": rng.integers(1, 7, 244),
    }
    counts = [152, 68, 124]
    species = np.repeat(["Adelie", "Chinstrap", "Gentoo"], counts)
    penguins = {
        "species": species,
        "island": rng.choice(["Torgersen", "Biscoe", "Dream"], 344),
        "bill_length_mm": rng.normal(np.repeat([38.8, 48.8, 47.5], counts), 3).round(1),
        "bill_depth_mm": rng.uniform(13, 22, 344).round(1),
        "flipper_length_mm": rng.integers(172, 232, 344).astype(float),
        "body_mass_g": (rng.integers(54, 126, 344) * 50).astype(float),
        "sex": rng.choice(["Male", "Female"], 344),
    }
    planets = {
        "method": rng.choice(_METHODS, 1035),
        "number": rng.integers(1, 8, 1035),
        "orbital_period": rng.lognormal(4, 3, 1035).round(3),
        "mass": rng.uniform(0.01, 25, 1035).round(3),
        "distance": rng.uniform(1, 8500, 1035).round(2),
        "year": rng.integers(1989, 2015, 1035),
    }
    exercise = {
        "Unnamed: 0": np.arange(90),
        "id": np.repeat(np.arange(1, 31), 3),
        "diet": np.tile(np.repeat(["low fat", "no fat"], 15), 3),
        "pulse": rng.integers(80, 151, 90),
        "time": np.tile(["1 min", "15 min", "30 min"], 30),
        "kind": np.repeat(["rest", "walking", "running"], 30),
    }
    tables = {"tips": tips, "penguins": penguins, "planets": planets, "exercise": exercise}
    return {name: pd.DataFrame(columns) for name, columns in tables.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
