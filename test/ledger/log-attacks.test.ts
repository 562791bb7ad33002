/**
 * What raw SQL can do to the log. It refuses every change; what is done to it behind its guards is found, up to a chain that
 * a forger hashes anew to its end: that only an anchor outside tells, or a replay into an empty database.
 */
import { describeAttacks, type Attack } from './attack.ts'

const GAP = 'LANDING_GAP'
const CHANGED = 'LANDING_CHANGED'
const CHAIN = 'LOG_CHAIN'
/** Another charge of order 1 than was landed. */
const INSERT = (batch: number, item: number, hash = '$HASH'): string =>
  `insert into log_record (book, batch, item, kind, source, request, at_ms, http_status, content_type, body_bytes, body_sha256, hash)
    values (1, ${batch}, ${item}, 'panel-statuses', 'netpanel', '{}', 1000, 200, 'application/json', 17, $HASH, ${hash})`
const BODY = (batch: number, item: number): string =>
  `insert into log_body (book, batch, item, encoding, body) values (1, ${batch}, ${item}, 'identity', $BODY)`
const REPLACE = (statement: string): string => statement.replace('insert', 'insert or replace')
const BY_ROWID = (statement: string): string =>
  statement.replace('(book,', '(rowid, book,').replace('values (1,', 'values (1, 1,')
const NO_RECURSION = 'pragma recursive_triggers = off'
const NO_REFERENCES = 'pragma foreign_keys = off'
/** Deleted with its body. */
const DELETE = (where: string): readonly string[] => [
  `delete from log_body where ${where}`,
  `delete from log_record where ${where}`,
]
const BOTH = ['log_record', 'log_body']

const FIELDS = [
  ['the book', `book = 2`],
  ['the batch', 'batch = 9'],
  ['the number', 'item = 9'],
  ['the kind', `kind = 'panel-balance'`],
  ['the source', `source = 'grosspanel'`],
  ['the request', `request = '[]'`],
  ['the time', 'at_ms = 1'],
  ['the status', 'http_status = null'],
  ['the content type', `content_type = 'text/html'`],
  ['the length of the body', 'body_bytes = 1'],
  ['the hash of the body', 'body_sha256 = $HASH'],
  ['the hash', 'hash = $HASH'],
] as const

