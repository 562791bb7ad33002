import { describe, expect, it } from 'vitest'
import {
  openEvidenceFile,
  readEvidenceChunk,
  type EvidenceFileOptions,
} from '../../../src/sources/evidence-file/evidence-file.ts'
import { EVIDENCE_KINDS, EVIDENCE_RULES } from '../../../src/sources/evidence-file/kinds.ts'
import { evidenceLayoutSchema } from '../../../src/sources/evidence-file/layout.ts'
import type { EvidenceSources } from '../../../src/sources/evidence-file/row.ts'
import { collect, inPieces } from '../support.ts'

const SOURCES: EvidenceSources = new Map([
  ['netpanel', { kind: 'panel', currency: 'USD' }],
  ['ads', { kind: 'publisher', currency: 'USD' }],
  ['spend', { kind: 'advertiser', currency: 'INR' }],
])
const HEADER = 'date,source,kind,amount,currency,reference,note'

async function read(text: string, options: Partial<EvidenceFileOptions> = {}) {
  const file = await openEvidenceFile(inPieces(text), { fileName: 'evidence.csv', ...options })
  const layout = evidenceLayoutSchema.parse(JSON.parse(JSON.stringify(file.layout)))
  const chunks = await collect(file.chunks)
  return chunks.flatMap((chunk) => readEvidenceChunk(layout, SOURCES, chunk))
}

async function one(row: string) {
  const [result] = await read(`${HEADER}\n${row}\n`, { decimal: '.' })
  return result
}

describe('a row', () => {
  it.each([
    [
      '2026-01-01,netpanel,opening-balance,100.84292,USD,,from the site',
      { kind: 'opening-balance', amount: 10_084_292_000n, note: 'from the site' },
    ],
    ['2026-01-01,ads,opening-counter,0,USD,,', { kind: 'opening-counter', amount: 0n }],
    [
      '2026-01-01T10:00:00Z,netpanel,top-up,"1,000.00",usd,INV-7,',
      {
        amount: 100_000_000_000n,
        currency: 'USD',
        reference: 'INV-7',
        time: { kind: 'instant', ms: Date.UTC(2026, 0, 1, 10) },
      },
    ],
    [
      '2026-01-01,spend,Bonus,25,INR,PAY-1,',
      { kind: 'bonus', source: 'spend', currency: 'INR', time: { kind: 'date', date: '2026-01-01' } },
    ],
    ['2026-01-01,ads,day-earned,-4.15,USD,,clawback', { amount: -415_000_000n }],
    ['2026-01-01,spend,day-spent,12.44,INR,,', { kind: 'day-spent', reference: '' }],
  ])('%s', async (row, expected) => {
    expect(await one(row)).toMatchObject({ kind: 'row', line: 2, row: expected })
  })

  it.each([
    ['01/02/2026,netpanel,bonus,5,USD,x,', 'date', 'is neither a date'],
    ['2026-02-30,netpanel,bonus,5,USD,x,', 'date', 'is neither a date'],
    ['2026-01-01T10:00:00,netpanel,bonus,5,USD,x,', 'date', 'is neither a date'],
    ['2026-01-01,other,bonus,5,USD,x,', 'source', 'the sources are netpanel, ads, spend'],
    ['2026-01-01,netpanel,gift,5,USD,x,', 'kind', 'the kinds are opening-balance, opening-counter'],
    ['2026-01-01,netpanel,day-earned,5,USD,,', 'kind', 'day-earned fits publisher sources, and netpanel is a panel'],
    ['2026-01-01,netpanel,bonus,,USD,x,', 'amount', 'empty'],
    ['2026-01-01,netpanel,bonus,five,USD,x,', 'amount', 'not an amount'],
    ['2026-01-01,netpanel,bonus,0,USD,x,', 'amount', 'more than zero'],
    ['2026-01-01,ads,opening-counter,-1,USD,,', 'amount', 'zero or more'],
    [
      '2026-01-01,netpanel,bonus,EUR 5.00,USD,x,',
      'amount',
      '"EUR 5.00" has "EUR" beside the figure, and the row is in USD',
    ],
    ['2026-01-01,netpanel,bonus,abc5.00,USD,x,', 'amount', 'has "abc" beside the figure'],
    ['2026-01-01,netpanel,bonus,0.000000015,USD,x,', 'amount', 'more than eight decimals'],
    ['2026-01-01,netpanel,bonus,5,EUR,x,', 'currency', 'is not USD, the currency of netpanel'],
    ['2026-01-01,netpanel,top-up,5,USD,,', 'reference', 'needs the reference of its payment'],
    ['2026-01-01,netpanel', null, '2 columns where the header has 7'],
  ])('%s is a problem in column %s: %s', async (row, column, reason) => {
    const result = await one(row)
    expect(result).toMatchObject({ kind: 'problem', line: 2, problem: { column } })
    expect(result?.kind === 'problem' && result.problem.reason).toContain(reason)
  })
})

describe('a file', () => {
  it('may come from a spreadsheet with semicolons and decimal commas, and leave out optional columns', async () => {
    const text =
      'Date;Source;Kind;Amount;Currency;Reference\r\n2026-01-01;netpanel;top-up;1.000,50;USD;A\r\n2026-01-02;netpanel;top-up;25;USD;B\r\n'
    expect(await read(text)).toMatchObject([
      { row: { amount: 100_050_000_000n, note: '' } },
      { line: 3, row: { amount: 2_500_000_000n } },
    ])
  })

  it('whose amounts could be read two ways is refused', async () => {
    await expect(read(`${HEADER}\n2026-01-01,netpanel,top-up,"1,000",USD,A,\n`)).rejects.toMatchObject({
      code: 'CSV_DECIMAL_MARK',
      exitCode: 2,
    })
  })

  it('without a needed column is refused with what was found', async () => {
    await expect(read('date,source,amount\n')).rejects.toThrow(
      'evidence.csv cannot be imported: it has no column "kind" and no "currency".',
    )
  })
})

describe('the table of kinds', () => {
  it('gives every kind at least one source it fits', () => {
    for (const kind of EVIDENCE_KINDS) expect(EVIDENCE_RULES[kind].sources.length).toBeGreaterThan(0)
  })
})
