/** What rounding can leave of a source's orders at most: one unit of the last decimal of each charge. */
import { expect, it } from 'vitest'
import { lastPlaces } from '../../src/evidence/parent-children.ts'
import { sourceIds } from '../../src/ledger/books.ts'
import { nightMs } from '../pipeline/harness.ts'
import { scriptedBook } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'

describeOnSqlite('the last places of all charges', (fresh) => {
  it('are summed by what each charge shows, and of what costs nothing there is none', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    const charges = { 1: '0.31', 2: '7.25', 3: '1.2345', 4: '12', 5: '0.00' }
    for (const [id, charge] of Object.entries(charges)) vendors.orders.set(id, { status: 'Completed', charge })
    await rig.addOrders(nightMs(1), 'panel', Object.keys(charges))
    await rig.night(nightMs(1))
    const book = await rig.bookRow()
    const panel = (await sourceIds(rig.database.kysely, book)).get('panel') ?? 0n
    // 0.01 + 0.01 + 0.0001 + 1
    expect(await lastPlaces(rig.database.kysely, book.id, panel)).toBe(102_010_000n)
    expect(await lastPlaces(rig.database.kysely, book.id, panel + 99n)).toBe(0n)
  })
})
