/** What a held entry advises: only what helps with this target and this policy. */
import { expect, it } from 'vitest'
import { historyOf } from '../../src/targets/outbox/past.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, pass, rows, type Bench } from './support.ts'

async function heldBecause({ work }: Bench): Promise<string> {
  const [row] = await rows(work)
  expect(row?.state).toBe('held')
  return row === undefined ? '' : ((await historyOf(work.kysely, row)).at(-1)?.message ?? '')
}

describeOnSqlite('an entry held by closed books', (fresh) => {
  it('is told through which day, and that another day would do', async () => {
    const made = await bench(await fresh(), 1)
    made.service.closedThrough = '2026-11-01'
    await pass(made.work)
    expect(await heldBecause(made)).toMatch(/closed through 2026-11-01\. Open .* closedPeriod: first-open-day\.$/)
  })

  it.each(['hold', 'first-open-day'] as const)(
    'of a target that does not say through which day waits for the period alone, under policy %s',
    async (closedPeriod) => {
      const made = await bench(await fresh(), 1)
      made.service.closedThrough = '2026-11-01'
      const target = { ...made.work.target, closedThrough: () => Promise.resolve({ kind: 'ok', value: null } as const) }
      await pass({ ...made.work, closedPeriod, target })
      const message = await heldBecause(made)
      expect(message).toContain('does not say through which day they are. The period has to be opened there.')
      expect(message).not.toContain('first-open-day')
    },
  )
})
