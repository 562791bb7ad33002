/** What a night's report says in words and in JSON, for reports that are rare in a test with real vendors. */
import { describe, expect, it } from 'vitest'
import { jsonText, tableLines } from '../../src/cli/output.ts'
import { exceptionLines } from '../../src/cli/views/exceptions.ts'
import { backfillLines, nightLines, nightView, stepLines } from '../../src/cli/views/night.ts'
import { NO_TOTALS, startTally, type ControlTotals } from '../../src/domain/wallets/control-totals.ts'
import type { BackfillReport } from '../../src/pipeline/backfill.ts'
import type { NightReport } from '../../src/pipeline/night.ts'
import type { StepState } from '../../src/pipeline/runs.ts'

const screen = { table: tableLines }

function step(name: string, totals: ControlTotals): StepState {
  return { step: name, status: 'finished', position: 'null', totals }
}

function totals(...rows: readonly (readonly ['posted' | 'excepted' | 'quarantined', string, bigint])[]): ControlTotals {
  const tally = startTally()
  for (const [outcome, currency, amount] of rows) tally.add(outcome, currency, amount)
  return tally.totals()
}

function night(changes: Partial<NightReport>): NightReport {
  const closed = { approved: [], held: [], drafts: 0, waiting: [], files: [] }
  const empty = { steps: [], imports: [], proofs: [], exceptions: [], conversions: [], deliveries: [], closed }
  return { book: 'agency', night: '2026-03-19', run: 1, resumed: false, ...empty, ...changes }
}

function backfill(changes: Partial<BackfillReport>): BackfillReport {
  const { closed: _, conversions: __, ...report } = night({})
  return { ...report, from: '2026-03-01', to: '2026-03-19', limits: [], scan: null, ...changes }
}

