-- What `mendpoint check --format jsonl` writes, as tables and as Parquet. Run it where reports.jsonl lies:
--
--     duckdb scale.db < reports.sql        (or the duckdb package of Python; see test.py)
--
-- The columns are spelt out because a reader that guesses them makes `captures`, an open map from name
-- to text, a struct of whatever names happen to be in the first lines.
CREATE OR REPLACE TABLE reports AS
SELECT * FROM read_json('reports.jsonl',
    format = 'newline_delimited',
    maximum_object_size = 268435456,
    columns = {
        schema: 'VARCHAR',
        tool: 'STRUCT(name VARCHAR, version VARCHAR)',
        inputs: 'STRUCT(path VARCHAR, container VARCHAR, creator VARCHAR, exchanges BIGINT, verdict VARCHAR, reason VARCHAR,
                        notes STRUCT(kind VARCHAR, message VARCHAR, entry BIGINT)[])[]',
        calls: 'STRUCT(number BIGINT, entry BIGINT, operation VARCHAR, "method" VARCHAR, url VARCHAR, organization VARCHAR,
                       project VARCHAR, endpoint_id VARCHAR, endpoint_name VARCHAR, "type" VARCHAR, scheme VARCHAR,
                       status INTEGER, started TIMESTAMP WITH TIME ZONE, outcome VARCHAR)[]',
        findings: 'STRUCT(rule VARCHAR, severity VARCHAR, confidence VARCHAR, title VARCHAR, message VARCHAR,
                          locations STRUCT("input" BIGINT, entry BIGINT, part VARCHAR, pointer VARCHAR)[],
                          evidence VARCHAR, captures MAP(VARCHAR, VARCHAR), cause VARCHAR, remedy VARCHAR[],
                          sources VARCHAR[])[]',
        summary: 'STRUCT(errors BIGINT, warnings BIGINT, notes BIGINT, verdict VARCHAR)'
    });

-- One row an input: every file that was named or found, unreadable ones too.
CREATE OR REPLACE VIEW inputs AS
SELECT one.* FROM (SELECT unnest(inputs) AS one FROM reports);

-- One row a finding, with the input it is in.
CREATE OR REPLACE VIEW findings AS
SELECT path, found.* FROM (SELECT inputs[1].path AS path, unnest(findings) AS found FROM reports);

-- One row a call that is no read.
CREATE OR REPLACE VIEW calls AS
SELECT path, called.* FROM (SELECT inputs[1].path AS path, unnest(calls) AS called FROM reports);

COPY (SELECT * FROM inputs) TO 'inputs.parquet' (FORMAT parquet);
COPY (SELECT * FROM findings) TO 'findings.parquet' (FORMAT parquet);
COPY (SELECT * FROM calls) TO 'calls.parquet' (FORMAT parquet);
