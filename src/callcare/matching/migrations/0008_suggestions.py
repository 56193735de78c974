"""The pairs the round of the night raised, and the rounds themselves."""

import callcare.core.clock
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from callcare.core.keys import same_desk


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0006_closed_in_order'),
        ('desk', '0011_mail_back'),
        ('matching', '0007_revisions'),
        ('needs', '0005_closed_in_order'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoundEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('on', models.DateField(verbose_name='jour')),
                ('started_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='commencée le')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finie le')),
                ('needs', models.PositiveIntegerField(default=0, verbose_name='lignes de besoin regardées')),
                ('kept', models.PositiveIntegerField(default=0, verbose_name='pistes retenues')),
                ('raised', models.PositiveIntegerField(default=0, verbose_name='pistes nouvelles')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score, en dixièmes')),
                ('step', models.PositiveSmallIntegerField(verbose_name='palier de dix points')),
                ('quantity', models.PositiveBigIntegerField(verbose_name='quantité couverte')),
                ('is_announced', models.BooleanField(default=False, verbose_name='à confirmer d’abord')),
                ('news', models.CharField(choices=[('new', 'nouvelle'), ('better', 'meilleure qu’avant'), ('more', 'couvre davantage'), ('sure', 'confirmée depuis')], default='new', max_length=9, verbose_name='nouveauté')),
                ('raised_on', models.DateField(verbose_name='proposée le')),
                ('seen_on', models.DateField(verbose_name='retrouvée le')),
                ('is_current', models.BooleanField(default=True, verbose_name='retenue par la dernière tournée')),
            ],
            options={
                'verbose_name': 'piste',
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='jour')),
                ('started_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='commencée le')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finie le')),
                ('needs', models.PositiveIntegerField(default=0, verbose_name='lignes de besoin regardées')),
                ('kept', models.PositiveIntegerField(default=0, verbose_name='pistes retenues')),
                ('raised', models.PositiveIntegerField(default=0, verbose_name='pistes nouvelles')),
            ],
            options={
                'verbose_name': 'tournée',
                'indexes': [models.Index(fields=['-started_at'], name='round_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('finished_at', None), ('finished_at__gte', models.F('started_at')), _connector='OR'), name='round_in_order')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_roundevent" ("finished_at", "id", "kept", "needs", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised", "started_at") VALUES (NEW."finished_at", NEW."id", NEW."kept", NEW."needs", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."raised", NEW."started_at"); RETURN NULL;', hash='fe69337a9979a2c48856c96b18a0cfd9955d1754', operation='INSERT', pgid='pgtrigger_insert_insert_9f33e', table='matching_round', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_roundevent" ("finished_at", "id", "kept", "needs", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised", "started_at") VALUES (NEW."finished_at", NEW."id", NEW."kept", NEW."needs", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."raised", NEW."started_at"); RETURN NULL;', hash='82d6b5965ba0dd642314675fc0653dcfc4f12d91', operation='UPDATE', pgid='pgtrigger_update_update_b2e9f', table='matching_round', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_roundevent" ("finished_at", "id", "kept", "needs", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised", "started_at") VALUES (OLD."finished_at", OLD."id", OLD."kept", OLD."needs", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."raised", OLD."started_at"); RETURN NULL;', hash='b4a075318c65d13e5f92b9bafb966192898fc5fc', operation='DELETE', pgid='pgtrigger_delete_delete_7e7ea', table='matching_round', when='AFTER')),
        ),
        migrations.AddField(
            model_name='roundevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='roundevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.round'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='commitment_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='commitments.commitmentline', verbose_name='ligne d’engagement'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='desk',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.desk', verbose_name='guichet'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='need_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='needs.needline', verbose_name='ligne de besoin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e90920514e7f17ec4316d0cbe67a77fd966fb1f0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7c76d', table='matching_roundevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(condition=models.Q(('is_current', True)), fields=['desk', 'raised_on'], name='suggestion_shown'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(fields=['seen_on'], name='suggestion_seen'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.UniqueConstraint(fields=('need_line', 'commitment_line'), name='suggestion_once'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.CheckConstraint(condition=models.Q(('raised_on__lte', models.F('seen_on'))), name='suggestion_in_order'),
        ),
        same_desk("matching_suggestion", "need_line_id", "needs_needline"),
    ]
