/**
 * What raw SQL can do to the evidence, the order registry and the daily balances. The landing refuses every change; what is done to it
 * behind its guards is found, up to evidence that a forger hashes anew: that only a replay into an empty database tells.
 */
import { describeAttacks, type Attack } from './attack.ts'

/** Another charge of order 1 than was landed. */
const LANDED = (batch: number, item: number): string =>
  `(1, ${batch}, ${item}, 'panel-statuses', 'netpanel', '{}', 1000, 200, 'application/json', 'identity', $BODY, 17, $HASH)`
const GAP = 'LANDING_GAP'
const MISSING = 'EVIDENCE_MISSING'
const COLUMNS =
  '(book, batch, item, kind, source, request, fetched_at_ms, http_status, content_type, encoding, body, body_bytes, body_sha256)'
const INSERT = (batch: number, item: number): string => `insert into landing ${COLUMNS} values ${LANDED(batch, item)}`
const REPLACE = (statement: string): string => statement.replace('insert', 'insert or replace')
const BY_ROWID = (statement: string): string =>
  statement.replace('(book,', '(rowid, book,').replace('values (1,', 'values (1, 1,')
const NO_RECURSION = 'pragma recursive_triggers = off'

const LANDING: readonly Attack[] = [
  { name: 'change a body', sql: ['update landing set body = $BODY where batch = 1'], outcome: 'refused' },
  { name: 'change where a body came from', sql: [`update landing set source = 'grosspanel'`], outcome: 'refused' },
  {
    name: 'change when a body came',
    sql: ['update landing set fetched_at_ms = 1 where batch = 1'],
    outcome: 'refused',
  },
  { name: 'renumber a batch', sql: ['update landing set batch = 9 where batch = 2'], outcome: 'refused' },
  { name: 'delete an item', sql: ['delete from landing where batch = 2 and item = 2'], outcome: 'refused' },
  { name: 'delete the last batch', sql: ['delete from landing where batch = 3'], outcome: 'refused' },
  { name: 'empty the landing', sql: ['truncate landing'], outcome: 'refused', only: 'postgres' },
  { name: 'land an item twice', sql: [INSERT(1, 1)], outcome: 'refused' },
  {
    name: 'land an item over another',
    sql: [`${INSERT(1, 1)} on conflict (book, batch, item) do update set body = excluded.body`],
    outcome: 'refused',
  },
  { name: 'slip an item into a processed batch', sql: [INSERT(1, 9)], outcome: 'refused' },
  { name: 'replace an item', sql: [REPLACE(INSERT(1, 1))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace an item, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(INSERT(1, 1))],
    outcome: 'refused',
    only: 'sqlite',
  },
  { name: 'replace an item by its row', sql: [BY_ROWID(REPLACE(INSERT(4, 1)))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace an item by its row, without recursive triggers',
    sql: [NO_RECURSION, BY_ROWID(REPLACE(INSERT(4, 1)))],
    outcome: [GAP, 'LANDING_CHANGED', MISSING, MISSING, MISSING],
    only: 'sqlite',
  },
  {
    name: 'flip a byte of a body without guards',
    unguarded: ['landing'],
    sql: ['update landing set body = $BODY where batch = 1 and item = 1'],
    outcome: ['LANDING_CHANGED'],
  },
  {
    name: 'flip a byte of a compressed body without guards',
    unguarded: ['landing'],
    sql: {
      sqlite: [`update landing set body = $HASH where batch = 2 and item = 1`],
      postgres: ['update landing set body = set_byte(body, 9, 255 - get_byte(body, 9)) where batch = 2 and item = 1'],
    },
    outcome: ['LANDING_CHANGED'],
  },
  {
    name: 'change the hash of a body without guards',
    unguarded: ['landing'],
    sql: ['update landing set body_sha256 = $HASH where batch = 2'],
    outcome: ['LANDING_CHANGED', 'LANDING_CHANGED'],
  },
  {
    name: 'change the length of a body without guards',
    unguarded: ['landing'],
    sql: ['update landing set body_bytes = 1 where batch = 3 and item = 1'],
    outcome: ['LANDING_CHANGED'],
  },
  {
    name: 'call a compressed body a plain one without guards',
    unguarded: ['landing'],
    sql: [`update landing set encoding = 'identity' where batch = 2 and item = 1`],
    outcome: ['LANDING_CHANGED'],
  },
  {
    name: 'delete the batch of all transactions without guards',
    unguarded: ['landing'],
    sql: ['delete from landing where batch = 1'],
    outcome: [GAP, MISSING, MISSING, MISSING],
  },
  {
    name: 'delete a batch nothing was posted from without guards',
    unguarded: ['landing'],
    sql: ['delete from landing where batch = 2'],
    outcome: [GAP],
  },
  {
    name: 'cut off the last batch without guards',
    unguarded: ['landing'],
    sql: ['delete from landing where batch = 3'],
    outcome: [GAP],
  },
  {
    name: 'empty the landing without guards',
    unguarded: ['landing'],
    sql: ['delete from landing'],
    outcome: [GAP, GAP, GAP, MISSING, MISSING, MISSING],
  },
  {
    name: 'delete an item without guards',
    unguarded: ['landing'],
    sql: ['delete from landing where batch = 3 and item = 1'],
    outcome: [GAP],
  },
  {
    name: 'cut off the item of a wallet reading without guards',
    unguarded: ['landing'],
    sql: [
      `insert into wallet_reading (book, source, batch, item, observed_at_ms, moment, balance, currency, booked, consistent)
      values (1, 1, 2, 2, 1000, 'after', 5, 'USD', 5, 1)`,
      'delete from landing where batch = 2 and item = 2',
    ],
    outcome: [MISSING],
  },
  // Nothing points at it and nothing was made of it; a replay without it gives the same books.
  {
    name: 'cut off an item nothing was made of without guards',
    unguarded: ['landing'],
    sql: ['delete from landing where batch = 2 and item = 2'],
    outcome: [],
  },
]

const BALANCE: readonly Attack[] = [
  {
    name: 'empty the balances',
    sql: ['delete from balance'],
    outcome: ['BALANCE_DIFFERS', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'replace a balance',
    sql: [`insert or replace into balance values (1, 1, 'USD', '2026-03-01', 5, 0)`],
    outcome: ['BALANCE_DIFFERS'],
    only: 'sqlite',
  },
  {
    name: 'move a balance to another day',
    sql: [`update balance set day = '2026-03-02' where account = 1`],
    outcome: ['BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'move a balance to another currency',
    sql: [`update balance set currency = 'EUR' where account = 1`],
    outcome: ['BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'move an amount from one account to another',
    sql: [
      'update balance set debit = debit + 7 where account = 1',
      'update balance set debit = debit - 7 where account = (select max(account) from balance where debit > 7)',
    ],
    outcome: ['BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  { name: 'make a balance negative', sql: ['update balance set debit = -1 where account = 1'], outcome: 'refused' },
  {
    name: 'keep a balance of an unknown account',
    sql: [`insert into balance values (1, 99, 'USD', '2026-03-01', 5, 0)`],
    outcome: 'refused',
  },
]

const REGISTER = `insert into panel_order (book, source, order_id, origin, evidence_batch, evidence_item) values (1, 1, '7', 'history', 1, 1)`
const QUEUE = `insert into order_unasked values (1, 1, '7')`
/** The status, how often the panel said that it does not know the order, when to ask again, and what is booked. */
const ANSWER = (status: string, refusals: number, due: string, order = '7', charged = 0): string =>
  `insert into order_state (book, source, order_id, status, refusals, due_at_ms, charged, charge_version, refunded,
    refund_version, evidence_batch, evidence_item)
  values (1, 1, '${order}', ${status}, ${refusals}, ${due}, ${charged}, 1, 0, 0, 1, 1)`

const REGISTRY: readonly Attack[] = [
  { name: 'register an order that nobody has asked about', sql: [REGISTER, QUEUE], outcome: [] },
  { name: 'register an order that is answered', sql: [REGISTER, ANSWER(`'in-progress'`, 0, '0')], outcome: [] },
  { name: 'forget to ask about an order', sql: [REGISTER], outcome: ['REGISTRY_STATE_MISSING'] },
  { name: 'ask about an unregistered order', sql: [QUEUE], outcome: ['REGISTRY_UNREGISTERED'] },
  {
    name: 'keep the answer about an unregistered order',
    sql: [ANSWER(`'in-progress'`, 0, '0')],
    outcome: ['REGISTRY_UNREGISTERED'],
  },
  {
    name: 'delete the registration of an answered order',
    sql: [REGISTER, ANSWER(`'completed'`, 0, 'null'), 'delete from panel_order'],
    outcome: ['REGISTRY_UNREGISTERED'],
  },
  {
    name: 'delete the answer about an order',
    sql: [REGISTER, ANSWER(`'completed'`, 0, '5'), 'delete from order_state'],
    outcome: ['REGISTRY_STATE_MISSING'],
  },
  {
    name: 'wait for the first answer of an answered order',
    sql: [REGISTER, QUEUE, ANSWER(`'in-progress'`, 0, '0')],
    outcome: ['REGISTRY_STATE_TWICE'],
  },
  {
    name: 'move an answer to another order',
    sql: [REGISTER, ANSWER(`'in-progress'`, 0, '0'), `update order_state set order_id = '8'`],
    outcome: ['REGISTRY_UNREGISTERED', 'REGISTRY_STATE_MISSING'],
  },
  ...['pending', 'in-progress', 'unknown'].map((status) => ({
    name: `never ask again about an order that is ${status}`,
    sql: [REGISTER, ANSWER(`'${status}'`, 0, 'null')],
    outcome: ['REGISTRY_GIVEN_UP'],
  })),
  {
    name: 'never ask again about an open order the panel says it does not know any more',
    sql: [REGISTER, ANSWER(`'in-progress'`, 20, 'null')],
    outcome: ['REGISTRY_GIVEN_UP'],
  },
  {
    name: 'never ask again about an order that was never answered nor refused',
    sql: [REGISTER, ANSWER('null', 0, 'null')],
    outcome: ['REGISTRY_GIVEN_UP'],
  },
  {
    name: 'never ask again about a booked order without a status',
    sql: [REGISTER.replace(`'7'`, `'2'`), ANSWER('null', 20, 'null', '2', 200_000_000)],
    outcome: ['REGISTRY_GIVEN_UP'],
  },
  // These are right: the panel never knew the order, or it finished long ago.
  { name: 'give up an order the panel never knew', sql: [REGISTER, ANSWER('null', 20, 'null')], outcome: [] },
  ...['completed', 'partial', 'canceled', 'failed'].map((status) => ({
    name: `give up an order that is ${status}`,
    sql: [REGISTER, ANSWER(`'${status}'`, 0, 'null')],
    outcome: [],
  })),
]

describeAttacks('raw SQL on the landing that tries to', LANDING)
describeAttacks('raw SQL on the balances that tries to', BALANCE)
describeAttacks('raw SQL on the order registry that tries to', REGISTRY)
