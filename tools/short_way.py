"""Write the short way to a new database: all tables of a part at once, instead of one change after
another. Databases of earlier versions go on by the migrations that it replaces.

Run after migrations have piled up: .venv/bin/python tools/short_way.py core cases vitals reports
"""

import os
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import django
from django.apps import apps
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]
SAID = '"""All tables at once, for a new database: what those it replaces make in turn."""\n\n'


def named(app: str, state: ModelState) -> set[tuple[str, str]]:
    """The models that a model's fields point at, itself left out."""
    found = set()
    for field in state.fields.values():
        if field.remote_field and isinstance(field.remote_field.model, str):
            label, _, name = field.remote_field.model.lower().rpartition(".")
            found.add((label or app, name))
    return found - {(app, state.name_lower)}


def short_way(app: str, loader: MigrationLoader) -> migrations.Migration:
    """One migration, a table after those it points at; CycleError where they point in a ring."""
    states = {
        state.name_lower: state
        for (label, _), state in ProjectState.from_apps(apps).models.items()
        if label == app
    }
    points = {name: named(app, state) for name, state in states.items()}
    inside = {
        name: sorted(n for label, n in points[name] if label == app) for name in sorted(points)
    }
    others = sorted({label for some in points.values() for label, _ in some} - {app})
    replaced = sorted(name for label, name in loader.disk_migrations if label == app)
    made = type("Migration", (migrations.Migration,), {"initial": True})
    way = made(f"0001_squashed_{replaced[-1]}", app)
    way.replaces = [(app, name) for name in replaced]
    way.dependencies = [loader.graph.leaf_nodes(label)[0] for label in others]
    way.operations = [created(states[name]) for name in TopologicalSorter(inside).static_order()]
    if app == "cases":  # the one thing that no model can say
        from gongbi.cases.search.tables import drop_marks, index_marks

        way.operations.append(migrations.RunPython(index_marks, drop_marks))
    return way


def created(state: ModelState) -> migrations.CreateModel:
    """A table with its indexes and rules."""
    options = {name: said for name, said in state.options.items() if said not in ([], {})}
    fields = list(state.fields.items())
    return migrations.CreateModel(state.name, fields, options, state.bases, state.managers)


def main(parts: list[str]) -> None:
    """Take the old short ways away, and write new ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongbi.config.settings_test")
    folders = {part: ROOT / "src" / "gongbi" / part / "migrations" for part in parts}
    for folder in folders.values():
        for old in folder.glob("0001_squashed_*.py"):
            old.unlink()
    django.setup()
    translation.deactivate_all()  # Django's own fields have names in the city's language
    loader = MigrationLoader(None)
    for part, folder in folders.items():
        way = short_way(part, loader)
        writer = MigrationWriter(way, include_header=False)
        (folder / f"{way.name}.py").write_text(SAID + writer.as_string())
        print(f"{part}: {len(way.operations)} steps instead of those of {len(way.replaces)} files")


if __name__ == "__main__":
    main(sys.argv[1:])
