"""Makes the small data sets beside it, which were invented for this project: ``python configs/data/make_data.py``.

The same files come out each time. What they are made of is written here and nowhere else, so that whoever trains on
them can look up the truth.
"""

from __future__ import annotations

import csv
import io
import json
import math
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

ANIMALS_OF_A_KIND = 80
# Mean and standard deviation of the height in cm and of the weight in kg; the two are drawn apart from each other.
ANIMALS = {"イヌ": ((52.0, 7.0), (19.0, 4.5)), "サル": ((57.0, 6.0), (9.5, 2.0)), "キジ": ((30.0, 4.0), (1.1, 0.2))}

# One number tells them apart, nearly: heights in cm of a dog of middle size, a monkey sitting and a pheasant.
HEIGHTS_OF_A_KIND = 100
HEIGHTS = {"イヌ": (42.0, 4.0), "サル": (60.0, 4.5), "キジ": (25.0, 3.0)}

ROWS_OF_A_FISH = 60
# Length in cm and weight in g, drawn apart from each other, and the share that was caught in the north; in every so
# many rows a value was not written down.
FISH = {
    "アジ": ((25.0, 4.0), (180.0, 40.0), 0.3),
    "サバ": ((33.0, 4.0), (260.0, 60.0), 0.8),
    "イワシ": ((19.0, 3.0), (90.0, 25.0), 0.5),
}
GAP_EVERY = {"length_cm": 23, "weight_g": 31, "sex": 17}

FORECASTS = 120
# Chance of rain in per cent about which that of a weather lies, and the highest temperature in degrees likewise.
WEATHERS = {
    "晴れ": ("100", 5, 29.0),
    "くもり\u3000時々\u3000晴れ": ("201", 25, 26.0),
    "くもり": ("200", 45, 23.0),
    "雨": ("300", 80, 20.0),
}
WINDS = ("北の風", "南の風", "東の風\u3000後\u3000南の風", "西の風\u3000やや強く")
AREA = {"name": "架空市", "code": "990000"}
JAPAN = timezone(timedelta(hours=9))

SHAPES = ("circle", "square", "triangle")
# Radians by which the first corner is turned from the right: upright shapes; each is tilted a little more by chance.
TURNED = {"square": math.pi / 4, "triangle": -math.pi / 2}
PICTURES_OF_A_SHAPE = 80
PICTURE_PIXELS = 28
_FINER = 8


def animals() -> bytes:
    """Return the table of animals: kind, height, weight."""
    chance = random.Random(1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["animal", "height_cm", "weight_kg"])
    for _ in range(ANIMALS_OF_A_KIND):
        for kind, (height, weight) in ANIMALS.items():
            writer.writerow([kind, f"{_positive(chance, *height):.1f}", f"{_positive(chance, *weight):.2f}"])
    return text.getvalue().encode()


def heights() -> bytes:
    """Return the table of one-dimensional classes: kind, height."""
    chance = random.Random(4)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["animal", "height_cm"])
    for _ in range(HEIGHTS_OF_A_KIND):
        for kind, height in HEIGHTS.items():
            writer.writerow([kind, f"{_positive(chance, *height):.1f}"])
    return text.getvalue().encode()


def fish() -> bytes:
    """Return a table with texts among its inputs, and with gaps: kind, sea, sex, length, weight."""
    chance = random.Random(6)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["fish", "sea", "sex", "length_cm", "weight_g"], lineterminator="\n")
    writer.writeheader()
    for number in range(ROWS_OF_A_FISH * len(FISH)):
        kind = list(FISH)[number % len(FISH)]
        length, weight, in_the_north = FISH[kind]
        row = {
            "fish": kind,
            "sea": "北の海" if chance.random() < in_the_north else "南の海",
            "sex": chance.choice(["オス", "メス"]),
            "length_cm": f"{_positive(chance, *length):.1f}",
            "weight_g": f"{_positive(chance, *weight):.0f}",
        }
        gaps = {name: "" for name, every in GAP_EVERY.items() if number % every == every - 1}
        writer.writerow(row | gaps)
    return text.getvalue().encode()


def forecasts() -> bytes:
    """Return forecasts in the shape of the Japan Meteorological Agency's, for a town that does not exist.

    The agency publishes each as a list of two parts, three days and the week; here these lists are put together.
    """
    chance, of_week = random.Random(2), random.Random(5)
    first = datetime(2024, 4, 1, 17, tzinfo=JAPAN)
    days = [first + timedelta(days=day) for day in range(FORECASTS)]
    entries = [part for day in days for part in (_forecast(chance, day), _week(of_week, day))]
    lines = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def shapes() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each picture: one bright shape, tilted, moved and sized by chance."""
    chance = random.Random(3)
    for number in range(PICTURES_OF_A_SHAPE):
        for shape in SHAPES:
            file = io.BytesIO()
            _drawn(chance, shape).save(file, "PNG", optimize=True)
            yield f"shapes/{shape}/{number:02}.png", file.getvalue()


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the name, relative to this folder, and the content of every file."""
    yield "animals.csv", animals()
    yield "dog_monkey_pheasant.csv", heights()
    yield "fish.csv", fish()
    yield "forecast.json", forecasts()
    yield from shapes()


