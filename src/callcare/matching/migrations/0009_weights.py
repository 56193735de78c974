"""The weights of the score: one set in force, those before kept."""

import callcare.core.clock
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0008_suggestions'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Weights',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('covers', models.PositiveSmallIntegerField(verbose_name='couvre la demande')),
                ('near', models.PositiveSmallIntegerField(verbose_name='proximité')),
                ('urgent', models.PositiveSmallIntegerField(verbose_name='urgence')),
                ('waiting', models.PositiveSmallIntegerField(verbose_name='attente')),
                ('fair', models.PositiveSmallIntegerField(verbose_name='équité entre demandeurs')),
                ('fresh', models.PositiveSmallIntegerField(verbose_name='confirmation récente')),
                ('rest', models.PositiveSmallIntegerField(verbose_name='repos des contributeurs')),
                ('specific', models.PositiveSmallIntegerField(verbose_name='sur mesure')),
                ('is_in_force', models.BooleanField(default=True, verbose_name='en vigueur')),
                ('set_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='fixées le')),
                ('because', models.CharField(max_length=200, verbose_name='motif')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
            ],
            options={
                'verbose_name': 'pondérations',
                'verbose_name_plural': 'pondérations',
            },
        ),
        migrations.CreateModel(
            name='WeightsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('covers', models.PositiveSmallIntegerField(verbose_name='couvre la demande')),
                ('near', models.PositiveSmallIntegerField(verbose_name='proximité')),
                ('urgent', models.PositiveSmallIntegerField(verbose_name='urgence')),
                ('waiting', models.PositiveSmallIntegerField(verbose_name='attente')),
                ('fair', models.PositiveSmallIntegerField(verbose_name='équité entre demandeurs')),
                ('fresh', models.PositiveSmallIntegerField(verbose_name='confirmation récente')),
                ('rest', models.PositiveSmallIntegerField(verbose_name='repos des contributeurs')),
                ('specific', models.PositiveSmallIntegerField(verbose_name='sur mesure')),
                ('is_in_force', models.BooleanField(default=True, verbose_name='en vigueur')),
                ('set_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='fixées le')),
                ('because', models.CharField(max_length=200, verbose_name='motif')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.weights')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='weights',
            index=models.Index(fields=['-set_at'], name='weights_latest'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.UniqueConstraint(condition=models.Q(('is_in_force', True)), fields=('is_in_force',), name='weights_one_in_force', violation_error_message='Quelqu’un vient de changer les pondérations. Rechargez la page.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('covers__gte', 5), ('covers__lte', 40)), name='weights_covers_bounded', violation_error_message='« couvre la demande » vaut entre 5 et 40 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('near__gte', 0), ('near__lte', 40)), name='weights_near_bounded', violation_error_message='« proximité » vaut entre 0 et 40 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('urgent__gte', 0), ('urgent__lte', 30)), name='weights_urgent_bounded', violation_error_message='« urgence » vaut entre 0 et 30 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('waiting__gte', 5), ('waiting__lte', 30)), name='weights_waiting_bounded', violation_error_message='« attente » vaut entre 5 et 30 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('fair__gte', 5), ('fair__lte', 30)), name='weights_fair_bounded', violation_error_message='« équité entre demandeurs » vaut entre 5 et 30 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('fresh__gte', 0), ('fresh__lte', 20)), name='weights_fresh_bounded', violation_error_message='« confirmation récente » vaut entre 0 et 20 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('rest__gte', 2), ('rest__lte', 20)), name='weights_rest_bounded', violation_error_message='« repos des contributeurs » vaut entre 2 et 20 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('specific__gte', 2), ('specific__lte', 20)), name='weights_specific_bounded', violation_error_message='« sur mesure » vaut entre 2 et 20 points.'),
        ),
        migrations.AddConstraint(
            model_name='weights',
            constraint=models.CheckConstraint(condition=models.Q(('covers', django.db.models.expressions.CombinedExpression(models.Value(100), '-', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(0), '+', models.F('near')), '+', models.F('urgent')), '+', models.F('waiting')), '+', models.F('fair')), '+', models.F('fresh')), '+', models.F('rest')), '+', models.F('specific'))))), name='weights_make_a_hundred', violation_error_message='Les huit parts font 100 points en tout.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weights',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_weightsevent" ("because", "by_id", "covers", "fair", "fresh", "id", "is_in_force", "near", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest", "set_at", "specific", "urgent", "waiting") VALUES (NEW."because", NEW."by_id", NEW."covers", NEW."fair", NEW."fresh", NEW."id", NEW."is_in_force", NEW."near", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rest", NEW."set_at", NEW."specific", NEW."urgent", NEW."waiting"); RETURN NULL;', hash='5556d8be56b30ada1d496194c23b9f805d9cc84f', operation='INSERT', pgid='pgtrigger_insert_insert_e6344', table='matching_weights', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weights',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_weightsevent" ("because", "by_id", "covers", "fair", "fresh", "id", "is_in_force", "near", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest", "set_at", "specific", "urgent", "waiting") VALUES (NEW."because", NEW."by_id", NEW."covers", NEW."fair", NEW."fresh", NEW."id", NEW."is_in_force", NEW."near", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rest", NEW."set_at", NEW."specific", NEW."urgent", NEW."waiting"); RETURN NULL;', hash='0690e8cd79f8cf8fb1e6919c4625a3fbde711d42', operation='UPDATE', pgid='pgtrigger_update_update_24519', table='matching_weights', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weights',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_weightsevent" ("because", "by_id", "covers", "fair", "fresh", "id", "is_in_force", "near", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest", "set_at", "specific", "urgent", "waiting") VALUES (OLD."because", OLD."by_id", OLD."covers", OLD."fair", OLD."fresh", OLD."id", OLD."is_in_force", OLD."near", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rest", OLD."set_at", OLD."specific", OLD."urgent", OLD."waiting"); RETURN NULL;', hash='9c55f4662b985234cb40bdec0dddbcb8e3380300', operation='DELETE', pgid='pgtrigger_delete_delete_680a8', table='matching_weights', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='weightsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='870a2ccaba6c0cf78c156c617c20854480c87909', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fd181', table='matching_weightsevent', when='BEFORE')),
        ),
    ]
