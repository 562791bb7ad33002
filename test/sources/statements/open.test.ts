/**
 * Any statement through the front door: recognised by its content, read back exactly as it was written in every format and
 * with every quirk, and never footing when an amount was changed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParsedStatement, StatementFormat, StatementLine } from '../../../src/domain/statements/statement.ts'
import { DETECTION_ORDER, READERS } from '../../../src/sources/statements/readers.ts'
import { open, refusalOf } from './open-support.ts'
import {
  answers,
  closingOf,
  encode,
  quirks,
  RENDER,
  truths,
  type Format,
  type Quirks,
  type Truth,
} from './open-render.ts'

const CENT = 1_000_000n
const FIXTURES = new URL('../../fixtures/statements/', import.meta.url)
const FORMATS = Object.keys(RENDER) as Format[] // the table's own keys

function readBack(format: Format, truth: Truth, quirk: Quirks): ParsedStatement {
  return open(encode(RENDER[format](truth, quirk), quirk), answers(quirk))
}

function oldestFirst(format: Format, statement: ParsedStatement, { newestFirst }: Quirks): readonly StatementLine[] {
  const lines = statement.sections[0]?.lines ?? []
  return newestFirst && (format === 'bank-csv' || format === 'ofx') ? lines.toReversed() : lines
}

describe('every format', () => {
  it('is looked for in one order that names each once', () => {
    expect([...DETECTION_ORDER].toSorted()).toEqual(Object.keys(READERS).toSorted())
  })

  it.each(FORMATS)('%s gives back what was written, and proves it', (format) => {
    fc.assert(
      fc.property(truths, quirks, (truth, quirk) => {
        const statement = readBack(format, truth, quirk)
        expect(statement.format).toBe(format)
        expect(statement.sections).toHaveLength(1)
        const [section] = statement.sections
        expect(
          oldestFirst(format, statement, quirk).map(({ date, amount, externalId, uncounted }) => ({
            date,
            amount,
            externalId,
            uncounted,
          })),
        ).toEqual(
          truth.lines.map(({ date, amount, id }) => ({
            date,
            amount: BigInt(amount) * CENT,
            externalId: id,
            uncounted: null,
          })),
        )
        expect(section?.closing?.amount).toBe(BigInt(closingOf(truth)) * CENT)
        if (format === 'ofx') return
        expect(section?.opening?.amount).toBe(BigInt(truth.opening) * CENT)
        const provable = format !== 'bank-csv' || truth.lines.length > 1
        expect(section?.footing.kind).toBe(provable ? 'foots' : 'unproven')
      }),
      { numRuns: 60 },
    )
  })

  it.each(['bank-csv', 'camt', 'mt940'] as const)('%s does not foot when one amount was changed', (format) => {
    fc.assert(
      fc.property(truths, quirks, fc.nat(), fc.integer({ min: 1, max: 9999 }), (truth, quirk, place, change) => {
        const at = place % truth.lines.length
        // The first line of a CSV has no balance before it to contradict.
        fc.pre(format !== 'bank-csv' || at > 0)
        const changed = RENDER[format](truth, quirk)
        const lines = truth.lines.map((line, index) =>
          index === at ? { ...line, amount: line.amount + change } : line,
        )
        fc.pre(lines[at]?.amount !== 0)
        const forged = withAmountOf(
          format,
          changed,
          RENDER[format]({ ...truth, lines }, quirk),
          truth.lines[at]?.id ?? '',
        )
        fc.pre(forged !== null)
        const bytes = encode(forged ?? '', quirk)
        // A CSV is asked about, until a person has looked at its balances.
        if (format === 'bank-csv')
          expect(refusalOf(() => open(bytes, answers(quirk)))).toContain('its balances do not follow')
        const { footing, lines: read } = open(bytes, { ...answers(quirk), balance: 'after' }).sections[0] ?? {}
        expect(footing).toMatchObject({ kind: 'differs' })
        if (format !== 'bank-csv' || footing?.kind !== 'differs') return
        // Two lines of one day do not tell which came first, so either may be named.
        if (truth.lines[0]?.date === truth.lines.at(-1)?.date) return
        expect(footing.line).toBe(read?.find(({ externalId }) => externalId === truth.lines[at]?.id)?.line)
        expect(footing.difference).toBe(BigInt(-change) * CENT)
      }),
      { numRuns: 60 },
    )
  })

  it('of one statement agree with each other', () => {
    fc.assert(
      fc.property(truths, quirks, (truth, quirk) => {
        const [first, ...others] = FORMATS.map((format) =>
          oldestFirst(format, readBack(format, truth, quirk), quirk).map(({ date, amount, externalId }) => [
            date,
            amount,
            externalId,
          ]),
        )
        for (const other of others) expect(other).toEqual(first)
      }),
      { numRuns: 30 },
    )
  })
})

/** The genuine file with the amount of one line taken from the other, and its balances left as they were. */
function withAmountOf(format: Format, genuine: string, other: string, id: string): string | null {
  if (format === 'bank-csv') {
    const from = other.split('\n').find((line) => line.includes(id))
    return genuine
      .split('\n')
      .map((line) => (from !== undefined && line.includes(id) ? withBalanceOf(line, from) : line))
      .join('\n')
  }
  const pattern =
    format === 'mt940'
      ? new RegExp(`:61:.*//${id}`)
      : new RegExp(`<(c:)?Ntry>(?:(?!Ntry>).)*${id}(?:(?!Ntry>).)*</(c:)?Ntry>`)
  const replacement = pattern.exec(other)?.[0]
  return replacement === undefined ? null : genuine.replace(pattern, () => replacement)
}

