import callcare.core.clock
import callcare.core.fields
import callcare.core.triggers
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from callcare.core.keys import same_desk
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('introductions', '0001_initial'), ('introductions', '0002_same_desk')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0004_user_ref_letter'),
        ('catalogue', '0001_initial'),
        ('commitments', '0001_squashed_0003_case_deeds'),
        ('desk', '0001_squashed_0005_hours_plural'),
        ('directory', '0002_squashed_0005_search_identifiers'),
        ('needs', '0001_squashed_0003_case_deeds'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Introduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', callcare.core.fields.RefField(editable=False, letter='M', max_length=10, unique=True, verbose_name='référence')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='needs.need', verbose_name='besoin')),
                ('need_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='needs.needline', verbose_name='ligne de besoin')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='directory.organisation', verbose_name='contributeur')),
                ('commitment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='commitments.commitment', verbose_name='engagement')),
                ('commitment_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('asker_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person', verbose_name='interlocuteur du demandeur')),
                ('giver_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person', verbose_name='interlocuteur du contributeur')),
                ('interaction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='desk.interaction', verbose_name='contact')),
                ('proposer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposée par')),
                ('asker_consent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.consent', verbose_name='accord du demandeur')),
                ('giver_consent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.consent', verbose_name='accord du contributeur')),
                ('state', models.CharField(choices=[('proposed', 'proposée'), ('sent', 'envoyée'), ('in_progress', 'en cours'), ('succeeded', 'aboutie'), ('no_help', 'sans suite'), ('unreachable', 'injoignable'), ('expired', 'expirée'), ('declined', 'déclinée'), ('cancelled', 'annulée')], default='proposed', max_length=11, verbose_name='état')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='score')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='raisons')),
                ('proposed_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='proposée le')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('first_contact_at', models.DateTimeField(blank=True, null=True, verbose_name='prise en charge le')),
                ('first_closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close la première fois le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('declined_by', models.CharField(blank=True, choices=[('asker', 'demandeur'), ('giver', 'contributeur')], max_length=5, verbose_name='déclinée par')),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.reason', verbose_name='motif')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsable')),
                ('next_action_at', models.DateTimeField(blank=True, null=True, verbose_name='prochaine action')),
            ],
            options={
                'verbose_name': 'mise en relation',
                'verbose_name_plural': 'mises en relation',
                'indexes': [models.Index(fields=['desk', '-proposed_at'], name='introduction_list')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'sent', 'in_progress'))), fields=('need', 'giver'), name='one_live_introduction_per_giver', violation_error_message='Une mise en relation est déjà en cours entre ce besoin et ce contributeur.'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), models.Q(('asker_consent__isnull', False), ('giver_consent__isnull', False)), _connector='OR'), name='no_reveal_without_both_consents', violation_error_message='Rien n’est transmis sans l’accord des deux côtés.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('proposed', 'sent', 'in_progress')), _negated=True), models.Q(('next_action_at__isnull', False), ('owner__isnull', False)), _connector='OR'), name='introduction_live_has_next', violation_error_message='Une mise en relation en cours a une responsable et une prochaine date.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('succeeded', 'no_help', 'unreachable', 'expired', 'declined', 'cancelled'))), models.Q(('closed_at__isnull', True), ('state__in', ('proposed', 'sent', 'in_progress'))), _connector='OR'), name='introduction_closed_iff_over'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(models.Q(('declined_by', ''), _negated=True), ('reason__isnull', False)), _connector='OR'), name='introduction_declined_says_who', violation_error_message='Un refus dit de quel côté il vient, et pourquoi.')],
            },
        ),
        migrations.CreateModel(
            name='IntroductionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='introductions.introduction')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('ref', callcare.core.fields.RefField(editable=False, letter='M', max_length=10, verbose_name='référence')),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.need', verbose_name='besoin')),
                ('need_line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.needline', verbose_name='ligne de besoin')),
                ('giver', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.organisation', verbose_name='contributeur')),
                ('commitment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commitments.commitment', verbose_name='engagement')),
                ('commitment_line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('asker_person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.person', verbose_name='interlocuteur du demandeur')),
                ('giver_person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.person', verbose_name='interlocuteur du contributeur')),
                ('interaction', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.interaction', verbose_name='contact')),
                ('proposer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposée par')),
                ('asker_consent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.consent', verbose_name='accord du demandeur')),
                ('giver_consent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.consent', verbose_name='accord du contributeur')),
                ('state', models.CharField(choices=[('proposed', 'proposée'), ('sent', 'envoyée'), ('in_progress', 'en cours'), ('succeeded', 'aboutie'), ('no_help', 'sans suite'), ('unreachable', 'injoignable'), ('expired', 'expirée'), ('declined', 'déclinée'), ('cancelled', 'annulée')], default='proposed', max_length=11, verbose_name='état')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='score')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='raisons')),
                ('proposed_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='proposée le')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('first_contact_at', models.DateTimeField(blank=True, null=True, verbose_name='prise en charge le')),
                ('first_closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close la première fois le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('declined_by', models.CharField(blank=True, choices=[('asker', 'demandeur'), ('giver', 'contributeur')], max_length=5, verbose_name='déclinée par')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.reason', verbose_name='motif')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsable')),
                ('next_action_at', models.DateTimeField(blank=True, null=True, verbose_name='prochaine action')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.desk', verbose_name='guichet')),
                ('introduction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='introductions.introduction', verbose_name='mise en relation')),
                ('side', models.CharField(choices=[('asker', 'demandeur'), ('giver', 'contributeur')], max_length=5, verbose_name='reçue par le')),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person', verbose_name='destinataire')),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='directory.person', verbose_name='personne transmise')),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='desk.consent', verbose_name='accord')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), default=list, size=None, verbose_name='coordonnées transmises')),
                ('text', models.TextField(verbose_name='texte exact')),
                ('mail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='desk.outgoingmail', verbose_name='courrier')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
            ],
            options={
                'verbose_name': 'transmission',
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'disclosure': [pgtrigger.compiler.Trigger(name='kept_for_ever', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d58dfbfe9a11a2e62e50b664c4f4ae1fe705ae40', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_for_ever_9bb77', table='introductions_disclosure', when='BEFORE'))], 'introduction': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "introductions_introductionevent" ("asker_consent_id", "asker_person_id", "closed_at", "commitment_id", "commitment_line_id", "declined_by", "desk_id", "first_closed_at", "first_contact_at", "giver_consent_id", "giver_id", "giver_person_id", "id", "interaction_id", "need_id", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposer_id", "reason_id", "reasons", "ref", "score", "sent_at", "state") VALUES (NEW."asker_consent_id", NEW."asker_person_id", NEW."closed_at", NEW."commitment_id", NEW."commitment_line_id", NEW."declined_by", NEW."desk_id", NEW."first_closed_at", NEW."first_contact_at", NEW."giver_consent_id", NEW."giver_id", NEW."giver_person_id", NEW."id", NEW."interaction_id", NEW."need_id", NEW."need_line_id", NEW."next_action_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_at", NEW."proposer_id", NEW."reason_id", NEW."reasons", NEW."ref", NEW."score", NEW."sent_at", NEW."state"); RETURN NULL;', hash='bd2aeaf27f6a993e6a2bfb55377e6abe963b8511', operation='INSERT', pgid='pgtrigger_insert_insert_0b463', table='introductions_introduction', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "introductions_introductionevent" ("asker_consent_id", "asker_person_id", "closed_at", "commitment_id", "commitment_line_id", "declined_by", "desk_id", "first_closed_at", "first_contact_at", "giver_consent_id", "giver_id", "giver_person_id", "id", "interaction_id", "need_id", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposer_id", "reason_id", "reasons", "ref", "score", "sent_at", "state") VALUES (NEW."asker_consent_id", NEW."asker_person_id", NEW."closed_at", NEW."commitment_id", NEW."commitment_line_id", NEW."declined_by", NEW."desk_id", NEW."first_closed_at", NEW."first_contact_at", NEW."giver_consent_id", NEW."giver_id", NEW."giver_person_id", NEW."id", NEW."interaction_id", NEW."need_id", NEW."need_line_id", NEW."next_action_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_at", NEW."proposer_id", NEW."reason_id", NEW."reasons", NEW."ref", NEW."score", NEW."sent_at", NEW."state"); RETURN NULL;', hash='0dee292c452b878c8fef07bdfa609ae5730f7335', operation='UPDATE', pgid='pgtrigger_update_update_49a7e', table='introductions_introduction', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "introductions_introductionevent" ("asker_consent_id", "asker_person_id", "closed_at", "commitment_id", "commitment_line_id", "declined_by", "desk_id", "first_closed_at", "first_contact_at", "giver_consent_id", "giver_id", "giver_person_id", "id", "interaction_id", "need_id", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposer_id", "reason_id", "reasons", "ref", "score", "sent_at", "state") VALUES (OLD."asker_consent_id", OLD."asker_person_id", OLD."closed_at", OLD."commitment_id", OLD."commitment_line_id", OLD."declined_by", OLD."desk_id", OLD."first_closed_at", OLD."first_contact_at", OLD."giver_consent_id", OLD."giver_id", OLD."giver_person_id", OLD."id", OLD."interaction_id", OLD."need_id", OLD."need_line_id", OLD."next_action_at", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed_at", OLD."proposer_id", OLD."reason_id", OLD."reasons", OLD."ref", OLD."score", OLD."sent_at", OLD."state"); RETURN NULL;', hash='d4c7499dfa73c74764a7795c2fc8764bedc05e2f', operation='DELETE', pgid='pgtrigger_delete_delete_70b13', table='introductions_introduction', when='AFTER'))], 'introductionevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7aeb22f9ea08cb093e7298846f7101fffd19a401', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a45a8', table='introductions_introductionevent', when='BEFORE'))]},
        ),
        same_desk("introductions_introduction", "need_id", "needs_need"),
    ]
