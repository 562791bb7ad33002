/** What raw SQL can do to the order registry and the daily balances: `ledger verify` finds all of it. */
import { describeAttacks, type Attack } from './attack.ts'

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
    refund_version, first_seen_finished, first_claim, claim, evidence_batch, evidence_item)
  values (1, 1, '${order}', ${status}, ${refusals}, ${due}, ${charged}, 1, 0, 0, 0, 0, 0, 1, 1)`

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

describeAttacks('raw SQL on the balances that tries to', BALANCE)
describeAttacks('raw SQL on the order registry that tries to', REGISTRY)
