/** A target that lets us do little: five calls a day, closed books, a person who holds a journal, a journal taken back. */
import { expect, it } from 'vitest'
import { reverseJournal } from '../../src/journals/reverse.ts'
import { NEW_KEY_MS } from '../../src/domain/journals/outbox.ts'
import { readNotes, writeNotes } from '../../src/targets/outbox/pause.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { historyOf } from '../../src/targets/outbox/past.ts'
import { outboxOf } from '../../src/targets/outbox/work.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { bench, documentsIn, LASTING_ID, pass, rows, START_MS, states, verify } from './support.ts'

const DAY_MS = 86_400_000
const FIRST = 'ACMEADS-20261101-1'

const byAnn = (journal: bigint) => () => Promise.resolve(new Map([[journal, 'Held by ann.']]))

describeOnSqlite('a target with limits', (fresh) => {
  it('of five calls a day gets everything, some each day, and is not asked in between', async () => {
    const { work, service, clock } = await bench(await fresh(), 8)
    const perDay: number[] = []
    for (let day = 0; day < 6 && !/^(verified ?)+$/.test(await states(work)); day += 1) {
      service.callsLeft = 5
      const before = service.entries.length
      const { stopped } = await pass(work)
      if (stopped === null) await verify(work)
      else {
        expect(stopped).toMatchObject({ kind: 'throttled', untilMs: clock.ms + DAY_MS })
        expect((await readNotes(work.kysely, outboxOf(work))).pausedUntilMs).toBe(clock.ms + DAY_MS)
        const asked = service.requests.length
        await pass(work)
        expect(service.requests.length).toBe(asked)
      }
      perDay.push(service.entries.length - before)
      clock.ms += DAY_MS + 1
    }
    // Before the first of all, the company is looked through for other books.
    expect(perDay).toEqual([2, 3, 3, 0])
    expect(new Set(documentsIn(service)).size).toBe(8)
    expect(service.entries).toHaveLength(8)
  })

  it('is asked in spite of a pause that was written while a clock was years ahead', async () => {
    const { work, service, clock } = await bench(await fresh(), 1)
    await writeNotes(work.kysely, outboxOf(work), { pausedUntilMs: clock.ms + 400 * DAY_MS, pauseReason: 'used up' })
    await pass(work)
    expect(service.entries).toHaveLength(1)
  })

  it('waits for the minute when that is all, and says so', async () => {
    const { work, service, said, clock } = await bench(await fresh(), 2)
    service.plan.push('ok', 'ok', 'ok', '429-before')
    expect((await pass(work)).stopped).toBeNull()
    expect(said).toEqual(['The limit of the minute is used up. Waiting 30 s.'])
    expect(clock.ms).toBe(START_MS + 30_000)
    expect(service.entries).toHaveLength(2)
  })

  it('takes no more entries than asked for', async () => {
    const { work, service } = await bench(await fresh(), 5)
    await pass(work, { limit: 2 })
    expect(service.entries).toHaveLength(2)
    await pass(work, { limit: 2 })
    expect(service.entries).toHaveLength(4)
  })

  it('gets nothing of what a person holds until it is released', async () => {
    const { work, service } = await bench(await fresh(), 2)
    await pass(work, { onHold: byAnn(1n) })
    expect(documentsIn(service)).toEqual(['ACMEADS-20261102-1'])
    await pass(work)
    expect(service.entries).toHaveLength(2)
  })

  it('gets nothing of what is held since nobody knew what came of it, and is asked whether it is there', async () => {
    const made = await bench(await fresh(), 1)
    const { work, service, clock } = made
    const held = { onHold: byAnn(1n) }
    const creates = (): number => service.requests.filter(({ path }) => path === '/entries').length
    service.plan.push('ok', 'ok', 'ok', '500-before', 'ok', '500-before')
    await pass(work)
    expect([await states(work), creates()]).toEqual(['unknown', 2])
    await pass(work, held)
    expect([await states(work), creates()]).toEqual(['unknown', 2])
    const [row] = await rows(work)
    const told = row === undefined ? [] : await historyOf(work.kysely, row)
    expect(told.at(-1)?.message).toMatch(
      /it may still appear\. The next delivery looks again; it is not sent\. Held by ann\.$/,
    )
    clock.ms += NEW_KEY_MS
    await pass(work, held)
    expect([await states(work), creates()]).toEqual(['queued', 2])
    await pass(work, held)
    expect([await states(work), creates()]).toEqual(['queued', 2])
    await pass(work)
    expect([await states(work), creates()]).toEqual(['delivered', 3])
    expect(documentsIn(service)).toEqual([FIRST])
  })

  it('gets nothing of what is held while a delivery goes on', async () => {
    const { work, service } = await bench(await fresh(), 2)
    let held = new Map<bigint, string>()
    service.onRequest = (path) => {
      // Between the choice of what goes out and the first of it.
      if (path.startsWith('/find')) held = new Map([[2n, 'Held by ann.']])
    }
    await pass(work, { onHold: () => Promise.resolve(held) })
    expect([await states(work), documentsIn(service)]).toEqual(['delivered queued', [FIRST]])
  })

  it('is found to have what is held, when it has it', async () => {
    const { work, service } = await bench(await fresh(), 1)
    service.plan.push('ok', 'ok', 'ok', '504-late', 'ok', '504-late')
    await pass(work)
    await pass(work, { onHold: byAnn(1n) })
    expect([await states(work), documentsIn(service)]).toEqual(['delivered', [FIRST]])
  })

  it('gets a reversal after what it takes back, as its opposite', async () => {
    const { work, service, database, book } = await bench(await fresh(), 1)
    await pass(work, { onHold: byAnn(1n) })
    const correction = { document: FIRST, why: 'wrong', by: 'ann', atMs: START_MS, documentPrefix: 'ACMEADS' }
    await database.kysely.transaction().execute((trx) => reverseJournal(trx, book, correction))
    await pass(work, { onHold: byAnn(1n) })
    expect(service.entries).toEqual([])
    await pass(work)
    expect(documentsIn(service)).toEqual([FIRST, 'ACMEADS-20261101-2'])
  })
})

