/** What the doctor found: one line per finding, the worst ones easy to see, and what to do under each. */
import type { Examined } from '../../pipeline/doctor/examine.ts'
import { counted } from '../output.ts'

const WORDS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const

export function doctorView(found: readonly Examined[]) {
  return { verdict: worst(found), counts: countsOf(found), findings: found }
}

export function doctorLines(found: readonly Examined[], offline: boolean): readonly string[] {
  const wide = Math.max(...found.map(({ check }) => check.length))
  const { ok, warn, fail } = countsOf(found)
  return [
    ...found.map(({ verdict, check, about, says, next }) => {
      const what = [about === '' ? '' : `${about}: `, says, next === '' ? '' : ` ${next}`].join('')
      return `${WORDS[verdict]}  ${check.padEnd(wide)}  ${what}`
    }),
    '',
    `${ok} in order, ${counted(warn, 'warning')}, ${counted(fail, 'failure')}.${offline ? ' No source was asked (--offline).' : ''}`,
  ]
}

export function worst(found: readonly Examined[]): Examined['verdict'] {
  const { warn, fail } = countsOf(found)
  return fail > 0 ? 'fail' : warn > 0 ? 'warn' : 'ok'
}

function countsOf(found: readonly Examined[]) {
  const count = (verdict: Examined['verdict']): number => found.filter((each) => each.verdict === verdict).length
  return { ok: count('ok'), warn: count('warn'), fail: count('fail') }
}
