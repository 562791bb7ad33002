/**
 * A mapping as sorted lines of text, one for each account and rule: what a version is, what its hash covers, and what a
 * person reads when it changes. Comments, order and layout of the file are not in it.
 */
import { hash } from 'node:crypto'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { DimensionRule, TargetMapping, TargetPlace } from '../../domain/journals/target-mapping.ts'

export function mappingLines({ accounts, dimensions }: TargetMapping): readonly string[] {
  const places = [...accounts].map(([key, place]) => `account ${key}: ${placeText(place)}`)
  return [...places, ...dimensions.flatMap(ruleLines)].toSorted(compareKeys)
}

export function placeText({ by, value, entity, tags }: TargetPlace): string {
  const more = [
    ...(entity === null ? [] : [`entity "${entity}"`]),
    ...[...tags].toSorted(([a], [b]) => compareKeys(a, b)).map(([name, tag]) => `${name} "${tag}"`),
  ]
  return [`${by} "${value}"`, ...more].join(', ')
}

function ruleLines({ name, from, values, fallback, accounts }: DimensionRule): readonly string[] {
  const codes = accounts === null ? 'income and expenses' : [...accounts].toSorted(compareKeys).join(' ')
  const rest = fallback === null ? 'nothing' : `"${fallback}"`
  return [
    `dimension ${name}: from ${from}, for ${codes}, otherwise ${rest}`,
    ...[...values].map(([value, tag]) => `dimension ${name}: ${from} "${value}" is "${tag}"`),
  ]
}

/** Lower-case hex SHA-256. */
export function linesHash(lines: readonly string[]): string {
  return hash('sha256', lines.join('\n'), 'hex')
}

/** "- " before what is gone, "+ " before what is new, in the order of the lines. */
export function changesBetween(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, fresh] = [new Set(before), new Set(after)]
  const gone = before.filter((line) => !fresh.has(line)).map((line) => ({ line, sign: '-' }))
  const added = after.filter((line) => !old.has(line)).map((line) => ({ line, sign: '+' }))
  // A line that changed stands with what it was before: both start with the account.
  return [...gone, ...added]
    .toSorted((a, b) => compareKeys(subject(a.line), subject(b.line)) || compareKeys(b.sign, a.sign))
    .map(({ line, sign }) => `${sign} ${line}`)
}

function subject(line: string): string {
  return line.startsWith('account ') ? line.slice(0, line.indexOf(': ')) : line
}
