/**
 * Journals and a chart for the payload tests, and byte-exact golden files: run with TIEOUT_UPDATE_GOLDEN=1 to write them
 * anew, then read the difference before committing it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { RoundedLine } from '../../../src/domain/journals/rounding.ts'
import type { JournalDocument } from '../../../src/targets/document.ts'
import type { HandOut } from '../../../src/targets/files/handed-out.ts'
import { units } from '../../journals/support.ts'

/** Ann exports, in a book that is delivered nowhere. */
export const handOut: HandOut = { by: 'ann', atMs: Date.UTC(2026, 11, 1, 8, 30), again: false, targets: [] }

export function line(account: string, exact: string, rounded: string): RoundedLine {
  return { account, exact: units(exact), rounded: units(rounded) }
}

export function journal(overrides: Partial<JournalDocument> = {}): JournalDocument {
  return {
    document: 'ACME-20261105-1',
    day: '2026-11-05',
    documentDate: '2026-11-05',
    currency: 'USD',
    status: 'approved',
    sequences: '1..120',
    lines: [line('1310:netpanel', '-0.40332', '-0.40'), line('5100:netpanel', '0.40332', '0.40')],
    ...overrides,
  }
}

/** Late, in another script, below a cent, in yen, and with text a spreadsheet would run. */
export const journals: readonly JournalDocument[] = [
  journal(),
  journal({
    document: 'ACME-20261105-2',
    documentDate: '2026-12-01',
    sequences: '121..130',
    lines: [
      line('1310:=panel', '-1234.5678', '-1234.57'),
      line('1310:Café – Łódź', '-0.002', '0'),
      line('5100:=panel', '1234.5698', '1234.57'),
    ],
  }),
  journal({
    document: 'ACME-20261106-1',
    day: '2026-11-06',
    documentDate: '2026-11-06',
    sequences: '131..140',
    lines: [line('1310:netpanel', '-0.0041', '0'), line('5100:netpanel', '0.0041', '0')],
  }),
  journal({
    document: 'ACME-20261107-1',
    day: '2026-11-07',
    documentDate: '2026-11-07',
    sequences: '141..141',
    lines: [line('1310:Café – Łódź', '200', '200'), line('1070', '-200', '-200')],
  }),
  journal({
    document: 'ACME-20261107-2',
    day: '2026-11-07',
    documentDate: '2026-11-07',
    currency: 'JPY',
    sequences: '141..150',
    lines: [line('1300:ads', '-1500.4', '-1500'), line('5000:ads', '1500.4', '1500')],
  }),
]

export function expectGolden(name: string, text: string | Buffer): void {
  const path = fileURLToPath(new URL(`golden/${name}`, import.meta.url))
  if (process.env['TIEOUT_UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  if (typeof text === 'string') expect(text).toBe(readFileSync(path, 'utf8'))
  else expect(text).toEqual(readFileSync(path))
}