describeOnSqlite('closed books', (fresh) => {
  it('hold a journal until they are open again', async () => {
    const { work, service } = await bench(await fresh(), 3)
    service.closedThrough = '2026-11-02'
    await pass(work)
    expect(await states(work)).toBe('held held delivered')
    expect(service.requests.filter(({ path }) => path === '/entries')).toHaveLength(1)
    service.closedThrough = null
    await pass(work)
    expect(await states(work)).toBe('delivered delivered delivered')
  })

  it('send a journal to the first open day when the policy says so, with its own day in the memo', async () => {
    const { work, service } = await bench(await fresh(), 2)
    service.closedThrough = '2026-11-01'
    await pass({ ...work, closedPeriod: 'first-open-day' })
    expect(await states(work)).toBe('delivered delivered')
    const [first] = await rows(work)
    expect(first).toMatchObject({
      revision: 2,
      reason: 'dated 2026-11-02 because the books are closed through 2026-11-01',
    })
    expect(first?.entry).toMatchObject({
      date: '2026-11-02',
      memo: `${FIRST} journal of 2026-11-01, for 2026-11-01, book ${LASTING_ID}`,
    })
    expect((await verify(work)).findings).toEqual([])
  })

  it.each(['drop-before', '500-before', '429-before'] as const)(
    'are asked about until they answer, before anything is sent or released (%s)',
    async (fault) => {
      const { work, service } = await bench(await fresh(), 2)
      service.closedThrough = '2026-11-01'
      await pass(work, { onHold: byAnn(2n) })
      service.plan.push(fault)
      expect((await pass(work)).stopped).toBeNull()
      expect(await states(work)).toBe('held delivered')
      const [first] = await rows(work)
      const told = first === undefined ? [] : await historyOf(work.kysely, first)
      expect(told.filter(({ message }) => message.includes('open for 2026-11-01 again'))).toEqual([])
      expect(service.requests.filter(({ path }) => path === '/entries')).toHaveLength(1)
    },
  )

  it.each(['hold', 'first-open-day'] as const)(
    'that close in the middle of a run are met by policy %s',
    async (policy) => {
      const { work, service } = await bench(await fresh(), 3)
      service.onRequest = (path) => {
        if (path === '/entries') service.closedThrough = '2026-11-02'
      }
      const { stopped } = await pass({ ...work, closedPeriod: policy })
      expect(stopped).toBeNull()
      expect(await states(work)).toBe(policy === 'hold' ? 'held held delivered' : 'delivered delivered delivered')
      await verify(work)
      expect(new Set(documentsIn(service)).size).toBe(service.entries.length)
    },
  )
})

describeOnSqlite('what a target refused', (fresh) => {
  it('because another entry has the number is shown with both versions, and tried again only when somebody says so', async () => {
    const { work, service } = await bench(await fresh(), 1)
    service.plan.push('401')
    await pass(work)
    const [row] = await rows(work)
    service.entries.push({
      id: '77',
      version: 0,
      status: 'posted',
      changedMs: 1,
      text: (row?.body ?? '').replaceAll('125000000', '225000000'),
    })
    await pass(work)
    expect(await states(work)).toBe('refused')
    const [refused] = await rows(work)
    const last = refused === undefined ? undefined : (await historyOf(work.kysely, refused)).at(-1)
    expect(last?.message).toContain('The target holds another entry under ACMEADS-20261101-1 (id 77)')
    expect(last?.message).toContain('1.25')
    expect(last?.message).toContain('2.25')
    await pass(work)
    expect(service.entries).toHaveLength(1)
    service.entries.length = 0
    await retryDocument(work, { document: FIRST.toLowerCase(), by: 'ann' })
    await pass(work)
    expect(await states(work)).toBe('delivered')
    await expect(retryDocument(work, { document: FIRST, by: 'ann' })).rejects.toThrow('nothing to try again')
  })
})
