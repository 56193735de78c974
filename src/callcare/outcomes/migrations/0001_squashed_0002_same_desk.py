import callcare.core.clock
import callcare.core.triggers
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from callcare.core.keys import same_desk
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('outcomes', '0001_initial'), ('outcomes', '0002_same_desk')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0004_user_ref_letter'),
        ('allocations', '0001_squashed_0002_same_desk'),
        ('desk', '0001_squashed_0005_hours_plural'),
        ('introductions', '0001_squashed_0002_same_desk'),
        ('needs', '0001_squashed_0003_case_deeds'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='needs.need', verbose_name='besoin')),
                ('introduction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='introductions.introduction', verbose_name='mise en relation')),
                ('fulfilment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='allocations.fulfilment', verbose_name='remise')),
                ('side', models.CharField(choices=[('asker', 'demandeur'), ('giver', 'contributeur')], max_length=5, verbose_name='dit par le')),
                ('useful', models.BooleanField(blank=True, null=True, verbose_name='utile')),
                ('extent', models.CharField(choices=[('full', 'aide reçue en entier'), ('part', 'aide reçue en partie'), ('none', 'aide non reçue')], max_length=4, verbose_name='aide reçue')),
                ('verbatim', models.TextField(blank=True, verbose_name='en leurs mots')),
                ('may_publish', models.BooleanField(default=False, verbose_name='peut être publié')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noté par')),
                ('answered_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='dit le')),
            ],
            options={
                'verbose_name': 'résultat',
            },
        ),
        migrations.CreateModel(
            name='OutcomeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='outcomes.outcome')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.need', verbose_name='besoin')),
                ('introduction', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='introductions.introduction', verbose_name='mise en relation')),
                ('fulfilment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='allocations.fulfilment', verbose_name='remise')),
                ('side', models.CharField(choices=[('asker', 'demandeur'), ('giver', 'contributeur')], max_length=5, verbose_name='dit par le')),
                ('useful', models.BooleanField(blank=True, null=True, verbose_name='utile')),
                ('extent', models.CharField(choices=[('full', 'aide reçue en entier'), ('part', 'aide reçue en partie'), ('none', 'aide non reçue')], max_length=4, verbose_name='aide reçue')),
                ('verbatim', models.TextField(blank=True, verbose_name='en leurs mots')),
                ('may_publish', models.BooleanField(default=False, verbose_name='peut être publié')),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noté par')),
                ('answered_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='dit le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PeopleCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people_counts', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people_counts', to='needs.need', verbose_name='besoin')),
                ('audience', models.CharField(choices=[('school', 'école'), ('university', 'université'), ('employment', 'emploi')], max_length=10, verbose_name='public')),
                ('age_band', models.CharField(choices=[('0-10', '0 à 10 ans'), ('11-15', '11 à 15 ans'), ('16-18', '16 à 18 ans'), ('19-25', '19 à 25 ans'), ('26-59', '26 à 59 ans'), ('60+', '60 ans et plus'), ('unknown', 'âge inconnu')], default='unknown', max_length=7, verbose_name='âge')),
                ('people', models.PositiveIntegerField(verbose_name='personnes accompagnées')),
                ('first_time', models.PositiveIntegerField(default=0, verbose_name='pour la première fois')),
                ('method', models.CharField(choices=[('declared', 'déclaré'), ('confirmed', 'constaté'), ('estimated', 'estimé')], default='declared', max_length=9, verbose_name='provenance')),
                ('counted_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='compté le')),
            ],
            options={
                'verbose_name': 'décompte',
                'constraints': [models.UniqueConstraint(fields=('need', 'audience', 'age_band'), name='people_counted_once', violation_error_message='Ces personnes sont déjà comptées pour ce besoin.'), models.CheckConstraint(condition=models.Q(('first_time__lte', models.F('people'))), name='first_time_is_a_part', violation_error_message='« Pour la première fois » ne dépasse pas le nombre de personnes.')],
            },
        ),
        migrations.CreateModel(
            name='PeopleCountEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='outcomes.peoplecount')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.need', verbose_name='besoin')),
                ('audience', models.CharField(choices=[('school', 'école'), ('university', 'université'), ('employment', 'emploi')], max_length=10, verbose_name='public')),
                ('age_band', models.CharField(choices=[('0-10', '0 à 10 ans'), ('11-15', '11 à 15 ans'), ('16-18', '16 à 18 ans'), ('19-25', '19 à 25 ans'), ('26-59', '26 à 59 ans'), ('60+', '60 ans et plus'), ('unknown', 'âge inconnu')], default='unknown', max_length=7, verbose_name='âge')),
                ('people', models.PositiveIntegerField(verbose_name='personnes accompagnées')),
                ('first_time', models.PositiveIntegerField(default=0, verbose_name='pour la première fois')),
                ('method', models.CharField(choices=[('declared', 'déclaré'), ('confirmed', 'constaté'), ('estimated', 'estimé')], default='declared', max_length=9, verbose_name='provenance')),
                ('counted_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='compté le')),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'outcome': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outcomes_outcomeevent" ("answered_at", "desk_id", "extent", "fulfilment_id", "id", "introduction_id", "may_publish", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "side", "useful", "verbatim") VALUES (NEW."answered_at", NEW."desk_id", NEW."extent", NEW."fulfilment_id", NEW."id", NEW."introduction_id", NEW."may_publish", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_by_id", NEW."side", NEW."useful", NEW."verbatim"); RETURN NULL;', hash='e4d331b4156aebbe718cd26dc11cde4255999e4c', operation='INSERT', pgid='pgtrigger_insert_insert_babf4', table='outcomes_outcome', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outcomes_outcomeevent" ("answered_at", "desk_id", "extent", "fulfilment_id", "id", "introduction_id", "may_publish", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "side", "useful", "verbatim") VALUES (NEW."answered_at", NEW."desk_id", NEW."extent", NEW."fulfilment_id", NEW."id", NEW."introduction_id", NEW."may_publish", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_by_id", NEW."side", NEW."useful", NEW."verbatim"); RETURN NULL;', hash='1d31e701000f46d8e7fbd2a833de0444d4e3e0c4', operation='UPDATE', pgid='pgtrigger_update_update_eb061', table='outcomes_outcome', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outcomes_outcomeevent" ("answered_at", "desk_id", "extent", "fulfilment_id", "id", "introduction_id", "may_publish", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "side", "useful", "verbatim") VALUES (OLD."answered_at", OLD."desk_id", OLD."extent", OLD."fulfilment_id", OLD."id", OLD."introduction_id", OLD."may_publish", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_by_id", OLD."side", OLD."useful", OLD."verbatim"); RETURN NULL;', hash='5490b9d237a4c3fe8e60e2bf2539f56df59c85a8', operation='DELETE', pgid='pgtrigger_delete_delete_e6ec6', table='outcomes_outcome', when='AFTER'))], 'outcomeevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9ef2bc32eaf3a335772a3980f173fd7cf260db26', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9c6e1', table='outcomes_outcomeevent', when='BEFORE'))], 'peoplecount': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outcomes_peoplecountevent" ("age_band", "audience", "counted_at", "desk_id", "first_time", "id", "method", "need_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."age_band", NEW."audience", NEW."counted_at", NEW."desk_id", NEW."first_time", NEW."id", NEW."method", NEW."need_id", NEW."people", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='3b1cf8259694211ff3cec8e8b21f3740c3b7e924', operation='INSERT', pgid='pgtrigger_insert_insert_57a3e', table='outcomes_peoplecount', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outcomes_peoplecountevent" ("age_band", "audience", "counted_at", "desk_id", "first_time", "id", "method", "need_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."age_band", NEW."audience", NEW."counted_at", NEW."desk_id", NEW."first_time", NEW."id", NEW."method", NEW."need_id", NEW."people", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='92a83d29f9f2766d12b2e9485fc5a28520b56120', operation='UPDATE', pgid='pgtrigger_update_update_aa57b', table='outcomes_peoplecount', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outcomes_peoplecountevent" ("age_band", "audience", "counted_at", "desk_id", "first_time", "id", "method", "need_id", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."age_band", OLD."audience", OLD."counted_at", OLD."desk_id", OLD."first_time", OLD."id", OLD."method", OLD."need_id", OLD."people", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='8a6cc7d487bd1d77e58a715f3f7b6c89dcd7b8bd', operation='DELETE', pgid='pgtrigger_delete_delete_c8a20', table='outcomes_peoplecount', when='AFTER'))], 'peoplecountevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='28f9ece126c29c77a5950912811bb1a3c1c1d8a1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f422f', table='outcomes_peoplecountevent', when='BEFORE'))]},
        ),
        same_desk("outcomes_peoplecount", "need_id", "needs_need"),
        same_desk("outcomes_outcome", "need_id", "needs_need"),
    ]
