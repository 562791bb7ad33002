/** What becomes of a journal after every answer a target can give: always one entry in the target, equal to what was sent. */
import { expect, it } from 'vitest'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { bench, documentsIn, pass, rows, states, verify } from './support.ts'

const THREE = ['ACMEADS-20261101-1', 'ACMEADS-20261102-1', 'ACMEADS-20261103-1']

describeOnBothEngines('a pass over the outbox', (fresh) => {
  it('delivers every sealed journal once, and reads it back', async () => {
    const { work, service } = await bench(await fresh(), 3)
    const first = await pass(work)
    expect(first.created).toEqual(THREE)
    expect(first.stopped).toBeNull()
    expect(await states(work)).toBe('delivered delivered delivered')
    const checked = await verify(work)
    expect(checked.findings).toEqual([])
    expect(await states(work)).toBe('verified verified verified')
    const again = await pass(work)
    expect(again.created).toEqual([])
    expect(documentsIn(service)).toEqual(THREE)
    for (const row of await rows(work))
      expect(service.entries.find(({ id }) => id === row.remoteId)?.text).toBe(row.body)
  })

  it.each([
    ['the answer is lost after the commit', 'drop-after', 'adopted'],
    ['the connection breaks before the commit', 'drop-before', 'created'],
    ['429 comes after the commit', '429-after', 'adopted'],
    ['429 comes before the commit', '429-before', 'created'],
    ['500 comes after the commit', '500-after', 'adopted'],
    ['500 comes before the commit', '500-before', 'created'],
    ['the entry appears only two requests later', 'late', 'created'],
  ] as const)('has the entry once when %s', async (_what, fault, how) => {
    const { work, service } = await bench(await fresh(), 1)
    service.plan.push('ok', 'ok', 'ok', fault)
    const report = await pass(work)
    expect(await states(work)).toBe('delivered')
    expect(report[how]).toEqual([THREE[0]])
    expect(documentsIn(service)).toEqual([THREE[0]])
    await verify(work)
    expect(await states(work)).toBe('verified')
  })

  it('says with the look-up which of many may be there already, on whatever day', async () => {
    const { work, service } = await bench(await fresh(), 2)
    service.plan.push('ok', 'ok', 'ok', 'drop-after')
    const asked: string[] = []
    const find: typeof work.target.find = (wanted) => {
      asked.push(wanted.map(({ document, wasSent }) => `${document} ${wasSent}`).join(', '))
      return work.target.find(wanted)
    }
    await pass({ ...work, target: { ...work.target, find } })
    expect(asked).toEqual([`${THREE[0]} false, ${THREE[1]} false`, `${THREE[0]} true`])
  })

  it('says so, too, of what a person has tried again after somebody there had changed it', async () => {
    const { work, service, clock } = await bench(await fresh(), 1)
    service.plan.push('ok', 'ok', 'ok', 'drop-after')
    const asked: string[] = []
    const find: typeof work.target.find = (wanted) => {
      asked.push(wanted.map(({ document, wasSent }) => `${document} ${wasSent}`).join(', '))
      for (const stored of service.entries) stored.text = stored.text.replace('"memo":"', '"memo":"looked at: ')
      return work.target.find(wanted)
    }
    const looking = { ...work, target: { ...work.target, find } }
    await pass(looking)
    expect(await states(work)).toBe('refused')
    const retry = { document: THREE[0] ?? '', by: 'ann' }
    await expect(retryDocument(work, retry)).rejects.toThrow(/no answer came, and it may still arrive/)
    clock.ms += 600_000
    await retryDocument(work, retry)
    await pass(looking)
    expect(asked).toEqual([`${THREE[0]} false`, `${THREE[0]} true`, `${THREE[0]} true`])
    expect(await states(work)).toBe('refused')
    expect(documentsIn(service)).toEqual([THREE[0]])
  })
})