/** What is found beside the chain. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'the length of the body': [CHANGED],
  'the hash of the body': [CHANGED],
}

const LOG: readonly Attack[] = [
  ...FIELDS.map(([what, change]) => ({
    name: `change ${what} of a record`,
    sql: [`update log_record set ${change} where batch = 2 and item = 1`],
    outcome: 'refused' as const,
  })),
  ...FIELDS.filter(([what]) => !['the book', 'the batch', 'the number', 'the hash'].includes(what)).map(
    ([what, change]) => ({
      name: `change ${what} of a record without guards`,
      unguarded: BOTH,
      sql: [`update log_record set ${change} where batch = 2 and item = 1`],
      outcome: [CHAIN, ...(ALSO[what] ?? [])],
    }),
  ),
  {
    name: 'take the hash of a record away without guards',
    unguarded: BOTH,
    sql: ['update log_record set hash = null where batch = 2 and item = 1'],
    outcome: 'refused',
  },
  {
    name: 'change the hash of a record without guards',
    unguarded: BOTH,
    sql: ['update log_record set hash = $HASH where batch = 2 and item = 1'],
    outcome: [CHAIN, CHAIN],
  },
  {
    name: 'put a record in the row of another one',
    sql: [
      NO_RECURSION,
      'update or replace log_record set rowid = (select max(rowid) from log_record) where batch = 1 and item = 1',
    ],
    outcome: 'refused',
    only: 'sqlite',
  },
  { name: 'take the hash of a record away', sql: ['update log_record set hash = null'], outcome: 'refused' },
  { name: 'delete a record', sql: ['delete from log_record where batch = 2 and item = 2'], outcome: 'refused' },
  { name: 'delete a body', sql: ['delete from log_body where batch = 2 and item = 2'], outcome: 'refused' },
  { name: 'change a body', sql: ['update log_body set body = $BODY where batch = 1'], outcome: 'refused' },
  { name: 'give a body to another record', sql: ['update log_body set item = 9 where item = 2'], outcome: 'refused' },
  { name: 'empty the bodies', sql: ['truncate log_body'], outcome: 'refused', only: 'postgres' },
  { name: 'empty the log', sql: ['truncate log_record cascade'], outcome: 'refused', only: 'postgres' },
  { name: 'append without a hash', sql: [INSERT(4, 1, 'null')], outcome: 'refused' },
  { name: 'append beyond the next batch', sql: [INSERT(5, 1)], outcome: 'refused' },
  { name: 'append beyond the first of a batch', sql: [INSERT(4, 2)], outcome: 'refused' },
  { name: 'slip a record into a processed batch', sql: [INSERT(3, 3)], outcome: 'refused' },
  { name: 'slip a record between two batches', sql: [INSERT(1, 3)], outcome: 'refused' },
  { name: 'append a record twice', sql: [INSERT(1, 1)], outcome: 'refused' },
  {
    name: 'append a record over another',
    sql: [`${INSERT(1, 1)} on conflict (book, batch, item) do update set request = excluded.request`],
    outcome: 'refused',
  },
  { name: 'append a record that follows from nothing', sql: [INSERT(4, 1), BODY(4, 1)], outcome: [CHAIN, CHANGED] },
  { name: 'give a record a second body', sql: [BODY(1, 1)], outcome: 'refused' },
  { name: 'give a body to no record', sql: [BODY(9, 1)], outcome: 'refused' },
  { name: 'replace a record', sql: [REPLACE(INSERT(1, 1))], outcome: 'refused', only: 'sqlite' },
  { name: 'replace a body', sql: [REPLACE(BODY(1, 1))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace a record, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(INSERT(1, 1))],
    outcome: 'refused',
    only: 'sqlite',
  },
  {
    name: 'replace a body, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(BODY(1, 1))],
    outcome: 'refused',
    only: 'sqlite',
  },
  { name: 'replace a record by its row', sql: [BY_ROWID(REPLACE(INSERT(4, 1)))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace a record by its row, without recursive triggers and references',
    sql: [NO_RECURSION, NO_REFERENCES, BY_ROWID(REPLACE(INSERT(4, 1)))],
    outcome: ['REFERENCE_BROKEN', GAP, CHAIN, CHAIN, CHANGED],
    only: 'sqlite',
  },
  {
    name: 'flip a byte of a body without guards',
    unguarded: BOTH,
    sql: ['update log_body set body = $BODY where batch = 1 and item = 1'],
    outcome: [CHANGED],
  },
  {
    name: 'flip a byte of a compressed body without guards',
    unguarded: BOTH,
    sql: {
      sqlite: [`update log_body set body = $HASH where batch = 2 and item = 1`],
      postgres: ['update log_body set body = set_byte(body, 9, 255 - get_byte(body, 9)) where batch = 2 and item = 1'],
    },
    outcome: [CHANGED],
  },
  {
    name: 'call a compressed body a plain one without guards',
    unguarded: BOTH,
    sql: [`update log_body set encoding = 'identity' where batch = 2 and item = 1`],
    outcome: [CHANGED],
  },
  {
    name: 'delete a body without guards',
    unguarded: BOTH,
    sql: ['delete from log_body where batch = 2 and item = 1'],
    outcome: [CHANGED],
  },
  {
    name: 'delete the batch of all transactions without guards',
    unguarded: BOTH,
    sql: DELETE('batch = 1'),
    outcome: [GAP, CHAIN],
  },
  {
    name: 'delete a batch nothing was posted from without guards',
    unguarded: BOTH,
    sql: DELETE('batch = 2'),
    outcome: [GAP, CHAIN],
  },
  { name: 'cut off the last batch without guards', unguarded: BOTH, sql: DELETE('batch = 3'), outcome: [GAP] },
  {
    name: 'empty the log without guards',
    unguarded: BOTH,
    sql: DELETE('batch > 0'),
    outcome: [GAP, GAP, GAP],
  },
  {
    name: 'delete the first record of a batch without guards',
    unguarded: BOTH,
    sql: DELETE('batch = 3 and item = 1'),
    outcome: [GAP, CHAIN],
  },
  {
    name: 'delete the last record of a batch without guards',
    unguarded: BOTH,
    sql: DELETE('batch = 2 and item = 2'),
    outcome: [CHAIN],
  },
  // Nothing points at it, nothing was made of it, and nothing follows it: only an anchor outside would tell.
  {
    name: 'cut off the last record of all without guards',
    unguarded: BOTH,
    sql: DELETE('batch = 3 and item = 2'),
    outcome: [],
  },
]

describeAttacks('raw SQL on the log that tries to', LOG)
