/** A registry filled by an older version keeps every order, answered or not, when its table is taken apart. */
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { dueOrders, findOrders, pendingOrders } from '../../src/evidence/registry.ts'
import { describeEmptyOnBothEngines } from '../support/both-engines.ts'
import { olderMigrations } from '../support/older-migrations.ts'

describeEmptyOnBothEngines('a registry of an older version', (freshUrl) => {
  it('is taken over whole', async () => {
    const database = await openDatabase(await freshUrl())
    onTestFinished(() => database.close())
    await migrate(database, 0, olderMigrations('0003'))
    const { kysely } = database
    await sql`insert into book (id, name, currency, time_zone) values (1, 'acme', 'USD', 'UTC')`.execute(kysely)
    await sql`insert into panel_order (book, source, order_id, origin, quantity, ordered_at_ms, listed_charge, listed_decimals,
        status, charge, charge_decimals, remains, observed_at_ms, terminal_at_ms, gross, gross_basis, charged, charge_version,
        refunded, refund_version, pending, due_at_ms, evidence_batch, evidence_item)
      values
        (1, 1, '7', 'history', 1000, 5, 100, 2, 'partial', 60, 5, 400, 9, 9, 100, 'open', 100, 1, 0, 0, 'REFUND_MISSING', 500, 3, 2),
        (1, 1, '8', 'history', 10, 6, 40, 2, null, null, null, null, null, null, 40, 'open', 0, 0, 0, 0, null, 0, 2, 1),
        (1, 1, '9', 'typed-in', null, null, null, null, null, null, null, null, null, null, null, null, 0, 0, 0, 0, null, 0, 1, 1)`.execute(
      kysely,
    )
    await migrate(database, 1)
    const orders = await findOrders(kysely, 1n, 1n, ['7', '8', '9'])
    expect(orders.get('7')).toMatchObject({
      origin: 'history',
      quantity: 1000n,
      orderedAtMs: 5,
      listedCharge: 100n,
      listedDecimals: 2,
      status: 'partial',
      charge: 60n,
      chargeDecimals: 5,
      remains: 400n,
      observedAtMs: 9,
      terminalAtMs: 9,
      gross: 100n,
      grossBasis: 'open',
      charged: 100n,
      chargeVersion: 1,
      pending: 'REFUND_MISSING',
      refusals: 0,
      dueAtMs: 500,
      evidenceBatch: 3,
      evidenceItem: 2,
    })
    expect(orders.get('8')).toMatchObject({ status: null, gross: 40n, grossBasis: 'open', dueAtMs: 0, charged: 0n })
    expect(orders.get('9')).toMatchObject({ origin: 'typed-in', status: null, gross: null, dueAtMs: 0 })
    expect((await pendingOrders(kysely, 1n, 1n, 10)).map(({ orderId }) => orderId)).toEqual(['7'])
    expect(await dueOrders(kysely, 1n, 1n, 1000, null, 10)).toEqual([
      { atMs: 0, orderId: '8' },
      { atMs: 0, orderId: '9' },
      { atMs: 500, orderId: '7' },
    ])
    expect(await dueOrders(kysely, 1n, 1n, 1000, { atMs: 0, orderId: '8' }, 1)).toEqual([{ atMs: 0, orderId: '9' }])
    expect(await dueOrders(kysely, 1n, 1n, 1000, { atMs: 0, orderId: '9' }, 9)).toEqual([{ atMs: 500, orderId: '7' }])
  })
})
