import callcare.core.clock
import callcare.core.triggers
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from callcare.core.keys import same_desk
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('matching', '0001_initial'), ('matching', '0002_same_desk'), ('matching', '0003_match_rows')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0004_user_ref_letter'),
        ('catalogue', '0001_initial'),
        ('commitments', '0001_squashed_0003_case_deeds'),
        ('desk', '0001_squashed_0005_hours_plural'),
        ('directory', '0002_squashed_0005_search_identifiers'),
        ('needs', '0001_squashed_0003_case_deeds'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territories', '0001_squashed_0004_vocabulary'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dismissal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dismissals', to='desk.desk', verbose_name='guichet')),
                ('need_line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dismissals', to='needs.needline', verbose_name='ligne de besoin')),
                ('commitment_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='dismissals', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('giver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dismissals', to='directory.organisation', verbose_name='contributeur')),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.reason', verbose_name='motif')),
                ('is_final', models.BooleanField(default=True, verbose_name='définitive')),
                ('need_revision', models.PositiveIntegerField(verbose_name='révision du besoin')),
                ('commitment_revision', models.PositiveIntegerField(blank=True, null=True, verbose_name='révision de l’engagement')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
            ],
            options={
                'verbose_name': 'piste écartée',
                'verbose_name_plural': 'pistes écartées',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('commitment_line__isnull', False), ('giver__isnull', True)), models.Q(('commitment_line__isnull', True), ('giver__isnull', False)), _connector='OR'), name='dismissal_of_one_thing'), models.UniqueConstraint(fields=('need_line', 'commitment_line', 'giver'), name='dismissal_once', nulls_distinct=False, violation_error_message='Cette piste est déjà écartée.')],
            },
        ),
        migrations.CreateModel(
            name='DismissalEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.dismissal')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need_line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.needline', verbose_name='ligne de besoin')),
                ('commitment_line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('giver', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='contributeur')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.reason', verbose_name='motif')),
                ('is_final', models.BooleanField(default=True, verbose_name='définitive')),
                ('need_revision', models.PositiveIntegerField(verbose_name='révision du besoin')),
                ('commitment_revision', models.PositiveIntegerField(blank=True, null=True, verbose_name='révision de l’engagement')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OfferedLine',
            fields=[
                ('desk', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='desk.desk')),
                ('category', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.category')),
                ('kind', models.CharField(choices=[('goods', 'biens'), ('time', 'temps'), ('skill', 'compétences'), ('venue', 'lieux'), ('transport', 'transport'), ('money', 'argent')], max_length=9, verbose_name='nature')),
                ('measure', models.CharField(choices=[('piece', 'pièce'), ('place', 'place'), ('minute', 'minute'), ('cent', 'centime')], max_length=6, verbose_name='mesure')),
                ('mode', models.CharField(choices=[('gift', 'don'), ('loan', 'prêt'), ('either', 'don ou prêt')], max_length=6, verbose_name='mode')),
                ('times', models.PositiveSmallIntegerField(default=0, verbose_name='fois par an')),
                ('starts_on', models.DateField(null=True, verbose_name='à partir du')),
                ('ends_on', models.DateField(null=True, verbose_name='jusqu’au')),
                ('opened_on', models.DateField(verbose_name='ouvert le')),
                ('commune', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.territory')),
                ('epci_id', models.BigIntegerField(null=True, verbose_name='intercommunalité')),
                ('x', models.FloatField(null=True, verbose_name='x')),
                ('y', models.FloatField(null=True, verbose_name='y')),
                ('z', models.FloatField(null=True, verbose_name='z')),
                ('is_rough', models.BooleanField(default=False, verbose_name='point approché')),
                ('is_open', models.BooleanField(default=True, verbose_name='ouvert')),
                ('specs', models.JSONField(default=dict, verbose_name='précisions')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='révision')),
                ('line', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='commitments.commitmentline')),
                ('commitment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='commitments.commitment')),
                ('giver', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.organisation')),
                ('free', models.BigIntegerField(verbose_name='reste libre')),
                ('is_countable', models.BooleanField(default=True, verbose_name='comptée')),
                ('confirmed_on', models.DateField(null=True, verbose_name='confirmé le')),
                ('radius_km', models.PositiveIntegerField(null=True, verbose_name='rayon (km)')),
                ('travel', models.CharField(choices=[('either', 'à convenir'), ('giver_delivers', 'le contributeur livre'), ('asker_collects', 'à venir chercher'), ('remote', 'à distance')], max_length=14, verbose_name='déplacement')),
                ('sharing', models.CharField(choices=[('desk', 'ce guichet'), ('neighbours', 'les guichets voisins'), ('all', 'tous les guichets')], max_length=10, verbose_name='partage')),
                ('is_reachable', models.BooleanField(default=True, verbose_name='sollicitable')),
                ('max_live', models.PositiveSmallIntegerField(default=3, verbose_name='mises en relation à la fois')),
            ],
            options={
                'verbose_name': 'ligne offerte',
                'verbose_name_plural': 'lignes offertes',
                'db_table': 'matching_offered',
                'indexes': [models.Index(fields=['category'], include=('line', 'kind', 'measure', 'desk', 'sharing', 'mode', 'is_open', 'free', 'is_countable', 'times', 'starts_on', 'ends_on', 'confirmed_on', 'commune', 'epci_id', 'x', 'y', 'z', 'radius_km', 'travel', 'giver', 'commitment', 'is_reachable', 'max_live'), name='offered_by_category'), models.Index(fields=['desk', 'sharing'], name='offered_by_desk')],
            },
        ),
        migrations.CreateModel(
            name='Solicitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='solicitations', to='needs.need', verbose_name='besoin')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='solicitations', to='directory.organisation', verbose_name='contributeur')),
                ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='solicitations', to='commitments.commitment', verbose_name='engagement')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
            ],
            options={
                'verbose_name': 'sollicitation',
                'indexes': [models.Index(fields=['at'], include=('giver',), name='solicitation_lately'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['commitment'], name='solicitation_live')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('need', 'giver'), name='solicitation_live_once', violation_error_message='Ce contributeur est déjà sollicité pour ce besoin.')],
            },
        ),
        migrations.CreateModel(
            name='SolicitationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.solicitation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.need', verbose_name='besoin')),
                ('giver', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='contributeur')),
                ('commitment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commitments.commitment', verbose_name='engagement')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WantedLine',
            fields=[
                ('desk', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='desk.desk')),
                ('category', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.category')),
                ('kind', models.CharField(choices=[('goods', 'biens'), ('time', 'temps'), ('skill', 'compétences'), ('venue', 'lieux'), ('transport', 'transport'), ('money', 'argent')], max_length=9, verbose_name='nature')),
                ('measure', models.CharField(choices=[('piece', 'pièce'), ('place', 'place'), ('minute', 'minute'), ('cent', 'centime')], max_length=6, verbose_name='mesure')),
                ('mode', models.CharField(choices=[('gift', 'don'), ('loan', 'prêt'), ('either', 'don ou prêt')], max_length=6, verbose_name='mode')),
                ('times', models.PositiveSmallIntegerField(default=0, verbose_name='fois par an')),
                ('starts_on', models.DateField(null=True, verbose_name='à partir du')),
                ('ends_on', models.DateField(null=True, verbose_name='jusqu’au')),
                ('opened_on', models.DateField(verbose_name='ouvert le')),
                ('commune', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.territory')),
                ('epci_id', models.BigIntegerField(null=True, verbose_name='intercommunalité')),
                ('x', models.FloatField(null=True, verbose_name='x')),
                ('y', models.FloatField(null=True, verbose_name='y')),
                ('z', models.FloatField(null=True, verbose_name='z')),
                ('is_rough', models.BooleanField(default=False, verbose_name='point approché')),
                ('is_open', models.BooleanField(default=True, verbose_name='ouvert')),
                ('specs', models.JSONField(default=dict, verbose_name='précisions')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='révision')),
                ('line', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='needs.needline')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='needs.need')),
                ('asker', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.organisation')),
                ('open', models.BigIntegerField(verbose_name='reste à trouver')),
                ('min_useful', models.BigIntegerField(default=1, verbose_name='minimum utile')),
                ('served_percent', models.PositiveSmallIntegerField(default=0, verbose_name='part déjà servie')),
            ],
            options={
                'verbose_name': 'ligne demandée',
                'verbose_name_plural': 'lignes demandées',
                'db_table': 'matching_wanted',
                'indexes': [models.Index(fields=['category'], include=('line', 'kind', 'measure', 'desk', 'mode', 'is_open', 'open', 'min_useful', 'times', 'starts_on', 'ends_on', 'opened_on', 'commune', 'epci_id', 'x', 'y', 'z', 'asker', 'need', 'served_percent'), name='wanted_by_category'), models.Index(fields=['desk'], name='wanted_by_desk')],
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'dismissal': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_dismissalevent" ("at", "by_id", "commitment_line_id", "commitment_revision", "desk_id", "giver_id", "id", "is_final", "need_line_id", "need_revision", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id") VALUES (NEW."at", NEW."by_id", NEW."commitment_line_id", NEW."commitment_revision", NEW."desk_id", NEW."giver_id", NEW."id", NEW."is_final", NEW."need_line_id", NEW."need_revision", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason_id"); RETURN NULL;', hash='ff7ebc514841fdfa21432d027785bc4109c225ce', operation='INSERT', pgid='pgtrigger_insert_insert_1a14c', table='matching_dismissal', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_dismissalevent" ("at", "by_id", "commitment_line_id", "commitment_revision", "desk_id", "giver_id", "id", "is_final", "need_line_id", "need_revision", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id") VALUES (NEW."at", NEW."by_id", NEW."commitment_line_id", NEW."commitment_revision", NEW."desk_id", NEW."giver_id", NEW."id", NEW."is_final", NEW."need_line_id", NEW."need_revision", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason_id"); RETURN NULL;', hash='b6ad2ff554ba7755cb46832deaccf5b6b4e3b429', operation='UPDATE', pgid='pgtrigger_update_update_c2392', table='matching_dismissal', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_dismissalevent" ("at", "by_id", "commitment_line_id", "commitment_revision", "desk_id", "giver_id", "id", "is_final", "need_line_id", "need_revision", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id") VALUES (OLD."at", OLD."by_id", OLD."commitment_line_id", OLD."commitment_revision", OLD."desk_id", OLD."giver_id", OLD."id", OLD."is_final", OLD."need_line_id", OLD."need_revision", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason_id"); RETURN NULL;', hash='9dec053c8eea5e6e8bd28f70e25728be31847ce2', operation='DELETE', pgid='pgtrigger_delete_delete_7d786', table='matching_dismissal', when='AFTER'))], 'dismissalevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3d91139be1c3f54e2e9b4ade05745910ba16d099', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ae9ae', table='matching_dismissalevent', when='BEFORE'))], 'solicitation': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_solicitationevent" ("at", "closed_at", "commitment_id", "desk_id", "giver_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."closed_at", NEW."commitment_id", NEW."desk_id", NEW."giver_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='15b6839bea07ff9492dadc78014490699b422482', operation='INSERT', pgid='pgtrigger_insert_insert_8b227', table='matching_solicitation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_solicitationevent" ("at", "closed_at", "commitment_id", "desk_id", "giver_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."closed_at", NEW."commitment_id", NEW."desk_id", NEW."giver_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='7828344fef6a93c40ca729dd74c7334bea753fd6', operation='UPDATE', pgid='pgtrigger_update_update_545e0', table='matching_solicitation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_solicitationevent" ("at", "closed_at", "commitment_id", "desk_id", "giver_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."at", OLD."closed_at", OLD."commitment_id", OLD."desk_id", OLD."giver_id", OLD."id", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='25f1bb53733e6c651fe053a39a44ebb0d2d1b993', operation='DELETE', pgid='pgtrigger_delete_delete_31da9', table='matching_solicitation', when='AFTER'))], 'solicitationevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d41aba81d8e5a22c9b500f1ca0c55de74f6b1f79', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3d2cc', table='matching_solicitationevent', when='BEFORE'))]},
        ),
        same_desk("matching_dismissal", "need_line_id", "needs_needline"),
    ]
