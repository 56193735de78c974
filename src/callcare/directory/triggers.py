"""What the database does by itself when an organisation, a person or a channel is written.

What is searched is kept by the database: no import, form or repair can forget it. The function `directory_folded` is
in the migration `search`; `rules.names.folded` is its twin. For probable duplicates it only notes whom to compare anew
(`Unpaired`), in the transaction of the change; `pairs.keep_pairs` compares.
"""

import pgtrigger

_ORGANISATION_SEARCH = """
    NEW.search_name = directory_folded(NEW.name);
    NEW.search_text = concat_ws(' ', NEW.search_name, directory_initials(NEW.name),
        (SELECT directory_folded(name) FROM territories_territory WHERE id = NEW.commune_id));
    PERFORM directory_learn(NEW.search_text);
    RETURN NEW;
"""
_PERSON_SEARCH = """
    NEW.search_name = directory_folded(concat_ws(' ', NEW.first_name, NEW.last_name));
    PERFORM directory_learn(NEW.search_name);
    RETURN NEW;
"""

# The words it had and has, and where: a word too many share says nothing, so they count for others. Of one who stays
# where she is, the words that go and come.
_ORGANISATION_PAIRS = """
    DECLARE
        gone text[]; come text[];
    BEGIN
        IF TG_OP <> 'INSERT' THEN gone = string_to_array(OLD.search_name, ' '); END IF;
        IF TG_OP <> 'DELETE' THEN come = string_to_array(NEW.search_name, ' '); END IF;
        IF TG_OP = 'UPDATE' THEN
            IF (OLD.name, OLD.search_name, OLD.siren, OLD.commune_id, OLD.merged_into_id)
                IS NOT DISTINCT FROM (NEW.name, NEW.search_name, NEW.siren, NEW.commune_id, NEW.merged_into_id) THEN
                RETURN NULL;
            END IF;
            IF (OLD.commune_id, OLD.merged_into_id) IS NOT DISTINCT FROM (NEW.commune_id, NEW.merged_into_id) THEN
                gone = ARRAY(SELECT unnest(gone) EXCEPT SELECT unnest(come));
                come = ARRAY(SELECT unnest(come) EXCEPT SELECT unnest(string_to_array(OLD.search_name, ' ')));
            END IF;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO directory_unpaired (organisation, commune, name)
            VALUES (OLD.id, OLD.commune_id, array_to_string(gone, ' '));
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO directory_unpaired (organisation, commune, name)
            VALUES (NEW.id, NEW.commune_id, array_to_string(come, ' '));
        END IF;
        RETURN NULL;
    END;
"""
_PERSON_PAIRS = """
    IF TG_OP = 'UPDATE' AND OLD.organisation_id = NEW.organisation_id THEN
        RETURN NULL;
    END IF;
    INSERT INTO directory_unpaired (organisation, name) VALUES (OLD.organisation_id, '');
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO directory_unpaired (organisation, name) VALUES (NEW.organisation_id, '');
    END IF;
    RETURN NULL;
"""
_CHANNEL_PAIRS = """
    IF TG_OP = 'UPDATE' AND (OLD.organisation_id, OLD.person_id, OLD.kind, OLD.value, OLD.use)
        IS NOT DISTINCT FROM (NEW.organisation_id, NEW.person_id, NEW.kind, NEW.value, NEW.use) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO directory_unpaired (organisation, name)
        SELECT whose, '' FROM (SELECT coalesce(
            OLD.organisation_id, (SELECT organisation_id FROM directory_person WHERE id = OLD.person_id)) AS whose
        ) owner WHERE whose IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO directory_unpaired (organisation, name)
        SELECT whose, '' FROM (SELECT coalesce(
            NEW.organisation_id, (SELECT organisation_id FROM directory_person WHERE id = NEW.person_id)) AS whose
        ) owner WHERE whose IS NOT NULL;
    END IF;
    RETURN NULL;
"""


def _before(name: str, columns: tuple[str, ...], func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]
        func=func,
    )


def _after(name: str, columns: tuple[str, ...], func: str, *, inserted: bool = True) -> pgtrigger.Trigger:
    operation = pgtrigger.UpdateOf(*columns) | pgtrigger.Delete  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | operation if inserted else operation,
        func=func,
    )


OF_ORGANISATION = [
    _before("keeps_search", ("name", "commune_id"), _ORGANISATION_SEARCH),
    _after("unpairs", ("name", "search_name", "siren", "commune_id", "merged_into_id"), _ORGANISATION_PAIRS),
]
OF_PERSON = [
    _before("keeps_search", ("first_name", "last_name"), _PERSON_SEARCH),
    _after("unpairs", ("organisation_id",), _PERSON_PAIRS, inserted=False),
]
OF_CHANNEL = [_after("unpairs", ("organisation_id", "person_id", "kind", "value", "use"), _CHANNEL_PAIRS)]
