/**
 * Entries that people change in the target: found the next night, shown with both versions and the target's own bytes,
 * closed by themselves once put right, and told the same by a replay.
 */
import { expect, it } from 'vitest'
import { chainHead } from '../../src/ledger/digest.ts'
import { readBatch } from '../../src/log/landing.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { retryDocument } from '../../src/targets/outbox/retry.ts'
import { tieOut } from '../../src/targets/outbox/tie-out.ts'
import type { Work } from '../../src/targets/outbox/work.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { listJournals } from '../../src/journals/read.ts'
import { EVERY_DAY } from '../../src/journals/drafts.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { deliverNight, IDENTITY, openExceptions } from './delivered-book.ts'
import type { Stored } from './journal-service.ts'
import { approve, post } from '../journals/support.ts'
import { bench, rows, states, type Bench } from './support.ts'

const DAY_MS = 86_400_000
const FIRST = 'ACMEADS-20261101-1'

/** A bookkeeper at work in the target. */
const HANDS: readonly (readonly [string, string, (made: Bench, entry: Stored) => void])[] = [
  ['edits an amount', 'edited', (_, entry) => (entry.text = entry.text.replaceAll('125000000', '130000000'))],
  ['edits the memo', 'edited', (_, entry) => (entry.text = entry.text.replace('journal of', 'JOURNAL OF'))],
  [
    'moves the date',
    'edited',
    (_, entry) => (entry.text = entry.text.replace('"date":"2026-11-01"', '"date":"2026-11-09"')),
  ],
  [
    'edits the number',
    'edited',
    (_, entry) => (entry.text = entry.text.replace(`"document":"${FIRST}"`, '"document":"MINE"')),
  ],
  ['voids it', 'deleted', (_, entry) => (entry.status = 'voided')],
  ['deletes it', 'deleted', ({ service }, entry) => void service.entries.splice(service.entries.indexOf(entry), 1)],
  [
    'copies it',
    'copied',
    ({ service, clock }, entry) => void service.entries.push({ ...entry, id: '99', changedMs: clock.ms }),
  ],
  [
    'copies it under another number',
    'copied',
    ({ service, clock }, entry) => {
      const text = entry.text.replace(`"document":"${FIRST}"`, '"document":"COPY-1"')
      service.entries.push({ ...entry, id: '99', changedMs: clock.ms, text })
    },
  ],
]

function firstEntry({ service }: Bench): Stored {
  const found = service.entries.find(({ text }) => text.includes(`"document":"${FIRST}"`))
  if (found === undefined) throw new Error(`${FIRST} is not there`)
  return found
}

async function tied(made: Bench) {
  const answer = await tieOut(made.work)
  if (!answer.ok) throw new Error(answer.stop.message)
  return answer.tieOut
}

