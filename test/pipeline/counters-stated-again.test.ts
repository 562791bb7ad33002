/** A payout that another file states once more is the same payout: the proof of a lifetime counter stays as it was. */
import { expect, it } from 'vitest'
import { rollForward } from '../../src/reconcile/roll-forward.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { play, type Play } from './counters-support.ts'
import { payments } from './scripted-book.ts'

async function differenceOf({ rig }: Play): Promise<bigint | null> {
  const { kysely } = rig.database
  const { id } = await rig.bookRow()
  const { id: sourceId } = await kysely
    .selectFrom('source')
    .select('id')
    .where('name', '=', 'pub')
    .executeTakeFirstOrThrow()
  const account = { source: 'pub', sourceId, kind: 'publisher' as const, account: '1100:pub', currency: 'USD' }
  return (await rollForward(kysely, id, account)).difference
}

describeOnSqlite('a payout that is stated twice', (fresh) => {
  it('is counted once by the proof of what the network owes', async () => {
    const book = await play(await fresh())
    await book.read(1000, 1000, '200.00', 1)
    await book.read(1100, 1100, '210.00', 2)
    const day = new Date(book.later(0) - 3_600_000).toISOString().slice(0, 10)
    await book.rig.importEvidence(book.later(2), payments(`${day},pub,payout,50.00,USD,PP-1,`))
    const once = await differenceOf(book)
    await book.rig.importEvidence(book.later(3), payments(`${day},pub,payout,50.00,USD,PP-1,stated again`))
    expect(await differenceOf(book)).toBe(once)
  })
})