describe("a night's steps", () => {
  it('have a line for their rows and one for each currency, and only the first names the step', () => {
    const both = step('import:abc', totals(['posted', 'EUR', 150_000_000n], ['posted', 'USD', 225_000_000n]))
    const lines = nightLines(screen, night({ steps: [both] }), false)
    expect(lines.find((line) => line.startsWith('import:abc'))).toMatch(/^import:abc +rows +2 +2 +0 +0 +0 +yes$/)
    expect(lines.find((line) => line.includes('EUR'))).toMatch(/^ +EUR +1\.50 +1\.50 +0\.00 +0\.00 +0\.00 +yes$/)
    expect(lines.find((line) => line.includes('USD'))).toMatch(/^ +USD +2\.25 +2\.25 +0\.00 +0\.00 +0\.00 +yes$/)
  })

  it('show all money that went in, what was quarantined too, so that a reader can foot every line', () => {
    const poll = step(
      'poll:netpanel',
      totals(['posted', 'USD', 12_000_000n], ['quarantined', 'USD', 150_000_000n], ['excepted', 'EUR', 1n]),
    )
    const lines = stepLines(screen, [poll])
    const figures = lines.slice(2).map((line) => line.slice('poll:netpanel'.length).trim().split(/ +/))
    expect(figures).toEqual([
      ['rows', '3', '1', '0', '1', '1', 'yes'],
      ['USD', '1.62', '0.12', '0.00', '1.50', '0.00', 'yes'],
      ['EUR', '0.00000001', '0.00', '0.00', '0.00', '0.00000001', 'yes'],
    ])
  })

  it('say NO on the line that does not foot, and on no other', () => {
    const sound = totals(['posted', 'USD', 100_000_000n], ['posted', 'EUR', 100_000_000n])
    const short = { ...startTally().totals().rows, in: 100_000_000n, posted: 99_000_000n }
    const lines = stepLines(screen, [step('poll:netpanel', { ...sound, money: { ...sound.money, USD: short } })])
    expect(lines.filter((line) => line.endsWith('NO'))).toEqual([expect.stringMatching(/^ +USD +1\.00 +0\.99 /)])
  })

  it('fit 120 columns with every outcome and amounts of millions', () => {
    const large = 123_456_789_012_345n
    const rows = (['posted', 'quarantined', 'excepted'] as const).map((outcome) => [outcome, 'USD', large] as const)
    const lines = stepLines(screen, [step('import:0cbc29ae16d80cea', totals(...rows))])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  it('say what became of excepted rows when nothing is open about their source', () => {
    const steps = [step('poll:netpanel', totals(['excepted', 'USD', 1n])), step('poll:other', NO_TOTALS)]
    const sentence = 'netpanel: what was excepted was proven later in the same run and is closed.'
    expect(nightLines(screen, night({ steps }), false)).toContain(sentence)
    const open = { source: 'netpanel', code: 'REFUND_MISSING', currency: null, count: 1, amount: null, unknown: 1 }
    expect(nightLines(screen, night({ steps, exceptions: [open] }), false)).not.toContain(sentence)
  })

  it('say where to find what they set aside, unless nothing was kept', () => {
    const steps = [step('poll:netpanel', totals(['quarantined', 'USD', 1n]))]
    expect(nightLines(screen, night({ steps }), false).join('\n')).toContain('tieout todo --set-aside')
    expect(nightLines(screen, night({ steps }), true).join('\n')).not.toContain('tieout todo --set-aside')
  })

  it('are decimals with eight places in JSON, as everything else is', () => {
    const steps = [step('poll:netpanel', totals(['posted', 'USD', 27_819_000n]))]
    const open = {
      source: 'netpanel',
      code: 'REFUND_MISSING',
      currency: 'USD',
      count: 1,
      amount: 150_000_000n,
      unknown: 0,
    }
    expect(JSON.parse(jsonText(nightView(night({ steps, exceptions: [open] }))))).toMatchObject({
      steps: [
        { rows: { in: '1' }, money: { USD: { in: '0.27819000', posted: '0.27819000', excepted: '0.00000000' } } },
      ],
      exceptions: [{ count: 1, amount: '1.50000000' }],
    })
  })
})

describe('open exceptions in a summary', () => {
  const group = { source: 'netpanel', code: 'ANSWER_UNREAD', currency: 'USD' }

  it.each([
    ['with no amount known', { ...group, count: 5, amount: null, unknown: 5 }, '5, amount unknown'],
    ['with some unknown', { ...group, count: 7, amount: 150_000_000n, unknown: 5 }, '7, 1.50 USD + 5 unknown'],
    ['all known', { ...group, count: 2, amount: 150_000_000n, unknown: 0 }, '2, 1.50 USD'],
    ['known to be zero', { ...group, count: 1, amount: 0n, unknown: 0 }, '1, 0.00 USD'],
    ['not about money', { ...group, currency: null, count: 1, amount: null, unknown: 1 }, '1'],
  ])('%s', (_, open, text) => {
    expect(exceptionLines({ exceptions: [open] }).at(-1)).toBe(`  netpanel ANSWER_UNREAD: ${text}`)
  })

  it('have null, not zero, as an unknown amount in JSON', () => {
    const open = { ...group, count: 5, amount: null, unknown: 5 }
    expect(JSON.parse(jsonText(nightView(night({ exceptions: [open] }))))).toMatchObject({
      exceptions: [{ count: 5, amount: null, unknown: 5 }],
    })
  })
})

describe("a backfill's report", () => {
  it('speaks of approving only when it booked something', () => {
    const booked = backfill({ steps: [step('backfill:netpanel', totals(['posted', 'USD', 1n]))] })
    const idle = backfill({ steps: [step('backfill:netpanel', NO_TOTALS)] })
    expect(backfillLines(screen, booked, false).at(-1)).toMatch(/never approved by themselves/)
    expect(backfillLines(screen, idle, false).join('\n')).not.toMatch(/never approved/)
  })
})