describeOnSqlite('a bookkeeper', (fresh) => {
  it.each(HANDS)('who %s is noticed, and so is who puts it right', async (_name, drift, hand) => {
    const made = await bench(await fresh(), 3)
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
    const saved = structuredClone(made.service.entries)
    made.clock.ms += DAY_MS
    const entry = firstEntry(made)
    entry.changedMs = made.clock.ms
    hand(made, entry)
    made.clock.ms += DAY_MS
    await deliverNight(made, drift === 'deleted' ? 'all' : 'changes')
    expect(await openExceptions(made)).toEqual([`TARGET_CHANGED journal:${FIRST}:${drift}`])
    const [open] = await listExceptions(made.database.kysely, made.book.id, { status: 'open' })
    expect(open?.amount).toBe(125_000_000n)
    expect(open?.detail).toContain(FIRST)
    // An open one stays open, without landing the same again.
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect((await listExceptions(made.database.kysely, made.book.id, { status: 'open' }))[0]?.evidence).toEqual(
      open?.evidence,
    )
    made.service.entries.splice(0, made.service.entries.length, ...saved)
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
    expect(await states(made.work)).toBe('verified verified verified')
  })

  it('is quoted: the exception points at what the target itself said', async () => {
    const made = await bench(await fresh(), 1)
    await deliverNight(made)
    made.clock.ms += DAY_MS
    const entry = firstEntry(made)
    entry.text = entry.text.replaceAll('125000000', '130000000')
    entry.changedMs = made.clock.ms
    await deliverNight(made)
    const [open] = await listExceptions(made.database.kysely, made.book.id, { status: 'open' })
    expect(open?.detail).toContain('sent, and not there: credit 1.25 on account 1310:netpanel')
    expect(open?.detail).toContain('there, and never sent: credit 1.30 on account 1310:netpanel')
    const evidence = await readBatch(made.database.kysely, made.book.id, open?.evidence.batch ?? 0)
    expect(evidence[(open?.evidence.item ?? 0) - 1]?.body.toString('utf8')).toContain(
      JSON.stringify(entry.text).slice(1, -1),
    )
  })

  it('changes nothing of the books: a replay has the same chain head and the same exceptions', async () => {
    const made = await bench(await fresh(), 2)
    await deliverNight(made)
    made.clock.ms += DAY_MS
    firstEntry(made).status = 'voided'
    await deliverNight(made, 'all')
    const { kysely } = made.database
    const before = await chainHead(kysely, made.book)
    const into = await fresh()
    const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined }
    const report = await replayBook({ kysely, book: made.book }, into, IDENTITY, options)
    // The bench posts without landing, so only what was landed is compared: the exceptions.
    expect(before.sequence).toBe(2)
    expect(report.batches).toBeGreaterThan(1)
    expect(report.unfit[0]).toMatch(/^Landing batch \d+ \(journal\) does not fit what was made anew: /)
    const told = await listExceptions(into.kysely, 1n)
    expect(told).toEqual(await listExceptions(kysely, made.book.id))
  })

  it('who deleted an entry may have it sent again, when somebody says so by name', async () => {
    const made = await bench(await fresh(), 1)
    await deliverNight(made)
    made.clock.ms += DAY_MS
    firstEntry(made).status = 'deleted'
    await deliverNight(made, 'all')
    await retryDocument(made.work, { document: FIRST, by: 'ann' })
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await states(made.work)).toBe('verified')
    expect(made.service.entries.map(({ status }) => status)).toEqual(['deleted', 'posted'])
    expect(await openExceptions(made)).toEqual([])
  })
})

describeOnSqlite('tying out', (fresh) => {
  it('shows every account equal, and a journal moves on to verified', async () => {
    const made = await bench(await fresh(), 3)
    await deliverNight(made)
    const { accounts, isTied, explanations, strange } = await tied(made)
    expect({ isTied, explanations, strange }).toEqual({ isTied: true, explanations: [], strange: [] })
    expect(accounts.map(({ account, target }) => `${account} ${formatMoney(target)}`)).toEqual([
      '1310:netpanel -6.75',
      '5100:netpanel 6.75',
    ])
    const journals = await listJournals(made.database.kysely, made.book, EVERY_DAY)
    expect(journals.map(({ status }) => status)).toEqual(['verified', 'verified', 'verified'])
  })

  it('names what is not delivered yet as the explanation', async () => {
    const made = await bench(await fresh(), 3)
    made.service.closedThrough = '2026-11-01'
    await deliverNight(made)
    const { accounts, isTied, explanations } = await tied(made)
    expect(isTied).toBe(true)
    expect(explanations).toEqual([{ document: FIRST, reason: 'held' }])
    const [first] = accounts
    expect([first?.difference, first?.explained, first?.unexplained]).toEqual([125_000_000n, 125_000_000n, 0n])
  })

  it('knows what an earlier mapping put into other accounts, and what it did not', async () => {
    const made = await bench(await fresh(), 3)
    await deliverNight(made)
    const renamed: Work['build'] = async (db, sealed, through) => {
      const built = await made.work.build(db, sealed, through)
      if (!built.ok) return built
      const entries = built.entries.map((entry) => ({
        ...entry,
        lines: entry.lines.map((line) => ({ ...line, account: line.account.replace('5100:netpanel', '5100:cost') })),
      }))
      return { ok: true, entries }
    }
    const remapped = { ...made.work, build: renamed }
    const answer = await tieOut({ ...remapped, mappingSinceMs: made.clock.ms + 1 })
    expect(answer).toMatchObject({ ok: true, tieOut: { isTied: true } })
    if (!answer.ok) return
    expect(answer.tieOut.accounts.map(({ account, explained }) => [account, formatMoney(explained)])).toEqual([
      ['1310:netpanel', '0.00'],
      ['5100:cost', '-6.75'],
      ['5100:netpanel', '6.75'],
    ])
    expect(answer.tieOut.explanations).toHaveLength(3)
    // Delivered after the mapping in force was accepted: then the accounts have to be its.
    const late = await tieOut({ ...remapped, mappingSinceMs: 1 })
    expect(late).toMatchObject({ ok: true, tieOut: { isTied: false } })
  })

  it('does not accept an edit, a copy or a deletion', async () => {
    const made = await bench(await fresh(), 3)
    await deliverNight(made)
    const saved = structuredClone(made.service.entries)
    for (const [, , hand] of HANDS) {
      if (hand === HANDS[1]?.[2] || hand === HANDS[2]?.[2] || hand === HANDS[3]?.[2]) continue
      made.service.entries.splice(0, made.service.entries.length, ...structuredClone(saved))
      hand(made, firstEntry(made))
      const { isTied, accounts, strange } = await tied(made)
      expect(isTied).toBe(false)
      expect(strange.length > 0 || accounts.some(({ unexplained }) => unexplained !== 0n)).toBe(true)
    }
    expect((await rows(made.work)).map(({ state }) => state)).toEqual(['verified', 'verified', 'verified'])
  })
})

