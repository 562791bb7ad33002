/**
 * What raw SQL can do to the books: each line is an attack, and either the database refuses it or `ledger verify` finds
 * it, with exactly this code. An attack on the guards themselves is found as one.
 */
import { describeAttacks, type Attack } from './attack.ts'

const TXN = (seq: number, object: string, rest = "'charge', 1, 'USD', 5, 5"): string =>
  `insert into txn (book, seq, source, object, kind, version, currency, amount, cumulative, effective_date,
    recorded_at_ms, rule, memo, evidence_batch, evidence_item, hash)
  values (1, ${seq}, 1, '${object}', ${rest}, '2026-03-01', 1000, 'r', 'm', 1, 1, $HASH)`
const POSTING = (seq: number, line: number, amount: number, account = 1): string =>
  `insert into posting (book, seq, line, account, amount) values (1, ${seq}, ${line}, ${account}, ${amount})`
const HEAD = (seq: number, at = 1000): string =>
  `update head set seq = ${seq}, recorded_at_ms = ${at}, hash = $HASH where book = 1`
const WHOLE = [TXN(4, 'order:9'), POSTING(4, 1, 5), POSTING(4, 2, -5)]
const REPLACE = (statement: string): string => statement.replace('insert', 'insert or replace')
const NO_RECURSION = 'pragma recursive_triggers = off'

