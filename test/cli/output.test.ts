/** Tables, JSON and the progress line, as text. */
import { describe, expect, it } from 'vitest'
import { counted, jsonText, printable, printableLines, tableLines } from '../../src/cli/output.ts'
import { createProgress } from '../../src/cli/progress.ts'

const COLUMNS = [{ title: 'Account' }, { title: 'Balance', align: 'right' }, { title: 'Note' }] as const
const ROWS = [
  ['1310:netpanel', '57.13480', 'a long note about the wallet'],
  ['5100', '-1204.00', ''],
]

describe('a table', () => {
  it('puts words left, figures right, and no blanks at the end of a line', () => {
    expect(tableLines(COLUMNS, ROWS)).toEqual([
      'Account         Balance  Note',
      '─────────────  ────────  ────────────────────────────',
      '1310:netpanel  57.13480  a long note about the wallet',
      '5100           -1204.00',
    ])
  })

  it('cuts the widest words to fit a terminal, and never a figure', () => {
    const lines = tableLines(COLUMNS, ROWS, 40)
    expect(lines.every((line) => line.length <= 40)).toBe(true)
    expect(lines[2]).toBe('1310:netpanel  57.13480  a long note ab…')
    expect(tableLines(COLUMNS, ROWS, 5).join('\n')).toContain('-1204.00')
  })

  it('without rows still has its titles', () => {
    expect(tableLines(COLUMNS, [])).toEqual(['Account  Balance  Note', '───────  ───────  ────'])
  })
})

describe('JSON', () => {
  it('keeps every digit of a bigint', () => {
    expect(JSON.parse(jsonText({ amount: 9_007_199_254_740_993n }))).toEqual({ amount: '9007199254740993' })
  })
})

describe("other people's text", () => {
  it('loses its control characters, and a line stays one line', () => {
    expect(printableLines(['a\u001b[31mb\r', 'one\nAll ties out.', '\u009b2Jé\u202e'])).toBe(
      'a[31mb\none All ties out.\n2Jé\n',
    )
    expect(printableLines([])).toBe('')
    expect(printable('first\nsecond\u0007')).toBe('first\nsecond')
  })

  it('keeps them in JSON, escaped', () => {
    const text = jsonText({ name: '\u001b[2J\u009b2J\u007f' })
    expect(text).not.toMatch(/[^\P{Cc}\n]/u)
    expect(JSON.parse(text)).toEqual({ name: '\u001b[2J\u009b2J\u007f' })
  })
})

describe('progress', () => {
  it('draws one line on a terminal, at most ten times a second', () => {
    const written: string[] = []
    let nowMs = 0
    const sink = { write: (text: string) => void written.push(text), isTty: true, columns: 30 }
    const progress = createProgress(sink, () => nowMs)
    progress.add('poll:netpanel', 5000)
    progress.add('poll:netpanel', 5000)
    nowMs = 200
    progress.add('poll:netpanel', 5000)
    progress.clear()
    expect(written).toEqual(['\r\u001b[Kpoll:netpanel 5,000', '\r\u001b[Kpoll:netpanel 15,000', '\r\u001b[K'])
  })

  it('is silent anywhere else', () => {
    const written: string[] = []
    const progress = createProgress({ write: (text) => void written.push(text), isTty: false, columns: undefined })
    progress.add('poll', 1)
    progress.clear()
    expect(written).toEqual([])
  })
})

it('counts in sentences', () => {
  expect([counted(1, 'journal'), counted(3n, 'journal'), counted(0, 'entry', 'entries')]).toEqual([
    '1 journal',
    '3 journals',
    '0 entries',
  ])
})
