/**
 * Makes PostgreSQL's script of a migration from SQLite's, so that the schema is written once. It knows the words that
 * migrations/ uses and no more of SQL; the servers themselves are the check, and `ledger verify` compares every database
 * with what is made here. A trigger becomes a function and a trigger of the same name.
 */

/** Statements, without comments. A trigger ends with the END of its body, everything else with its first semicolon. */
const STATEMENT = /^CREATE TRIGGER [\s\S]*?\bEND;$|^[A-Z][\s\S]*?;$/gm
const TRIGGER =
  /^CREATE TRIGGER (?<name>\w+) (?<moment>(?:BEFORE|AFTER) (?<event>INSERT|UPDATE|DELETE)[\s\S]*?)\sON (?<table>\w+)\s(?:WHEN (?<when>[\s\S]*?)\s)?BEGIN\s(?<body>[\s\S]*)END;$/
const REFUSAL = /^SELECT RAISE\(ABORT, '(?<sentence>(?:[^']|'')*)'\)(?:\s+WHERE (?<where>[\s\S]*))?$/

/** What is called otherwise, in this order. Texts compare by bytes, as they do on SQLite. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bINTEGER\b/g, 'bigint'],
  [/\bTEXT\b/g, 'text COLLATE "C"'],
  [/\bBLOB\b/g, 'bytea'],
  [/\)(?: STRICT)?(?:, WITHOUT ROWID)?;$/g, ');'],
  [/\bIS NOT (?!NULL)/g, 'IS DISTINCT FROM '],
  [/\bmin\((?=[^()]*, 0\))/g, 'least('],
  [/\bmax\((?=[^()]*, 0\))/g, 'greatest('],
  [/\bdate\((\w+)\)/g, `to_char($1::date, 'YYYY-MM-DD')`],
  [/\binstr\(/g, 'strpos('],
  [/\bzeroblob\((\d+)\)/g, `decode(repeat('00', $1), 'hex')`],
  [/\blower\(hex\(randomblob\(16\)\)\)/g, `replace(gen_random_uuid()::text, '-', '')`],
]

/** SQLite's own: how it plans queries; and guards against REPLACE, which PostgreSQL lacks: there a key refuses the row. */
const ONLY_SQLITE = /^ANALYZE |^INSERT INTO sqlite_stat1 |^CREATE TRIGGER \w+_no_replace /

/** `own` is what PostgreSQL has of its own: a trigger in it stands for the one of that name in `script`. */
export function postgresScript(script: string, own: string): string {
  const made = statementsOf(script)
    .filter((statement) => !ONLY_SQLITE.test(statement))
    .map((statement) => ({ statement, trigger: TRIGGER.exec(statement)?.groups }))
    .filter(({ trigger }) => trigger === undefined || !own.includes(`CREATE TRIGGER ${trigger['name'] ?? ''} `))
  const kept = new Set(made.flatMap(({ trigger }) => (trigger?.['event'] === 'DELETE' ? [trigger['table'] ?? ''] : [])))
  return [
    ...made.map(({ statement, trigger }) => (trigger === undefined ? inWords(statement) : triggerOf(trigger))),
    ...[...kept].map(truncateGuard),
    own,
  ].join('\n')
}

function statementsOf(script: string): readonly string[] {
  return script.replaceAll(/--.*$/gm, '').match(STATEMENT) ?? []
}

function inWords(text: string): string {
  return WORDS.reduce((translated, [word, other]) => translated.replaceAll(word, other), text)
}

function triggerOf({ name, moment, event, table, when, body = '' }: Readonly<Record<string, string>>): string {
  const steps = body.split(/;\s*$/m).flatMap((step) => (step.trim() === '' ? [] : [stepOf(step.trim())]))
  const guarded = when === undefined ? steps : [`IF (${inWords(when)}) THEN`, ...steps, 'END IF;']
  return functionOf(name, [...guarded, `RETURN ${event === 'DELETE' ? 'OLD' : 'NEW'};`]).concat(
    `\nCREATE TRIGGER ${name} ${moment} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}();`,
  )
}

function stepOf(step: string): string {
  if (step === 'SELECT RAISE(IGNORE)') return 'RETURN NULL;'
  const refusal = REFUSAL.exec(step)?.groups
  if (refusal === undefined) return `${inWords(step)};`
  const { sentence = '', where } = refusal
  const raise = `RAISE EXCEPTION '${sentence.replaceAll('%', '%%')}' USING ERRCODE = 'restrict_violation';`
  return where === undefined ? raise : `IF (${inWords(where)}) THEN ${raise} END IF;`
}

/** Rows that a trigger keeps from being deleted cannot be emptied away either. SQLite has no TRUNCATE. */
function truncateGuard(table: string): string {
  const name = `${table}_no_truncate`
  const refusal = `RAISE EXCEPTION 'table ${table} is never emptied' USING ERRCODE = 'restrict_violation';`
  return functionOf(name, [refusal]).concat(
    `\nCREATE TRIGGER ${name} BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${name}();`,
  )
}

function functionOf(name: string | undefined, steps: readonly string[]): string {
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n${steps.join('\n')}\nEND $$;`
}
