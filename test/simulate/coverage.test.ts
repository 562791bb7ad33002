/** What a run has reached is compared with the program's own lists, and printed to be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverageLines } from './coverage-table.ts'
import { OUTBOX_MOVES, sectionsOf, unreached } from './unreached.ts'

const MIGRATION = join(import.meta.dirname, '../../migrations/0014_outbox.sqlite.sql')

describe('what a simulation has reached', () => {
  it('is compared with the moves of the outbox that the database allows', () => {
    const [, trigger = ''] = readFileSync(MIGRATION, 'utf8').split('NOT IN (VALUES')
    const allowed = [...(trigger.split(';')[0] ?? '').matchAll(/\('(\w+)', '(\w+)'\)/g)].map(
      ([, from, to]) => `${from}>${to}`,
    )
    const wanted = Object.entries(OUTBOX_MOVES).flatMap(([from, all]) => all.map((to) => `${from}>${to}`))
    expect(new Set(wanted)).toEqual(new Set(allowed))
  })

  it('lacks whatever was not reached, and a fault that was too rare at one boundary', () => {
    const all = sectionsOf(new Map([['fault panel cut', 19]])).flatMap(({ kind, rows }) =>
      rows.flatMap(({ names }) => names.map((name): [string, number] => [`${kind} ${name}`, 20])),
    )
    const coverage = new Map([...all, ['fault panel cut', 19] as const, ['exception TIMING', 0] as const])
    coverage.set('nights with 0 faults', 80).set('nights with 2 faults', 20)
    expect(unreached(coverage)).toEqual(['fault panel cut (19)', 'exception TIMING (0)'])
    coverage.set('nights with 1 faults', 1)
    expect(unreached(coverage)).toContain('nights with 2 faults (20 of 101)')
    const lines = coverageLines(coverage)
    expect(lines.find((line) => line.startsWith('  panel'))).toContain('19!')
    expect(lines.at(-1)).toBe('Nights that were not quiet: 101; with two faults or more: 20 (19.8 %)')
  })
})
