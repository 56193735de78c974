"""All the triggers of an app in one step of a migration."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger


class AddTriggers(Operation):
    """What pgtrigger's own `AddTrigger` does, for every model of an app at once.

    A trigger changes nothing in what Django knows of a model, yet `AddTrigger` makes Django build that model and all
    its neighbours anew, each time: 130 triggers were half of the time a new database took. Here nothing is built.
    """

    def __init__(self, triggers: dict[str, list[Trigger]]) -> None:
        self.triggers = triggers

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"triggers": self.triggers}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for name, triggers in self.triggers.items():
            options = state.models[app_label, name].options
            options["triggers"] = [*options.get("triggers", []), *triggers]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._each():
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._each():
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def _each(self) -> list[Trigger]:
        return [trigger for triggers in self.triggers.values() for trigger in triggers]

    def describe(self) -> str:
        return f"Create the triggers of {', '.join(self.triggers)}"