describeOnSqlite('a night that delivers', (fresh) => {
  it('ties out at its end, and a difference that no changed entry tells is an item until it is gone', async () => {
    const made = await bench(await fresh(), 1)
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
    const [entry] = made.service.entries
    if (entry === undefined) throw new Error('one is there')
    const before = entry.text
    // Without a new time of change, so that the nightly look does not see it.
    entry.text = before.replaceAll('125000000', '130000000')
    entry.changedMs = 0
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
    await post(made.database, made.book, [['panel', 'charge', 'netpanel', '2.25', '2026-11-02']])
    await approve(made.database, made.book)
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual(['TARGET_CHANGED tie-out'])
    const [told] = await listExceptions(made.database.kysely, made.book.id, { status: 'open' })
    expect(told).toMatchObject({ amount: 5_000_000n, currency: 'USD' })
    expect(told?.detail).toMatch(
      /books and the books differ, and no changed entry explains it: -?0\.05 USD on account .*; -?0\.05 USD/,
    )
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual(['TARGET_CHANGED tie-out'])
    entry.text = before
    made.clock.ms += DAY_MS
    await deliverNight(made)
    expect(await openExceptions(made)).toEqual([])
  })

  it('does not take a difference for gone while a changed entry is an item, nor forget to look when that is put right', async () => {
    const made = await bench(await fresh(), 2)
    const night = async (): Promise<readonly string[]> => {
      made.clock.ms += DAY_MS
      await deliverNight(made)
      return openExceptions(made)
    }
    await deliverNight(made)
    const [seen, unseen] = made.service.entries
    if (seen === undefined || unseen === undefined) throw new Error('two are there')
    const [right, before] = [seen.text, unseen.text]
    seen.text = right.replaceAll('125000000', '130000000')
    seen.changedMs = made.clock.ms + DAY_MS
    unseen.text = before.replaceAll('225000000', '230000000')
    unseen.changedMs = 0
    const edited = 'TARGET_CHANGED journal:ACMEADS-20261101-1:edited'
    await post(made.database, made.book, [['panel', 'charge', 'netpanel', '3.25', '2026-11-03']])
    await approve(made.database, made.book)
    expect(await night()).toEqual([edited])
    seen.text = right
    seen.changedMs = made.clock.ms + DAY_MS
    // Nothing is delivered tonight.
    expect(await night()).toEqual(['TARGET_CHANGED tie-out'])
    seen.text = right.replaceAll('125000000', '130000000')
    seen.changedMs = made.clock.ms + DAY_MS
    expect((await night()).toSorted()).toEqual([edited, 'TARGET_CHANGED tie-out'])
    unseen.text = before
    seen.text = right
    seen.changedMs = made.clock.ms + DAY_MS
    expect(await night()).toEqual([])
  })
})
