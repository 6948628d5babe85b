-- Schemas as the seed names them, plus platform and audit.
CREATE SCHEMA IF NOT EXISTS platform;
CREATE SCHEMA audit;
CREATE SCHEMA patient_service;
CREATE SCHEMA therapist_service;
CREATE SCHEMA matching_service;
CREATE SCHEMA communication_service;
CREATE SCHEMA geocoding_service;
CREATE SCHEMA scraping_service;

CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

-- German order and search without ICU: unaccent with its dictionary named is immutable in fact, so we may say so.
CREATE FUNCTION public.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, value));

-- "Müller" is found by muller, mueller and müller: both spellings stand in the searched text.
CREATE FUNCTION public.search_fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN public.fold(value) || ' ' || public.fold(
        replace(replace(replace(replace(lower(value), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'));

-- Offers as bits: bit = 9 · method + 3 · age group + setting, in the order of the arrays below.
CREATE FUNCTION public.offer_bit(method text, age_group text, setting text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN 1::bigint << (
        9 * (array_position(ARRAY['cbt', 'psychodynamic', 'analytic', 'systemic'], method) - 1)
        + 3 * (array_position(ARRAY['adult', 'child_youth', 'unknown'], age_group) - 1)
        + array_position(ARRAY['individual', 'group', 'unknown'], setting) - 1);

CREATE FUNCTION public.method_mask(methods text[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT coalesce(bit_or(511::bigint << (
                9 * (array_position(ARRAY['cbt', 'psychodynamic', 'analytic', 'systemic'], m) - 1))), 0)
            FROM unnest(methods) AS m);

CREATE FUNCTION public.offers_valid(offers text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT coalesce(bool_and(o ~
            '^(cbt|psychodynamic|analytic|systemic):(adult|child_youth|unknown):(individual|group|unknown)$'), true)
            FROM unnest(offers) AS o);

-- Where a directory gives no age group, the licence decides (domain.md, rule 3).
CREATE FUNCTION public.licence_age_group(licence text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE licence WHEN 'child_youth' THEN 'child_youth'
                        WHEN 'psychological' THEN 'adult' WHEN 'medical' THEN 'adult' ELSE 'unknown' END;

CREATE FUNCTION public.offer_mask(offers text[], licence text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT coalesce(bit_or(public.offer_bit(
                split_part(o, ':', 1),
                CASE split_part(o, ':', 2) WHEN 'unknown' THEN public.licence_age_group(licence)
                                           ELSE split_part(o, ':', 2) END,
                split_part(o, ':', 3))), 0)
            FROM unnest(offers) AS o);

-- Age groups a therapist treats: 1 adults, 2 children and youth, 4 unknown.
CREATE FUNCTION public.age_mask(offers text[], licence text) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT coalesce(bit_or(CASE g WHEN 'adult' THEN 1 WHEN 'child_youth' THEN 2 ELSE 4 END),
                            4)::smallint
            FROM (SELECT CASE split_part(o, ':', 2) WHEN 'unknown' THEN public.licence_age_group(licence)
                                                   ELSE split_part(o, ':', 2) END AS g
                  FROM unnest(offers) AS o
                  UNION ALL
                  SELECT public.licence_age_group(licence) WHERE cardinality(offers) = 0) AS groups);

-- Great-circle distance in km (haversine, mean earth radius 6371.0088 km, IUGG).
CREATE FUNCTION public.distance_km(lat1 double precision, lon1 double precision,
                                   lat2 double precision, lon2 double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN 12742.0176 * asin(sqrt(least(1.0,
        power(sin(radians(lat2 - lat1) / 2), 2)
        + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2))));

-- Whether two weekly availabilities share at least `minutes` in one piece.
CREATE FUNCTION public.shares_minutes(a int4multirange, b int4multirange, minutes integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN EXISTS (SELECT FROM unnest(a * b) AS r WHERE upper(r) - lower(r) >= minutes);

-- ICD-10 hierarchy both ways: F40 meets F40.1 and F40.1 meets F40.
CREATE FUNCTION public.diagnoses_meet(a text[], b text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN EXISTS (SELECT FROM unnest(a) AS x, unnest(b) AS y WHERE starts_with(x, y) OR starts_with(y, x));
