/** What a night's report says in words and in JSON, for reports that are rare in a test with real vendors. */
import { describe, expect, it } from 'vitest'
import { jsonText, tableLines } from '../../src/cli/output.ts'
import { backfillLines, nightLines, nightView } from '../../src/cli/views/night.ts'
import { NO_TOTALS, startTally, type ControlTotals } from '../../src/domain/control-totals.ts'
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
  const closed = { approved: [], held: [], drafts: 0, files: [] }
  const empty = { steps: [], imports: [], proofs: [], exceptions: [], conversions: [], closed }
  return { book: 'agency', night: '2026-03-19', run: 1, resumed: false, ...empty, ...changes }
}

function backfill(changes: Partial<BackfillReport>): BackfillReport {
  const { closed: _, conversions: __, ...report } = night({})
  return { ...report, from: '2026-03-01', to: '2026-03-19', limits: [], scan: null, ...changes }
}

describe("a night's steps", () => {
  it('have a line for each currency, the further ones with its money alone', () => {
    const both = step('import:abc', totals(['posted', 'EUR', 150_000_000n], ['posted', 'USD', 225_000_000n]))
    const lines = nightLines(screen, night({ steps: [both] }), false)
    expect(lines.find((line) => line.startsWith('import:abc'))).toMatch(/ 2 +2 +0 +0 +0 +EUR +1\.50 +1\.50 .*yes$/)
    expect(lines.find((line) => line.includes('USD'))).toMatch(/^ +USD +2\.25 +2\.25 +0\.00 +0\.00$/)
  })

  it('say what became of excepted rows when nothing is open about their source', () => {
    const steps = [step('poll:netpanel', totals(['excepted', 'USD', 1n])), step('poll:other', NO_TOTALS)]
    const sentence = 'netpanel: what was excepted was proven later in the same run and is closed.'
    expect(nightLines(screen, night({ steps }), false)).toContain(sentence)
    const open = { source: 'netpanel', code: 'REFUND_MISSING', currency: null, count: 1, amount: 0n }
    expect(nightLines(screen, night({ steps, exceptions: [open] }), false)).not.toContain(sentence)
  })

  it('say where to find what they set aside, unless nothing was kept', () => {
    const steps = [step('poll:netpanel', totals(['quarantined', 'USD', 1n]))]
    expect(nightLines(screen, night({ steps }), false).join('\n')).toContain('tieout quarantine list')
    expect(nightLines(screen, night({ steps }), true).join('\n')).not.toContain('tieout quarantine list')
  })

  it('are decimals with eight places in JSON, as everything else is', () => {
    const steps = [step('poll:netpanel', totals(['posted', 'USD', 27_819_000n]))]
    const open = { source: 'netpanel', code: 'REFUND_MISSING', currency: 'USD', count: 1, amount: 150_000_000n }
    expect(JSON.parse(jsonText(nightView(night({ steps, exceptions: [open] }))))).toMatchObject({
      steps: [
        { rows: { in: '1' }, money: { USD: { in: '0.27819000', posted: '0.27819000', excepted: '0.00000000' } } },
      ],
      exceptions: [{ count: 1, amount: '1.50000000' }],
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
