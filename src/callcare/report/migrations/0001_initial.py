import callcare.core.triggers
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('desk', '0001_squashed_0005_hours_plural'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('people_helped', 'personnes accompagnées'), ('computers_delivered', 'ordinateurs remis'), ('people_committed', 'personnes engagées')], max_length=24, verbose_name='chiffre')),
                ('desk', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='desk.desk', verbose_name='guichet')),
                ('value', models.PositiveIntegerField(verbose_name='objectif')),
                ('from_on', models.DateField(verbose_name='du')),
                ('due_on', models.DateField(verbose_name='au')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='source')),
            ],
            options={
                'verbose_name': 'objectif',
                'constraints': [models.CheckConstraint(condition=models.Q(('from_on__lt', models.F('due_on')), ('value__gt', 0)), name='target_in_order', violation_error_message='Un objectif est positif, et finit après avoir commencé.'), models.UniqueConstraint(fields=('indicator', 'desk', 'due_on'), name='target_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='TargetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='report.target')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('indicator', models.CharField(choices=[('people_helped', 'personnes accompagnées'), ('computers_delivered', 'ordinateurs remis'), ('people_committed', 'personnes engagées')], max_length=24, verbose_name='chiffre')),
                ('desk', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('value', models.PositiveIntegerField(verbose_name='objectif')),
                ('from_on', models.DateField(verbose_name='du')),
                ('due_on', models.DateField(verbose_name='au')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='source')),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'target': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "report_targetevent" ("desk_id", "due_on", "from_on", "id", "indicator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value") VALUES (NEW."desk_id", NEW."due_on", NEW."from_on", NEW."id", NEW."indicator", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."value"); RETURN NULL;', hash='4b747440bdd339b6c4c7fa79bf846175e4d119a5', operation='INSERT', pgid='pgtrigger_insert_insert_23225', table='report_target', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "report_targetevent" ("desk_id", "due_on", "from_on", "id", "indicator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value") VALUES (NEW."desk_id", NEW."due_on", NEW."from_on", NEW."id", NEW."indicator", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."value"); RETURN NULL;', hash='63470df116ed6e91183c1d400e087f341a233d84', operation='UPDATE', pgid='pgtrigger_update_update_02750', table='report_target', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "report_targetevent" ("desk_id", "due_on", "from_on", "id", "indicator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value") VALUES (OLD."desk_id", OLD."due_on", OLD."from_on", OLD."id", OLD."indicator", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."value"); RETURN NULL;', hash='7adf36b59a8f7a3723dacf28b9923c7bc8191680', operation='DELETE', pgid='pgtrigger_delete_delete_b738e', table='report_target', when='AFTER'))], 'targetevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='09dcd832524c584917c63068e5202b3dd3616641', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_25eae', table='report_targetevent', when='BEFORE'))]},
        ),
    ]
