/** Copies in the target that carry no number of ours: found by what they say of the books, and closed when they are gone. */
import { expect, it } from 'vitest'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { deliverNight, openExceptions } from './delivered-book.ts'
import type { Stored } from './journal-service.ts'
import { bench, type Bench } from './support.ts'

const FIRST = 'ACMEADS-20261101-1'

/** What a person makes of the first entry, as an entry of its own. */
async function afterCopy(made: Bench, change: (text: string) => string, status: Stored['status'] = 'posted') {
  await deliverNight(made)
  const [first] = made.service.entries
  if (first === undefined) throw new Error('nothing was delivered')
  made.clock.ms += 86_400_000
  const text = change(first.text).replaceAll(FIRST, 'Payroll')
  made.service.entries.push({ id: '99', version: 0, status, changedMs: made.clock.ms, text })
}

describeOnSqlite('a copy with another number and another memo', (fresh) => {
  it.each(['changes', 'all'] as const)('is found when the night looks at %s, and settled by its end', async (drift) => {
    const made = await bench(await fresh(), 2)
    await afterCopy(made, (text) => text)
    await deliverNight(made, drift)
    expect(await openExceptions(made)).toEqual([`TARGET_CHANGED journal:${FIRST}:copied`])
    const [open] = await listExceptions(made.database.kysely, made.book.id, { status: 'open' })
    expect(open?.detail).toContain('What looks like a copy')
    expect(open?.detail).toContain('id 99')
    made.clock.ms += 86_400_000
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([`TARGET_CHANGED journal:${FIRST}:copied`])
    made.service.entries.pop()
    made.clock.ms += 86_400_000
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
  })

  it.each<readonly [string, (text: string) => string, Stored['status']]>([
    ['of another day', (text) => text.replace('"date":"2026-11-01"', '"date":"2026-11-03"'), 'posted'],
    ['of another amount', (text) => text.replaceAll('125000000', '135000000'), 'posted'],
    ['that is voided', (text) => text, 'voided'],
  ])('is nothing to speak of when it is an entry %s', async (_name, change, status) => {
    const made = await bench(await fresh(), 2)
    await afterCopy(made, change, status)
    await deliverNight(made, 'all')
    expect(await openExceptions(made)).toEqual([])
  })
})
