/** What a request may take its key from: only what rules an entry out, and never while an earlier one may still arrive. */
import { expect, it } from 'vitest'
import { entryText } from '../../src/targets/outbox/entry-text.ts'
import { moveRow } from '../../src/targets/outbox/move.ts'
import { historyOf } from '../../src/targets/outbox/past.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, documentsIn, pass, rows, states, type Bench } from './support.ts'

const DAY_MS = 86_400_000

function keysOf({ service }: Bench): readonly string[] {
  return service.requests.filter(({ path }) => path === '/entries').map(({ key }) => key)
}

describeOnSqlite('the key of an entry', (fresh) => {
  it('outlives a refused connection when what was sent before is not known', async () => {
    const made = await bench(await fresh(), 1)
    // Closed books, look-up, create; then the look-up again, and a create that is not let in.
    made.service.plan.push('ok', 'ok', 'ok', '504-late', 'ok', '401')
    const { stopped } = await pass(made.work)
    expect(stopped).toMatchObject({ kind: 'unauthorised' })
    expect(await states(made.work)).toBe('unknown')
    await pass(made.work)
    expect(new Set(keysOf(made)).size).toBe(1)
    expect(documentsIn(made.service)).toHaveLength(1)
  })

  it('outlives books that close while it is not known, under a policy of another day too', async () => {
    const made = await bench(await fresh(), 1)
    made.service.plan.push('ok', 'ok', 'ok', '504-late', 'ok', '504-late')
    await pass(made.work)
    made.service.closedThrough = '2026-11-01'
    await pass({ ...made.work, closedPeriod: 'first-open-day' })
    expect(await states(made.work)).toBe('unknown')
    const [row] = await rows(made.work)
    expect(row).toMatchObject({ revision: 1, generation: 1 })
  })

  it('is another one after the refusal of closed books, which the target would only repeat', async () => {
    const made = await bench(await fresh(), 1)
    made.service.onRequest = (path) => {
      if (path === '/entries') made.service.closedThrough = '2026-11-01'
    }
    await pass(made.work)
    expect(await states(made.work)).toBe('held')
    made.service.onRequest = () => undefined
    made.service.closedThrough = null
    made.clock.ms += 60_000
    await pass(made.work)
    expect(await states(made.work)).toBe('delivered')
    expect(new Set(keysOf(made)).size).toBe(2)
  })

  it('is not used up, nor the entry in doubt, when nothing was sent at all', async () => {
    const made = await bench(await fresh(), 2)
    const { target } = made.work
    const until = { untilMs: made.clock.ms + DAY_MS, message: 'The requests of the day are used up.' }
    const blocked = { kind: 'throttled', scope: 'day', sent: false, ...until } as const
    const { stopped } = await pass({ ...made.work, target: { ...target, create: () => Promise.resolve(blocked) } })
    expect(stopped).toMatchObject({ kind: 'throttled', untilMs: until.untilMs })
    expect(await states(made.work)).toBe('queued queued')
    const [row] = await rows(made.work)
    expect(row).toMatchObject({ sentAtMs: null, generation: 1 })
    made.clock.ms += DAY_MS + 1
    await pass(made.work)
    expect(documentsIn(made.service)).toHaveLength(2)
  })

  it('is another one for another content under the same number, as in books restored from a backup', async () => {
    const keyFor = async (body: Bench['work']['body']): Promise<readonly string[]> => {
      const made = await bench(await fresh(), 1)
      await pass({ ...made.work, body })
      expect(documentsIn(made.service)).toEqual(['ACMEADS-20261101-1'])
      return keysOf(made)
    }
    const key = await keyFor(entryText)
    expect(await keyFor(entryText)).toEqual(key)
    expect(await keyFor((entry) => entryText({ ...entry, memo: `${entry.memo}, from an older backup` }))).not.toEqual(
      key,
    )
  })

  it('is met at most twice in one delivery, which says what is known and goes on to the others', async () => {
    const made = await bench(await fresh(), 2)
    made.service.plan.push('ok', 'ok', 'ok', '500-before', 'ok', 'ok', '500-before')
    const { created, stopped } = await pass(made.work)
    expect({ created, stopped }).toEqual({ created: ['ACMEADS-20261102-1'], stopped: null })
    expect(keysOf(made)).toHaveLength(3)
    const [row] = await rows(made.work)
    const last = row === undefined ? undefined : (await historyOf(made.work.kysely, row)).at(-1)
    expect(last?.to).toBe('unknown')
    expect(last?.message).toContain('nobody knows what came of it. It is not in the target')
    await pass(made.work)
    expect(await states(made.work)).toBe('delivered delivered')
    expect(new Set(keysOf(made)).size).toBe(2)
  })
})

describeOnBothEngines('a row that another machine has claimed', (fresh) => {
  it.each([
    { when: 'just now', aheadMs: 0, becomes: 'sending' },
    { when: 'while a clock was more than a year ahead', aheadMs: 400 * DAY_MS, becomes: 'delivered' },
  ])('$when is $becomes after the next delivery', async ({ aheadMs, becomes }) => {
    const { work, clock } = await bench(await fresh(), 1)
    await pass(work, { limit: 0 })
    const [row] = await rows(work)
    if (row === undefined) throw new Error('nothing is queued')
    const other = { ...work, holder: 'elsewhere/1/x', wallMs: () => clock.ms + aheadMs }
    await moveRow(other, row, { to: 'sending', message: 'taken up' })
    await pass(work)
    expect(await states(work)).toBe(becomes)
  })
})
