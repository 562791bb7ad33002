/** Two payouts on record that come to the same fall: which it was is asked, and proves nothing about the counter. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { landedCounter, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { exceptionsOf, openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

/** 12.00 a day on top of 200.00; 160.00 go out on 9 March, and again on 20 March. */
async function live(counter: LandedCounter, from: number, to: number): Promise<void> {
  for (let night = from; night <= to; night += 1) {
    const paid = (night >= 9 ? 160 : 0) + (night >= 20 ? 160 : 0)
    await counter.read(night, `${200 + 12 * (night - 1) - paid}.00`)
  }
}

async function said(counter: LandedCounter): Promise<string> {
  return (await exceptionsOf(counter.rig)).find(({ object }) => object === 'counter')?.detail ?? ''
}

describeOnSqlite('a fall that an older payout nobody took comes to as well', (fresh) => {
  it('is not told by it: both are named, and it is told once the refused one is stated', async () => {
    const counter = await landedCounter(await fresh())
    await live(counter, 1, 8)
    await counter.payout('2026-03-04', '155.00', 'PP-REFUSED')
    await counter.payout('2026-03-09', '160.00', 'PP-1')
    await live(counter, 9, 19)
    expect(await said(counter)).toMatch(
      /; proposed: the payout PP-REFUSED of 155\.00, with 7\.00 earned besides \(or PP-1 of 160\.00 with 12\.00: if one was refused, import its row payout-returned, dated before the fall\); to confirm/,
    )
    await counter.payout('2026-03-20', '160.00', 'PP-2')
    await live(counter, 20, 21)
    // The second fall alone is one.
    expect(await counter.undecided()).not.toBeNull()
    expect(await counter.days()).not.toContain('2026-03-09 7.00')
    const refused = payments('2026-03-06,pub,payout-returned,155.00,USD,PP-REFUSED,')
    await counter.rig.importEvidence(nightMs(21) + 1, refused)
    expect(await counter.undecided()).toBeNull()
    expect(new Set((await counter.days()).map((day) => day.slice(11)))).toEqual(new Set(['12.00']))
    await counter.read(22, '132.00')
    expect((await openCodes(counter.rig)).filter((code) => code.includes('COUNTER'))).toEqual([])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})
