from django.db import migrations

# No contact detail leaves without both live consents that cover it (invariant I10). The actions check it too, and
# say it better; here it holds for every door, raw SQL included. Instants are the deed's own (sent_at, at), so that a
# replayed month is judged at its own dates. FOR SHARE: a consent being withdrawn meanwhile is waited for, then seen.
REVEAL = """
CREATE FUNCTION introductions_reveal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.sent_at IS NOT NULL THEN
        IF (OLD.sent_at, OLD.asker_consent_id, OLD.giver_consent_id)
            IS DISTINCT FROM (NEW.sent_at, NEW.asker_consent_id, NEW.giver_consent_id) THEN
            RAISE EXCEPTION 'what was passed on stays written' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'reveal_is_kept';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state IN ('sent', 'in_progress', 'succeeded', 'no_help', 'unreachable') AND NEW.sent_at IS NULL THEN
        RAISE EXCEPTION 'this state comes after the reveal' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'reveal_comes_first';
    END IF;
    IF NEW.sent_at IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM desk_consent c
        WHERE c.id IN (NEW.asker_consent_id, NEW.giver_consent_id) ORDER BY c.id FOR SHARE;
    IF NOT introductions_consent_holds(NEW.asker_consent_id, NEW.asker_person_id, NEW.sent_at)
        OR NOT introductions_consent_holds(NEW.giver_consent_id, NEW.giver_person_id, NEW.sent_at) THEN
        RAISE EXCEPTION 'a live consent of each person is missing' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'reveal_needs_live_consents';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION introductions_consent_holds(consent bigint, person bigint, instant timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM desk_consent c
        WHERE c.id = consent AND c.person_id = person AND c.given_at <= instant
            AND (c.withdrawn_at IS NULL OR c.withdrawn_at > instant)
            AND (c.valid_until IS NULL OR c.valid_until > instant)
    )
$$;

CREATE FUNCTION introductions_disclose() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    it introductions_introduction%ROWTYPE;
    allowed desk_consent%ROWTYPE;
    detail text;
    of_person bigint;
BEGIN
    SELECT * INTO it FROM introductions_introduction WHERE id = NEW.introduction_id;
    SELECT * INTO allowed FROM desk_consent WHERE id = NEW.consent_id FOR SHARE;
    of_person := CASE NEW.side WHEN 'asker' THEN it.giver_person_id ELSE it.asker_person_id END;
    IF it.sent_at IS NULL
        OR NEW.about_id IS DISTINCT FROM of_person
        OR NEW.consent_id IS DISTINCT FROM
            (CASE NEW.side WHEN 'asker' THEN it.giver_consent_id ELSE it.asker_consent_id END)
        OR NOT introductions_consent_holds(NEW.consent_id, of_person, NEW.at) THEN
        RAISE EXCEPTION 'this consent does not cover this person here' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'disclosure_needs_its_consent';
    END IF;
    FOREACH detail IN ARRAY NEW.channels LOOP
        IF NOT (
            (detail = 'name' AND allowed.gives_name)
            OR (detail LIKE 'phone:%' AND allowed.gives_phone)
            OR (detail LIKE 'email:%' AND allowed.gives_email)
        ) THEN
            RAISE EXCEPTION 'a detail nobody allowed' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'disclosure_within_consent';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER reveal BEFORE INSERT OR UPDATE ON introductions_introduction
    FOR EACH ROW EXECUTE FUNCTION introductions_reveal();
CREATE TRIGGER disclose BEFORE INSERT ON introductions_disclosure
    FOR EACH ROW EXECUTE FUNCTION introductions_disclose();
"""

UNDO = """
DROP TRIGGER disclose ON introductions_disclosure;
DROP TRIGGER reveal ON introductions_introduction;
DROP FUNCTION introductions_disclose;
DROP FUNCTION introductions_reveal;
DROP FUNCTION introductions_consent_holds;
"""


class Migration(migrations.Migration):
    """The database itself lets nothing out that was not allowed."""

    dependencies = [("introductions", "0001_squashed_0002_same_desk"), ("desk", "0001_squashed_0005_hours_plural")]
    operations = [migrations.RunSQL(REVEAL, UNDO)]