/** Cells: date, text, amounts…, balance, id. */
function withBalanceOf(genuine: string, other: string): string {
  const cells = (line: string): string[] => line.split(/(?<=")[,;\t|](?=")/)
  const [own, theirs] = [cells(genuine), cells(other)]
  const delimiter = /"([,;\t|])"/.exec(genuine)?.[1] ?? ','
  return theirs.map((cell, at) => (at === own.length - 2 ? own[at] : cell)).join(delimiter)
}

describe('recognition', () => {
  const expected: readonly (readonly [RegExp, StatementFormat])[] = [
    [/^bank-.*\.csv$/, 'bank-csv'],
    [/^camt-/, 'camt'],
    [/^ofx-/, 'ofx'],
    [/^mt940-/, 'mt940'],
    [/^paypal\/.*\.csv$/, 'paypal-csv'],
    [/^paypal\/.*\.json$/, 'paypal-json'],
    [/^razorpay\//, 'razorpay-csv'],
  ]
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name))

  it.each(files)('%s is recognised whatever it is called', (name) => {
    const text = readFileSync(new URL(name, FIXTURES), 'utf8')
      .replace(/^\ufeff/, '')
      .replaceAll('\r\n', '\n')
    const format = DETECTION_ORDER.find((each) => READERS[each].detect(text, 'download'))
    expect(format).toBe(expected.find(([pattern]) => pattern.test(name))?.[1])
  })

  it('gives way to a format that a person names, which then says why it cannot be read', () => {
    expect(refusalOf(() => open('Date,Text,Amount\n2026-01-02,a,-1.00\n', {}, 'mt940'))).toMatch(
      /statement\.txt: it has no message that begins with :20:/,
    )
    expect(refusalOf(() => open('Date,Text,Amount\n2026-01-02,a,-1.00\n', {}, 'ofx'))).toMatch(
      /it has no <OFX> element/,
    )
    expect(refusalOf(() => open('Date,Text,Amount\n2026-01-02,a,-1.00\n', {}, 'camt'))).toMatch(
      /no whole XML|neither a statement/,
    )
  })
})
