import pghistory
from django.db import migrations

import callcare.core.fields
from callcare.core import clock, refs


def give_refs(apps, schema_editor):
    """Accounts opened before references: one each, as a deed of the house."""
    without = apps.get_model("accounts", "User").objects.filter(ref=None)
    if not without.exists():
        return
    name = {"verb": "account.numbered", "said": "a numéroté le compte", "by": None, "because": ""}
    with pghistory.context(**name, at=clock.now().isoformat()):
        for user in without:
            user.ref = refs.new("C")
            user.save(update_fields=["ref"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0002_ref")]

    operations = [
        migrations.RunPython(give_refs, migrations.RunPython.noop, atomic=True),
        migrations.AlterField("user", "ref", callcare.core.fields.RefField("C", unique=True)),
    ]
