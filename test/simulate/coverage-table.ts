/**
 * What many runs have reached, printed to be read: faults as a table of boundaries by kinds, decision tables of the program
 * with every row they have, whether it was reached or not. A count that is too low has an exclamation mark.
 */
import type { Coverage } from './coverage.ts'
import { elsewhere, nightsOf, sectionsOf, type Section } from './unreached.ts'

const WIDTH = 150

export function coverageLines(coverage: Coverage): readonly string[] {
  const sections = sectionsOf(coverage)
  const [nights, two] = nightsOf(coverage)
  const share = nights === 0 ? 0 : Math.round((two * 1000) / nights) / 10
  const wanted = new Set(
    sections.flatMap(({ kind, rows }) => rows.flatMap(({ names }) => names.map((name) => `${kind} ${name}`))),
  )
  return [
    ...sections.flatMap((section) => ['', ...sectionLines(section, coverage)]),
    '',
    'Everything else that was counted',
    ...wrapped(
      [...coverage]
        .filter(([name]) => !wanted.has(name))
        .toSorted(byName)
        .map(([name, count]) => `${name} ${count}`),
    ),
    '',
    `Nights that were not quiet: ${nights}; with two faults or more: ${two} (${share} %)`,
  ]
}

function byName([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1
}

function sectionLines(section: Section, coverage: Coverage): readonly string[] {
  const { title, kind, atLeast, rows } = section
  const cell = (name: string): string => {
    const count = coverage.get(`${kind} ${name}`) ?? 0
    return count < atLeast && elsewhere(`${kind} ${name}`) === null ? `${count}!` : String(count)
  }
  if (kind === 'fault') return [title, ...tableLines(rows, cell)]
  return [
    title,
    ...rows.flatMap(({ heading, names }) =>
      wrapped(
        names.map((name) => `${withoutHeading(name, heading)} ${cell(name)}`),
        heading,
      ),
    ),
  ]
}

/** Columns are the last words of the names. */
function tableLines(rows: Section['rows'], cell: (name: string) => string): readonly string[] {
  const columns = rows[0]?.names.map((name) => name.split(' ').at(-1) ?? '') ?? []
  const first = Math.max(...rows.map(({ heading }) => heading.length), 8)
  const line = (heading: string, cells: readonly string[]): string =>
    `  ${heading.padEnd(first)}${cells.map((text, nth) => `  ${text.padStart(Math.max(columns[nth]?.length ?? 0, 5))}`).join('')}`
  return [line('', columns), ...rows.map(({ heading, names }) => line(heading, names.map(cell)))]
}

function withoutHeading(name: string, heading: string): string {
  return heading !== '' && name.startsWith(heading) ? name.slice(heading.length + 1) : name
}

function wrapped(items: readonly string[], heading = ''): readonly string[] {
  const indent = heading === '' ? '  ' : `  ${heading}: `
  const lines: string[] = []
  let line = indent
  for (const [nth, item] of items.entries()) {
    const text = nth === items.length - 1 ? item : `${item}, `
    if (line.length + text.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd())
      line = ' '.repeat(4)
    }
    line += text
  }
  return line.trim() === '' ? lines : [...lines, line]
}