const ATTACKS: readonly Attack[] = [
  { name: 'change an amount', sql: ['update txn set amount = 1 where seq = 1'], outcome: 'refused' },
  {
    name: 'change a posting',
    sql: ['update posting set amount = amount + 1 where seq = 1 and line = 1'],
    outcome: 'refused',
  },
  { name: 'delete a transaction', sql: ['delete from txn where seq = 3'], outcome: 'refused' },
  { name: 'delete a posting', sql: ['delete from posting where seq = 3'], outcome: 'refused' },
  { name: 'back-date', sql: [`update txn set effective_date = '2020-01-01' where seq = 1`], outcome: 'refused' },
  { name: 'renumber', sql: ['update txn set seq = 9 where seq = 3'], outcome: 'refused' },
  { name: 'add a posting to a closed transaction', sql: [POSTING(1, 3, 5)], outcome: 'refused' },
  { name: 'add a transaction below the head', sql: [TXN(0, 'order:9')], outcome: 'refused' },
  { name: 'empty the transactions', sql: ['truncate txn'], outcome: 'refused', only: 'postgres' },
  { name: 'empty the postings', sql: ['truncate posting'], outcome: 'refused', only: 'postgres' },
  {
    name: 'replace a transaction by its number',
    sql: [REPLACE(TXN(1, 'order:9'))],
    outcome: 'refused',
    only: 'sqlite',
  },
  { name: 'replace a posting', sql: [REPLACE(POSTING(1, 1, 7))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace a transaction by its number, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(TXN(1, 'order:9'))],
    outcome: 'refused',
    only: 'sqlite',
  },
  {
    name: 'replace a posting, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(POSTING(1, 1, 7))],
    outcome: 'refused',
    only: 'sqlite',
  },
  { name: 'replace a transaction by its key', sql: [REPLACE(TXN(4, 'order:2'))], outcome: 'refused', only: 'sqlite' },
  {
    name: 'replace a transaction by its key, without recursive triggers',
    sql: [NO_RECURSION, REPLACE(TXN(4, 'order:2'))],
    outcome: ['BEYOND_HEAD', 'SEQUENCE_GAP', 'ORPHAN_POSTING', 'ORPHAN_POSTING', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
    only: 'sqlite',
  },
  {
    name: 'rename an account',
    sql: [`update account set key = '9' where id = 1`],
    outcome: ['HASH_MISMATCH', 'HASH_MISMATCH', 'HASH_MISMATCH'],
  },
  { name: 'post the same key twice', sql: [TXN(4, 'order:2')], outcome: 'refused' },
  {
    name: 'date a transaction in no calendar',
    sql: [TXN(4, 'order:9').replace('2026-03-01', '2026-02-30'), POSTING(4, 1, 5), POSTING(4, 2, -5), HEAD(4)],
    outcome: 'refused',
  },
  {
    name: 'close a transaction that does not balance',
    sql: [TXN(4, 'order:9'), POSTING(4, 1, 5), POSTING(4, 2, -4), HEAD(4)],
    outcome: 'refused',
  },
  {
    name: 'close a transaction of one posting',
    sql: [TXN(4, 'order:9'), POSTING(4, 1, 5), HEAD(4)],
    outcome: 'refused',
  },
  {
    name: 'close a transaction whose debits are not its amount',
    sql: [TXN(4, 'order:9'), POSTING(4, 1, 6), POSTING(4, 2, -6), HEAD(4)],
    outcome: 'refused',
  },
  {
    name: 'close a transaction of an unknown account',
    sql: [TXN(4, 'order:9'), POSTING(4, 1, 5, 99), POSTING(4, 2, -5), HEAD(4)],
    outcome: 'refused',
  },
  {
    name: 'close a transaction of an unknown source',
    sql: [TXN(4, 'order:9').replace('4, 1,', '4, 99,'), POSTING(4, 1, 5), POSTING(4, 2, -5), HEAD(4)],
    outcome: 'refused',
  },
  { name: 'skip a number', sql: [TXN(5, 'order:9'), POSTING(5, 1, 5), POSTING(5, 2, -5), HEAD(5)], outcome: 'refused' },
  { name: 'leave a posting beyond what is closed', sql: [...WHOLE, POSTING(5, 1, 5), HEAD(4)], outcome: 'refused' },
  {
    name: 'leave a transaction beyond what is closed',
    sql: [...WHOLE, TXN(5, 'order:10'), HEAD(4)],
    outcome: 'refused',
  },
  { name: 'close with a time that fell', sql: [...WHOLE, HEAD(4, 999)], outcome: 'refused' },
  { name: 'close with a time that is not its transactions’', sql: [...WHOLE, HEAD(4, 1001)], outcome: 'refused' },
  {
    name: 'close with another hash',
    sql: [...WHOLE, HEAD(4).replace('$HASH', '(select hash from txn where seq = 1)')],
    outcome: 'refused',
  },
  {
    name: 'skip a version',
    sql: [TXN(4, 'order:2', "'charge', 3, 'USD', 5, 200000005"), POSTING(4, 1, 5), POSTING(4, 2, -5), HEAD(4)],
    outcome: 'refused',
  },
  { name: 'move the head back', sql: [HEAD(2)], outcome: 'refused' },
  { name: 'move the head nowhere', sql: ['update head set seq = seq'], outcome: 'refused' },
  { name: 'delete the head', sql: ['delete from head'], outcome: 'refused' },
  {
    name: 'withdraw rows that were never closed',
    sql: [...WHOLE, 'delete from posting where seq > 3', 'delete from txn where seq > 3'],
    outcome: [],
  },
  { name: 'insert rows beyond the head', sql: WHOLE, outcome: ['BEYOND_HEAD'] },
  { name: 'insert a posting beyond the head', sql: [POSTING(9, 1, 5)], outcome: ['ORPHAN_POSTING'] },
  // Well formed in every respect but made outside the program: only the chain and the projection tell.
  {
    name: 'close a forged transaction',
    sql: [...WHOLE, HEAD(4)],
    outcome: ['HASH_MISMATCH', 'BALANCE_DIFFERS'],
  },
  {
    name: 'edit a balance',
    sql: ['update balance set debit = debit + 1 where account = 1'],
    outcome: ['BALANCE_DIFFERS'],
  },
  {
    name: 'move both sides of a balance',
    sql: ['update balance set debit = debit + 1, credit = credit + 1 where account = 1'],
    outcome: ['BALANCE_DIFFERS'],
  },
  { name: 'delete a balance', sql: ['delete from balance where account = 1'], outcome: ['BALANCE_DIFFERS'] },
  {
    name: 'invent a balance',
    sql: [`insert into balance values (1, 1, 'EUR', '2026-01-01', 5, 0)`],
    outcome: ['BALANCE_DIFFERS'],
  },
  {
    name: 'change a memo without guards',
    unguarded: ['txn'],
    sql: [`update txn set memo = 'x' where seq = 2`],
    outcome: ['HASH_MISMATCH'],
  },
  {
    name: 'change a hash without guards',
    unguarded: ['txn'],
    sql: ['update txn set hash = $HASH where seq = 2'],
    outcome: ['HASH_MISMATCH'],
  },
  {
    name: 'change the last hash without guards',
    unguarded: ['txn'],
    sql: ['update txn set hash = $HASH where seq = 3'],
    outcome: ['HASH_MISMATCH', 'HEAD_MISMATCH'],
  },
  {
    name: 'change evidence without guards',
    unguarded: ['txn'],
    sql: ['update txn set evidence_item = 7 where seq = 1'],
    outcome: ['HASH_MISMATCH'],
  },
  {
    name: 'change a posting without guards',
    unguarded: ['posting'],
    sql: ['update posting set amount = amount + 1 where seq = 1 and line = 1'],
    outcome: ['HASH_MISMATCH', 'UNBALANCED', 'BALANCE_DIFFERS'],
  },
  {
    name: 'change both postings without guards',
    unguarded: ['posting'],
    sql: ['update posting set amount = amount * 2 where seq = 1'],
    outcome: ['HASH_MISMATCH', 'AMOUNT_DIFFERS', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'delete a posting without guards',
    unguarded: ['posting'],
    sql: ['delete from posting where seq = 3 and line = 2'],
    outcome: ['HASH_MISMATCH', 'TOO_FEW_POSTINGS', 'UNBALANCED', 'BALANCE_DIFFERS'],
  },
  {
    name: 'delete a transaction without guards',
    unguarded: ['txn', 'posting'],
    sql: ['delete from posting where seq = 2', 'delete from txn where seq = 2'],
    outcome: ['SEQUENCE_GAP', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'cut off the end without guards',
    unguarded: ['txn', 'posting'],
    sql: ['delete from posting where seq = 3', 'delete from txn where seq = 3'],
    outcome: ['SEQUENCE_GAP', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'set a time back without guards',
    unguarded: ['txn'],
    sql: ['update txn set recorded_at_ms = 1 where seq = 2'],
    outcome: ['HASH_MISMATCH', 'RECORDED_TIME_FELL'],
  },
  {
    name: 'change a cumulative amount without guards',
    unguarded: ['txn'],
    sql: ['update txn set cumulative = 1, version = 2 where seq = 3'],
    outcome: ['HASH_MISMATCH', 'VERSION_BROKEN'],
  },
  {
    name: 'raise a refund without guards',
    unguarded: ['txn'],
    sql: ['update txn set amount = 500000000, cumulative = 500000000 where seq = 2'],
    outcome: ['HASH_MISMATCH', 'AMOUNT_DIFFERS'],
  },
  {
    name: 'move the head back without guards',
    unguarded: ['head'],
    sql: [HEAD(2)],
    outcome: ['BEYOND_HEAD', 'HEAD_MISMATCH', 'BALANCE_DIFFERS', 'BALANCE_DIFFERS'],
  },
  {
    name: 'change the time of the head without guards',
    unguarded: ['head'],
    sql: ['update head set recorded_at_ms = 5000'],
    outcome: ['HEAD_MISMATCH'],
  },
  { name: 'only drop guards', unguarded: ['txn'], sql: [], outcome: [] },
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

describeAttacks('raw SQL that tries to', ATTACKS)
describeAttacks('raw SQL on the balances that tries to', BALANCE)
