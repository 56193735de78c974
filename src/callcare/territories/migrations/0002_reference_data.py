"""Communes are read from a file, never typed: the row history would only copy the file, 35,000 rows at a time."""

import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('territories', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='postcode',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='postcode',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='postcode',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='territory',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='territory',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='territory',
            name='delete_delete',
        ),
        migrations.RemoveField(
            model_name='postcodeevent',
            name='commune',
        ),
        migrations.RemoveField(
            model_name='postcodeevent',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='postcodeevent',
            name='pgh_obj',
        ),
        migrations.RemoveField(
            model_name='territoryevent',
            name='departement',
        ),
        migrations.RemoveField(
            model_name='territoryevent',
            name='epci',
        ),
        migrations.RemoveField(
            model_name='territoryevent',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='territoryevent',
            name='pgh_obj',
        ),
        migrations.RemoveField(
            model_name='territoryevent',
            name='region',
        ),
        migrations.DeleteModel(
            name='PostCodeEvent',
        ),
        migrations.DeleteModel(
            name='TerritoryEvent',
        ),
    ]
