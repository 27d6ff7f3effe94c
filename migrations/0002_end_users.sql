-- Organisations that use a product find their journeys by the part they were given, and are known again by their code.
CREATE INDEX parties_by_organisation ON parties (organisation);
CREATE INDEX organisations_by_code ON organisations (ods_code, side);
