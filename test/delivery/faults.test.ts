/**
 * Every answer and every order of answers: whatever a seeded plan of faults does to a delivery, passes until nothing is
 * left end with each journal exactly once in the target, equal to what was approved.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { documentNumber } from '../../src/domain/journals/journal.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { FAULTS, type Fault } from './journal-service.ts'
import { bench, documentsIn, pass, rows, states, verify, workOf, type Bench } from './support.ts'

const FIVE = [1, 2, 3, 4, 5].map((day) => documentNumber('ACMEADS', `2026-11-0${day}`, 1))

/** Rows of an earlier plan are of another target, so one book serves many plans. */
function freshTarget(made: Bench, name: string): Bench {
  made.service.entries.length = 0
  made.service.plan.length = 0
  return { ...made, work: workOf(made, name) }
}

async function deliverToTheEnd({ work, clock }: Bench): Promise<void> {
  for (let passes = 0; passes < 40; passes += 1) {
    const { stopped } = await pass(work)
    await verify(work)
    if (stopped === null && !/queued|unknown|sending|delivered/.test(await states(work))) return
    clock.ms = Math.max(clock.ms + 1000, stopped?.untilMs ?? 0)
  }
}

async function expectEachOnce({ work, service }: Bench): Promise<void> {
  expect(documentsIn(service)).toEqual(FIVE)
  for (const row of await rows(work)) {
    expect(row.state).toBe('verified')
    expect(service.entries.find(({ id }) => id === row.remoteId)?.text).toBe(row.body)
  }
}

describeOnBothEngines('faults of a target', (fresh) => {
  it('leave each journal exactly once and equal, whatever their order', async () => {
    const made = await bench(await fresh(), 5)
    let run = 0
    const plans = fc.array(fc.constantFrom<Fault>(...FAULTS), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        run += 1
        const each = freshTarget(made, `target-${run}`)
        each.service.plan.push(...plan)
        await deliverToTheEnd(each)
        await expectEachOnce(each)
      }),
      { numRuns: made.database.dialect === 'sqlite' ? 60 : 25, seed: 4 },
    )
  }, 120_000)

  it('hold two workers at once to one entry per journal', async () => {
    const made = await bench(await fresh(), 5)
    let run = 0
    const plans = fc.array(fc.constantFrom<Fault>('ok', 'ok', 'drop-before', 'drop-after', '500-after', '429-after'), {
      maxLength: 15,
    })
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        run += 1
        const first = freshTarget(made, `target-${run}`)
        const second = { ...first, work: workOf(first, `target-${run}`) }
        first.service.plan.push(...plan)
        await Promise.all([deliverToTheEnd(first), deliverToTheEnd(second)])
        await deliverToTheEnd(first)
        await expectEachOnce(first)
      }),
      { numRuns: made.database.dialect === 'sqlite' ? 25 : 15, seed: 5 },
    )
  }, 120_000)

  it('end a pass when nobody answers, and the next goes on', async () => {
    const { work, service } = await bench(await fresh(), 5)
    service.plan.push('ok', 'ok', 'ok', 'drop-before', 'drop-before', 'drop-before', 'drop-before')
    const first = await pass(work)
    expect(first.stopped?.kind).toBe('unknown')
    expect(await states(work)).toMatch(/unknown/)
    await pass(work)
    expect(documentsIn(service)).toEqual(FIVE)
  })

  it('of a connection leave everything queued', async () => {
    const { work, service } = await bench(await fresh(), 5)
    service.plan.push('ok', 'ok', 'ok', '401')
    const { stopped } = await pass(work)
    expect(stopped).toMatchObject({ kind: 'unauthorised', message: 'Connect again.' })
    expect(await states(work)).toBe('queued queued queued queued queued')
    expect(service.entries).toEqual([])
  })
})