def _positive(chance: random.Random, mean: float, deviation: float) -> float:
    return max(chance.gauss(mean, deviation), mean / 10)


def _forecast(chance: random.Random, issued: datetime) -> dict[str, Any]:
    """Return one forecast, for today and two days more; of tomorrow there are the chances of rain and temperatures."""
    days = [issued.replace(hour=0) + timedelta(days=day) for day in range(3)]
    six_hours = [days[1] - timedelta(hours=6) + timedelta(hours=6 * part) for part in range(5)]
    weathers = [chance.choice(list(WEATHERS)) for _ in days]
    sky = {
        "area": AREA,
        "weatherCodes": [WEATHERS[weather][0] for weather in weathers],
        "weathers": weathers,
        "winds": [chance.choice(WINDS) for _ in days],
        "waves": [f"{chance.randint(1, 4) / 2}メートル" for _ in days],
    }
    rain = {"area": AREA, "pops": [_rain(chance, weathers[0]), *(_rain(chance, weathers[1]) for _ in range(4))]}
    temperatures = {"area": AREA, "temps": _temperatures(chance, weathers[1])}
    return {
        "note": "Made up for mnist_lab: no forecast of anything.",
        "publishingOffice": "架空気象台",
        "reportDatetime": issued.isoformat(),
        "timeSeries": [
            {"timeDefines": [issued.isoformat(), *map(_iso, days[1:])], "areas": [sky]},
            {"timeDefines": [*map(_iso, six_hours)], "areas": [rain]},
            {"timeDefines": [_iso(days[1]), _iso(days[1] + timedelta(hours=9))], "areas": [temperatures]},
        ],
    }


def _week(chance: random.Random, issued: datetime) -> dict[str, Any]:
    """Return the second part: seven days from tomorrow, of which the first stands in the first part."""
    days = [_iso(issued.replace(hour=0) + timedelta(days=day)) for day in range(1, 8)]
    weathers = [chance.choice(list(WEATHERS)) for _ in days]
    temperatures = [_temperatures(chance, weather) for weather in weathers[1:]]
    sky = {
        "area": AREA,
        "weatherCodes": [WEATHERS[weather][0] for weather in weathers],
        "pops": ["", *(_rain(chance, weather) for weather in weathers[1:])],
        "reliabilities": ["", "", *(chance.choice("ABC") for _ in weathers[2:])],
    }
    heat = {
        "area": AREA,
        "tempsMin": ["", *(lowest for lowest, _ in temperatures)],
        "tempsMax": ["", *(highest for _, highest in temperatures)],
    }
    return {
        "publishingOffice": "架空気象台",
        "reportDatetime": _iso(issued),
        "timeSeries": [{"timeDefines": days, "areas": [sky]}, {"timeDefines": days, "areas": [heat]}],
    }


def _iso(time: datetime) -> str:
    return time.isoformat()


def _rain(chance: random.Random, weather: str) -> str:
    """Return a chance of rain in steps of ten per cent, as text, like the agency's."""
    return str(min(max(round(chance.gauss(WEATHERS[weather][1], 10) / 10) * 10, 0), 100))


def _temperatures(chance: random.Random, weather: str) -> list[str]:
    """Return the lowest and the highest temperature in degrees."""
    highest = chance.gauss(WEATHERS[weather][2], 2)
    return [str(round(highest - chance.uniform(5, 9))), str(round(highest))]


def _drawn(chance: random.Random, shape: str) -> Image.Image:
    """Draw a shape at several times its size and shrink it, which smooths its edge."""
    side = PICTURE_PIXELS * _FINER
    picture = Image.new("L", (side, side), chance.randint(0, 60))
    radius = chance.uniform(0.28, 0.4) * side
    centre = [side / 2 + chance.uniform(-1, 1) * (side / 2 - radius - _FINER) for _ in range(2)]
    brightness = chance.randint(150, 255)
    draw = ImageDraw.Draw(picture)
    if shape == "circle":
        draw.ellipse([place + sign * radius for sign in (-1, 1) for place in centre], fill=brightness)
    else:
        corners = {"square": 4, "triangle": 3}[shape]
        first = TURNED[shape] + chance.uniform(-0.25, 0.25)
        angles = [first + math.tau * corner / corners for corner in range(corners)]
        points = [(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles]
        draw.polygon(points, fill=brightness)
    return picture.resize((PICTURE_PIXELS, PICTURE_PIXELS), Image.Resampling.BOX)


def main() -> None:
    """Write every file."""
    folder = Path(__file__).resolve().parent
    written = 0
    for name, content in files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written += len(content)
    sys.stdout.write(f"{written:,} bytes in {folder}\n")


if __name__ == "__main__":
    main()
